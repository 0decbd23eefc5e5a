/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "nestbench/report.h"

#include "../../harness/report/report_base64.h"
#include "../../harness/report/report_text.h"

static void durations_have_three_digits_and_the_unit_that_fits(void **state)
{
	static const struct {
		double nanoseconds;
		const char *text;
	} cases[] = {
		{ 0, "0 ns" },		{ 0.512, "0.512 ns" }, { 1, "1.00 ns" },
		{ 9.996, "10.0 ns" },	{ 12.34, "12.3 ns" },  { 999.4, "999 ns" },
		{ 999.6, "1.00 µs" },	{ 12345, "12.3 µs" },  { 99960, "100 µs" },
		{ 1234567, "1.23 ms" }, { 2.5e9, "2.50 s" },   { 1.5e12, "1500 s" },
		{ -12.34, "-12.3 ns" }, { 0.0001, "0 ns" },    { 1e300, "1.00e+291 s" },
		{ -0.0, "0 ns" },	{ 0.9996, "1.00 ns" }, { 999500, "1.00 ms" },
		{ 999499, "999 µs" },
	};
	char text[32];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		nb_report_duration(text, sizeof(text), cases[i].nanoseconds);
		assert_string_equal(text, cases[i].text);
	}
}

static void what_is_not_known_reads_not_available(void **state)
{
	char text[64];

	(void)state;
	nb_report_duration(text, sizeof(text), NAN);
	assert_string_equal(text, "n/a");
	nb_report_duration(text, sizeof(text), INFINITY);
	assert_string_equal(text, "n/a");
	nb_report_interval(text, sizeof(text), 1, NAN, "ns");
	assert_string_equal(text, "n/a");
}

static void other_units_are_kept(void **state)
{
	char text[32];

	(void)state;
	nb_report_value(text, sizeof(text), 123456, "op/s", NB_REPORT_DIGITS);
	assert_string_equal(text, "123456 op/s");
	nb_report_value(text, sizeof(text), 1.5, "", NB_REPORT_DIGITS);
	assert_string_equal(text, "1.50");
}

static void both_ends_of_an_interval_share_a_unit(void **state)
{
	char text[64];

	(void)state;
	nb_report_interval(text, sizeof(text), 980, 1020, "ns");
	assert_string_equal(text, "0.980 – 1.02 µs");
	nb_report_interval(text, sizeof(text), -0.31, 0.42, "ns");
	assert_string_equal(text, "-0.310 – 0.420 ns");
}

static void a_grid_counts_code_points_and_leaves_no_trailing_space(void **state)
{
	static const char *const cells[] = {
		"name",	 "time", "note", "µ", "1 µs", NULL, "\033[31mlong name\033[0m",
		"10 ns", "ok",
	};
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	(void)state;
	assert_int_equal(nb_report_grid(stream, "<><", cells, 3, NULL), 0);
	fclose(stream);
	assert_string_equal(text, "name        time  note\n"
				  "µ           1 µs\n"
				  "\033[31mlong name\033[0m  10 ns  ok\n");
	free(text);
}

static void a_column_without_text_takes_no_room(void **state)
{
	static const char *const cells[] = { "a", "", "b", "c", NULL, "d" };
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	(void)state;
	assert_int_equal(nb_report_grid(stream, "<<<", cells, 2, NULL), 0);
	fclose(stream);
	assert_string_equal(text, "a  b\nc  d\n");
	free(text);
}

static void long_text_is_cut_between_code_points(void **state)
{
	char text[32] = "µµµµµ";
	char fits[32] = "µµµ";

	(void)state;
	nb_report_cut(text, sizeof(text), 3);
	assert_string_equal(text, "µµ…");
	nb_report_cut(fits, sizeof(fits), 3);
	assert_string_equal(fits, "µµµ");
}

static void escape_sequences_do_not_reach_the_terminal(void **state)
{
	char text[32];

	(void)state;
	nb_report_plain(text, sizeof(text), "a\033[2Jb\nc\302\233d µ\177");
	assert_string_equal(text, "a?[2Jb?c?d µ?");
}

