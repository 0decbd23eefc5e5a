/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "plot_script.h"
#include "view_sample.h"

enum { CELLS = 14 };

static struct view_sample sample;

static struct nb_view_cell *put(size_t row, enum nb_vantage vantage, const char *params, double p50)
{
	struct nb_view_row *made = &sample.view.rows[row];

	made->series = sample_series("exit.cpuid", vantage, params);
	for (size_t i = 0; i < sample.view.count; i++) {
		made->cells[i] = view_cell_ok(p50 * (double)(i + 1));
		made->cells[i].level = sample.view.groups[i].level + (vantage == NB_GUEST ? 1 : 0);
	}
	return made->cells;
}

static void level(size_t group, int value)
{
	sample.view.groups[group].level = value;
}

static int clean_up(void **state)
{
	(void)state;
	view_sample_free(&sample);
	return 0;
}

static void the_ratio_stands_with_the_deeper_level(void **state)
{
	char *data;

	(void)state;
	view_sample_make(&sample, 1, 2);
	put(0, NB_GUEST, "", 9400);
	put(1, NB_USER, "", 1000);
	data = plot_data(NB_PLOT_TAX, &sample.view, NULL, NULL);
	assert_non_null(data);
	assert_non_null(strstr(data,
			       "\n1\texit.cpuid\t1\tA\tuser\t\t1000\t990\t1010\tnan\tnan\tnan\t"
			       "nan\tnan\n"
			       "2\texit.cpuid\t2\tA\tguest\t\t9400\t9306\t9494\t9.4\tnan\tnan\t"
			       "nan\tnan\n"));
	plot_is_clean(data);
	free(data);
}

static void the_table_of_levels_gives_ratio_and_what_others_published(void **state)
{
	struct nb_level_ratio ratio = { .benchmark = "exit.cpuid",
					.params = "ring=3",
					.level = 2,
					.ratio = 9.5,
					.low = 9,
					.high = 10,
					.upper_p50 = 1000,
					.band_low = 13,
					.band_high = 22 };
	char *data;

	(void)state;
	view_sample_make(&sample, 1, 2);
	put(0, NB_GUEST, "ring=3", 9400);
	put(1, NB_USER, "", 1000);
	sample.view.groups[0].levels = (struct nb_level_table){ .rows = &ratio, .count = 1 };
	data = plot_data(NB_PLOT_TAX, &sample.view, NULL, NULL);
	assert_non_null(data);
	assert_non_null(strstr(data, "\t9400\t9306\t9494\t9.5\t9\t10\t13000\t22000\n"));
	plot_script_draws("tax", data);
	free(data);
}

static void ring_3_of_the_guest_belongs_to_user_mode(void **state)
{
	static const char *const guests[] = { "a=1,ring=3,z=2", "ring=3,z=2", "a=1,ring=3" };
	static const char *const users[] = { "a=1,z=2", "z=2", "a=1" };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		char *data;

		view_sample_make(&sample, 1, 3);
		put(0, NB_GUEST, guests[i], 5000);
		put(1, NB_USER, users[i], 1000);
		put(2, NB_USER, "b=3", 1000);
		data = plot_data(NB_PLOT_TAX, &sample.view, NULL, NULL);
		assert_non_null(data);
		assert_non_null(strstr(data, "\tuser\t\t1000\t"));
		assert_null(strstr(data, "b=3"));
		free(data);
		view_sample_free(&sample);
	}
}

