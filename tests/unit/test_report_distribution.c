/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../harness/report/report_bins.h"
#include "report_sample.h"

/* A record of one series of one round of these ticks, with nothing subtracted. */
static void one_round(struct nb_record *record, const uint64_t *ticks, size_t count)
{
	struct nb_series series = sample_series("exit.cpuid", NB_GUEST, "");
	struct nb_round round = sample_round(0, 1000, 0);

	*record = (struct nb_record){ 0 };
	sample_session(&record->session);
	sample_fill(&round, ticks, count);
	sample_append(record, &series, round);
}

static void percentiles_and_conditions_are_printed(void **state)
{
	struct nb_record record;
	char *text;

	(void)state;
	sample_record(&record);
	text = sample_distribution(&record, 1);
	assert_non_null(strstr(text,
			       "exit.cpuid, guest\n"
			       "session   01JD6QJ3C0ABCDEFGHJKMNPQRS of 2026-11-21\n"
			       "median    50.0 µs\n"
			       "95 % CI   49.998 – 50.003 µs\n"
			       "samples   2406 in 6 rounds, batch 1\n"
			       "null      1.00 µs per operation, subtracted\n"
			       "rounds    50.0 µs, 50.0 µs*, 50.0 µs*, 50.0 µs, 50.0 µs, 50.0 µs\n"
			       "noisy     * disturbed: steal, switches (2 of 6 rounds)\n"
			       "evidence  1 exits/op, 1 expected: verified\n"
			       "          exits 401\n"));
	assert_non_null(strstr(text, "\np50       50.0 µs\n"));
	assert_non_null(strstr(text, "\np99       50.2 µs\n"));
	assert_non_null(strstr(text, "\np99.9     n/a, needs 3688 samples\n"));
	free(text);
	nb_record_free(&record);
}

static void one_single_value_is_one_bar(void **state)
{
	static const uint64_t ticks[] = { 1500, 1500, 1500 };
	struct nb_record record;
	char *text;

	(void)state;
	one_round(&record, ticks, 3);
	text = sample_distribution(&record, 0);
	assert_non_null(strstr(text, "   from                                                      "
				     "samples       %\n"
				     "1.50 µs  ##################################################"
				     "        3  100.00\n"));
	assert_non_null(strstr(text, "p50       n/a, needs 6 samples\n"));
	free(text);
	nb_record_free(&record);
}

static void a_series_without_samples_says_why(void **state)
{
	struct nb_record record;
	char *text;

	(void)state;
	sample_record(&record);
	text = sample_distribution(&record, 3);
	assert_string_equal(text, "exit.rdpmc, guest\n"
				  "session   01JD6QJ3C0ABCDEFGHJKMNPQRS of 2026-11-21\n"
				  "skip      no performance counters here\n");
	free(text);
	nb_record_free(&record);
}

static void a_rare_stall_shows_as_a_dot(void **state)
{
	uint64_t ticks[1001];
	struct nb_record record;
	char *text;

	(void)state;
	for (size_t i = 0; i < 1000; i++)
		ticks[i] = 1000 + i % 2;
	ticks[1000] = 50000000;
	one_round(&record, ticks, 1001);
	text = sample_distribution(&record, 0);
	assert_non_null(strstr(text, "  .  "));
	assert_non_null(strstr(text, "        1   0.10\n"));
	free(text);
	nb_record_free(&record);
}

static uint64_t total(const struct nb_bins *bins)
{
	uint64_t samples = 0;

	for (size_t i = 0; i < bins->count; i++)
		samples += bins->counts[i];
	return samples;
}

static void assert_edges_ascend(const struct nb_bins *bins)
{
	for (size_t i = 0; i < bins->count; i++)
		assert_true(bins->edges[i] < bins->edges[i + 1]);
}

static void close_values_get_bins_of_equal_width(void **state)
{
	static const struct nb_point points[] = { { 100, 1 }, { 110, 5 }, { 120, 3 }, { 140, 1 } };
	struct nb_bins bins;

	(void)state;
	nb_report_bins(&bins, points, 4);
	assert_int_equal(bins.count, 4);
	assert_edges_ascend(&bins);
	assert_true(bins.edges[1] == 110 && bins.edges[2] == 120);
	assert_int_equal(bins.counts[0], 1);
	assert_int_equal(bins.counts[1], 5);
	assert_int_equal(bins.counts[2], 3);
	assert_int_equal(bins.counts[3], 1);
}

