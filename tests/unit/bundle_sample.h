/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BUNDLE_SAMPLE_H
#define BUNDLE_SAMPLE_H

#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "nestbench/bundle.h"

#include "report_sample.h"

/* Sessions for bundles, bundles of them, and archives that no writer of ours makes. */

struct bytes {
	uint8_t *bytes;
	size_t size, room; /* room: 0 where somebody else allocated them */
};

static inline void bytes_add(struct bytes *to, const void *bytes, size_t size)
{
	if (to->size + size >= to->room) {
		to->room = 2 * (to->size + size + 1);
		to->bytes = realloc(to->bytes, to->room);
		assert_non_null(to->bytes);
	}
	if (size > 0)
		memcpy(to->bytes + to->size, bytes, size);
	to->size += size;
	to->bytes[to->size] = '\0';
}

static inline void bytes_free(struct bytes *bytes)
{
	free(bytes->bytes);
	*bytes = (struct bytes){ 0 };
}

/* A header of tar (POSIX.1-1988) by hand, so that it can say anything. */
static inline void tar_header(struct bytes *tar, char type, const char *name, const char *link,
			      uint64_t size)
{
	static const char magic[8] = { 'u', 's', 't', 'a', 'r', '\0', '0', '0' };
	char header[512] = "";
	unsigned sum = 0;

	snprintf(header, 100, "%s", name);
	snprintf(header + 100, 8, "%07o", 0644U);
	snprintf(header + 108, 8, "%07o", 0U);
	snprintf(header + 116, 8, "%07o", 0U);
	snprintf(header + 124, 12, "%011" PRIo64, size & UINT64_C(077777777777));
	snprintf(header + 136, 12, "%011o", 0U);
	header[156] = type;
	snprintf(header + 157, 100, "%s", link);
	memcpy(header + 257, magic, sizeof(magic));
	memset(header + 148, ' ', 8);
	for (size_t i = 0; i < sizeof(header); i++)
		sum += (unsigned char)header[i];
	snprintf(header + 148, 8, "%06o", sum);
	bytes_add(tar, header, sizeof(header));
}

static inline void tar_data(struct bytes *tar, const void *bytes, size_t size)
{
	static const char nothing[512];

	bytes_add(tar, bytes, size);
	bytes_add(tar, nothing, (512 - size % 512) % 512);
}

static inline void tar_file(struct bytes *tar, const char *name, const char *text)
{
	tar_header(tar, '0', name, "", strlen(text));
	tar_data(tar, text, strlen(text));
}

static inline void tar_end(struct bytes *tar)
{
	static const char nothing[1024];

	bytes_add(tar, nothing, sizeof(nothing));
}

/* Zstandard with all blocks stored as they are (RFC 8878). */
static inline struct bytes zstd_stored(const void *bytes, size_t size)
{
	enum { BLOCK = 100000 };
	static const uint8_t head[] = { 0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58 };
	struct bytes packed = { 0 };
	size_t done = 0;

	bytes_add(&packed, head, sizeof(head));
	do {
		size_t part = size - done < BLOCK ? size - done : BLOCK;
		uint32_t block = (uint32_t)(part << 3) | (done + part == size ? 1 : 0);
		uint8_t header[] = { (uint8_t)block, (uint8_t)(block >> 8),
				     (uint8_t)(block >> 16) };

		bytes_add(&packed, header, sizeof(header));
		bytes_add(&packed, (const uint8_t *)bytes + done, part);
		done += part;
	} while (done < size);
	/* No room, in which a reader that reads too far would not be noticed. */
	packed.bytes = realloc(packed.bytes, packed.size);
	packed.room = 0;
	assert_non_null(packed.bytes);
	return packed;
}

/* Frees the tar. */
static inline struct bytes tar_packed(struct bytes *tar)
{
	struct bytes packed;

	tar_end(tar);
	packed = zstd_stored(tar->bytes, tar->size);
	bytes_free(tar);
	return packed;
}

static inline void assert_refused(const struct bytes *archive, const char *words)
{
	struct nb_bundle_files files = { .count = 77 };
	struct nb_error error = { 0 };
	int result = nb_bundle_read_memory(archive->bytes, archive->size, &files, &error);

	if (result != -EBADMSG || error.code != EBADMSG || !strstr(error.text, words))
		fail_msg("%d, \"%s\" and not \"%s\"", result, error.text, words);
	assert_int_equal(files.count, 77);
}

static inline struct nb_bundle_files bundle_opened(const struct bytes *archive)
{
	struct nb_bundle_files files;
	struct nb_error error = { 0 };

	if (nb_bundle_read_memory(archive->bytes, archive->size, &files, &error) < 0)
		fail_msg("%s", error.text);
	return files;
}

/* Bundles the files again, whatever became of them. */
static inline struct bytes bundle_packed(const struct nb_bundle_files *files)
{
	struct nb_bundle_writer *writer = NULL;
	struct bytes archive = { 0 };
	struct nb_error error = { 0 };
	FILE *stream = open_memstream((char **)&archive.bytes, &archive.size);

	assert_non_null(stream);
	assert_int_equal(nb_bundle_create(&writer, stream, files->folder, &error), 0);
	for (size_t i = 0; i < files->count; i++)
		if (nb_bundle_add(writer, files->files[i].name, files->files[i].bytes,
				  files->files[i].size, &error) < 0)
			fail_msg("%s", error.text);
	if (nb_bundle_finish(writer, &error) < 0)
		fail_msg("%s", error.text);
	assert_int_equal(fclose(stream), 0);
	return archive;
}

