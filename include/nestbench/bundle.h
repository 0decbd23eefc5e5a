/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_BUNDLE_H
#define NB_BUNDLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "nestbench/compare.h"
#include "nestbench/error.h"
#include "nestbench/record.h"
#include "nestbench/view.h"

/*
 * A bundle is a .tar.zst with one folder: files, and MANIFEST.sha256 over them in the format of
 * sha256sum, so that "sha256sum -c" checks it, too. It is written whole or not at all, and read as
 * something that a stranger sent.
 *
 *	nb_bundle_create(&writer, stream, "nestbench-01J...", &error);
 *	nb_bundle_add(writer, "README.md", text, size, &error);          (any number of files)
 *	nb_bundle_finish(writer, &error);                                (manifest; frees it)
 *
 *	nb_bundle_read("x.tar.zst", &files, &error);                     (checked and in memory)
 *	nb_bundle_verify(&files, &result, &error);
 */

enum {
	NB_BUNDLE_NAME_SIZE = 160,
	NB_BUNDLE_FILES_MAX = 5000, /* a doctor's recording has two for each CPU */
};
#define NB_BUNDLE_BYTES_MAX (UINT64_C(512) << 20) /* of all files, unpacked */
#define NB_BUNDLE_FILE_MAX  (UINT64_C(64) << 20)  /* of one */

struct nb_bundle_writer;

/* folder: [A-Za-z0-9._-]. Equal files in equal order give equal bytes: no time, no owner. */
int nb_bundle_create(struct nb_bundle_writer **writer, FILE *stream, const char *folder,
		     struct nb_error *error);
/* name: relative, "sessions/01J....json", parts of [A-Za-z0-9._-]; -EEXIST: it is there already. */
int nb_bundle_add(struct nb_bundle_writer *writer, const char *name, const void *bytes, size_t size,
		  struct nb_error *error);
/* executable: the next file's mode is 0755, not 0644. */
void nb_bundle_executable(struct nb_bundle_writer *writer);
/* Flushes the stream. A write that was lost fails here at last. Frees the writer in any case. */
int nb_bundle_finish(struct nb_bundle_writer *writer, struct nb_error *error);
void nb_bundle_abandon(struct nb_bundle_writer *writer); /* frees it unfinished; NULL is fine */

struct nb_bundle_file {
	char name[NB_BUNDLE_NAME_SIZE]; /* without the folder */
	char *bytes;			/* terminated */
	size_t size;
};
struct nb_bundle_files {
	char folder[NB_BUNDLE_NAME_SIZE];
	struct nb_bundle_file *files;
	size_t count;
};

/*
 * Reads an archive into memory. -EBADMSG with what and where: it is none, is cut, holds anything
 * but regular files and folders, a name that is absolute, has a part ".." or more than one top
 * folder, a name twice, more or larger files than the limits, no manifest, or a file that the
 * manifest lacks, lists and is not there, or whose digest differs, or the archive was changed where
 * no file is: the writer leaves a digest of all of it at its end, which one that was packed again
 * does not have. The manifest is not among *files, which the caller frees.
 */
int nb_bundle_read(const char *path, struct nb_bundle_files *files, struct nb_error *error);
int nb_bundle_read_memory(const void *bytes, size_t size, struct nb_bundle_files *files,
			  struct nb_error *error);
void nb_bundle_files_free(struct nb_bundle_files *files); /* safe on zeroes and twice */
const struct nb_bundle_file *nb_bundle_find(const struct nb_bundle_files *files, const char *name);

/*
 * The verdicts of a view, with everything that computing them again needs: options, which sessions
 * were the base and which each group's candidates, figures, every number with 17 digits. The text
 * is JSON (tests/data/nestbench-verdicts-1.schema.json); the caller frees it.
 */
int nb_bundle_verdicts(const struct nb_view *view, char **text, size_t *size,
		       struct nb_error *error);

struct nb_bundle_result {
	size_t files, sessions, verdicts;
	char version[16]; /* of the nestbench that wrote it */
	/*
	 * False: numbers differ behind their ninth digit, because this processor or C library
	 * rounds logarithms otherwise than the one that wrote it. Every word and count is the same.
	 */
	bool exact;
};
/*
 * Reads sessions/ID.json and baseline/ID.json (nestbench/report.h checks what they claim), or
 * baseline/NAME.json for figures; there must be no other file in these two folders. Then it
 * computes all verdicts of verdicts.json again and compares them byte by byte. -EBADMSG with the
 * first difference: file, series, what it says and what it should say. Offline; writes nothing.
 */
int nb_bundle_verify(const struct nb_bundle_files *files, struct nb_bundle_result *result,
		     struct nb_error *error);

#endif
