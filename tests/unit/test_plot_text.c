/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../harness/plot/plot_private.h"
#include "plot_view.h"

static void what_would_break_a_line_a_column_or_a_quotation_is_replaced(void **state)
{
	char cell[64];

	(void)state;
	nb_plot_cell(cell, sizeof(cell),
		     "a\tb\nc\rd\x1b"
		     "e\"f`g\\h#i");
	assert_string_equal(cell, "a?b?c?d?e'f'g/h♯i");
}

static void what_is_no_text_becomes_a_question_mark(void **state)
{
	char cell[64];

	(void)state;
	nb_plot_cell(cell, sizeof(cell), "µ\xff\xc3|\xe2\x80\xa8|é");
	assert_string_equal(cell, "µ??|?|é");
}

static void a_long_text_is_cut_between_two_characters(void **state)
{
	char text[4096], cell[8];

	(void)state;
	memset(text, 'a', sizeof(text));
	memcpy(text + 6, "µ", 2);
	text[sizeof(text) - 1] = '\0';
	nb_plot_cell(cell, sizeof(cell), text);
	assert_string_equal(cell, "aaaaaa");
}

static void a_pattern_is_held_against_the_benchmark_and_against_the_whole_name(void **state)
{
	const struct nb_series series = sample_series("exit.cpuid", NB_GUEST, "match=data,ring=3");
	static const struct {
		const char *pattern;
		bool wanted;
	} cases[] = {
		{ NULL, true },
		{ "exit.*", true },
		{ "exit.cpuid", true },
		{ "exit.cpuid match=data,ring=3", true },
		{ "* match=*", true },
		{ "irq.*", false },
		{ "exit.cpuid ring=3", false },
		{ "", false },
		{ "exit.[", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct nb_plot_query query = { .pattern = cases[i].pattern };

		assert_int_equal(nb_plot_wants(&query, &series), cases[i].wanted);
	}
}

static void a_name_has_its_parameters(void **state)
{
	const struct nb_series plain = sample_series("exit.cpuid", NB_GUEST, "");
	const struct nb_series hostile = sample_series("exit.cpuid", NB_GUEST, "a=\tb\"");
	char cell[64];

	(void)state;
	nb_plot_series_cell(cell, sizeof(cell), &plain);
	assert_string_equal(cell, "exit.cpuid");
	nb_plot_series_cell(cell, sizeof(cell), &hostile);
	assert_string_equal(cell, "exit.cpuid a=?b'");
}

static void numbers_are_those_that_gnuplot_reads(void **state)
{
	struct sample_stream stream;
	char *text;

	(void)state;
	sample_open(&stream);
	nb_plot_number(stream.file, 1.5);
	fputc(' ', stream.file);
	nb_plot_number(stream.file, 123456789);
	fputc(' ', stream.file);
	nb_plot_number(stream.file, NAN);
	fputc(' ', stream.file);
	nb_plot_number(stream.file, INFINITY);
	text = sample_text(&stream, 0);
	assert_string_equal(text, "1.5 123456789 nan nan");
	free(text);
}

static void a_full_disk_is_an_error(void **state)
{
	FILE *stream = fopen("/dev/full", "w");
	struct nb_error error;

	(void)state;
	assert_non_null(stream);
	nb_plot_header(stream, NB_PLOT_CDF, "a\tb");
	assert_int_equal(nb_plot_written(stream, &error), -EIO);
	fclose(stream);
}

static void every_plot_has_a_name_a_title_a_summary_and_a_script(void **state)
{
	(void)state;
	for (int i = 0; i < NB_PLOT_COUNT; i++) {
		enum nb_plot plot = (enum nb_plot)i;
		char own[64];

		assert_true(strlen(nb_plot_name(plot)) > 0);
		assert_true(strlen(nb_plot_title(plot)) > 0);
		assert_true(strlen(nb_plot_summary(plot)) > 20);
		snprintf(own, sizeof(own), "strlen(\"%s.gp\")", nb_plot_name(plot));
		assert_non_null(strstr(nb_plot_script(plot), "nb_begin = "));
		assert_non_null(strstr(nb_plot_script(plot), own));
	}
}

/* Both places must have the same colours, or a page would show a picture in no colour of its own.
 */
static void each_colour_of_the_scripts_is_a_custom_property_of_the_page(void **state)
{
	static const char *const properties[] = { "--ink",  "--muted", "--grid", "--surface",
						  "--band", "--c1",    "--c2",	 "--c3",
						  "--c4",   "--c5",    "--c6",	 "--c7",
						  "--c8" };
	const char *script = nb_plot_script(NB_PLOT_CDF);

	(void)state;
	for (size_t i = 0; i < sizeof(properties) / sizeof(properties[0]); i++) {
		char *line = strstr(script, properties[i]);
		char light[8];

		assert_non_null(line);
		assert_int_equal(sscanf(line + strlen(properties[i]), " %7s", light), 1);
		/* Once in the comment, once as a value. */
		assert_non_null(strstr(strstr(script, light) + 1, light));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_would_break_a_line_a_column_or_a_quotation_is_replaced),
		cmocka_unit_test(what_is_no_text_becomes_a_question_mark),
		cmocka_unit_test(a_long_text_is_cut_between_two_characters),
		cmocka_unit_test(
			a_pattern_is_held_against_the_benchmark_and_against_the_whole_name),
		cmocka_unit_test(a_name_has_its_parameters),
		cmocka_unit_test(numbers_are_those_that_gnuplot_reads),
		cmocka_unit_test(a_full_disk_is_an_error),
		cmocka_unit_test(every_plot_has_a_name_a_title_a_summary_and_a_script),
		cmocka_unit_test(each_colour_of_the_scripts_is_a_custom_property_of_the_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
