/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "plot_view.h"

/* Columns of the table. */
enum { PANEL, BENCHMARK, LINE, COLOUR, DASH, PERCENTILE, PLACE, VALUE, CELLS };

static struct plot_view plot;

static int clean_up(void **state)
{
	(void)state;
	plot_view_free(&plot);
	return 0;
}

static char *percentiles(void)
{
	return plot_data(NB_PLOT_PERCENTILES, &plot.view, NULL, NULL);
}

static void the_tail_ends_where_samples_do_not_tell(void **state)
{
	char *data;
	const char *row = NULL;
	double before = 0;

	(void)state;
	sample_measured(plot_session(&plot, "p", 1), "exit.cpuid", NB_GUEST, "", 5000);
	plot_view_make(&plot);
	data = percentiles();
	assert_non_null(data);
	assert_int_equal(plot_lines(data, "0\t", CELLS), 161);
	for (size_t i = 0; plot_row(data, i); i++) {
		row = plot_row(data, i);
		assert_true(plot_value(row, VALUE) >= before);
		before = plot_value(row, VALUE);
	}
	assert_non_null(row);
	/* 6 rounds of 401 samples: p99.9 takes 3 688, so that 1 in 652 is the farthest. */
	plot_near(plot_value(row, PLACE), 2406 / 3.688, 0.5);
	plot_near(plot_value(row, PERCENTILE), 100 - 100 * 3.688 / 2406, 0.001);
	free(data);
}

static void a_value_is_that_of_the_nearest_rank(void **state)
{
	struct nb_series series = sample_series("exit.op", NB_GUEST, "");
	const uint64_t ticks[] = { 1010, 1010, 1010, 1010, 1010, 1010, 1010, 1010, 1010, 1500 };
	struct nb_round round = sample_round(0, 100, 1000);
	char *data;

	(void)state;
	sample_fill(&round, ticks, 10);
	sample_append(plot_session(&plot, "p", 1), &series, round);
	plot_view_make(&plot);
	data = percentiles();
	/* Ten samples reach as far as 1 in 2.7, where all are alike. */
	for (size_t i = 0; plot_row(data, i); i++)
		plot_near(plot_value(plot_row(data, i), VALUE), 10, 0.001);
	free(data);
}

static void forty_series_and_one_are_drawn(void **state)
{
	char *data;

	(void)state;
	plot_view_wide(&plot, "exit", 41);
	data = percentiles();
	plot_script_draws("percentiles", data);
	free(data);
	plot_view_free(&plot);
	plot_view_wide(&plot, "exit", 1);
	data = percentiles();
	plot_script_draws("percentiles", data);
	free(data);
}

static void values_that_are_all_the_same_are_drawn(void **state)
{
	struct nb_series series = sample_series("exit.op", NB_GUEST, "");
	const uint64_t ticks[] = { 1010, 1010, 1010, 1010, 1010, 1010 };
	struct nb_round round = sample_round(0, 100, 1000);
	char *data;

	(void)state;
	sample_fill(&round, ticks, 6);
	sample_append(plot_session(&plot, "p", 1), &series, round);
	plot_view_make(&plot);
	data = percentiles();
	plot_script_draws("percentiles", data);
	free(data);
	data = plot_data(NB_PLOT_CDF, &plot.view, NULL, NULL);
	plot_script_draws("cdf", data);
	free(data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(the_tail_ends_where_samples_do_not_tell, clean_up),
		cmocka_unit_test_teardown(a_value_is_that_of_the_nearest_rank, clean_up),
		cmocka_unit_test_teardown(forty_series_and_one_are_drawn, clean_up),
		cmocka_unit_test_teardown(values_that_are_all_the_same_are_drawn, clean_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
