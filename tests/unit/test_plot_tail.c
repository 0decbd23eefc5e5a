/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "plot_view.h"

/* Columns of the table. */
enum { ROW, SERIES, SESSION, ROUND, P50, P99, P50_RATIO, P99_RATIO, GUARDS, CELLS };

static struct plot_view plot;

static int clean_up(void **state)
{
	(void)state;
	plot_view_free(&plot);
	return 0;
}

static char *tail(void)
{
	return plot_data(NB_PLOT_TAIL, &plot.view, NULL, NULL);
}

static void every_round_is_a_row_in_the_order_they_ran(void **state)
{
	struct nb_record *record = plot_session(&plot, "p", 1);
	struct nb_series_rounds *series = sample_measured(record, "exit.cpuid", NB_GUEST, "", 5000);
	char *data, field[256];

	(void)state;
	series->rounds[2].guards.tags = NB_TAG_STEAL | NB_TAG_SWITCHES;
	plot_view_make(&plot);
	data = tail();
	assert_non_null(data);
	assert_int_equal(plot_lines(data, "0\t", CELLS), SAMPLE_ROUNDS);
	for (size_t i = 0; i < SAMPLE_ROUNDS; i++) {
		const char *row = plot_row(data, i);

		assert_int_equal(plot_value(row, ROUND), i + 1);
		/* 4998, 4999, ...: their median is 5000.5 */
		assert_int_equal(plot_value(row, P50), 4998 + i);
		plot_near(plot_value(row, P50_RATIO), (4998 + (double)i) / 5000.5, 1e-6);
		assert_true(plot_value(row, P99) > plot_value(row, P50));
		plot_field(row, GUARDS, field);
		assert_string_equal(field, i == 2 ? "steal switches" : "-");
	}
	free(data);
}

static void the_newest_session_of_a_group_is_shown(void **state)
{
	char *data, field[256];

	(void)state;
	sample_measured(plot_session(&plot, "p", 1), "exit.cpuid", NB_GUEST, "", 5000);
	sample_measured(plot_session(&plot, "p", 1), "exit.cpuid", NB_GUEST, "", 6000);
	sample_measured(plot_session(&plot, "q", 1), "exit.cpuid", NB_GUEST, "", 7000);
	plot_view_make(&plot);
	data = tail();
	assert_int_equal(plot_value(plot_row(data, 0), P50), 5998);
	plot_field(plot_row(data, 0), SERIES, field);
	assert_string_equal(field, "A exit.cpuid (guest L2)");
	plot_field(plot_row(data, SAMPLE_ROUNDS), SERIES, field);
	assert_string_equal(field, "B exit.cpuid (guest L2)");
	plot_field(plot_row(data, 0), SESSION, field);
	assert_string_equal(field, "01JD6QJ3C0ABCDEFGHJKMNPQ01");
	free(data);
}

static void a_round_that_failed_has_no_number(void **state)
{
	struct nb_record *record = plot_session(&plot, "p", 1);
	struct nb_series series = sample_series("exit.cpuid", NB_GUEST, "");
	char *data, field[256];

	(void)state;
	sample_append(record, &series, sample_round(0, 5000, 1000));
	sample_append(record, &series, sample_failure(NB_ERROR, "timed out"));
	plot_view_make(&plot);
	data = tail();
	plot_field(plot_row(data, 1), P50, field);
	assert_string_equal(field, "nan");
	plot_field(plot_row(data, 1), GUARDS, field);
	assert_string_equal(field, "error");
	plot_script_draws("tail", data);
	free(data);
}

static void a_few_series_and_many_are_drawn(void **state)
{
	static const size_t counts[] = { 1, 4, 5, 130 };
	char *data;

	(void)state;
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		plot_view_wide(&plot, "exit", counts[i]);
		data = tail();
		if (counts[i] > 120)
			assert_non_null(strstr(data, "\n# 10 more series are left out"));
		plot_script_draws("tail", data);
		free(data);
		plot_view_free(&plot);
	}
}

static void rounds_without_a_p99_and_medians_of_nothing_are_drawn(void **state)
{
	struct nb_record *record = plot_session(&plot, "p", 1);

	(void)state;
	for (int i = 0; i < 6; i++) {
		char name[32];

		snprintf(name, sizeof(name), "exit.op%d", i);
		sample_measured(record, name, NB_GUEST, PLOT_HOSTILE, 5000);
		for (size_t j = 0; j < SAMPLE_ROUNDS; j++) {
			record->series[i].rounds[j].p99 = NAN;
			record->series[i].rounds[j].p50 = j < 2 ? (double)j - 1 : 1e10;
			record->series[i].rounds[j].guards.tags = NB_TAG_CANARY;
		}
	}
	plot_view_make(&plot);
	for (int i = 0; i < 2; i++) {
		char *data = plot_data(NB_PLOT_TAIL, &plot.view, i ? "exit.op1*" : NULL, NULL);

		plot_is_clean(data);
		plot_script_draws("tail", data);
		free(data);
	}
}

static void a_session_of_skips_has_no_picture(void **state)
{
	const struct nb_series series = sample_series("exit.rdpmc", NB_GUEST, "");
	struct nb_error error = { 0 };

	(void)state;
	sample_append(plot_session(&plot, "p", 1), &series, sample_failure(NB_SKIP, "no counters"));
	plot_view_make(&plot);
	assert_null(plot_data(NB_PLOT_TAIL, &plot.view, NULL, &error));
	assert_non_null(strstr(error.text, "no round was measured"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(every_round_is_a_row_in_the_order_they_ran, clean_up),
		cmocka_unit_test_teardown(the_newest_session_of_a_group_is_shown, clean_up),
		cmocka_unit_test_teardown(a_round_that_failed_has_no_number, clean_up),
		cmocka_unit_test_teardown(a_few_series_and_many_are_drawn, clean_up),
		cmocka_unit_test_teardown(rounds_without_a_p99_and_medians_of_nothing_are_drawn,
					  clean_up),
		cmocka_unit_test_teardown(a_session_of_skips_has_no_picture, clean_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
