/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "nestbench/record.h"

static const struct nb_series series_ns = { .benchmark = "exit.cpuid", .unit = "ns" };

static void assert_near(double got, double expected)
{
	assert_true(fabs(got - expected) <= 1e-12 * fmax(1, fabs(expected)));
}

/* A round at 2 GHz: two ticks are a nanosecond. */
static struct nb_round round_of(const uint64_t *ticks, size_t count)
{
	struct nb_round round = { .batch = 1, .tick_hz = 2e9, .samples = (int64_t)count };

	assert_int_equal(nb_stats_histogram_build(&round.histogram, ticks, count, NULL), 0);
	return round;
}

static void values_are_net_of_null_per_operation_and_in_the_unit_of_the_series(void **state)
{
	static const struct {
		const char *unit;
		double expected;
	} table[] = { { "ns", 125 }, { "us", 0.125 }, { "ms", 1.25e-4 }, { "s", 1.25e-7 } };
	const struct nb_round round = { .batch = 4, .tick_hz = 2e9, .null_ticks = 100 };

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct nb_series series = { .benchmark = "x" };

		nb_base_copy(series.unit, sizeof(series.unit), table[i].unit);
		assert_near(nb_record_value(&series, &round, 1100) / table[i].expected, 1);
		assert_near(nb_record_value(&series, &round, 100), 0);
	}
	/* Noise around null is kept. */
	assert_near(nb_record_value(&series_ns, &round, 92), -1);
}

static void a_value_is_unknown_where_the_round_does_not_know_its_scale(void **state)
{
	const struct nb_round rounds[] = {
		{ .batch = -1, .tick_hz = 1e9 },
		{ .batch = 0, .tick_hz = 1e9 },
		{ .batch = 1, .tick_hz = NAN },
		{ .batch = 1, .tick_hz = 0 },
		{ .batch = 1, .tick_hz = 1e9, .null_ticks = NAN },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rounds) / sizeof(rounds[0]); i++)
		assert_true(isnan(nb_record_value(&series_ns, &rounds[i], 10)));
}

static void the_distribution_of_a_series_joins_its_rounds_each_net_of_its_own_null(void **state)
{
	static const uint64_t first[] = { 100, 102, 102, 90 };
	static const uint64_t second[] = { 112, 112, 114 };
	struct nb_round rounds[] = { round_of(first, 4), round_of(second, 3) };
	const struct nb_series_rounds series = { series_ns, rounds, 2 };
	const struct nb_point expected[] = { { -2, 1 }, { 3, 1 }, { 4, 4 }, { 5, 1 } };
	struct nb_point *points;
	size_t count;

	(void)state;
	rounds[0].null_ticks = 94;
	rounds[1].null_ticks = 104;
	assert_int_equal(nb_record_distribution(&series, &points, &count, NULL), 0);
	assert_int_equal(count, 4);
	for (size_t i = 0; i < count; i++) {
		assert_near(points[i].value, expected[i].value);
		assert_int_equal(points[i].count, expected[i].count);
	}
	free(points);
	nb_stats_histogram_free(&rounds[0].histogram);
	nb_stats_histogram_free(&rounds[1].histogram);
}

static void wide_buckets_count_at_their_middle_but_within_what_was_measured(void **state)
{
	/* The bucket of 1000000 reaches from 999936 to 1000447. */
	static const uint64_t alone[] = { 1000000, 1000000 };
	static const uint64_t between[] = { 10, 1000000, 2000000 };
	struct nb_round rounds[] = { round_of(alone, 2), round_of(between, 3) };
	struct nb_series_rounds series = { series_ns, rounds, 1 };
	struct nb_point *points;
	size_t count;

	(void)state;
	assert_int_equal(nb_record_distribution(&series, &points, &count, NULL), 0);
	assert_int_equal(count, 1);
	assert_near(points[0].value, 500000);
	free(points);
	series.rounds = &rounds[1];
	assert_int_equal(nb_record_distribution(&series, &points, &count, NULL), 0);
	assert_int_equal(count, 3);
	assert_near(points[0].value, 5);
	assert_near(points[1].value, (999936 + 1000447) / 4.0);
	assert_near(points[2].value, 1000000);
	free(points);
	nb_stats_histogram_free(&rounds[0].histogram);
	nb_stats_histogram_free(&rounds[1].histogram);
}

static void rounds_without_values_add_nothing(void **state)
{
	static const uint64_t ticks[] = { 100 };
	struct nb_round rounds[] = { round_of(ticks, 1),
				     round_of(ticks, 1),
				     round_of(ticks, 1),
				     round_of(ticks, 1),
				     { .batch = 1, .tick_hz = 1e9 } };
	struct nb_series_rounds series = { series_ns, rounds, 5 };
	struct nb_point *points = (void *)&series;
	size_t count = 9;

	(void)state;
	rounds[0].outcome = NB_ERROR;
	rounds[1].tick_hz = NAN;
	rounds[2].null_ticks = NAN;
	rounds[3].tick_hz = 1e-320;
	assert_int_equal(nb_record_distribution(&series, &points, &count, NULL), 0);
	assert_true(!points && count == 0);
	rounds[1].tick_hz = 1e9;
	assert_int_equal(nb_record_distribution(&series, &points, &count, NULL), 0);
	assert_int_equal(count, 1);
	free(points);
	/* A rate has no ticks to turn into values. */
	nb_base_copy(series.series.unit, sizeof(series.series.unit), "MB/s");
	assert_int_equal(nb_record_distribution(&series, &points, &count, NULL), 0);
	assert_true(!points && count == 0);
	for (int i = 0; i < 4; i++)
		nb_stats_histogram_free(&rounds[i].histogram);
}

static void more_samples_than_can_be_counted_are_refused(void **state)
{
	struct nb_bucket bucket = { 5, UINT64_MAX };
	struct nb_histogram histogram = { &bucket, 1, UINT64_MAX, 5, 5 };
	struct nb_round rounds[2] = { { .batch = 1, .tick_hz = 1e9, .histogram = histogram },
				      { .batch = 1, .tick_hz = 1e9, .histogram = histogram } };
	const struct nb_series_rounds series = { series_ns, rounds, 2 };
	struct nb_point *points = NULL;
	struct nb_error error = { 0 };
	size_t count = 9;

	(void)state;
	assert_int_equal(nb_record_distribution(&series, &points, &count, &error), -EOVERFLOW);
	assert_int_equal(error.code, EOVERFLOW);
	assert_true(!points && count == 9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			values_are_net_of_null_per_operation_and_in_the_unit_of_the_series),
		cmocka_unit_test(a_value_is_unknown_where_the_round_does_not_know_its_scale),
		cmocka_unit_test(
			the_distribution_of_a_series_joins_its_rounds_each_net_of_its_own_null),
		cmocka_unit_test(wide_buckets_count_at_their_middle_but_within_what_was_measured),
		cmocka_unit_test(rounds_without_values_add_nothing),
		cmocka_unit_test(more_samples_than_can_be_counted_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