static void levels_of_several_groups_are_put_together(void **state)
{
	char *data;

	(void)state;
	view_sample_make(&sample, 3, 2);
	level(0, 0);
	level(2, 2);
	put(0, NB_GUEST, "", 1000);
	put(1, NB_USER, "", 100);
	data = plot_data(NB_PLOT_TAX, &sample.view, NULL, NULL);
	assert_non_null(data);
	/* L0 of A; L1 of A and B; L2 of B and C; L3 of C. */
	assert_int_equal(plot_lines(data, "1\texit.cpuid\t0\tA\tuser", CELLS), 1);
	assert_int_equal(plot_lines(data, "2\texit.cpuid\t1\tA\tguest\t\t1000\t", CELLS), 1);
	assert_int_equal(plot_lines(data, "3\texit.cpuid\t1\tB\tuser\tA\t200\t", CELLS), 1);
	assert_int_equal(plot_lines(data, "4\texit.cpuid\t2\tB\tguest\t\t2000\t", CELLS), 1);
	assert_int_equal(plot_lines(data, "5\texit.cpuid\t2\tC\tuser\tA\t300\t", CELLS), 1);
	assert_int_equal(plot_lines(data, "6\texit.cpuid\t3\tC\tguest\t\t3000\t", CELLS), 1);
	plot_script_draws("tax", data);
	free(data);
}

static void emulated_code_is_left_out_and_said(void **state)
{
	struct nb_error error = { 0 };
	char *data;

	(void)state;
	view_sample_make(&sample, 1, 4);
	put(0, NB_GUEST, "", 9400)->evidence = NB_EMULATED;
	put(1, NB_USER, "", 1000);
	assert_null(plot_data(NB_PLOT_TAX, &sample.view, "exit.cpuid", &error));
	assert_non_null(strstr(error.text, "emulated"));
	put(2, NB_GUEST, "ring=3", 2000);
	data = plot_data(NB_PLOT_TAX, &sample.view, "exit.cpuid", &error);
	assert_non_null(data);
	assert_non_null(strstr(data, "\nmore\t1 of emulated code left out"));
	assert_null(strstr(data, "9400"));
	free(data);
}

static void at_one_level_there_is_a_reason(void **state)
{
	struct nb_error error = { 0 };

	(void)state;
	view_sample_make(&sample, 1, 2);
	put(0, NB_USER, "", 1000);
	put(1, NB_GUEST, "", 1000)->level = NB_LEVEL_UNKNOWN;
	assert_null(plot_data(NB_PLOT_TAX, &sample.view, NULL, &error));
	assert_string_equal(error.text, "no operation was measured at two levels");
}

static void gnuplot_draws_more_operations_than_a_picture_holds(void **state)
{
	char *data;
	size_t bars = 0;

	(void)state;
	view_sample_make(&sample, 2, 60);
	level(1, 2);
	for (size_t i = 0; i < sample.view.row_count; i++) {
		struct nb_view_cell *cells = sample.view.rows[i].cells;

		cells[0].level = 1;
		cells[0].low = NAN;
		cells[0].high = NAN;
		cells[1].p50 *= 2.0 + (double)i;
	}
	data = plot_data(NB_PLOT_TAX, &sample.view, NULL, NULL);
	assert_non_null(data);
	for (const char *at = data; (at = strstr(at, "match=data")); at++)
		bars++;
	assert_int_equal(bars, 100);
	assert_non_null(strstr(data, "\nmore\t10 more operations are not shown\n"));
	assert_null(strstr(data, "exit.op9 "));
	assert_non_null(strstr(data, "exit.op10 "));
	plot_is_clean(data);
	plot_script_draws("tax", data);
	free(data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(the_ratio_stands_with_the_deeper_level, clean_up),
		cmocka_unit_test_teardown(the_table_of_levels_gives_ratio_and_what_others_published,
					  clean_up),
		cmocka_unit_test_teardown(ring_3_of_the_guest_belongs_to_user_mode, clean_up),
		cmocka_unit_test_teardown(levels_of_several_groups_are_put_together, clean_up),
		cmocka_unit_test_teardown(emulated_code_is_left_out_and_said, clean_up),
		cmocka_unit_test_teardown(at_one_level_there_is_a_reason, clean_up),
		cmocka_unit_test_teardown(gnuplot_draws_more_operations_than_a_picture_holds,
					  clean_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
