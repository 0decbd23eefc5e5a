/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bundle_sample.h"

/* What the writer writes: for its own reader, and for tar and sha256sum. */

static struct nb_bundle_files three_files(void)
{
	struct nb_bundle_files files = { .folder = "nestbench-01" };

	files_add(&files, "README.md", strdup("Read me.\n"));
	files_add(&files, "a/b/empty", strdup(""));
	files_add(&files,
		  "a/a-name-that-is-longer-than-the-hundred-bytes-that-a-tar-of-1988-has-in-one-"
		  "place-for-the-names-of-its-files.json",
		  strdup("{}"));
	return files;
}

static void what_was_put_in_comes_out(void **state)
{
	struct nb_bundle_files files = three_files(), opened;
	struct bytes archive = bundle_packed(&files);

	(void)state;
	opened = bundle_opened(&archive);
	assert_string_equal(opened.folder, "nestbench-01");
	assert_int_equal(opened.count, files.count);
	for (size_t i = 0; i < files.count; i++) {
		assert_string_equal(opened.files[i].name, files.files[i].name);
		assert_string_equal(opened.files[i].bytes, files.files[i].bytes);
		assert_int_equal(opened.files[i].size, files.files[i].size);
	}
	assert_null(nb_bundle_find(&opened, "MANIFEST.sha256"));
	nb_bundle_files_free(&opened);
	nb_bundle_files_free(&opened);
	nb_bundle_files_free(&files);
	bytes_free(&archive);
}

static void equal_files_give_equal_bytes(void **state)
{
	struct nb_bundle_files files = three_files();
	struct bytes first = bundle_packed(&files), second = bundle_packed(&files);

	(void)state;
	assert_int_equal(first.size, second.size);
	assert_memory_equal(first.bytes, second.bytes, first.size);
	nb_bundle_files_free(&files);
	bytes_free(&first);
	bytes_free(&second);
}