static void a_wide_spread_gets_bins_of_equal_ratio(void **state)
{
	struct nb_point points[100];
	struct nb_bins bins;

	(void)state;
	for (size_t i = 0; i < 100; i++)
		points[i] = (struct nb_point){ 100 * pow(1.05, (double)i), 10 };
	nb_report_bins(&bins, points, 100);
	assert_int_equal(bins.count, NB_BINS_MAX);
	assert_edges_ascend(&bins);
	assert_true(fabs(bins.edges[2] / bins.edges[1] - bins.edges[1] / bins.edges[0]) < 1e-9);
	for (size_t i = 0; i < bins.count; i++)
		assert_in_range(bins.counts[i], 40, 60);
	assert_int_equal(total(&bins), 1000);
}

static void a_rare_stall_does_not_squeeze_the_bulk_into_one_bin(void **state)
{
	struct nb_point points[102];
	struct nb_bins bins;

	(void)state;
	for (size_t i = 0; i < 100; i++)
		points[i] = (struct nb_point){ 1000 + 10 * (double)i, 100 };
	points[100] = (struct nb_point){ 50000, 2 };
	points[101] = (struct nb_point){ 1e8, 1 };
	nb_report_bins(&bins, points, 102);
	assert_edges_ascend(&bins);
	assert_int_equal(bins.count, NB_BINS_MAX);
	for (size_t i = 0; i < 14; i++)
		assert_in_range(bins.counts[i], 400, 1100);
	assert_int_equal(bins.counts[NB_BINS_MAX - 1], 1);
	assert_int_equal(total(&bins), 10003);
}

static void values_at_or_below_zero_get_a_bin_of_their_own(void **state)
{
	static const struct nb_point points[] = {
		{ -30, 2 }, { 0, 1 }, { 1e-9, 1 }, { 200, 90 }, { 90000, 5 },
	};
	struct nb_bins bins;

	(void)state;
	nb_report_bins(&bins, points, 5);
	assert_edges_ascend(&bins);
	assert_true(bins.edges[0] == -30 && bins.edges[1] == 200);
	assert_int_equal(bins.counts[0], 4);
	assert_int_equal(bins.counts[1], 90);
	assert_int_equal(total(&bins), 99);
}

/* Whatever comes out of a file: every sample in a bin, edges in order, no bin too many. */
static void any_points_give_sound_bins(void **state)
{
	struct nb_random random;

	(void)state;
	nb_random_seed(&random, 42);
	for (int round = 0; round < 2000; round++) {
		struct nb_point points[40];
		size_t count = 1 + nb_random_below(&random, 40);
		double value = -500.0 + nb_random_below(&random, 1000);
		uint64_t samples = 0;
		struct nb_bins bins;

		for (size_t i = 0; i < count; i++) {
			points[i] = (struct nb_point){ value, 1 + nb_random_below(&random, 1000) };
			samples += points[i].count;
			value += pow(10, nb_random_below(&random, 8)) / 100;
		}
		nb_report_bins(&bins, points, count);
		assert_in_range(bins.count, 1, NB_BINS_MAX);
		assert_int_equal(total(&bins), samples);
		for (size_t i = 0; count > 1 && i < bins.count; i++)
			assert_true(bins.edges[i] < bins.edges[i + 1]);
		assert_true(bins.edges[0] <= points[0].value);
		assert_true(bins.edges[bins.count] >= points[count - 1].value);
	}
}

static void values_all_below_zero_are_fine(void **state)
{
	static const struct nb_point points[] = { { -900, 1 }, { -10, 2 }, { -1, 3 } };
	struct nb_bins bins;

	(void)state;
	nb_report_bins(&bins, points, 3);
	assert_edges_ascend(&bins);
	assert_int_equal(total(&bins), 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(percentiles_and_conditions_are_printed),
		cmocka_unit_test(one_single_value_is_one_bar),
		cmocka_unit_test(a_series_without_samples_says_why),
		cmocka_unit_test(a_rare_stall_shows_as_a_dot),
		cmocka_unit_test(close_values_get_bins_of_equal_width),
		cmocka_unit_test(a_wide_spread_gets_bins_of_equal_ratio),
		cmocka_unit_test(a_rare_stall_does_not_squeeze_the_bulk_into_one_bin),
		cmocka_unit_test(any_points_give_sound_bins),
		cmocka_unit_test(values_at_or_below_zero_get_a_bin_of_their_own),
		cmocka_unit_test(values_all_below_zero_are_fine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
