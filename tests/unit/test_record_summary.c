/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "nestbench/record.h"

static const struct nb_series series_ns = { .benchmark = "exit.cpuid", .unit = "ns" };
static const struct nb_session session = { .level = 1 };

enum { ROUNDS_MAX = 20 };

static void assert_near(double got, double expected)
{
	assert_true(fabs(got - expected) <= 1e-12 * fmax(1, fabs(expected)));
}

/* A round as the runner hands it over when all is well and nothing is known beyond p50. */
static struct nb_round measured_round(double p50)
{
	return (struct nb_round){ .outcome = NB_OK,
				  .samples = 10,
				  .batch = 1,
				  .tick_hz = 1e9,
				  .min = p50 - 1,
				  .p50 = p50,
				  .p95 = NAN,
				  .p99 = NAN,
				  .p999 = NAN,
				  .max = p50 + 1,
				  .exits_per_op = NAN,
				  .expected = NAN };
}

static struct nb_round failed_round(enum nb_outcome outcome, const char *reason)
{
	struct nb_round round = { .outcome = outcome,
				  .batch = -1,
				  .tick_hz = NAN,
				  .null_ticks = NAN,
				  .min = NAN,
				  .p50 = NAN,
				  .max = NAN,
				  .evidence = NB_UNAVAILABLE,
				  .ops = -1,
				  .exits_per_op = NAN,
				  .expected = NAN };

	nb_base_copy(round.reason, sizeof(round.reason), reason);
	return round;
}

static struct nb_result summarise(struct nb_round *rounds, size_t count)
{
	const struct nb_series_rounds series = { series_ns, rounds, count };
	struct nb_result result;

	assert_int_equal(nb_record_summarise(&session, &series, &result, NULL), 0);
	return result;
}

static void p50_is_the_median_of_round_medians_and_ci_its_order_statistics(void **state)
{
	struct nb_round rounds[ROUNDS_MAX];
	struct nb_result result;

	(void)state;
	/* 1 .. 20 in another order; 7 and 20 have no common divisor. */
	for (int i = 0; i < ROUNDS_MAX; i++)
		rounds[i] = measured_round(i * 7 % 20 + 1);
	result = summarise(rounds, 20);
	assert_int_equal(result.outcome, NB_OK);
	assert_string_equal(result.reason, "");
	assert_int_equal(result.rounds, 20);
	assert_int_equal(result.samples, 200);
	assert_near(result.p50, 10.5);
	/* R: qbinom(0.025, 20, 0.5) is 6. */
	assert_near(result.ci_low, 6);
	assert_near(result.ci_high, 15);
	assert_near(result.min, 0);
	assert_near(result.max, 21);
	assert_true(isnan(result.p95) && isnan(result.p99) && isnan(result.p999));
}

static void five_rounds_have_a_median_but_no_interval(void **state)
{
	struct nb_round rounds[5];
	struct nb_result result;

	(void)state;
	for (int i = 0; i < 5; i++)
		rounds[i] = measured_round(100 - i);
	result = summarise(rounds, 5);
	assert_near(result.p50, 98);
	assert_true(isnan(result.ci_low) && isnan(result.ci_high));
}

static void rounds_too_short_for_a_median_are_left_out_of_it(void **state)
{
	struct nb_round rounds[] = { measured_round(5), measured_round(NAN), measured_round(7) };
	struct nb_result result = summarise(rounds, 3);

	(void)state;
	assert_int_equal(result.rounds, 3);
	assert_near(result.p50, 6);
	assert_near(result.min, 4);
	assert_near(result.max, 8);
}

