/* SPDX-License-Identifier: Apache-2.0 */
#include <archive.h>
#include <archive_entry.h>
#include <sha2.h>
#include <sys/resource.h>

#include "bundle_sample.h"

/* Archives that are too much of something: what a bundle holds has limits. */

/* An archive whose only file has so many zeroes, behind a header that says so or says claimed. */
static struct bytes bomb(uint64_t zeroes, uint64_t claimed)
{
	static const char nothing[1 << 16];
	struct bytes packed = { 0 }, head = { 0 };
	FILE *stream = open_memstream((char **)&packed.bytes, &packed.size);
	struct archive *archive = archive_write_new();
	struct archive_entry *entry = archive_entry_new();

	/* The raw format takes one file of any content: the tar is ours. */
	archive_write_set_format_raw(archive);
	archive_write_add_filter_zstd(archive);
	archive_write_set_filter_option(archive, "zstd", "compression-level", "1");
	archive_write_set_bytes_in_last_block(archive, 1);
	assert_int_equal(archive_write_open_FILE(archive, stream), ARCHIVE_OK);
	archive_entry_set_filetype(entry, AE_IFREG);
	assert_int_equal(archive_write_header(archive, entry), ARCHIVE_OK);
	tar_header(&head, '0', "b/zeroes", "", claimed);
	archive_write_data(archive, head.bytes, head.size);
	for (uint64_t done = 0; done < zeroes; done += sizeof(nothing))
		archive_write_data(archive, nothing, sizeof(nothing));
	archive_entry_free(entry);
	assert_int_equal(archive_write_free(archive), ARCHIVE_OK);
	fclose(stream);
	bytes_free(&head);
	return packed;
}

static long peak_mib(void)
{
	struct rusage usage;

	assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
	return usage.ru_maxrss / 1024;
}

static void bombs_are_refused_before_they_go_off(void **state)
{
	const uint64_t gib = UINT64_C(1) << 30;
	struct bytes honest = bomb(gib, gib), empty = bomb(gib, 0);
	long before = peak_mib();

	(void)state;
	assert_true(honest.size < 1 << 18);
	assert_refused(&honest, "entry 1, \"zeroes\", is too large for a bundle");
	/* Zeroes behind the end of the archive, as far as the file goes. */
	assert_refused(&empty, "entry 1: more than 512 MiB unpacked");
	assert_true(peak_mib() - before < 64);
	bytes_free(&honest);
	bytes_free(&empty);
}

static void what_a_header_claims_is_not_taken_on_trust(void **state)
{
	struct bytes archive = bomb(0, NB_BUNDLE_FILE_MAX);
	long before = peak_mib();

	(void)state;
	assert_refused(&archive, "zeroes: Truncated tar archive");
	assert_true(peak_mib() - before < 32);
	bytes_free(&archive);
}

static void too_many_entries_are_refused(void **state)
{
	enum { FILES = NB_BUNDLE_FILES_MAX + 1 /* the manifest */ };
	enum { ENTRIES = 2 * NB_BUNDLE_FILES_MAX };
	struct bytes tar = { 0 }, archive;
	char name[32], refusal[80];

	(void)state;
	for (int i = 0; i <= FILES; i++) {
		snprintf(name, sizeof(name), "b/%d", i);
		tar_file(&tar, name, "");
	}
	archive = tar_packed(&tar);
	snprintf(refusal, sizeof(refusal), "entry %d, \"%d\", is one file too many for a bundle",
		 FILES + 1, FILES);
	assert_refused(&archive, refusal);
	bytes_free(&archive);

	for (int i = 0; i <= ENTRIES; i++)
		tar_header(&tar, '5', "b/", "", 0);
	archive = tar_packed(&tar);
	snprintf(refusal, sizeof(refusal), "more than %d entries", ENTRIES);
	assert_refused(&archive, refusal);
	bytes_free(&archive);
}

/* Each file is small enough, and all together are too large. */
static void more_bytes_than_the_limit_are_refused(void **state)
{
	const size_t size = 60 << 20, count = 9;
	struct bytes packed = { 0 };
	char *zeroes = calloc(1, size), name[32];
	FILE *stream = open_memstream((char **)&packed.bytes, &packed.size);
	struct archive *archive = archive_write_new();
	struct archive_entry *entry = archive_entry_new();

	(void)state;
	assert_non_null(zeroes);
	archive_write_set_format_ustar(archive);
	archive_write_add_filter_zstd(archive);
	archive_write_set_bytes_in_last_block(archive, 1);
	assert_int_equal(archive_write_open_FILE(archive, stream), ARCHIVE_OK);
	for (size_t i = 0; i < count; i++) {
		snprintf(name, sizeof(name), "b/%zu", i);
		archive_entry_set_pathname(entry, name);
		archive_entry_set_filetype(entry, AE_IFREG);
		archive_entry_set_size(entry, (la_int64_t)size);
		assert_int_equal(archive_write_header(archive, entry), ARCHIVE_OK);
		assert_int_equal(archive_write_data(archive, zeroes, size), size);
	}
	archive_entry_free(entry);
	archive_write_free(archive);
	fclose(stream);
	assert_refused(&packed, "entry 9, \"8\", is too large for a bundle");
	free(zeroes);
	bytes_free(&packed);
}

/* As a header in the format of POSIX.1-2001, which names of any length need. */
static void names_that_are_too_long_are_refused(void **state)
{
	static const struct {
		size_t length;
		const char *words;
	} names[] = { { 159, NULL }, { 160, "is too long" }, { 5000, "is too long" } };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct bytes tar = { 0 }, archive;
		char *record = calloc(1, names[i].length + 30);
		char *name = calloc(1, names[i].length + 3);

		name[0] = 'b';
		name[1] = '/';
		memset(name + 2, 'a', names[i].length);
		/* "LENGTH path=NAME\n", the length with its own digits. */
		sprintf(record, "%zu path=%s\n",
			names[i].length + 2 + strlen(" path=\n") + (i == 2 ? 4 : 3), name);
		tar_header(&tar, 'x', "pax", "", strlen(record));
		tar_data(&tar, record, strlen(record));
		tar_file(&tar, "b/short", "");
		archive = tar_packed(&tar);
		assert_refused(&archive,
			       names[i].words ? names[i].words : "MANIFEST.sha256 is missing");
		free(record);
		free(name);
		bytes_free(&archive);
	}
}

static void sparse_files_are_refused(void **state)
{
	static const char map[] = "22 GNU.sparse.major=1\n22 GNU.sparse.minor=0\n"
				  "26 GNU.sparse.name=b/hole\n31 GNU.sparse.realsize=1000000\n";
	struct bytes tar = { 0 }, archive;

	(void)state;
	tar_header(&tar, 'x', "pax", "", strlen(map));
	tar_data(&tar, map, strlen(map));
	tar_header(&tar, '0', "b/GNUSparseFile.1/hole", "", 1024);
	tar_data(&tar, "1\n500000\n512\n", 13);
	tar_data(&tar, "data", 4);
	archive = tar_packed(&tar);
	assert_refused(&archive, "sparse file");
	bytes_free(&archive);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bombs_are_refused_before_they_go_off),
		cmocka_unit_test(what_a_header_claims_is_not_taken_on_trust),
		cmocka_unit_test(too_many_entries_are_refused),
		cmocka_unit_test(more_bytes_than_the_limit_are_refused),
		cmocka_unit_test(names_that_are_too_long_are_refused),
		cmocka_unit_test(sparse_files_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
