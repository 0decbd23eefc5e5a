/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "plot_view.h"

/* Columns of the table. */
enum { PANEL, BENCHMARK, LINE, COLOUR, DASH, VALUE, PART, CELLS };

static struct plot_view plot;

static int clean_up(void **state)
{
	(void)state;
	plot_view_free(&plot);
	return 0;
}

static char *cdf(const char *pattern)
{
	return plot_data(NB_PLOT_CDF, &plot.view, pattern, NULL);
}

static void a_curve_goes_from_nothing_to_all(void **state)
{
	struct nb_record *record = plot_session(&plot, "p", 1);
	size_t count = 0;
	double value = 0, part = -1;
	char *data;

	(void)state;
	sample_measured(record, "exit.cpuid", NB_GUEST, "", 5000);
	plot_view_make(&plot);
	data = cdf(NULL);
	assert_non_null(data);
	assert_int_equal(plot_value(plot_row(data, 0), PART), 0);
	for (const char *row; (row = plot_row(data, count)) != NULL; count++) {
		assert_true(plot_value(row, VALUE) >= value);
		assert_true(plot_value(row, PART) > part || plot_value(row, VALUE) > value);
		assert_true(plot_value(row, PART) >= part);
		value = plot_value(row, VALUE);
		part = plot_value(row, PART);
	}
	assert_true(part > 99.9999);
	/* sample_measured(): 401 ticks around 4998 to 5003, less the null of 1000 */
	assert_int_equal(plot_value(plot_row(data, 0), VALUE), 4998 - 200);
	/* The largest is in a bucket that is four ticks wide. */
	plot_near(value, 5003 + 200, 4);
	/* Thinned, but not until its tails are gone. */
	assert_in_range(count, 100, 200);
	assert_true(plot_value(plot_row(data, count - 2), PART) > 99);
	free(data);
}

static void levels_of_one_benchmark_share_a_panel_and_have_colours_of_their_own(void **state)
{
	struct nb_record *record = plot_session(&plot, "p", 1);
	char *data, field[256];

	(void)state;
	sample_measured(record, "exit.cpuid", NB_GUEST, "", 5000);
	sample_measured(record, "exit.cpuid", NB_USER, "", 3000);
	sample_measured(record, "exit.rdtsc", NB_USER, "", 2000);
	plot_view_make(&plot);
	data = cdf("exit.cpuid");
	assert_null(strstr(data, "exit.rdtsc"));
	plot_field(plot_row(data, 0), LINE, field);
	assert_string_equal(field, "guest L2");
	assert_int_equal(plot_value(plot_row(data, 0), COLOUR), 2);
	assert_non_null(strstr(data, "\n\n0\texit.cpuid\tuser L1\t1\t1\t"));
	free(data);
	data = cdf(NULL);
	assert_non_null(strstr(data, "\n\n\n1\texit.rdtsc\tuser L1\t1\t1\t"));
	free(data);
}

static void many_variants_have_a_panel_each(void **state)
{
	struct nb_record *record = plot_session(&plot, "p", 0);
	char params[32], *data;

	(void)state;
	for (int i = 0; i < 7; i++) {
		snprintf(params, sizeof(params), "size=%dk", i);
		sample_measured(record, "paging.walk", NB_USER, params, 2000);
	}
	plot_view_make(&plot);
	data = cdf(NULL);
	assert_non_null(strstr(data, "\n\n\n6\tpaging.walk size=6k\tuser L0\t3\t1\t"));
	free(data);
}

static void lines_of_one_level_differ_by_colour_and_dash(void **state)
{
	struct nb_record *record = plot_session(&plot, "p", NB_LEVEL_UNKNOWN);
	char *data;

	(void)state;
	sample_measured(record, "exit.apic", NB_GUEST, "apic=x2apic", 2000);
	sample_measured(record, "exit.apic", NB_GUEST, "apic=xapic", 3000);
	plot_view_make(&plot);
	data = cdf(NULL);
	assert_non_null(strstr(data, "0\texit.apic\tguest apic=x2apic\t2\t1\t"));
	assert_non_null(strstr(data, "0\texit.apic\tguest apic=xapic\t5\t2\t"));
	free(data);
}