static void the_worst_outcome_is_kept_with_the_reason_that_came_first(void **state)
{
	struct nb_round rounds[] = {
		measured_round(3),
		failed_round(NB_SKIP, "no PMU"),
		failed_round(NB_ERROR, "timed out"),
		failed_round(NB_ERROR, "died"),
		measured_round(5),
	};
	struct nb_result result = summarise(rounds, 5);

	(void)state;
	assert_int_equal(result.outcome, NB_ERROR);
	assert_string_equal(result.reason, "timed out");
	/* The numbers are those of the rounds that have some. */
	assert_int_equal(result.rounds, 2);
	assert_int_equal(result.samples, 20);
	assert_int_equal(result.batch, 1);
	assert_near(result.p50, 4);
	assert_int_equal(result.evidence, NB_VERIFIED);
	result = summarise(rounds, 2);
	assert_int_equal(result.outcome, NB_SKIP);
	assert_string_equal(result.reason, "no PMU");
}

static void a_series_that_never_ran_has_no_numbers(void **state)
{
	struct nb_round rounds[] = { failed_round(NB_SKIP, "no /dev/kvm"),
				     failed_round(NB_SKIP, "again") };
	struct nb_result result = summarise(rounds, 2);

	(void)state;
	assert_int_equal(result.outcome, NB_SKIP);
	assert_string_equal(result.reason, "no /dev/kvm");
	assert_int_equal(result.rounds, 2);
	assert_int_equal(result.samples, 0);
	assert_int_equal(result.batch, -1);
	assert_int_equal(result.ops, -1);
	assert_int_equal(result.evidence, NB_UNAVAILABLE);
	assert_true(isnan(result.min) && isnan(result.p50) && isnan(result.max));
	assert_true(isnan(result.p95) && isnan(result.ci_low) && isnan(result.ci_high));
	assert_true(isnan(result.exits_per_op) && isnan(result.expected));
	assert_true(isnan(result.null_p50));
	assert_int_equal(result.kind_count, 0);
}

static void a_series_without_rounds_is_an_error_and_not_ok(void **state)
{
	struct nb_result result = summarise(NULL, 0);

	(void)state;
	assert_int_equal(result.outcome, NB_ERROR);
	assert_string_not_equal(result.reason, "");
	assert_int_equal(result.rounds, 0);
	assert_true(isnan(result.p50));
}

static void set_ticks(struct nb_round *round, uint64_t from, uint64_t to)
{
	uint64_t ticks[4000];
	size_t count = 0;

	for (uint64_t tick = from; tick <= to; tick++)
		ticks[count++] = tick;
	round->samples = (int64_t)count;
	assert_int_equal(nb_stats_histogram_build(&round->histogram, ticks, count, NULL), 0);
}

static void high_percentiles_come_from_all_samples_and_need_enough_of_them(void **state)
{
	static const struct {
		uint64_t samples;
		double p95, p99, p999;
	} table[] = {
		{ 71, NAN, NAN, NAN },	{ 72, 69, NAN, NAN },	   { 367, 349, NAN, NAN },
		{ 368, 350, 365, NAN }, { 2000, 1900, 1980, NAN },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct nb_round rounds[] = { measured_round(30), measured_round(50) };
		struct nb_result result;

		/* Ticks 1 .. samples, of which each round has a part. */
		set_ticks(&rounds[0], 31, table[i].samples);
		set_ticks(&rounds[1], 1, 30);
		result = summarise(rounds, 2);
		assert_int_equal(result.samples, table[i].samples);
		assert_true(isnan(table[i].p95) ? isnan(result.p95) : result.p95 == table[i].p95);
		assert_true(isnan(table[i].p99) ? isnan(result.p99) : result.p99 == table[i].p99);
		assert_true(isnan(result.p999));
		nb_stats_histogram_free(&rounds[0].histogram);
		nb_stats_histogram_free(&rounds[1].histogram);
	}
}

