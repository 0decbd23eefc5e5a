/* SPDX-License-Identifier: Apache-2.0 */
#include <archive.h>
#include <archive_entry.h>
#include <sha2.h>
#include <sys/resource.h>

#include "bundle_sample.h"

/* Archives that a stranger could send: each is refused, with what is wrong and where. */

static const struct {
	char type;
	const char *name, *words;
} entries[] = {
	{ '0', "/etc/passwd", "entry 2, \"/etc/passwd\", has an absolute name" },
	{ '0', "../evil", "entry 2, \"../evil\", has a part \"..\" in its name" },
	{ '0', "b/../../evil", "has a part \"..\"" },
	{ '0', "b/..", "has a part \"..\"" },
	{ '0', "b/./x", "has a part \".\"" },
	{ '0', "./b/x", "has a part \".\"" },
	{ '0', "b//x", "has an empty part" },
	{ '0', "b/x\\y", "has a backslash" },
	{ '0', "b/x\ny", "entry 2, \"b/x?y\", has control characters" },
	{ '0', "b/x\033[2Jy", "has control characters" },
	{ '0', "b/\xff\xfe", "has a name that is not UTF-8" },
	{ '0', "b/\xc3\xa4", "has other characters in its name" },
	{ '0', "b/a b", "has other characters" },
	{ '0', "b/$(id)", "has other characters" },
	{ '0', "c/x", "entry 2, \"c/x\", is in a second top folder" },
	{ '0', "bb/x", "is in a second top folder" },
	{ '0', "x", "stands outside of the bundle's folder" },
	{ '0', "b", "stands outside of the bundle's folder" },
	{ '0', "b/README.md", "entry 2, \"README.md\", is there a second time" },
	{ '0', "b/README.md/x", "is there a second time" },
	{ '5', "../b/", "has a part \"..\"" },
	{ '5', "c/", "is in a second top folder" },
	{ '1', "b/link", "entry 2, \"b/link\", is a hard link" },
	{ '2', "b/link", "entry 2, \"b/link\", is a symbolic link" },
	{ '3', "b/null", "is a device" },
	{ '4', "b/disk", "is a device" },
	{ '6', "b/pipe", "is a named pipe" },
	{ '0', "b/x", "x is not listed in MANIFEST.sha256" },
};

static void add_manifest(struct bytes *tar, const char *lines)
{
	tar_file(tar, "b/MANIFEST.sha256", lines);
}

/* A line of the manifest for a text. */
static const char *line_of(const char *text, const char *name)
{
	static char line[300];
	char digest[SHA256_DIGEST_STRING_LENGTH];

	SHA256Data((const uint8_t *)text, strlen(text), digest);
	snprintf(line, sizeof(line), "%s  %s\n", digest, name);
	return line;
}

static void the_same_archive_without_its_fault_is_read(void **state)
{
	struct bytes tar = { 0 }, archive;
	struct nb_bundle_files files;

	(void)state;
	tar_header(&tar, '5', "b/", "", 0);
	tar_file(&tar, "b/README.md", "Read me.\n");
	add_manifest(&tar, line_of("Read me.\n", "README.md"));
	archive = tar_packed(&tar);
	files = bundle_opened(&archive);
	assert_int_equal(files.count, 1);
	assert_string_equal(files.folder, "b");
	nb_bundle_files_free(&files);
	bytes_free(&archive);
}

static void entries_that_no_bundle_has_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++) {
		struct bytes tar = { 0 }, archive;

		tar_file(&tar, "b/README.md", "Read me.\n");
		tar_header(&tar, entries[i].type, entries[i].name, "/etc/passwd", 0);
		add_manifest(&tar, line_of("Read me.\n", "README.md"));
		archive = tar_packed(&tar);
		assert_refused(&archive, entries[i].words);
		bytes_free(&archive);
	}
}