static void sessions_of_a_group_are_one_curve_and_groups_are_named(void **state)
{
	char *data;

	(void)state;
	sample_measured(plot_session(&plot, "p", 1), "exit.cpuid", NB_GUEST, "", 5000);
	sample_measured(plot_session(&plot, "p", 1), "exit.cpuid", NB_GUEST, "", 9000);
	sample_measured(plot_session(&plot, "q", 1), "exit.cpuid", NB_GUEST, "", 7000);
	plot_view_make(&plot);
	data = cdf(NULL);
	assert_int_equal(plot_value(plot_row(data, 0), VALUE), 4998 - 200);
	/* 5203 of the first session is at half of it, no end. */
	assert_non_null(strstr(data, "\tA guest L2\t2\t1\t9"));
	assert_non_null(strstr(data, "\t100\n\n0\t"));
	assert_null(strstr(data, "\n\n\n"));
	assert_non_null(strstr(data, "\tB guest L2\t5\t2\t"));
	free(data);
}

static void values_that_a_logarithmic_axis_cannot_show_stand_at_its_edge(void **state)
{
	char *data;

	(void)state;
	/* From 799 - 1000 - 200 up to 1200: net of the empty operation, much of it is negative. */
	sample_measured(plot_session(&plot, "p", 1), "exit.null", NB_USER, "", 1);
	plot_view_make(&plot);
	data = cdf(NULL);
	for (size_t i = 0; plot_row(data, i); i++)
		assert_true(plot_value(plot_row(data, i), VALUE) > 0.29);
	free(data);
}

static void what_was_never_measured_has_no_picture(void **state)
{
	struct nb_record *record = plot_session(&plot, "p", 1);
	const struct nb_series series = sample_series("exit.rdpmc", NB_GUEST, "");
	struct nb_error error = { 0 };

	(void)state;
	sample_append(record, &series, sample_failure(NB_SKIP, "no counters"));
	plot_view_make(&plot);
	assert_null(plot_data(NB_PLOT_CDF, &plot.view, NULL, &error));
	assert_non_null(strstr(error.text, "no distribution was measured"));
	assert_null(plot_data(NB_PLOT_CDF, &plot.view, "irq.*", &error));
	assert_non_null(strstr(error.text, "irq.*"));
}

static void hostile_names_stay_in_their_cell(void **state)
{
	char *data;

	(void)state;
	sample_measured(plot_session(&plot, PLOT_HOSTILE, 1), PLOT_HOSTILE, NB_GUEST, PLOT_HOSTILE,
			5000);
	plot_view_make(&plot);
	data = cdf(NULL);
	assert_true(plot_lines(data, "0\t", CELLS) > 100);
	plot_is_clean(data);
	plot_script_draws("cdf", data);
	free(data);
}

static void one_series_is_drawn(void **state)
{
	char *data;

	(void)state;
	plot_view_wide(&plot, "exit", 1);
	data = cdf(NULL);
	plot_script_draws("cdf", data);
	free(data);
}

static void so_are_a_hundred_and_what_is_left_out_is_told(void **state)
{
	char *data;

	(void)state;
	plot_view_wide(&plot, "exit", 100);
	data = cdf(NULL);
	assert_non_null(strstr(data, "\n# 4 more panels are left out; a pattern chooses\n"));
	assert_non_null(strstr(data, "\n95\texit.op95\t"));
	assert_null(strstr(data, "\n96\t"));
	/* A picture of many lines has to stay small. */
	assert_true(strlen(data) < 1000000);
	plot_script_draws("cdf", data);
	free(data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(a_curve_goes_from_nothing_to_all, clean_up),
		cmocka_unit_test_teardown(
			levels_of_one_benchmark_share_a_panel_and_have_colours_of_their_own,
			clean_up),
		cmocka_unit_test_teardown(many_variants_have_a_panel_each, clean_up),
		cmocka_unit_test_teardown(lines_of_one_level_differ_by_colour_and_dash, clean_up),
		cmocka_unit_test_teardown(sessions_of_a_group_are_one_curve_and_groups_are_named,
					  clean_up),
		cmocka_unit_test_teardown(
			values_that_a_logarithmic_axis_cannot_show_stand_at_its_edge, clean_up),
		cmocka_unit_test_teardown(what_was_never_measured_has_no_picture, clean_up),
		cmocka_unit_test_teardown(hostile_names_stay_in_their_cell, clean_up),
		cmocka_unit_test_teardown(one_series_is_drawn, clean_up),
		cmocka_unit_test_teardown(so_are_a_hundred_and_what_is_left_out_is_told, clean_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
