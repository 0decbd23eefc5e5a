/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "plot_script.h"
#include "view_sample.h"

enum { CELLS = 13 };

static struct view_sample sample;

static void make(size_t groups, size_t series)
{
	view_sample_make(&sample, groups, series);
	view_sample_compare(&sample, VIEW_HOSTILE);
}

static struct nb_compare_row *verdict(size_t group, size_t row)
{
	return &sample.comparisons[group].rows[row];
}

static int clean_up(void **state)
{
	(void)state;
	view_sample_free(&sample);
	return 0;
}

static void a_row_has_the_ratio_its_interval_and_the_margin(void **state)
{
	char *data;

	(void)state;
	make(1, 1);
	data = plot_data(NB_PLOT_FOREST, &sample.view, NULL, NULL);
	assert_non_null(data);
	assert_non_null(strstr(data,
			       "\n1\texit.op0 match=data,size=0k (guest L2)\tA\tregressed\t0\t"
			       "lower\tns\t1.25\t1.2375\t1.2625\t0.03\t800\t1000\n"));
	assert_non_null(strstr(data, "# place\tseries\tgroup\tverdict"));
	assert_int_equal(plot_lines(data, "base\t", 2), 1);
	plot_is_clean(data);
	free(data);
}

static void each_group_has_a_row_of_its_own_beside_the_others(void **state)
{
	char *data;

	(void)state;
	make(3, 4);
	data = plot_data(NB_PLOT_FOREST, &sample.view, NULL, NULL);
	assert_non_null(data);
	/* Families have some room between them. */
	assert_int_equal(plot_lines(data, "1\texit.op0 ", CELLS), 1);
	assert_int_equal(plot_lines(data, "3\texit.op0 ", CELLS), 1);
	assert_int_equal(plot_lines(data, "4.6\tirq.op1 ", CELLS), 1);
	assert_int_equal(plot_lines(data, "13.8\tio.op3 ", CELLS), 1);
	assert_int_equal(plot_lines(data, "A\tmachine 0", 2), 1);
	assert_int_equal(plot_lines(data, "C\tmachine 2", 2), 1);
	plot_is_clean(data);
	free(data);
}

static void the_largest_change_of_a_family_stands_first(void **state)
{
	char *data, *first, *second;

	(void)state;
	make(1, 8);
	verdict(0, 0)->ratio = 1.1;
	verdict(0, 1)->ratio = 0.2;
	data = plot_data(NB_PLOT_FOREST, &sample.view, "exit.*", NULL);
	assert_non_null(data);
	first = strstr(data, "\n1\texit.op1");
	second = strstr(data, "\n2\texit.op0");
	assert_non_null(first);
	assert_non_null(second);
	assert_null(strstr(data, "irq."));
	free(data);
}

static void what_is_certainly_the_same_is_left_out_where_there_are_many(void **state)
{
	char *data;
	size_t rows = 0;

	(void)state;
	make(1, 150);
	/* Of a hundred that did not change one is not certain. */
	for (size_t i = 0; i < 150; i++)
		verdict(0, i)->verdict = i % 15 ? NB_SAME : NB_REGRESSED;
	verdict(0, 149)->verdict = NB_INCONCLUSIVE;
	data = plot_data(NB_PLOT_FOREST, &sample.view, NULL, NULL);
	assert_non_null(data);
	for (const char *at = data; (at = strstr(at, "\tA\t")); at++)
		rows++;
	assert_int_equal(rows, 60);
	assert_non_null(strstr(data, "\nmore\t90 more are the same\n"));
	assert_non_null(strstr(data, "io.op149 "));
	assert_non_null(strstr(data, "\texit.op15 "));
	free(data);
}

static void what_was_left_out_is_counted_by_verdict(void **state)
{
	char *data;

	(void)state;
	make(1, 70);
	for (size_t i = 0; i < 70; i++)
		verdict(0, i)->verdict = i < 65 ? NB_REGRESSED : NB_INVALID;
	data = plot_data(NB_PLOT_FOREST, &sample.view, NULL, NULL);
	assert_non_null(data);
	assert_non_null(strstr(data, "\nmore\t10 more: 5 regressed, 5 invalid\n"));
	free(data);
}

static void unknown_numbers_are_nan_and_rows_without_ratio_are_counted(void **state)
{
	char *data;

	(void)state;
	make(1, 2);
	verdict(0, 0)->ratio = NAN;
	verdict(0, 1)->low = NAN;
	verdict(0, 1)->high = INFINITY;
	verdict(0, 1)->indicative = true;
	data = plot_data(NB_PLOT_FOREST, &sample.view, NULL, NULL);
	assert_non_null(data);
	assert_non_null(strstr(data, "\timproved\t1\tlower\tns\t0.8\tnan\tnan\t"));
	assert_non_null(strstr(data, "\nmore\t1 without a ratio is not shown\n"));
	free(data);
}

static void without_a_base_or_a_match_there_is_a_reason(void **state)
{
	struct nb_error error = { 0 };

	(void)state;
	view_sample_make(&sample, 1, 2);
	assert_null(plot_data(NB_PLOT_FOREST, &sample.view, NULL, &error));
	assert_non_null(strstr(error.text, "no base"));
	view_sample_compare(&sample, "baseline:old");
	assert_null(plot_data(NB_PLOT_FOREST, &sample.view, "no.*\n", &error));
	assert_non_null(strstr(error.text, "no series has a ratio"));
	assert_null(strchr(error.text, '\n'));
}

static void gnuplot_draws_one_row_and_many(void **state)
{
	static const size_t sizes[] = { 1, 40, 150 };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		char *data;

		make(1 + i, sizes[i]);
		verdict(0, 0)->low = NAN;
		verdict(0, 0)->high = NAN;
		verdict(0, 0)->indicative = true;
		verdict(i, sizes[i] - 1)->high = 1e9;
		data = plot_data(NB_PLOT_FOREST, &sample.view, NULL, NULL);
		assert_non_null(data);
		plot_is_clean(data);
		plot_script_draws("forest", data);
		free(data);
		view_sample_free(&sample);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(a_row_has_the_ratio_its_interval_and_the_margin,
					  clean_up),
		cmocka_unit_test_teardown(each_group_has_a_row_of_its_own_beside_the_others,
					  clean_up),
		cmocka_unit_test_teardown(the_largest_change_of_a_family_stands_first, clean_up),
		cmocka_unit_test_teardown(
			what_is_certainly_the_same_is_left_out_where_there_are_many, clean_up),
		cmocka_unit_test_teardown(what_was_left_out_is_counted_by_verdict, clean_up),
		cmocka_unit_test_teardown(
			unknown_numbers_are_nan_and_rows_without_ratio_are_counted, clean_up),
		cmocka_unit_test_teardown(without_a_base_or_a_match_there_is_a_reason, clean_up),
		cmocka_unit_test_teardown(gnuplot_draws_one_row_and_many, clean_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
