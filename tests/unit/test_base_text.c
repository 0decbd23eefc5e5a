/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "nestbench/base.h"

static void errors_carry_code_and_text_and_return_the_negative_code(void **state)
{
	struct nb_error error = { 0 };

	(void)state;
	assert_int_equal(nb_error_set(&error, ENOENT, "%s: %d", "missing", 7), -ENOENT);
	assert_int_equal(error.code, ENOENT);
	assert_string_equal(error.text, "missing: 7");
	assert_int_equal(nb_error_set(NULL, EIO, "nobody listens"), -EIO);
}

static void error_texts_that_are_too_long_are_cut(void **state)
{
	struct nb_error error = { 0 };

	(void)state;
	nb_error_set(&error, EINVAL, "%0*d", 2 * NB_ERROR_TEXT_SIZE, 1);
	assert_int_equal(strlen(error.text), NB_ERROR_TEXT_SIZE - 1);
}

static void copies_are_cut_to_their_target_and_always_end(void **state)
{
	char target[5];

	(void)state;
	nb_base_copy(target, sizeof(target), "abcdefgh");
	assert_string_equal(target, "abcd");
	nb_base_copy(target, sizeof(target), "abcd");
	assert_string_equal(target, "abcd");
	nb_base_copy(target, sizeof(target), "");
	assert_string_equal(target, "");
	nb_base_copy(target, sizeof(target), "xy");
	nb_base_copy(target, sizeof(target), NULL);
	assert_string_equal(target, "");
	nb_base_copy(target, 1, "xy");
	assert_string_equal(target, "");
}

static void distances_count_insertions_deletions_and_replacements(void **state)
{
	static const struct {
		const char *a, *b;
		size_t distance;
	} table[] = {
		{ "", "", 0 },
		{ "abc", "abc", 0 },
		{ "", "abc", 3 },
		{ "kitten", "sitting", 3 },
		{ "exit.cpuid", "exit.cupid", 2 },
		{ "exit.cpuid", "exit.cpui", 1 },
		{ "saturday", "sunday", 3 },
		{ "abc", "xyz", 3 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		assert_int_equal(nb_base_distance(table[i].a, table[i].b), table[i].distance);
		assert_int_equal(nb_base_distance(table[i].b, table[i].a), table[i].distance);
	}
}

static void distances_of_very_long_words_are_bounded(void **state)
{
	char a[500], b[500];

	(void)state;
	memset(a, 'a', sizeof(a) - 1);
	memset(b, 'b', sizeof(b) - 1);
	a[sizeof(a) - 1] = '\0';
	b[sizeof(b) - 1] = '\0';
	assert_int_equal(nb_base_distance(a, a), 0);
	assert_true(nb_base_distance(a, b) >= 64);
}

/* A file with the given content, whose name is put into path. */
static void write_file(char path[64], const char *content, size_t size)
{
	ssize_t written;
	int fd;

	nb_base_copy(path, 64, "/tmp/nestbench-test-XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	written = write(fd, content, size);
	close(fd);
	assert_int_equal(written, size);
}

static void a_file_is_read_without_the_white_space_at_its_end(void **state)
{
	static const char content[] = "  tsc hpet\nacpi_pm \t\n\n";
	char path[64], text[64];

	(void)state;
	write_file(path, content, strlen(content));
	assert_int_equal(nb_base_read_line(path, text, sizeof(text)), 18);
	assert_string_equal(text, "  tsc hpet\nacpi_pm");
	unlink(path);
	write_file(path, " \n", 2);
	assert_int_equal(nb_base_read_line(path, text, sizeof(text)), 0);
	assert_string_equal(text, "");
	unlink(path);
}

static void a_long_file_is_cut_to_its_target(void **state)
{
	char content[10000];
	char path[64], text[100], one[1];

	(void)state;
	memset(content, 'x', sizeof(content));
	write_file(path, content, sizeof(content));
	assert_int_equal(nb_base_read_line(path, text, sizeof(text)), 99);
	assert_int_equal(strlen(text), 99);
	assert_int_equal(nb_base_read_line(path, one, sizeof(one)), 0);
	assert_string_equal(one, "");
	unlink(path);
}

static void a_file_that_cannot_be_read_gives_its_errno_and_an_empty_text(void **state)
{
	char text[] = "before";

	(void)state;
	assert_int_equal(nb_base_read_line("/nonexistent/file", text, sizeof(text)), -ENOENT);
	assert_string_equal(text, "");
	nb_base_copy(text, sizeof(text), "before");
	assert_int_equal(nb_base_read_line("/", text, sizeof(text)), -EISDIR);
	assert_string_equal(text, "");
}

static void all_that_is_written_to_a_pipe_is_read_from_it_up_to_its_end(void **state)
{
	char text[8] = "........";
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(nb_base_write_all(ends[1], "abc", 3), 0);
	assert_int_equal(nb_base_write_all(ends[1], "def", 3), 0);
	assert_int_equal(nb_base_write_all(ends[1], "", 0), 0);
	close(ends[1]);
	assert_int_equal(nb_base_read_all(ends[0], text, 4), 4);
	assert_int_equal(nb_base_read_all(ends[0], text + 4, 4), 2);
	assert_memory_equal(text, "abcdef..", 8);
	assert_int_equal(nb_base_read_all(ends[0], text, sizeof(text)), 0);
	close(ends[0]);
	assert_int_equal(nb_base_read_all(ends[0], text, sizeof(text)), -EBADF);
	assert_int_equal(nb_base_write_all(ends[1], "x", 1), -EBADF);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(errors_carry_code_and_text_and_return_the_negative_code),
		cmocka_unit_test(error_texts_that_are_too_long_are_cut),
		cmocka_unit_test(copies_are_cut_to_their_target_and_always_end),
		cmocka_unit_test(distances_count_insertions_deletions_and_replacements),
		cmocka_unit_test(distances_of_very_long_words_are_bounded),
		cmocka_unit_test(a_file_is_read_without_the_white_space_at_its_end),
		cmocka_unit_test(a_long_file_is_cut_to_its_target),
		cmocka_unit_test(a_file_that_cannot_be_read_gives_its_errno_and_an_empty_text),
		cmocka_unit_test(all_that_is_written_to_a_pipe_is_read_from_it_up_to_its_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
