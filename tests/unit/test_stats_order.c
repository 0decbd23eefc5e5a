/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "nestbench/base.h"
#include "nestbench/stats.h"

enum { VALUES_MAX = 200 };

static void assert_near(double got, double expected)
{
	assert_true(fabs(got - expected) <= 1e-12 * fmax(1, fabs(expected)));
}

static void fill(struct nb_random *random, double *values, size_t count)
{
	for (size_t i = 0; i < count; i++)
		values[i] = (double)nb_random_below(random, 1000) / 8 - 50;
}

static void shuffle(struct nb_random *random, double *values, size_t count)
{
	for (uint32_t i = (uint32_t)count; i > 1; i--) {
		uint32_t j = nb_random_below(random, i);
		double kept = values[i - 1];

		values[i - 1] = values[j];
		values[j] = kept;
	}
}

static void sorting_gives_the_same_values_in_order_whatever_order_they_came_in(void **state)
{
	struct nb_random random;
	double sorted[VALUES_MAX], shuffled[VALUES_MAX];

	(void)state;
	nb_random_seed(&random, 1);
	for (size_t count = 0; count <= VALUES_MAX; count++) {
		fill(&random, sorted, count);
		memcpy(shuffled, sorted, sizeof(sorted));
		shuffle(&random, shuffled, count);
		nb_stats_sort(sorted, count);
		nb_stats_sort(shuffled, count);
		for (size_t i = 0; i < count; i++) {
			assert_true(sorted[i] == shuffled[i]);
			assert_true(i == 0 || sorted[i - 1] <= sorted[i]);
		}
	}
}

static void sorting_puts_infinities_at_the_ends(void **state)
{
	double values[] = { 1, INFINITY, -3, -INFINITY, 0 };

	(void)state;
	nb_stats_sort(values, 5);
	assert_true(values[0] < 0 && isinf(values[0]));
	assert_true(values[1] == -3 && values[2] == 0 && values[3] == 1);
	assert_true(values[4] > 0 && isinf(values[4]));
}

