/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_CLI_BUNDLE_H
#define NB_CLI_BUNDLE_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "nestbench/baseline.h"
#include "nestbench/bundle.h"
#include "nestbench/redact.h"
#include "nestbench/view.h"

#include "cli_view.h"

/* What the verb bundle is made of: what goes into the archive, and what reads it again. */

/*
 * bundle_folder.c: a folder that only we can read, in $TMPDIR; "" where there is none. Paths of
 * files in it fit into NB_CLI_PATH_SIZE.
 */
enum { NB_CLI_FOLDER_SIZE = NB_CLI_PATH_SIZE / 2 };
int nb_cli_folder_make(char path[NB_CLI_FOLDER_SIZE], struct nb_error *error);
void nb_cli_folder_remove(const char *path); /* with all that is in it */
/* Calls take for each regular file below path, in order of their names; name is relative to it. */
typedef int (*nb_cli_file_taker)(void *context, const char *path, const char *name,
				 struct nb_error *error);
int nb_cli_folder_each(const char *path, nb_cli_file_taker take, void *context,
		       struct nb_error *error);

/*
 * bundle_learn.c: what sessions themselves tell of whose they are, beside what this machine is
 * known by. Each becomes a word with a number ("<host-2>"), so that two of them stay two.
 */
enum { NB_CLI_WORD_SIZE = 32 };
struct nb_cli_secrets {
	struct nb_redactor redactor;
	/* One to spare, for what there is no room for. */
	char words[NB_REDACT_SECRETS_MAX + 1][NB_CLI_WORD_SIZE];
	size_t count;
	bool full; /* there are more than can be kept in mind */
};
void nb_cli_secrets_init(struct nb_cli_secrets *secrets, const struct nb_world *world);
void nb_cli_secrets_learn(struct nb_cli_secrets *secrets, const struct nb_record *record);
/* After all others: an id of a boot that there is no room for is known by its look, too. */
void nb_cli_secrets_learn_boot(struct nb_cli_secrets *secrets, const struct nb_record *record);

/* bundle_redact.c: takes them out of every text; a record stays one that can be read again. */
void nb_cli_redact_text(const struct nb_redactor *redactor, char *text, size_t size);
void nb_cli_redact_record(const struct nb_redactor *redactor, struct nb_record *record);
/* The same of a file's bytes, in which there may be NULs; *bytes is replaced. */
int nb_cli_redact_bytes(const struct nb_redactor *redactor, char **bytes, size_t *size,
			struct nb_error *error);

/* Whether this machine is the one that the newest session was measured on. */
enum nb_cli_here {
	NB_CLI_ELSEWHERE,
	NB_CLI_SAME_KIND, /* the same platform key, but another boot */
	NB_CLI_SAME_BOOT,
};

/* What the files of a bundle are written from. All texts in it are redacted already. */
struct nb_cli_bundle {
	const struct nb_view *view;
	const struct nb_session *newest;
	const struct nb_record *base; /* sessions of the base, whole */
	size_t base_count;
	const struct nb_baseline *figures;   /* of the base; NULL: none */
	const struct nb_redactor *redactor;  /* NULL: nothing was taken out */
	const char *name;		     /* of the bundle: its folder */
	char packed[NB_TIMESTAMP_SIZE];	     /* when */
	char baseline[NB_CLI_WORD_SIZE * 2]; /* name of the frozen base in sessions.db; "" none */
	enum nb_cli_here here;
	size_t left_out; /* files of the recording whose names an archive cannot hold */
	char note[320];	 /* what report.html lacks; "" nothing */
};

/* Each writes one file to a stream in memory. */
typedef int (*nb_cli_bundle_part)(FILE *stream, const struct nb_cli_bundle *bundle,
				  struct nb_error *error);
int nb_cli_bundle_readme(FILE *stream, const struct nb_cli_bundle *bundle, struct nb_error *error);
int nb_cli_bundle_environment(FILE *stream, const struct nb_cli_bundle *bundle,
			      struct nb_error *error);
int nb_cli_bundle_modules(FILE *stream, const struct nb_cli_bundle *bundle, struct nb_error *error);
int nb_cli_bundle_kernel_log(FILE *stream, const struct nb_cli_bundle *bundle,
			     struct nb_error *error);
int nb_cli_bundle_reproduce(FILE *stream, const struct nb_cli_bundle *bundle,
			    struct nb_error *error);
int nb_cli_bundle_controls(FILE *stream, const struct nb_cli_bundle *bundle,
			   struct nb_error *error);

/* bundle_readme.c, bundle_readme_machines.c: parts of README.md. */
void nb_cli_markdown(FILE *stream, const char *text); /* escaped, on one line */
void nb_cli_readme_machines(FILE *stream, const struct nb_cli_bundle *bundle);
void nb_cli_readme_trust(FILE *stream, const struct nb_cli_bundle *bundle);

/* bundle_reproduce.c: what got slower in any group, the most first; the caller frees *list. */
struct nb_cli_regression {
	const struct nb_view_row *row;
	const struct nb_compare_row *verdict;
	size_t group;
};
int nb_cli_regressions(const struct nb_view *view, struct nb_cli_regression **list, size_t *count,
		       struct nb_error *error);
/* "exit.cpuid ring=3", without anything that could break a line. */
void nb_cli_series_text(const struct nb_series *series, char *text, size_t size);

/* bundle_store.c: makes a database of the bundle's sessions at path. */
int nb_cli_bundle_extract(const char *path, struct nb_cli_bundle *bundle, struct nb_error *error);
/* The database at path holds the sessions that the JSON of files does; -EBADMSG: what differs. */
int nb_cli_bundle_check_store(const char *path, const struct nb_bundle_files *files,
			      struct nb_error *error);

/* bundle_machine.c: the recording and what doctor says; adds them to the archive. */
enum nb_cli_here nb_cli_bundle_here(const struct nb_session *newest);
int nb_cli_bundle_doctor(struct nb_bundle_writer *writer, const char *folder,
			 struct nb_cli_bundle *bundle, struct nb_error *error);

/* bundle_conceal.c: fills secrets, and takes them out of all that was loaded. */
int nb_cli_conceal(struct nb_cli_secrets *secrets, struct nb_cli_view *view,
		   struct nb_error *error);

/* bundle_make.c: writes the archive whole, or leaves path as it was. */
int nb_cli_bundle_make(struct nb_cli_bundle *bundle, const struct nb_cli_view *view, bool plots,
		       const char *path, struct nb_error *error);

/* bundle_verify.c; returns an exit status. */
int nb_cli_bundle_verify(const struct nb_cli_verb *verb, const char *path, bool json);

#endif