static void text_that_turns_its_direction_is_made_plain(void **state)
{
	/* NOLINTNEXTLINE(misc-misleading-bidirectional): they are what is tested. */
	static const char turning[] = "a\u202eb\u202ac\u2066d\u2069e\u2028f\u2026g";
	char text[32];

	(void)state;
	nb_report_plain(text, sizeof(text), turning);
	assert_string_equal(text, "a?b?c?d?e?f\u2026g");
}

/* Cut short, too long for what it says, a surrogate, behind U+10FFFF, and no beginning at all. */
static void what_is_not_utf8_is_made_plain(void **state)
{
	static const char *const bad[][2] = {
		{ "a\303", "a?" },	   { "\342\202z", "??z" },
		{ "\300\257", "??" },	   { "\340\202\233", "???" },
		{ "\355\240\200", "???" }, { "\364\220\200\200", "????" },
		{ "\377\200x", "??x" },
	};
	char text[32];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		nb_report_plain(text, sizeof(text), bad[i][0]);
		assert_string_equal(text, bad[i][1]);
	}
}

static void plain_text_is_cut_between_characters(void **state)
{
	char text[4];

	(void)state;
	nb_report_plain(text, sizeof(text), "abµ");
	assert_string_equal(text, "ab");
}

static void a_full_disk_is_an_error(void **state)
{
	static const char *const cells[] = { "x" };
	struct nb_error error = { 0 };
	FILE *stream = fopen("/dev/full", "w");

	(void)state;
	assert_non_null(stream);
	assert_int_equal(nb_report_grid(stream, "<", cells, 1, &error), -EIO);
	assert_non_null(strstr(error.text, "No space left"));
	fclose(stream);
}

/* The vectors of RFC 4648, section 10. */
static void base64_agrees_with_the_rfc(void **state)
{
	static const char *const vectors[][2] = {
		{ "", "" },
		{ "f", "Zg==" },
		{ "fo", "Zm8=" },
		{ "foo", "Zm9v" },
		{ "foob", "Zm9vYg==" },
		{ "fooba", "Zm9vYmE=" },
		{ "foobar", "Zm9vYmFy" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		uint8_t plain[8];
		size_t size = strlen(vectors[i][0]);
		uint8_t *bytes;
		char *text;

		memcpy(plain, vectors[i][0], size);
		text = nb_report_base64_encode(plain, size);
		assert_string_equal(text, vectors[i][1]);
		assert_int_equal(nb_report_base64_decode(text, strlen(text), &bytes, &size), 0);
		assert_int_equal(size, strlen(vectors[i][0]));
		assert_memory_equal(bytes, vectors[i][0], size);
		free(bytes);
		free(text);
	}
}

static void base64_accepts_one_text_for_one_content_only(void **state)
{
	static const char *const bad[] = { "Zg=",  "Zg",       "Zh==", "Zm9=",	 "Z===", "====",
					   "=m9v", "Zg==Zg==", "Zm 9", "Zm9v\n", "Zm-_" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		uint8_t *bytes;
		size_t size;

		assert_int_equal(nb_report_base64_decode(bad[i], strlen(bad[i]), &bytes, &size),
				 -EBADMSG);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(durations_have_three_digits_and_the_unit_that_fits),
		cmocka_unit_test(what_is_not_known_reads_not_available),
		cmocka_unit_test(other_units_are_kept),
		cmocka_unit_test(both_ends_of_an_interval_share_a_unit),
		cmocka_unit_test(a_grid_counts_code_points_and_leaves_no_trailing_space),
		cmocka_unit_test(a_column_without_text_takes_no_room),
		cmocka_unit_test(long_text_is_cut_between_code_points),
		cmocka_unit_test(escape_sequences_do_not_reach_the_terminal),
		cmocka_unit_test(text_that_turns_its_direction_is_made_plain),
		cmocka_unit_test(what_is_not_utf8_is_made_plain),
		cmocka_unit_test(plain_text_is_cut_between_characters),
		cmocka_unit_test(a_full_disk_is_an_error),
		cmocka_unit_test(base64_agrees_with_the_rfc),
		cmocka_unit_test(base64_accepts_one_text_for_one_content_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
