/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "nestbench/base.h"
#include "nestbench/stats.h"

enum { INDEX_MAX = 56319, VALUES_MAX = 300, HISTOGRAMS = 500 };

static uint64_t random64(struct nb_random *random)
{
	return (uint64_t)nb_random_next(random) << 32 | nb_random_next(random);
}

/* Small and large magnitudes equally often; some values repeat. */
static size_t random_values(struct nb_random *random, uint64_t values[VALUES_MAX])
{
	size_t count = nb_random_below(random, VALUES_MAX + 1);
	uint32_t widest = nb_random_below(random, 64);

	for (size_t i = 0; i < count; i++)
		values[i] = random64(random) >> (63 - nb_random_below(random, widest + 1));
	for (size_t i = 1; i < count; i++)
		if (nb_random_below(random, 3) == 0)
			values[i] = values[i - 1];
	return count;
}

static void assert_same(const struct nb_histogram *a, const struct nb_histogram *b)
{
	assert_true(a->count == b->count && a->min == b->min && a->max == b->max);
	assert_int_equal(a->length, b->length);
	for (size_t i = 0; i < a->length; i++) {
		assert_int_equal(a->buckets[i].index, b->buckets[i].index);
		assert_true(a->buckets[i].count == b->buckets[i].count);
	}
}

static void assert_sound(const struct nb_histogram *histogram)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < histogram->length; i++) {
		sum += histogram->buckets[i].count;
		assert_true(histogram->buckets[i].count > 0);
		assert_true(i == 0 ||
			    histogram->buckets[i - 1].index < histogram->buckets[i].index);
	}
	assert_true(sum == histogram->count);
	if (sum == 0)
		return;
	assert_int_equal(histogram->buckets[0].index, nb_stats_bucket_index(histogram->min));
	assert_int_equal(histogram->buckets[histogram->length - 1].index,
			 nb_stats_bucket_index(histogram->max));
}

static void buckets_follow_each_other_without_gap_from_0_to_the_largest_value(void **state)
{
	uint64_t next = 0;

	(void)state;
	for (uint32_t index = 0; index <= INDEX_MAX; index++) {
		uint64_t low = nb_stats_bucket_low(index);
		uint64_t high = nb_stats_bucket_high(index);

		assert_true(low == next && high >= low);
		assert_int_equal(nb_stats_bucket_index(low), index);
		assert_int_equal(nb_stats_bucket_index(high), index);
		next = high + 1;
	}
	assert_true(next == 0);
}

