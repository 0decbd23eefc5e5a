/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "nestbench/record.h"

static int calls_until_failure;

static void *failing_reallocarray(void *array, size_t count, size_t size)
{
	if (--calls_until_failure == 0)
		return NULL;
	return reallocarray(array, count, size);
}

/* Included, so that only its own allocations are replaced and the library needs no hook for it. */
#define reallocarray failing_reallocarray
#include "../../harness/record/record.c" /* NOLINT(bugprone-suspicious-include) */
#undef reallocarray

static struct nb_series series_named(const char *benchmark)
{
	struct nb_series series = { .metric = "latency", .unit = "ns", .lower_is_better = true };

	nb_base_copy(series.benchmark, sizeof(series.benchmark), benchmark);
	return series;
}

static struct nb_round round_with_samples(int ordinal)
{
	const uint64_t ticks[] = { 10, 11, (uint64_t)ordinal };
	struct nb_round round = { .ordinal = ordinal, .samples = 3, .batch = 1, .tick_hz = 1e9 };

	assert_int_equal(nb_stats_histogram_build(&round.histogram, ticks, 3, NULL), 0);
	return round;
}

static void append(struct nb_record *record, const struct nb_series *series, int ordinal)
{
	struct nb_round round = round_with_samples(ordinal);

	assert_int_equal(nb_record_append(record, series, &round, NULL), 0);
}

static void an_empty_record_can_be_freed_again_and_again(void **state)
{
	struct nb_record record = { 0 };

	(void)state;
	nb_record_free(&record);
	nb_record_free(&record);
	assert_true(!record.series && record.count == 0);
}

static void a_round_hands_over_its_histogram(void **state)
{
	struct nb_series series = series_named("exit.cpuid");
	struct nb_round round = round_with_samples(7);
	struct nb_bucket *buckets = round.histogram.buckets;
	struct nb_record record = { 0 };

	(void)state;
	assert_int_equal(nb_record_append(&record, &series, &round, NULL), 0);
	assert_true(!round.histogram.buckets && round.histogram.count == 0);
	assert_int_equal(record.count, 1);
	assert_int_equal(record.series[0].count, 1);
	assert_int_equal(record.series[0].rounds[0].ordinal, 7);
	assert_ptr_equal(record.series[0].rounds[0].histogram.buckets, buckets);
	assert_string_equal(record.series[0].series.unit, "ns");
	nb_record_free(&record);
	assert_true(!record.series && record.count == 0);
}

static void rounds_of_many_series_in_any_order_each_find_their_own(void **state)
{
	enum { SERIES = 37, ROUNDS = 20 };
	struct nb_record record = { 0 };
	char name[32];

	(void)state;
	for (int i = 0; i < SERIES * ROUNDS; i++) {
		struct nb_series series;

		snprintf(name, sizeof(name), "exit.number%d", i % SERIES);
		series = series_named(name);
		append(&record, &series, i / SERIES);
	}
	assert_int_equal(record.count, SERIES);
	for (int i = 0; i < SERIES; i++) {
		snprintf(name, sizeof(name), "exit.number%d", i);
		assert_string_equal(record.series[i].series.benchmark, name);
		assert_int_equal(record.series[i].count, ROUNDS);
		for (int j = 0; j < ROUNDS; j++) {
			assert_int_equal(record.series[i].rounds[j].ordinal, j);
			assert_true(record.series[i].rounds[j].histogram.count == 3);
		}
	}
	nb_record_free(&record);
}

static void series_differ_by_benchmark_vantage_parameters_and_metric_only(void **state)
{
	struct nb_series plain = series_named("exit.cpuid");
	struct nb_series series[5] = { plain, plain, plain, plain, plain };
	struct nb_record record = { 0 };

	(void)state;
	series[1].vantage = NB_GUEST;
	nb_base_copy(series[2].params, sizeof(series[2].params), "ring=3");
	nb_base_copy(series[3].metric, sizeof(series[3].metric), "rate");
	nb_base_copy(series[4].benchmark, sizeof(series[4].benchmark), "exit.cpuid2");
	for (int i = 0; i < 10; i++)
		append(&record, &series[i % 5], i / 5);
	/* Presentation is no part of the identity: the first one's stays. */
	nb_base_copy(plain.unit, sizeof(plain.unit), "us");
	append(&record, &plain, 2);
	assert_int_equal(record.count, 5);
	assert_int_equal(record.series[0].count, 3);
	assert_int_equal(record.series[1].count, 2);
	assert_string_equal(record.series[0].series.unit, "ns");
	nb_record_free(&record);
}

