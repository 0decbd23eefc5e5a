/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "formats_sample.h"

static char *text_of(struct formats_sample *sample)
{
	return formats_text(nb_formats_markdown, sample);
}

static void assert_has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("no %s in:\n%s", part, text);
}

static void a_family_is_a_table(void **state)
{
	char *text = text_of(formats_sample());

	(void)state;
	assert_has(text, "#### exit\n\n| benchmark | where | p50 | 95 % CI | p99 | exits/op | "
			 "evidence | notes |\n|---|---|--:|--:|--:|--:|---|---|\n"
			 "| `exit.cpuid` | guest L2 | 1.23 µs | 1.22 – 1.24 µs | 2.47 µs | 1 | "
			 "verified |  |\n");
	assert_has(text, "#### irq\n");
	assert_has(text, "#### paging\n");
	assert_has(text, "| `exit.pio` | user L1 | \\~0 ns |");
	assert_has(text, "| n/a | 1 | unverified | expected 1 exits/op; noisy: 2 of 6 rounds |");
	assert_has(text, "| - | - | - | - | - | skip: ");
	free(text);
}

static void with_a_base_there_are_verdicts(void **state)
{
	char *text = text_of(formats_judged());

	(void)state;
	assert_has(text, "#### exit: 1 regressed\n");
	assert_has(text, "| change | verdict | notes |\n");
	assert_has(text, "| verified | +25.0 % | :warning: regressed |");
	assert_has(text, "| verified | +50.0 % | indicative |");
	assert_has(text, "| unverified | n/a | :x: invalid |");
	assert_has(text, "Margin 3 %, false discovery rate 5 %");
	free(text);
}

/* Columns of a line: bars that no backslash stands before. */
static size_t bars(const char *line)
{
	size_t count = 0;

	for (const char *byte = line; *byte && *byte != '\n'; byte++)
		count += *byte == '|' && (byte == line || byte[-1] != '\\');
	return count;
}

static void every_row_has_as_many_cells_as_its_head(void **state)
{
	struct formats_sample *sample = formats_judged();
	size_t rows = 0;
	char *text;

	(void)state;
	formats_double(sample);
	text = text_of(sample);
	for (const char *line = text; *line; line += strcspn(line, "\n") + 1) {
		if (*line != '|')
			continue;
		rows++;
		assert_int_equal(bars(line), 12);
	}
	/* Two lines of a head for each of three families, and both groups of each row. */
	assert_int_equal(rows, 3 * 2 + 2 * FORMATS_ROWS);
	free(text);
}

/* Blanks code spans, in which nothing but their end means anything. */
static void blank_code(char *text)
{
	for (char *byte = text; *byte; byte++) {
		if (*byte == '\\' && byte[1])
			byte++;
		else if (*byte == '`')
			for (*byte++ = ' '; *byte != '`'; byte++)
				*byte = ' ';
	}
}

static void hostile_texts_stay_texts(void **state)
{
	char *text = text_of(formats_judged());

	(void)state;
	blank_code(text);
	assert_true(formats_clean(text));
	assert_null(strstr(text, "<script>"));
	assert_null(strstr(text, "@user"));
	assert_null(strstr(text, " #1"));
	assert_null(strstr(text, "GH-2 \\|"));
	assert_has(text,
		   "&#60;script&#62;alert\\(\"x\"\\)&#60;/script&#62; 'q' \\\\ \\`c\\` \\|p\\| "
		   "&#64;&#8203;user &#35;&#8203;1 GH&#45;&#8203;2 ?????&#38;amp;");
	assert_true(strlen(text) / 2 < FORMATS_LONG);
	free(text);
}

static void long_tables_are_folded(void **state)
{
	enum { ROWS = 25 };
	struct formats_sample *sample = formats_sample();
	struct nb_view_row *rows = calloc(ROWS, sizeof(*rows));
	char *text;

	(void)state;
	assert_non_null(rows);
	for (size_t i = 0; i < ROWS; i++)
		rows[i] = sample->rows[0];
	sample->view.rows = rows;
	sample->view.row_count = ROWS;
	text = text_of(sample);
	assert_int_equal(formats_count(text, "<details><summary>exit</summary>\n\n"), 1);
	assert_int_equal(formats_count(text, "\n</details>\n\n"), 1);
	free(text);
	free(rows);
}

static void a_session_without_series_has_no_table(void **state)
{
	struct formats_sample *sample = formats_sample();
	char *text;

	(void)state;
	sample->view.row_count = 0;
	text = text_of(sample);
	assert_has(text, "0 series measured");
	assert_null(strstr(text, "|---|"));
	free(text);
}

static void a_full_disk_is_an_error(void **state)
{
	(void)state;
	assert_int_equal(formats_full(nb_formats_markdown), -EIO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_family_is_a_table),
		cmocka_unit_test(with_a_base_there_are_verdicts),
		cmocka_unit_test(every_row_has_as_many_cells_as_its_head),
		cmocka_unit_test(hostile_texts_stay_texts),
		cmocka_unit_test(long_tables_are_folded),
		cmocka_unit_test(a_session_without_series_has_no_table),
		cmocka_unit_test(a_full_disk_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