/* R: quantile(x, q, type = 7); NumPy: numpy.quantile(x, q). */
static void quantiles_are_those_of_type_7(void **state)
{
	static const double ten[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 };
	static const double four[] = { 1, 2, 4, 8 };
	static const struct {
		const double *values;
		size_t count;
		double q, expected;
	} table[] = {
		{ ten, 10, 0, 1 },     { ten, 10, 0.25, 3.25 }, { ten, 10, 0.5, 5.5 },
		{ ten, 10, 0.9, 9.1 }, { ten, 10, 0.99, 9.91 }, { ten, 10, 1, 10 },
		{ four, 4, 0.5, 3 },   { four, 4, 0.9, 6.8 },	{ four, 4, 1.0 / 3, 2 },
		{ four, 3, 0.5, 2 },   { four, 2, 0.5, 1.5 },	{ four, 1, 0, 1 },
		{ four, 1, 0.37, 1 },  { four, 1, 1, 1 },	{ four, 4, 1, 8 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		double got = nb_stats_quantile(table[i].values, table[i].count, table[i].q);

		assert_near(got, table[i].expected);
	}
}

static void quantile_of_nothing_is_unknown(void **state)
{
	(void)state;
	assert_true(isnan(nb_stats_quantile(NULL, 0, 0.5)));
}

static void quantile_of_equal_infinities_is_infinite_at_a_position(void **state)
{
	static const double values[] = { 1, INFINITY, INFINITY };

	(void)state;
	assert_true(isinf(nb_stats_quantile(values, 3, 0.5)));
	assert_true(isinf(nb_stats_quantile(values, 3, 1)));
}

static void quantiles_shift_and_scale_with_their_values(void **state)
{
	struct nb_random random;
	double values[VALUES_MAX], moved[VALUES_MAX];

	(void)state;
	nb_random_seed(&random, 2);
	for (size_t count = 1; count <= VALUES_MAX; count++) {
		double q = (double)nb_random_below(&random, 1001) / 1000;
		double before, after;

		fill(&random, values, count);
		nb_stats_sort(values, count);
		for (size_t i = 0; i < count; i++)
			moved[i] = 3 * values[i] + 17;
		before = nb_stats_quantile(values, count, q);
		after = nb_stats_quantile(moved, count, q);
		assert_near(after, 3 * before + 17);
		assert_true(before >= values[0] && before <= values[count - 1]);
	}
}

static void quantiles_never_fall_as_q_grows(void **state)
{
	struct nb_random random;
	double values[VALUES_MAX];
	double last = -INFINITY;

	(void)state;
	nb_random_seed(&random, 3);
	fill(&random, values, VALUES_MAX);
	nb_stats_sort(values, VALUES_MAX);
	for (int i = 0; i <= 1000; i++) {
		double next = nb_stats_quantile(values, VALUES_MAX, i / 1000.0);

		assert_true(next >= last);
		last = next;
	}
}

/* R: ceiling(log(0.025) / log(pmax(q, 1 - q))) */
static void samples_needed_are_those_of_the_equal_tailed_interval(void **state)
{
	static const struct {
		double q;
		size_t needed;
	} table[] = {
		{ 0.5, 6 },   { 0.75, 13 },  { 0.9, 36 },     { 0.95, 72 },
		{ 0.05, 72 }, { 0.99, 368 }, { 0.999, 3688 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		assert_int_equal(nb_stats_samples_needed(table[i].q), table[i].needed);
	assert_true(nb_stats_samples_needed(0) == SIZE_MAX);
	assert_true(nb_stats_samples_needed(1) == SIZE_MAX);
}

/*
 * k such that the interval is x(k)..x(n+1-k). R: qbinom((1 - confidence) / 2, n, 0.5), and its
 * coverage: 1 - 2 * pbinom(k - 1, n, 0.5); SciPy: scipy.stats.binom.ppf and .cdf. Every row was
 * also computed with exact whole numbers (sums of math.comb(n, i) against 2**n in Python).
 */
static const struct {
	double confidence;
	size_t count, k;
} intervals[] = {
	{ 0.95, 6, 1 }, /* coverage 0.96875 */
	{ 0.95, 7, 1 },
	{ 0.95, 8, 1 },
	{ 0.95, 9, 2 },
	{ 0.95, 10, 2 },
	{ 0.95, 11, 2 },
	{ 0.95, 12, 3 },
	{ 0.95, 15, 4 },
	{ 0.95, 20, 6 }, /* 0.9586 */
	{ 0.95, 25, 8 },
	{ 0.95, 30, 10 },
	{ 0.95, 40, 14 },
	{ 0.95, 50, 18 },
	{ 0.95, 71, 27 },
	{ 0.95, 100, 40 }, /* 0.9648 */
	{ 0.95, 101, 41 },
	{ 0.95, 1000, 469 },
	{ 0.95, 4000, 1938 },
	{ 0.95, 10001, 4902 },
	{ 0.95, 100000, 49690 },
	{ 0.99, 8, 1 },
	{ 0.99, 20, 4 },
	{ 0.99, 100, 37 },
	{ 0.99, 1000, 459 },
	{ 0.5, 2, 1 },
	{ 0.5, 3, 1 },
	{ 0.5, 20, 8 },
	{ 0.5, 100, 47 },
	{ 0.96875, 6, 1 }, /* exactly the coverage */
	{ 0.9999999999, 100000, 48978 },
};

static void median_intervals_are_the_tabulated_ones(void **state)
{
	static double ranks[100000];

	(void)state;
	for (size_t i = 0; i < sizeof(ranks) / sizeof(ranks[0]); i++)
		ranks[i] = (double)(i + 1);
	for (size_t i = 0; i < sizeof(intervals) / sizeof(intervals[0]); i++) {
		double low = -1, high = -1;

		assert_int_equal(nb_stats_median_interval(ranks, intervals[i].count,
							  intervals[i].confidence, &low, &high),
				 0);
		assert_int_equal((size_t)low, intervals[i].k);
		assert_int_equal((size_t)high, intervals[i].count + 1 - intervals[i].k);
	}
}

static void too_few_values_have_no_interval_and_leave_the_results_alone(void **state)
{
	static const double values[] = { 1, 2, 3, 4, 5, 6, 7 };

	(void)state;
	for (size_t count = 0; count <= 7; count++) {
		double confidence = count < 6 ? 0.95 : 0.9999;
		double low = -1, high = -1;

		assert_int_equal(nb_stats_median_interval(values, count, confidence, &low, &high),
				 -ENODATA);
		assert_true(low == -1 && high == -1);
	}
}

static void nearest_ranks_are_not_upset_by_decimals_that_binary_cannot_hold(void **state)
{
	(void)state;
	for (uint64_t percent = 1; percent <= 100; percent++) {
		double q = (double)percent / 100;

		assert_int_equal(nb_stats_rank(100, q), percent);
		assert_int_equal(nb_stats_rank(100000, q), percent * 1000);
		assert_int_equal(nb_stats_rank(101, q), percent + 1);
		assert_int_equal(nb_stats_rank(1, q), 1);
	}
}

static void nearest_ranks_stay_within_one_and_count_for_the_largest_counts(void **state)
{
	(void)state;
	assert_int_equal(nb_stats_rank(1000, 0), 1);
	assert_int_equal(nb_stats_rank(1000, 1), 1000);
	assert_true(nb_stats_rank(UINT64_MAX, 1) == UINT64_MAX);
	assert_true(nb_stats_rank(UINT64_MAX, 0) == 1);
	assert_true(nb_stats_rank(UINT64_MAX, nextafter(1, 0)) < UINT64_MAX);
	assert_true(nb_stats_rank((uint64_t)1 << 63, 0.5) - ((uint64_t)1 << 62) + 1024 <= 1024);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			sorting_gives_the_same_values_in_order_whatever_order_they_came_in),
		cmocka_unit_test(sorting_puts_infinities_at_the_ends),
		cmocka_unit_test(quantiles_are_those_of_type_7),
		cmocka_unit_test(quantile_of_nothing_is_unknown),
		cmocka_unit_test(quantile_of_equal_infinities_is_infinite_at_a_position),
		cmocka_unit_test(quantiles_shift_and_scale_with_their_values),
		cmocka_unit_test(quantiles_never_fall_as_q_grows),
		cmocka_unit_test(samples_needed_are_those_of_the_equal_tailed_interval),
		cmocka_unit_test(median_intervals_are_the_tabulated_ones),
		cmocka_unit_test(too_few_values_have_no_interval_and_leave_the_results_alone),
		cmocka_unit_test(nearest_ranks_are_not_upset_by_decimals_that_binary_cannot_hold),
		cmocka_unit_test(nearest_ranks_stay_within_one_and_count_for_the_largest_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