/* Appends ordinal to series, failing the N-th allocation for N = 1, 2, ... until it works. */
static int append_in_spite_of_failures(struct nb_record *record, const struct nb_series *series,
				       int ordinal)
{
	struct nb_round round = round_with_samples(ordinal);
	size_t count = record->count;
	int failures = 0;

	for (;; failures++) {
		struct nb_error error = { 0 };
		int status;

		calls_until_failure = failures + 1;
		status = nb_record_append(record, series, &round, &error);
		calls_until_failure = 0;
		if (status == 0)
			break;
		assert_int_equal(status, -ENOMEM);
		assert_int_equal(error.code, ENOMEM);
		assert_non_null(strstr(error.text, series->benchmark));
		assert_true(round.histogram.count == 3 && round.histogram.buckets);
		assert_int_equal(record->count, count);
	}
	assert_true(!round.histogram.buckets);
	return failures;
}

static void without_memory_nothing_changes_and_a_later_try_succeeds(void **state)
{
	struct nb_series first = series_named("exit.cpuid");
	struct nb_series second = series_named("exit.hlt_wake");
	struct nb_record record = { 0 };

	(void)state;
	/* A new series needs its place and its first round. */
	assert_int_equal(append_in_spite_of_failures(&record, &first, 0), 2);
	assert_int_equal(append_in_spite_of_failures(&record, &second, 0), 2);
	assert_int_equal(append_in_spite_of_failures(&record, &first, 1), 1);
	assert_int_equal(append_in_spite_of_failures(&record, &first, 2), 1);
	assert_int_equal(append_in_spite_of_failures(&record, &first, 3), 0);
	assert_int_equal(record.count, 2);
	assert_int_equal(record.series[0].count, 4);
	for (int i = 0; i < 4; i++)
		assert_int_equal(record.series[0].rounds[i].ordinal, i);
	assert_int_equal(record.series[1].count, 1);
	nb_record_free(&record);
}

/* Appends total rounds, of which the first tagged ones carry a tag. */
static void add_rounds(struct nb_record *record, enum nb_outcome outcome, int total, int tagged)
{
	struct nb_series series = series_named("exit.cpuid");

	for (int i = 0; i < total; i++) {
		struct nb_round round = { .outcome = outcome };

		round.guards.tags = i < tagged ? NB_TAG_STEAL | NB_TAG_PSI : 0;
		assert_int_equal(nb_record_append(record, &series, &round, NULL), 0);
	}
}

static void over_a_fifth_of_tagged_rounds_makes_a_record_invalid(void **state)
{
	struct nb_record record = { 0 };

	(void)state;
	add_rounds(&record, NB_OK, 10, 2);
	assert_true(nb_record_valid(&record));
	add_rounds(&record, NB_OK, 4, 1);
	assert_false(nb_record_valid(&record));
	add_rounds(&record, NB_OK, 1, 0);
	assert_true(nb_record_valid(&record));
	nb_record_free(&record);
}

static void rounds_that_measured_nothing_do_not_count_for_validity(void **state)
{
	struct nb_record record = { 0 };

	(void)state;
	assert_false(nb_record_valid(&record));
	add_rounds(&record, NB_SKIP, 5, 0);
	assert_false(nb_record_valid(&record));
	add_rounds(&record, NB_ERROR, 5, 5);
	add_rounds(&record, NB_OK, 1, 0);
	assert_true(nb_record_valid(&record));
	add_rounds(&record, NB_OK, 1, 1);
	assert_false(nb_record_valid(&record));
	nb_record_free(&record);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_record_can_be_freed_again_and_again),
		cmocka_unit_test(a_round_hands_over_its_histogram),
		cmocka_unit_test(rounds_of_many_series_in_any_order_each_find_their_own),
		cmocka_unit_test(series_differ_by_benchmark_vantage_parameters_and_metric_only),
		cmocka_unit_test(without_memory_nothing_changes_and_a_later_try_succeeds),
		cmocka_unit_test(over_a_fifth_of_tagged_rounds_makes_a_record_invalid),
		cmocka_unit_test(rounds_that_measured_nothing_do_not_count_for_validity),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