/* Takes text over. */
static inline void files_add(struct nb_bundle_files *files, const char *name, char *text)
{
	struct nb_bundle_file *file;

	files->files = realloc(files->files, (files->count + 1) * sizeof(*files->files));
	assert_non_null(files->files);
	file = &files->files[files->count++];
	*file = (struct nb_bundle_file){ .bytes = text, .size = strlen(text) };
	snprintf(file->name, sizeof(file->name), "%s", name);
}

static inline struct nb_bundle_file *files_find(struct nb_bundle_files *files, const char *name)
{
	const struct nb_bundle_file *file = nb_bundle_find(files, name);

	if (!file)
		fail_msg("no file %s", name);
	return &files->files[file - files->files];
}

static inline void files_remove(struct nb_bundle_files *files, const char *name)
{
	struct nb_bundle_file *file = files_find(files, name);

	free(file->bytes);
	*file = files->files[--files->count];
}

static inline void files_replace(struct nb_bundle_files *files, const char *name, const char *what,
				 const char *by)
{
	struct nb_bundle_file *file = files_find(files, name);
	char *text;

	if (!strstr(file->bytes, what))
		fail_msg("%s is not in %s: %.9000s", what, name, file->bytes);
	text = sample_replaced(file->bytes, what, by);

	free(file->bytes);
	file->bytes = text;
	file->size = strlen(text);
}

/* exit.cpuid is slower by so much in each session; exit.hlt stays as it is. */
static inline void session_make(struct nb_record *record, unsigned number, double factor)
{
	*record = (struct nb_record){ 0 };
	sample_session(&record->session);
	snprintf(record->session.id, sizeof(record->session.id), "01JD6QJ3C0ABCDEFGHJKMNP%03u",
		 number);
	snprintf(record->session.started, sizeof(record->session.started),
		 "2026-11-%02uT03:12:05.123Z", 1 + number % 28);
	sample_measured(record, "exit.cpuid", NB_GUEST, "", 50000 * factor + 7 * number);
	sample_measured(record, "exit.hlt", NB_GUEST, "ring=3", 90000 + 5 * (number % 7));
}

struct sessions {
	struct nb_record records[16];
	struct nb_digest digests[16];
	size_t count;
};

static inline void sessions_make(struct sessions *sessions, unsigned first, size_t count,
				 double factor)
{
	*sessions = (struct sessions){ .count = count };
	for (size_t i = 0; i < count; i++) {
		session_make(&sessions->records[i], first + (unsigned)i, factor);
		assert_int_equal(nb_digest_make(&sessions->records[i], &sessions->digests[i], NULL),
				 0);
	}
}

static inline void sessions_free(struct sessions *sessions)
{
	for (size_t i = 0; i < sessions->count; i++) {
		nb_record_free(&sessions->records[i]);
		nb_digest_free(&sessions->digests[i]);
	}
}

static inline void sessions_add(const struct sessions *sessions, const char *folder,
				struct nb_bundle_files *files)
{
	for (size_t i = 0; i < sessions->count; i++) {
		char name[NB_BUNDLE_NAME_SIZE];

		snprintf(name, sizeof(name), "%s/%s.json", folder, sessions->records[i].session.id);
		files_add(files, name, sample_json(&sessions->records[i], true));
	}
}

static inline void verdicts_add(const struct nb_view_sources *sources,
				struct nb_bundle_files *files)
{
	struct nb_error error = { 0 };
	struct nb_view view;
	char *text;
	size_t size;

	if (nb_view_make(sources, &view, &error) < 0)
		fail_msg("%s", error.text);
	if (nb_bundle_verdicts(&view, &text, &size, &error) < 0)
		fail_msg("%s", error.text);
	assert_int_equal(strlen(text), size);
	files_add(files, "verdicts.json", text);
	nb_view_free(&view);
}

/* Six sessions against six, of which exit.cpuid regressed by a fifth. */
static inline struct nb_bundle_files files_make(void)
{
	struct nb_bundle_files files = { .folder = "nestbench-sample" };
	struct nb_compare_options options = nb_compare_defaults;
	struct nb_compare_margin margin = { "exit.h*", 0.05 };
	const char *asked = "kernel";
	struct sessions base, candidate;
	struct nb_view_sources sources = { .base = "label:kernel=old",
					   .base_provenance = "measured",
					   .options = &options };

	options.margins = &margin;
	options.margin_count = 1;
	options.asked = &asked;
	options.asked_count = 1;
	options.seed = UINT64_MAX;
	sessions_make(&base, 100, 6, 1);
	sessions_make(&candidate, 200, 6, 1.2);
	sources.records = candidate.records;
	sources.count = candidate.count;
	sources.base_sessions = (struct nb_compare_group){ base.digests, base.count };
	sessions_add(&candidate, "sessions", &files);
	sessions_add(&base, "baseline", &files);
	verdicts_add(&sources, &files);
	sessions_free(&base);
	sessions_free(&candidate);
	return files;
}

static inline void assert_unverified(const struct nb_bundle_files *files, const char *words)
{
	struct nb_bundle_result verified = { .files = 77 };
	struct nb_error error = { 0 };
	int result = nb_bundle_verify(files, &verified, &error);

	if (result != -EBADMSG || !strstr(error.text, words))
		fail_msg("%d, \"%s\" and not \"%s\"", result, error.text, words);
	assert_int_equal(verified.files, 77);
}

static inline struct nb_bundle_result verify(const struct nb_bundle_files *files)
{
	struct nb_bundle_result verified;
	struct nb_error error = { 0 };

	if (nb_bundle_verify(files, &verified, &error) < 0)
		fail_msg("%s", error.text);
	return verified;
}

#endif