static void p999_appears_at_3688_samples(void **state)
{
	struct nb_round rounds[] = { measured_round(30), measured_round(50) };
	struct nb_result result;

	(void)state;
	set_ticks(&rounds[0], 1, 1844);
	set_ticks(&rounds[1], 1, 1843);
	result = summarise(rounds, 2);
	assert_true(!isnan(result.p99));
	assert_true(isnan(result.p999));
	nb_stats_histogram_free(&rounds[1].histogram);
	set_ticks(&rounds[1], 1, 1844);
	result = summarise(rounds, 2);
	/* Rank 3685 of 3688 when every value occurs twice. */
	assert_near(result.p999, 1843);
	nb_stats_histogram_free(&rounds[0].histogram);
	nb_stats_histogram_free(&rounds[1].histogram);
}

static void exits_are_weighted_by_operations_and_evidence_is_the_worst(void **state)
{
	struct nb_round rounds[] = { measured_round(1), measured_round(1), measured_round(1),
				     measured_round(1) };
	struct nb_result result;

	(void)state;
	rounds[0].expected = 1;
	rounds[0].ops = 1000;
	rounds[0].exits_per_op = 1;
	rounds[1].ops = 3000;
	rounds[1].exits_per_op = 1.5;
	rounds[1].evidence = NB_UNVERIFIED;
	/* Counters that could not be read do not count as no exits. */
	rounds[2].ops = 9000;
	rounds[2].evidence = NB_EMULATED;
	rounds[3].ops = -1;
	rounds[3].exits_per_op = 7;
	result = summarise(rounds, 4);
	assert_near(result.exits_per_op, 1.375);
	assert_int_equal(result.ops, 4000);
	assert_near(result.expected, 1);
	assert_int_equal(result.evidence, NB_UNVERIFIED);
}

static void add_kind(struct nb_round *round, const char *name, int64_t count)
{
	struct nb_exit_kind *kind = &round->kinds[round->kind_count++];

	nb_base_copy(kind->name, sizeof(kind->name), name);
	kind->count = count;
}

static void exit_kinds_are_summed_by_name_with_the_largest_first(void **state)
{
	struct nb_round rounds[] = { measured_round(1), measured_round(1),
				     failed_round(NB_ERROR, "died") };
	struct nb_result result;

	(void)state;
	add_kind(&rounds[0], "io_exits", 5);
	add_kind(&rounds[0], "halt_exits", 40);
	add_kind(&rounds[1], "irq_exits", 7);
	add_kind(&rounds[1], "io_exits", 50);
	add_kind(&rounds[1], "mmio_exits", 7);
	add_kind(&rounds[1], "broken", -1);
	add_kind(&rounds[2], "io_exits", 1000);
	result = summarise(rounds, 3);
	assert_int_equal(result.kind_count, 5);
	assert_string_equal(result.kinds[0].name, "io_exits");
	assert_int_equal(result.kinds[0].count, 55);
	assert_string_equal(result.kinds[1].name, "halt_exits");
	assert_string_equal(result.kinds[2].name, "irq_exits");
	assert_string_equal(result.kinds[3].name, "mmio_exits");
	assert_int_equal(result.kinds[4].count, 0);
}

static void numbers_beyond_their_limits_do_not_wrap(void **state)
{
	struct nb_round rounds[] = { measured_round(1), measured_round(1) };
	struct nb_result result;
	char name[16];

	(void)state;
	for (int i = 0; i < 2; i++) {
		rounds[i].samples = INT64_MAX;
		rounds[i].ops = INT64_MAX;
		rounds[i].exits_per_op = 2;
		for (int j = 0; j < NB_KIND_MAX; j++) {
			snprintf(name, sizeof(name), "kind%d", i * 8 + j);
			add_kind(&rounds[i], name, INT64_MAX);
		}
	}
	result = summarise(rounds, 2);
	assert_true(result.samples == INT64_MAX && result.ops == INT64_MAX);
	assert_near(result.exits_per_op, 2);
	assert_int_equal(result.kind_count, NB_KIND_MAX);
	assert_true(result.kinds[NB_KIND_MAX - 1].count == INT64_MAX);
}