/* "@" in lines is the digest of hello, "~" the same without its last digit. */
static char *with_digests(const char *lines)
{
	char digest[SHA256_DIGEST_STRING_LENGTH], *text;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	SHA256Data((const uint8_t *)"hello\n", 6, digest);
	for (; *lines; lines++) {
		if (*lines == '@')
			fputs(digest, stream);
		else if (*lines == '~')
			fprintf(stream, "%.63s", digest);
		else
			fputc(*lines, stream);
	}
	fclose(stream);
	return text;
}

static void manifests_that_do_not_fit_are_refused(void **state)
{
	static const struct {
		const char *lines, *words;
	} manifests[] = {
		{ "", "hello is not listed in MANIFEST.sha256" },
		{ "@  hello", "MANIFEST.sha256, line 1: not \"DIGEST  NAME\"" },
		{ "@ *hello\n", "line 1: not" },
		{ "@ hello\n", "line 1: not" },
		{ "~  hello\n", "line 1: not" },
		{ "~A  hello\n", "line 1: not" },
		{ "\\@  hello\n", "line 1: not" },
		{ "@  hello\r\n", "line 1: not" },
		{ "@  \n", "line 1: not" },
		{ "@  ../hello\n", "line 1: not" },
		{ "@  /hello\n", "line 1: not" },
		{ "@  hello\n\n", "line 2: not" },
		{ "# all files\n@  hello\n", "line 1: not" },
		{ "@  hello\n@  hello\n", "MANIFEST.sha256 lists hello twice" },
		{ "@  hello\n@  gone\n", "gone is not there, but MANIFEST.sha256 lists it" },
		{ "@  hello\n@  MANIFEST.sha256\n", "MANIFEST.sha256 was changed" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(manifests) / sizeof(manifests[0]); i++) {
		struct bytes tar = { 0 }, archive;
		char *lines = with_digests(manifests[i].lines);

		tar_file(&tar, "b/hello", "hello\n");
		add_manifest(&tar, lines);
		archive = tar_packed(&tar);
		assert_refused(&archive, manifests[i].words);
		bytes_free(&archive);
		free(lines);
	}
}

static void a_changed_file_is_refused_by_its_digest(void **state)
{
	struct bytes tar = { 0 }, archive;

	(void)state;
	tar_file(&tar, "b/hello", "hullo\n");
	add_manifest(&tar, line_of("hello\n", "hello"));
	archive = tar_packed(&tar);
	assert_refused(&archive, "hello was changed: its SHA-256 begins with");
	bytes_free(&archive);
}

static void archives_without_what_makes_a_bundle_are_refused(void **state)
{
	struct bytes tar = { 0 }, archive;

	(void)state;
	tar_file(&tar, "b/hello", "hello\n");
	archive = tar_packed(&tar);
	assert_refused(&archive, "MANIFEST.sha256 is missing");
	bytes_free(&archive);

	add_manifest(&tar, "");
	archive = tar_packed(&tar);
	assert_refused(&archive, "there is nothing but a manifest in it");
	bytes_free(&archive);

	archive = tar_packed(&tar);
	assert_refused(&archive, "MANIFEST.sha256 is missing");
	bytes_free(&archive);

	add_manifest(&tar, "");
	tar_file(&tar, "b/MANIFEST.sha256", "");
	archive = tar_packed(&tar);
	assert_refused(&archive, "\"MANIFEST.sha256\", is there a second time");
	bytes_free(&archive);
}

static void what_is_no_archive_is_refused(void **state)
{
	struct bytes archive = { 0 }, tar = { 0 };

	(void)state;
	assert_refused(&archive, "empty");
	bytes_add(&archive, "{\"schema\": \"nestbench/1\"}", 25);
	assert_refused(&archive, "not one stream of zstd");
	bytes_free(&archive);

	archive = zstd_stored("hello", 5);
	assert_refused(&archive, "");
	bytes_free(&archive);

	/* A tar without any compression. */
	tar_file(&tar, "b/hello", "hello\n");
	assert_refused(&tar, "not one stream of zstd");
	archive = tar_packed(&tar);
	tar = zstd_stored(archive.bytes, archive.size);
	assert_refused(&tar, "not one stream of zstd");
	bytes_free(&archive);
	bytes_free(&tar);
}

static struct bytes small_bundle(void)
{
	struct nb_bundle_files files = { .folder = "b" };
	struct bytes archive;

	files_add(&files, "hello", strdup("hello\n"));
	archive = bundle_packed(&files);
	nb_bundle_files_free(&files);
	return archive;
}

static void every_flipped_bit_of_a_bundle_is_found(void **state)
{
	struct bytes archive = small_bundle();

	(void)state;
	for (size_t i = 0; i < archive.size; i++) {
		archive.bytes[i] ^= (uint8_t)(1U << i % 8);
		assert_refused(&archive, "");
		archive.bytes[i] ^= (uint8_t)(1U << i % 8);
		archive.bytes[i] ^= 0xff;
		assert_refused(&archive, "");
		archive.bytes[i] ^= 0xff;
	}
	bytes_free(&archive);
}

static void flipped_bytes_of_a_real_bundle_are_found(void **state)
{
	struct nb_bundle_files files = files_make();
	struct bytes archive = bundle_packed(&files);

	(void)state;
	for (size_t i = 0; i < archive.size; i += 1 + archive.size / 150) {
		archive.bytes[i] ^= 0x10;
		assert_refused(&archive, "");
		archive.bytes[i] ^= 0x10;
	}
	nb_bundle_files_free(&files);
	bytes_free(&archive);
}

static void every_cut_bundle_is_found(void **state)
{
	enum { SEAL = 48 };
	struct bytes archive = small_bundle(), cut;
	struct nb_bundle_files files;

	(void)state;
	for (size_t size = 0; size < archive.size; size++) {
		cut = (struct bytes){ .size = 0 };
		bytes_add(&cut, archive.bytes, size);
		if (size != archive.size - SEAL)
			assert_refused(&cut, "");
		bytes_free(&cut);
	}
	if (archive.size <= SEAL) {
		fail();
		return;
	}
	/* Without its seal it is as if it had been packed again, with all of its files. */
	bytes_add(&cut, archive.bytes, archive.size - SEAL);
	files = bundle_opened(&cut);
	assert_int_equal(files.count, 1);
	nb_bundle_files_free(&files);
	bytes_free(&cut);
	bytes_free(&archive);
}

static void what_follows_a_bundle_is_refused(void **state)
{
	struct bytes archive = small_bundle(), tar = { 0 }, more;
	size_t size = archive.size;

	(void)state;
	bytes_add(&archive, "x", 1);
	assert_refused(&archive, "the archive is cut or damaged");
	archive.size = size;

	/* A second archive in a second frame is a part of the first. */
	tar_file(&tar, "b/more", "more\n");
	more = tar_packed(&tar);
	bytes_add(&archive, more.bytes, more.size);
	assert_refused(&archive, "more is not listed");
	archive.size = size;
	bytes_free(&more);

	more = zstd_stored("What no tar takes for a header, as it has no sum.", 49);
	bytes_add(&archive, more.bytes, more.size);
	assert_refused(&archive, "entry 3: ");
	bytes_free(&more);
	bytes_free(&archive);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_archive_without_its_fault_is_read),
		cmocka_unit_test(entries_that_no_bundle_has_are_refused),
		cmocka_unit_test(manifests_that_do_not_fit_are_refused),
		cmocka_unit_test(a_changed_file_is_refused_by_its_digest),
		cmocka_unit_test(archives_without_what_makes_a_bundle_are_refused),
		cmocka_unit_test(what_is_no_archive_is_refused),
		cmocka_unit_test(every_flipped_bit_of_a_bundle_is_found),
		cmocka_unit_test(flipped_bytes_of_a_real_bundle_are_found),
		cmocka_unit_test(every_cut_bundle_is_found),
		cmocka_unit_test(what_follows_a_bundle_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