static void bucket_indices_are_those_of_the_documented_formula(void **state)
{
	static const struct {
		uint64_t value;
		uint32_t index;
	} table[] = {
		{ 0, 0 },	{ 1, 1 },	    { 2047, 2047 },	   { 2048, 2048 },
		{ 2049, 2048 }, { 2050, 2049 },	    { 4095, 3071 },	   { 4096, 3072 },
		{ 4099, 3072 }, { 1000000, 11169 }, { UINT64_MAX, 56319 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		assert_int_equal(nb_stats_bucket_index(table[i].value), table[i].index);
}

static void every_value_is_within_a_thousandth_of_all_others_in_its_bucket(void **state)
{
	struct nb_random random;

	(void)state;
	nb_random_seed(&random, 1);
	for (int i = 0; i < 100000; i++) {
		uint64_t value = random64(&random) >> nb_random_below(&random, 64);
		uint32_t index = nb_stats_bucket_index(value);
		uint64_t low = nb_stats_bucket_low(index);
		uint64_t high = nb_stats_bucket_high(index);

		assert_true(low <= value && value <= high);
		assert_true(high - low <= value / 1000);
	}
}

static void a_histogram_holds_all_values_and_their_exact_range(void **state)
{
	static const uint64_t values[] = { 5000, 3, 7, 3, UINT64_MAX, 5001, 3 };
	struct nb_histogram histogram;

	(void)state;
	assert_int_equal(nb_stats_histogram_build(&histogram, values, 7, NULL), 0);
	assert_sound(&histogram);
	assert_true(histogram.count == 7 && histogram.min == 3 && histogram.max == UINT64_MAX);
	assert_int_equal(histogram.length, 4);
	assert_true(histogram.buckets[0].index == 3 && histogram.buckets[0].count == 3);
	assert_true(histogram.buckets[1].index == 7 && histogram.buckets[1].count == 1);
	assert_true(histogram.buckets[2].count == 2 && histogram.buckets[3].count == 1);
	nb_stats_histogram_free(&histogram);
	assert_true(!histogram.buckets && histogram.length == 0 && histogram.count == 0);
}

static void the_histogram_of_nothing_is_empty_and_freeing_it_twice_is_harmless(void **state)
{
	struct nb_histogram histogram = { .count = 3, .length = 9 };

	(void)state;
	assert_int_equal(nb_stats_histogram_build(&histogram, NULL, 0, NULL), 0);
	assert_true(!histogram.buckets && histogram.length == 0 && histogram.count == 0);
	assert_true(nb_stats_histogram_quantile(&histogram, 0.5) == 0);
	nb_stats_histogram_free(&histogram);
	nb_stats_histogram_free(&histogram);
}

static void the_order_of_the_values_does_not_matter_and_they_are_left_alone(void **state)
{
	uint64_t values[VALUES_MAX], reversed[VALUES_MAX] = { 0 }, kept[VALUES_MAX];
	struct nb_histogram a, b;
	struct nb_random random;

	(void)state;
	nb_random_seed(&random, 2);
	for (int round = 0; round < HISTOGRAMS; round++) {
		size_t count = random_values(&random, values);

		for (size_t i = 0; i < count; i++)
			reversed[i] = values[count - 1 - i];
		memcpy(kept, reversed, count * sizeof(*kept));
		assert_int_equal(nb_stats_histogram_build(&a, values, count, NULL), 0);
		assert_int_equal(nb_stats_histogram_build(&b, reversed, count, NULL), 0);
		assert_memory_equal(reversed, kept, count * sizeof(*kept));
		assert_sound(&a);
		assert_same(&a, &b);
		nb_stats_histogram_free(&a);
		nb_stats_histogram_free(&b);
	}
}

static void merging_gives_the_histogram_of_all_values_together(void **state)
{
	uint64_t values[2 * VALUES_MAX];
	struct nb_histogram a, b, all;
	struct nb_random random;

	(void)state;
	nb_random_seed(&random, 3);
	for (int round = 0; round < HISTOGRAMS; round++) {
		size_t first = random_values(&random, values);
		size_t second = random_values(&random, values + first);

		assert_int_equal(nb_stats_histogram_build(&a, values, first, NULL), 0);
		assert_int_equal(nb_stats_histogram_build(&b, values + first, second, NULL), 0);
		assert_int_equal(nb_stats_histogram_build(&all, values, first + second, NULL), 0);
		assert_int_equal(nb_stats_histogram_merge(&a, &b, NULL), 0);
		assert_sound(&a);
		assert_same(&a, &all);
		nb_stats_histogram_free(&a);
		nb_stats_histogram_free(&b);
		nb_stats_histogram_free(&all);
	}
}

static void a_histogram_merged_with_itself_has_every_count_twice(void **state)
{
	static const uint64_t values[] = { 1, 2, 2, 9000 };
	struct nb_histogram histogram;

	(void)state;
	assert_int_equal(nb_stats_histogram_build(&histogram, values, 4, NULL), 0);
	assert_int_equal(nb_stats_histogram_merge(&histogram, &histogram, NULL), 0);
	assert_sound(&histogram);
	assert_true(histogram.count == 8 && histogram.length == 3);
	assert_true(histogram.buckets[1].count == 4);
	nb_stats_histogram_free(&histogram);
}

static void counts_that_would_overflow_are_refused_and_change_nothing(void **state)
{
	struct nb_bucket most[] = { { 4, UINT64_MAX - 1 } };
	struct nb_bucket few[] = { { 7, 2 } };
	struct nb_histogram into = { most, 1, UINT64_MAX - 1, 4, 4 };
	struct nb_histogram from = { few, 1, 2, 7, 7 };
	struct nb_histogram before = into;
	struct nb_error error = { 0 };

	(void)state;
	assert_int_equal(nb_stats_histogram_merge(&into, &from, &error), -EOVERFLOW);
	assert_int_equal(error.code, EOVERFLOW);
	assert_true(error.text[0] != '\0');
	assert_memory_equal(&into, &before, sizeof(into));
	assert_true(most[0].index == 4 && most[0].count == UINT64_MAX - 1);
}

static int compare_ticks(const void *left, const void *right)
{
	uint64_t a = *(const uint64_t *)left;
	uint64_t b = *(const uint64_t *)right;

	return (a > b) - (a < b);
}

static void quantiles_are_within_a_thousandth_of_the_exact_ones(void **state)
{
	uint64_t values[VALUES_MAX];
	struct nb_histogram histogram;
	struct nb_random random;

	(void)state;
	nb_random_seed(&random, 4);
	for (int round = 0; round < HISTOGRAMS; round++) {
		size_t count = random_values(&random, values);
		double q = (double)nb_random_below(&random, 1001) / 1000;
		uint64_t exact, got;

		if (count == 0)
			continue;
		assert_int_equal(nb_stats_histogram_build(&histogram, values, count, NULL), 0);
		qsort(values, count, sizeof(*values), compare_ticks);
		exact = values[nb_stats_rank(count, q) - 1];
		got = nb_stats_histogram_quantile(&histogram, q);
		assert_true((got > exact ? got - exact : exact - got) <= exact / 1000);
		assert_true(got >= values[0] && got <= values[count - 1]);
		nb_stats_histogram_free(&histogram);
	}
}

static void quantiles_of_huge_counts_do_not_overflow(void **state)
{
	struct nb_bucket buckets[] = { { 10, UINT64_MAX / 2 }, { 20, UINT64_MAX / 2 }, { 30, 1 } };
	struct nb_histogram histogram = { buckets, 3, UINT64_MAX, 10, 30 };

	(void)state;
	assert_true(nb_stats_histogram_quantile(&histogram, 0) == 10);
	assert_true(nb_stats_histogram_quantile(&histogram, 0.25) == 10);
	assert_true(nb_stats_histogram_quantile(&histogram, 0.75) == 20);
	assert_true(nb_stats_histogram_quantile(&histogram, 1) == 30);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(buckets_follow_each_other_without_gap_from_0_to_the_largest_value),
		cmocka_unit_test(bucket_indices_are_those_of_the_documented_formula),
		cmocka_unit_test(every_value_is_within_a_thousandth_of_all_others_in_its_bucket),
		cmocka_unit_test(a_histogram_holds_all_values_and_their_exact_range),
		cmocka_unit_test(
			the_histogram_of_nothing_is_empty_and_freeing_it_twice_is_harmless),
		cmocka_unit_test(the_order_of_the_values_does_not_matter_and_they_are_left_alone),
		cmocka_unit_test(merging_gives_the_histogram_of_all_values_together),
		cmocka_unit_test(a_histogram_merged_with_itself_has_every_count_twice),
		cmocka_unit_test(counts_that_would_overflow_are_refused_and_change_nothing),
		cmocka_unit_test(quantiles_are_within_a_thousandth_of_the_exact_ones),
		cmocka_unit_test(quantiles_of_huge_counts_do_not_overflow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
