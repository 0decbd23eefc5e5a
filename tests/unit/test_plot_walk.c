/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "plot_script.h"
#include "view_sample.h"

enum { CELLS = 5 };

static struct view_sample sample;

static void put(size_t row, enum nb_vantage vantage, const char *params, double p50)
{
	sample.view.rows[row].series = sample_series("paging.walk_curve", vantage, params);
	for (size_t i = 0; i < sample.view.count; i++) {
		sample.view.rows[row].cells[i] = view_cell_ok(p50 + (double)i);
		sample.view.rows[row].cells[i].level = vantage == NB_GUEST ? 2 : 1;
	}
}

static void make(size_t groups)
{
	view_sample_make(&sample, groups, 6);
	put(0, NB_GUEST, "ring=3,size=16k", 1.5);
	put(1, NB_GUEST, "ring=3,size=1g", 120);
	put(2, NB_GUEST, "ring=3,size=4m", 20);
	put(3, NB_USER, "size=16k", 1.25);
	put(4, NB_USER, "size=1g", 60);
}

static int clean_up(void **state)
{
	(void)state;
	view_sample_free(&sample);
	return 0;
}

static void a_line_is_in_order_of_bytes(void **state)
{
	char *data;

	(void)state;
	make(1);
	data = plot_data(NB_PLOT_WALK, &sample.view, NULL, NULL);
	assert_non_null(data);
	assert_non_null(strstr(data, "\n\n\n# line\tworking set (bytes)\tp50 (ns per load)\t"
				     "low (ns)\thigh (ns)\n"
				     "guest L2, ring=3\t16384\t1.5\t1.485\t1.515\n"
				     "guest L2, ring=3\t4194304\t20\t19.8\t20.2\n"
				     "guest L2, ring=3\t1.07374182e+09\t120\t118.8\t121.2\n\n\n"));
	assert_int_equal(plot_lines(data, "user L1\t", CELLS), 2);
	assert_null(strstr(data, ".op"));
	plot_is_clean(data);
	free(data);
}

static void groups_have_lines_of_their_own(void **state)
{
	char *data;

	(void)state;
	make(2);
	data = plot_data(NB_PLOT_WALK, &sample.view, "paging.walk_curve size=*", NULL);
	assert_non_null(data);
	assert_int_equal(plot_lines(data, "A user L1\t", CELLS), 2);
	assert_int_equal(plot_lines(data, "B user L1\t", CELLS), 2);
	assert_null(strstr(data, "guest"));
	free(data);
}

static void what_was_not_measured_or_has_no_size_is_no_point(void **state)
{
	static const char *const strange[] = { "resize=4k", "size=",	"size=4x",
					       "size=-4k",  "size=nan", "size=4kk" };
	struct nb_error error = { 0 };

	(void)state;
	view_sample_make(&sample, 1, 7);
	for (size_t i = 0; i < 6; i++)
		put(i, NB_USER, strange[i], 5);
	put(6, NB_USER, "size=4k", 5);
	sample.view.rows[6].cells[0] = view_cell_skip("no memory");
	assert_null(plot_data(NB_PLOT_WALK, &sample.view, NULL, &error));
	assert_non_null(strstr(error.text, "paging.walk_curve was not measured"));
}

static void hostile_parameters_stay_in_their_cell(void **state)
{
	char *data;

	(void)state;
	make(1);
	put(0, NB_USER, "a=\"\t\n`\\,size=64k,z=%s", 3);
	data = plot_data(NB_PLOT_WALK, &sample.view, NULL, NULL);
	assert_non_null(data);
	assert_int_equal(plot_lines(data, "user L1, a=", CELLS), 1);
	plot_is_clean(data);
	free(data);
}

static void gnuplot_draws_one_point_and_many_lines(void **state)
{
	char *data;

	(void)state;
	make(NB_VIEW_GROUPS_MAX);
	/* An interval that is not known. */
	sample.view.rows[0].cells[0].low = NAN;
	sample.view.rows[0].cells[0].high = NAN;
	data = plot_data(NB_PLOT_WALK, &sample.view, NULL, NULL);
	assert_non_null(data);
	plot_script_draws("walk", data);
	free(data);
	view_sample_free(&sample);
	view_sample_make(&sample, 1, 1);
	put(0, NB_USER, "size=16k", 2);
	sample.view.rows[0].cells[0].low = NAN;
	sample.view.rows[0].cells[0].high = NAN;
	data = plot_data(NB_PLOT_WALK, &sample.view, NULL, NULL);
	assert_non_null(data);
	plot_script_draws("walk", data);
	free(data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(a_line_is_in_order_of_bytes, clean_up),
		cmocka_unit_test_teardown(groups_have_lines_of_their_own, clean_up),
		cmocka_unit_test_teardown(what_was_not_measured_or_has_no_size_is_no_point,
					  clean_up),
		cmocka_unit_test_teardown(hostile_parameters_stay_in_their_cell, clean_up),
		cmocka_unit_test_teardown(gnuplot_draws_one_point_and_many_lines, clean_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
