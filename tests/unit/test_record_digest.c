/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "nestbench/digest.h"

static const struct nb_session session = { .id = "01ARZ3NDEKTSV4RRFFQ69G5FAV", .level = 1 };

enum { ROUNDS = 20 };

static struct nb_round measured_round(double p50, double p99)
{
	return (struct nb_round){ .outcome = NB_OK,
				  .samples = 1000,
				  .batch = 4,
				  .tick_hz = 1e9,
				  .min = p50 - 1,
				  .p50 = p50,
				  .p95 = NAN,
				  .p99 = p99,
				  .p999 = NAN,
				  .max = p50 + 1,
				  .exits_per_op = NAN,
				  .expected = NAN };
}

static struct nb_round failed_round(enum nb_outcome outcome, const char *reason)
{
	struct nb_round round = measured_round(NAN, NAN);

	round.outcome = outcome;
	round.batch = -1;
	round.evidence = NB_UNAVAILABLE;
	nb_base_copy(round.reason, sizeof(round.reason), reason);
	return round;
}

static struct nb_digest_row row_of(struct nb_round *rounds, size_t count)
{
	const struct nb_series_rounds series = {
		{ .benchmark = "exit.cpuid", .vantage = NB_GUEST, .unit = "ns" }, rounds, count
	};
	struct nb_digest_row row;
	struct nb_error error = { 0 };

	if (nb_digest_row_make(&session, &series, &row, &error) < 0)
		fail_msg("%s", error.text);
	return row;
}

static void a_row_is_the_medians_of_its_rounds(void **state)
{
	struct nb_round rounds[ROUNDS];
	struct nb_digest_row row;

	(void)state;
	for (int i = 0; i < ROUNDS; i++)
		rounds[i] = measured_round(i * 7 % 20 + 1, 100 + i * 3 % 20);
	rounds[3].guards.tags = NB_TAG_STEAL;
	row = row_of(rounds, ROUNDS);
	assert_string_equal(row.series.benchmark, "exit.cpuid");
	assert_int_equal(row.level, 2);
	assert_int_equal(row.outcome, NB_OK);
	assert_string_equal(row.reason, "");
	assert_int_equal(row.rounds, ROUNDS);
	assert_int_equal(row.tagged_rounds, 1);
	assert_int_equal(row.batch, 4);
	assert_true(fabs(row.p50 - 10.5) < 1e-12);
	assert_true(fabs(row.p99 - 109.5) < 1e-12);
	/* R: qbinom(0.025, 20, 0.5) is 6. */
	assert_true(fabs(row.ci_low - 6) < 1e-12 && fabs(row.ci_high - 15) < 1e-12);
}

/* The tail is that of the rounds that have one; none at all is NAN and not 0. */
static void rounds_without_a_tail_are_left_out_of_it(void **state)
{
	struct nb_round rounds[] = { measured_round(5, NAN), measured_round(6, 70),
				     measured_round(7, 90) };
	struct nb_digest_row row = row_of(rounds, 3);

	(void)state;
	assert_true(fabs(row.p99 - 80) < 1e-12);
	assert_true(isnan(row.ci_low) && isnan(row.ci_high));
	assert_true(isnan(row_of(rounds, 1).p99));
}

static void what_failed_keeps_its_reason_and_has_no_value(void **state)
{
	struct nb_round rounds[] = { failed_round(NB_SKIP, "no /dev/kvm"),
				     failed_round(NB_SKIP, "no /dev/kvm") };
	struct nb_digest_row row = row_of(rounds, 2);

	(void)state;
	assert_int_equal(row.outcome, NB_SKIP);
	assert_string_equal(row.reason, "no /dev/kvm");
	assert_true(isnan(row.p50) && isnan(row.p99) && isnan(row.ci_low));
	assert_int_equal(row.rounds, 0);
	assert_int_equal(row.batch, -1);
}

/* One round that failed spoils the outcome; what the others measured is there to see. */
static void the_worst_outcome_is_kept_beside_the_value(void **state)
{
	struct nb_round rounds[] = { measured_round(5, 9), failed_round(NB_ERROR, "timed out"),
				     measured_round(7, 11) };
	struct nb_digest_row row = row_of(rounds, 3);

	(void)state;
	assert_int_equal(row.outcome, NB_ERROR);
	assert_string_equal(row.reason, "timed out");
	assert_true(fabs(row.p50 - 6) < 1e-12);
	assert_int_equal(row.batch, 4);
}