static void null_is_shown_per_operation_and_tags_are_counted(void **state)
{
	struct nb_round rounds[] = { measured_round(1), measured_round(1), measured_round(1),
				     measured_round(1), failed_round(NB_ERROR, "died") };
	const double null_ticks[] = { 80, 40, 60, NAN };
	struct nb_result result;

	(void)state;
	for (int i = 0; i < 4; i++) {
		rounds[i].null_ticks = null_ticks[i];
		rounds[i].batch = 10;
		rounds[i].tick_hz = 2e9;
		rounds[i].clock = NB_CLOCK_GUEST_TSC;
	}
	rounds[1].guards.tags = NB_TAG_STEAL;
	rounds[2].guards.tags = NB_TAG_STEAL | NB_TAG_STALL;
	rounds[4].guards.tags = NB_TAG_CANARY;
	result = summarise(rounds, 5);
	assert_near(result.null_p50, 3);
	assert_int_equal(result.batch, 10);
	assert_int_equal(result.clock, NB_CLOCK_GUEST_TSC);
	assert_int_equal(result.tagged_rounds, 2);
	assert_int_equal(result.tags, NB_TAG_STEAL | NB_TAG_STALL);
}

static void the_guest_is_one_level_deeper_unless_the_level_is_unknown(void **state)
{
	static const struct {
		int level;
		enum nb_vantage vantage;
		int expected;
	} table[] = {
		{ 0, NB_USER, 0 },
		{ 0, NB_GUEST, 1 },
		{ 2, NB_GUEST, 3 },
		{ NB_LEVEL_UNKNOWN, NB_USER, NB_LEVEL_UNKNOWN },
		{ NB_LEVEL_UNKNOWN, NB_GUEST, NB_LEVEL_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		const struct nb_session at = { .level = table[i].level };
		struct nb_series_rounds series = { .series = series_ns };
		struct nb_result result;

		series.series.vantage = table[i].vantage;
		assert_int_equal(nb_record_summarise(&at, &series, &result, NULL), 0);
		assert_int_equal(result.level, table[i].expected);
	}
}

static void a_rate_has_its_median_but_no_null_and_no_distribution(void **state)
{
	struct nb_round rounds[] = { measured_round(900), measured_round(1000) };
	struct nb_series_rounds series = { series_ns, rounds, 2 };
	struct nb_result result;

	(void)state;
	nb_base_copy(series.series.unit, sizeof(series.series.unit), "MB/s");
	assert_int_equal(nb_record_summarise(&session, &series, &result, NULL), 0);
	assert_near(result.p50, 950);
	assert_true(isnan(result.null_p50) && isnan(result.p95));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(p50_is_the_median_of_round_medians_and_ci_its_order_statistics),
		cmocka_unit_test(five_rounds_have_a_median_but_no_interval),
		cmocka_unit_test(rounds_too_short_for_a_median_are_left_out_of_it),
		cmocka_unit_test(the_worst_outcome_is_kept_with_the_reason_that_came_first),
		cmocka_unit_test(a_series_that_never_ran_has_no_numbers),
		cmocka_unit_test(a_series_without_rounds_is_an_error_and_not_ok),
		cmocka_unit_test(high_percentiles_come_from_all_samples_and_need_enough_of_them),
		cmocka_unit_test(p999_appears_at_3688_samples),
		cmocka_unit_test(exits_are_weighted_by_operations_and_evidence_is_the_worst),
		cmocka_unit_test(exit_kinds_are_summed_by_name_with_the_largest_first),
		cmocka_unit_test(numbers_beyond_their_limits_do_not_wrap),
		cmocka_unit_test(null_is_shown_per_operation_and_tags_are_counted),
		cmocka_unit_test(the_guest_is_one_level_deeper_unless_the_level_is_unknown),
		cmocka_unit_test(a_rate_has_its_median_but_no_null_and_no_distribution),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
