/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../harness/report/report_storage.h"
#include "storage_sample.h"

/* Burst against sustained: paces made up, window after window. */

enum { WINDOWS = 60, TRIES = 200 };

/* Something between -1 and 1, more often near 0; the same in each run of the test. */
static double noise(uint64_t *state)
{
	double sum = 0;

	for (int i = 0; i < 3; i++) {
		*state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		sum += (double)(*state >> 40) / (1 << 24);
	}
	return (sum - 1.5) / 1.5;
}

static struct nb_storage_fall find(const double *paces, size_t count)
{
	struct nb_storage_fall fall;

	assert_int_equal(nb_storage_find_fall(paces, count, &fall, NULL), 0);
	return fall;
}

/* From before to after at window number at, scattered by so much to either side. */
static void step(double *paces, size_t at, double before, double after, double scatter)
{
	uint64_t state = at * 1000 + (uint64_t)before;

	for (size_t i = 0; i < WINDOWS; i++)
		paces[i] = (i < at ? before : after) * (1 + scatter * noise(&state));
}

static void a_fall_is_found_where_it_is(void **state)
{
	double paces[WINDOWS];

	(void)state;
	for (size_t at = 5; at <= WINDOWS - 5; at += 5) {
		struct nb_storage_fall fall;

		step(paces, at, 3500, 500, 0.3);
		fall = find(paces, WINDOWS);
		assert_true(fall.found);
		assert_int_equal(fall.index, at);
		assert_int_equal(fall.recovered, 0);
		assert_true(fall.before > 3000 && fall.before < 4000);
		assert_true(fall.after > 430 && fall.after < 570);
	}
}

static void a_fall_to_half_is_found_in_noise(void **state)
{
	double paces[WINDOWS];
	struct nb_storage_fall fall;

	(void)state;
	step(paces, 20, 1000, 500, 0.4);
	fall = find(paces, WINDOWS);
	assert_true(fall.found && fall.index >= 19 && fall.index <= 21);
}

static int count_falls_in_noise(double scatter)
{
	uint64_t random = 7;
	int found = 0;

	for (int try = 0; try < TRIES; try++) {
		double paces[20];

		for (int i = 0; i < 20; i++)
			paces[i] = 1000 * (1 + scatter * noise(&random));
		found += find(paces, 20).found;
	}
	return found;
}

/* In the wild noise the fastest window is often ten times as fast as the slowest. */
static void noise_alone_is_no_fall(void **state)
{
	(void)state;
	assert_int_equal(count_falls_in_noise(0.3), 0);
	assert_true(count_falls_in_noise(0.85) <= 1);
}

static void single_slow_windows_are_no_fall(void **state)
{
	double paces[WINDOWS];

	(void)state;
	step(paces, 0, 0, 3500, 0.1);
	paces[10] = paces[30] = paces[31] = 100;
	assert_false(find(paces, WINDOWS).found);
}

static void a_small_step_or_one_upwards_is_no_fall(void **state)
{
	double paces[WINDOWS];

	(void)state;
	step(paces, 30, 1000, 800, 0.02);
	assert_false(find(paces, WINDOWS).found);
	step(paces, 30, 500, 3500, 0.1);
	assert_false(find(paces, WINDOWS).found);
}

static void a_recovery_is_seen(void **state)
{
	double paces[WINDOWS];
	struct nb_storage_fall fall;

	(void)state;
	step(paces, 20, 3500, 500, 0.1);
	for (size_t i = 40; i < WINDOWS; i++)
		paces[i] *= 7;
	fall = find(paces, WINDOWS);
	assert_true(fall.found);
	assert_int_equal(fall.index, 20);
	assert_int_equal(fall.recovered, 40);
}

/* The slow end that is a bit less slow is no recovery. */
static void a_partial_recovery_is_none(void **state)
{
	double paces[WINDOWS];
	struct nb_storage_fall fall;

	(void)state;
	step(paces, 20, 3500, 500, 0.1);
	for (size_t i = 40; i < WINDOWS; i++)
		paces[i] *= 2;
	fall = find(paces, WINDOWS);
	assert_true(fall.found && fall.index == 20 && fall.recovered == 0);
}

static void few_windows_say_nothing(void **state)
{
	const double paces[] = { 3500, 3500, 3500, 500, 500, 500 };

	(void)state;
	assert_false(find(paces, 6).found);
	assert_false(find(paces, 0).found);
}

/* A round that a benchmark's rounds in the session are followed by; all last ten seconds. */
static void add_round(struct nb_record *record, const char *benchmark, int ordinal, int64_t pace)
{
	struct nb_series series = sample_series(benchmark, NB_USER, STORAGE_CWD_QUEUED);
	struct nb_round round =
		storage_round(ordinal, 400000, SAMPLE_COUNT * INT64_C(1000000000) / pace, 4096);

	round.guards.wall_ms = 10000;
	sample_append(record, &series, round);
}

static void time_is_that_of_the_session_whatever_the_order_of_rounds(void **state)
{
	struct nb_record record = { 0 };
	struct nb_storage_decline decline;

	(void)state;
	for (int i = 29; i >= 0; i--) {
		add_round(&record, "io.rand_read_4k_q32", i, i >= 10 && i < 20 ? 500 : 3500);
		add_round(&record, "io.stat", i, i < 10 ? 3500 : 500);
	}
	record.series[1].rounds[0].guards.wall_ms = NAN; /* not known, and last */
	assert_int_equal(nb_storage_find_decline(&record, &record.series[0], &decline, NULL), 0);
	assert_true(decline.fall.found);
	assert_true(decline.seconds == 200 && decline.recovered_seconds == 400);
	/* Not one that loads the disk. */
	assert_int_equal(nb_storage_find_decline(&record, &record.series[1], &decline, NULL), 0);
	assert_false(decline.fall.found);
	nb_record_free(&record);
}

static void rounds_that_failed_are_no_windows(void **state)
{
	struct nb_record record = { 0 };
	struct nb_storage_decline decline;

	(void)state;
	for (int i = 0; i < 30; i++)
		add_round(&record, "io.seq_read_1m", i, i < 15 ? 3500 : 500);
	for (int i = 15; i < 30; i++)
		record.series[0].rounds[i].outcome = NB_ERROR;
	assert_int_equal(nb_storage_find_decline(&record, &record.series[0], &decline, NULL), 0);
	assert_false(decline.fall.found);
	nb_record_free(&record);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_fall_is_found_where_it_is),
		cmocka_unit_test(a_fall_to_half_is_found_in_noise),
		cmocka_unit_test(noise_alone_is_no_fall),
		cmocka_unit_test(single_slow_windows_are_no_fall),
		cmocka_unit_test(a_small_step_or_one_upwards_is_no_fall),
		cmocka_unit_test(a_recovery_is_seen),
		cmocka_unit_test(a_partial_recovery_is_none),
		cmocka_unit_test(few_windows_say_nothing),
		cmocka_unit_test(time_is_that_of_the_session_whatever_the_order_of_rounds),
		cmocka_unit_test(rounds_that_failed_are_no_windows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