static void rounds_of_several_batches_have_none_in_common(void **state)
{
	struct nb_round rounds[] = { measured_round(5, 9), measured_round(6, 9) };

	(void)state;
	rounds[1].batch = 8;
	assert_int_equal(row_of(rounds, 2).batch, -1);
}

static void a_digest_has_every_series_of_the_record(void **state)
{
	static const char *const names[] = { "exit.cpuid", "exit.hypercall", "irq.ipi" };
	struct nb_record record = { .session = session };
	struct nb_digest digest = { 0 };
	struct nb_error error = { 0 };

	(void)state;
	for (size_t i = 0; i < 9; i++) {
		struct nb_round round = measured_round((double)(10 * (i % 3) + i), NAN);
		struct nb_series series = { .unit = "ns" };

		nb_base_copy(series.benchmark, sizeof(series.benchmark), names[i % 3]);
		round.ordinal = (int)(i / 3);
		round.guards.tags = i == 0 ? NB_TAG_SWAP : 0;
		assert_int_equal(nb_record_append(&record, &series, &round, &error), 0);
	}
	assert_int_equal(nb_digest_make(&record, &digest, &error), 0);
	assert_int_equal(digest.count, 3);
	assert_true(digest.valid);
	assert_string_equal(digest.session.id, session.id);
	for (size_t i = 0; i < 3; i++) {
		assert_string_equal(digest.rows[i].series.benchmark, names[i]);
		assert_true(fabs(digest.rows[i].p50 - (double)(11 * i + 3)) < 1e-12);
		assert_int_equal(digest.rows[i].level, 1);
	}
	nb_digest_free(&digest);
	assert_null(digest.rows);
	/* Two of nine are over a fifth. */
	record.series[1].rounds[0].guards.tags = NB_TAG_SWAP;
	assert_int_equal(nb_digest_make(&record, &digest, &error), 0);
	assert_false(digest.valid);
	nb_digest_free(&digest);
	nb_digest_free(&digest);
	nb_record_free(&record);
}

static void an_empty_record_has_an_empty_digest(void **state)
{
	const struct nb_record record = { .session = session };
	struct nb_digest digest;
	struct nb_error error;

	(void)state;
	assert_int_equal(nb_digest_make(&record, &digest, &error), 0);
	assert_int_equal(digest.count, 0);
	nb_digest_free(&digest);
}

/* What compare prints agrees with what show prints. */
static void a_row_agrees_with_the_summary(void **state)
{
	struct nb_round rounds[ROUNDS];
	struct nb_series_rounds series = { { .benchmark = "exit.cpuid", .unit = "ns" },
					   rounds,
					   ROUNDS };
	struct nb_result result;
	struct nb_digest_row row;
	struct nb_error error;

	(void)state;
	for (int i = 0; i < ROUNDS; i++)
		rounds[i] = measured_round(1000 + 13 * i % 20, 2000 + i);
	assert_int_equal(nb_record_summarise(&session, &series, &result, &error), 0);
	row = row_of(rounds, ROUNDS);
	assert_memory_equal(&row.p50, &result.p50, sizeof(row.p50));
	assert_memory_equal(&row.ci_low, &result.ci_low, sizeof(row.ci_low));
	assert_memory_equal(&row.ci_high, &result.ci_high, sizeof(row.ci_high));
	assert_int_equal(row.batch, result.batch);
	assert_int_equal(row.evidence, result.evidence);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_row_is_the_medians_of_its_rounds),
		cmocka_unit_test(rounds_without_a_tail_are_left_out_of_it),
		cmocka_unit_test(what_failed_keeps_its_reason_and_has_no_value),
		cmocka_unit_test(the_worst_outcome_is_kept_beside_the_value),
		cmocka_unit_test(rounds_of_several_batches_have_none_in_common),
		cmocka_unit_test(a_digest_has_every_series_of_the_record),
		cmocka_unit_test(an_empty_record_has_an_empty_digest),
		cmocka_unit_test(a_row_agrees_with_the_summary),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