/* In an empty folder with the archive as x.tar.zst; the script's exit status. */
static int run_script(const struct bytes *archive, const char *script)
{
	char folder[] = "/tmp/nestbench-bundle-XXXXXX", path[64];
	int status, fd;
	pid_t child;

	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/x.tar.zst", folder);
	fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(nb_base_write_all(fd, archive->bytes, archive->size), 0);
	close(fd);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		if (chdir(folder) == 0)
			execlp("sh", "sh", "-c", script, folder, (char *)NULL);
		_exit(127);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void tar_and_sha256sum_take_it(void **state)
{
	static const char script[] =
		"trap 'rm -r \"$0\"' EXIT; command -v zstd >/dev/null || exit 77;"
		"tar --zstd -xf x.tar.zst 2>errors && ! test -s errors && cd nestbench-01 &&"
		"sha256sum --strict -c MANIFEST.sha256 >/dev/null && test -x run.sh &&"
		"! test -x README.md && test $(find . -type f | wc -l) = 3";
	struct nb_bundle_writer *writer;
	struct bytes archive = { 0 };
	FILE *stream = open_memstream((char **)&archive.bytes, &archive.size);
	int status;

	(void)state;
	assert_int_equal(nb_bundle_create(&writer, stream, "nestbench-01", NULL), 0);
	nb_bundle_executable(writer);
	assert_int_equal(nb_bundle_add(writer, "run.sh", "exit 0\n", 7, NULL), 0);
	assert_int_equal(nb_bundle_add(writer, "README.md", "Read me.\n", 9, NULL), 0);
	assert_int_equal(nb_bundle_finish(writer, NULL), 0);
	assert_int_equal(fclose(stream), 0);
	status = run_script(&archive, script);
	bytes_free(&archive);
	if (status == 77) {
		print_message("tar needs the program zstd, which is not installed\n");
		skip();
	}
	assert_int_equal(status, 0);
}

static void a_file_that_is_read_by_its_name(void **state)
{
	char path[] = "/tmp/nestbench-bundle-XXXXXX";
	struct nb_bundle_files files = three_files(), opened;
	struct bytes archive = bundle_packed(&files);
	struct nb_error error = { 0 };
	int fd = mkstemp(path);

	(void)state;
	assert_int_equal(nb_base_write_all(fd, archive.bytes, archive.size), 0);
	close(fd);
	assert_int_equal(nb_bundle_read(path, &opened, &error), 0);
	assert_int_equal(opened.count, 3);
	unlink(path);
	assert_int_equal(nb_bundle_read(path, &opened, &error), -ENOENT);
	assert_int_equal(nb_bundle_read("/tmp", &opened, &error), -EISDIR);
	nb_bundle_files_free(&opened);
	nb_bundle_files_free(&files);
	bytes_free(&archive);
}

static void names_that_no_reader_would_take_are_refused(void **state)
{
	static const char *const names[] = { "",   "/etc/passwd", "../x",	"a/../b", "a//b",
					     "a/", "./a",	  "a\\b",	"a b",	  "a\nb",
					     "ä",  "\xff",	  "README.md/x" };
	struct nb_bundle_writer *writer, *none = NULL;
	struct nb_error error;
	char *text;
	size_t size;
	FILE *stream = open_memstream(&text, &size);
	char name[NB_BUNDLE_NAME_SIZE + 1];

	(void)state;
	assert_int_equal(nb_bundle_create(&none, stream, "a/b", &error), -EINVAL);
	assert_int_equal(nb_bundle_create(&none, stream, "..", &error), -EINVAL);
	assert_null(none);
	assert_int_equal(nb_bundle_create(&writer, stream, "x", &error), 0);
	assert_int_equal(nb_bundle_add(writer, "README.md", "", 0, &error), 0);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_true(nb_bundle_add(writer, names[i], "", 0, &error) < 0);
	memset(name, 'a', sizeof(name));
	name[NB_BUNDLE_NAME_SIZE] = '\0';
	assert_int_equal(nb_bundle_add(writer, name, "", 0, &error), -EINVAL);
	assert_int_equal(nb_bundle_add(writer, "README.md", "", 0, &error), -EEXIST);
	assert_int_equal(nb_bundle_add(writer, "MANIFEST.sha256", "", 0, &error), -EEXIST);
	assert_int_equal(nb_bundle_add(writer, "huge", "", NB_BUNDLE_FILE_MAX + 1, &error), -EFBIG);
	name[NB_BUNDLE_NAME_SIZE - 1] = '\0';
	assert_int_equal(nb_bundle_add(writer, name, "", 0, &error), 0);
	nb_bundle_abandon(writer);
	nb_bundle_abandon(NULL);
	fclose(stream);
	free(text);
}

static void one_file_more_than_the_limit_is_refused(void **state)
{
	struct nb_bundle_writer *writer;
	struct nb_error error = { 0 };
	struct bytes archive = { 0 };
	FILE *stream = open_memstream((char **)&archive.bytes, &archive.size);
	struct nb_bundle_files opened;
	char name[16];

	(void)state;
	assert_int_equal(nb_bundle_create(&writer, stream, "x", &error), 0);
	for (int i = 0; i < NB_BUNDLE_FILES_MAX; i++) {
		snprintf(name, sizeof(name), "%d", i);
		assert_int_equal(nb_bundle_add(writer, name, "", 0, &error), 0);
	}
	assert_int_equal(nb_bundle_add(writer, "more", "", 0, &error), -E2BIG);
	assert_int_equal(nb_bundle_finish(writer, &error), 0);
	fclose(stream);
	opened = bundle_opened(&archive);
	assert_int_equal(opened.count, NB_BUNDLE_FILES_MAX);
	nb_bundle_files_free(&opened);
	bytes_free(&archive);
}

static void an_empty_bundle_is_none(void **state)
{
	struct nb_bundle_writer *writer;
	struct nb_error error = { 0 };
	char *text;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	(void)state;
	assert_int_equal(nb_bundle_create(&writer, stream, "x", &error), 0);
	assert_int_equal(nb_bundle_finish(writer, &error), -EINVAL);
	fclose(stream);
	free(text);
}

/* A stream whose writes fail after so many. */
static ssize_t write_some(void *cookie, const char *bytes, size_t size)
{
	int *left = cookie;

	(void)bytes;
	if (*left == 0) {
		errno = ENOSPC;
		return 0;
	}
	--*left;
	return (ssize_t)size;
}

static int write_bundle(const struct nb_bundle_files *files, FILE *stream, struct nb_error *error)
{
	struct nb_bundle_writer *writer;
	int status = nb_bundle_create(&writer, stream, files->folder, error);

	if (status < 0)
		return status;
	/* As a careless caller would: only the end is looked at. */
	for (size_t i = 0; i < files->count; i++)
		nb_bundle_add(writer, files->files[i].name, files->files[i].bytes,
			      files->files[i].size, NULL);
	return nb_bundle_finish(writer, error);
}

static void every_failing_write_is_reported(void **state)
{
	struct nb_bundle_files files = { .folder = "x" };
	int status = -1, writes = 0;
	uint32_t noise = 1;
	char *text = malloc(1 << 20);

	(void)state;
	assert_non_null(text);
	/* What cannot be compressed, so that it takes many writes. */
	for (size_t i = 0; i < (1 << 20) - 1; i++) {
		noise = noise * 1664525 + 1013904223;
		text[i] = (char)(1 + (noise >> 24) % 255);
	}
	text[(1 << 20) - 1] = '\0';
	files_add(&files, "noise", text);
	while (status < 0 && writes < 1000) {
		int left = writes++;
		struct nb_error error = { 0 };
		FILE *stream =
			fopencookie(&left, "w", (cookie_io_functions_t){ .write = write_some });

		assert_non_null(stream);
		setvbuf(stream, NULL, _IONBF, 0);
		status = write_bundle(&files, stream, &error);
		if (status < 0) {
			assert_int_equal(status, -ENOSPC);
			assert_non_null(strstr(error.text, "No space left on device"));
		}
		fclose(stream);
	}
	assert_int_equal(status, 0);
	assert_true(writes > 10);
	nb_bundle_files_free(&files);
}

static void a_full_disk_is_reported_at_the_end_at_the_latest(void **state)
{
	struct nb_bundle_files files = three_files();
	struct nb_error error = { 0 };
	FILE *stream = fopen("/dev/full", "w");

	(void)state;
	assert_non_null(stream);
	assert_int_equal(write_bundle(&files, stream, &error), -ENOSPC);
	assert_string_equal(error.text, "cannot write the bundle's end: No space left on device");
	fclose(stream);
	nb_bundle_files_free(&files);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_put_in_comes_out),
		cmocka_unit_test(equal_files_give_equal_bytes),
		cmocka_unit_test(tar_and_sha256sum_take_it),
		cmocka_unit_test(a_file_that_is_read_by_its_name),
		cmocka_unit_test(names_that_no_reader_would_take_are_refused),
		cmocka_unit_test(one_file_more_than_the_limit_is_refused),
		cmocka_unit_test(an_empty_bundle_is_none),
		cmocka_unit_test(every_failing_write_is_reported),
		cmocka_unit_test(a_full_disk_is_reported_at_the_end_at_the_latest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
