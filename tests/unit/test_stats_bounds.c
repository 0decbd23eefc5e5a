/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "nestbench/base.h"
#include "nestbench/stats.h"

enum { SAMPLES_MAX = 400, TRIALS = 400 };

static const double quantiles[] = { 0, 0.01, 0.5, 0.95, 0.99, 0.999, 1 };

enum { QUANTILES = sizeof(quantiles) / sizeof(quantiles[0]) };

/* From a few ticks to 2^60 of them, each sample next to the others or far from them; returns the
 * bits. */
static unsigned draw(struct nb_random *random, uint64_t *ticks, double *sorted, size_t count)
{
	unsigned bits = 1 + nb_random_below(random, 60);

	for (size_t i = 0; i < count; i++) {
		uint64_t drawn = (uint64_t)nb_random_next(random) << 32 | nb_random_next(random);

		ticks[i] = drawn >> (64 - bits);
		sorted[i] = (double)ticks[i];
	}
	nb_stats_sort(sorted, count);
	return bits;
}

static void the_quantile_of_the_samples_lies_within_the_bounds(void **state)
{
	struct nb_random random;

	(void)state;
	nb_random_seed(&random, 1);
	for (int trial = 0; trial < TRIALS; trial++) {
		size_t count = 1 + nb_random_below(&random, SAMPLES_MAX);
		uint64_t ticks[SAMPLES_MAX];
		double sorted[SAMPLES_MAX];
		struct nb_histogram histogram;
		unsigned bits = draw(&random, ticks, sorted, count);

		assert_int_equal(nb_stats_histogram_build(&histogram, ticks, count, NULL), 0);
		for (size_t i = 0; i < QUANTILES; i++) {
			double exact = nb_stats_quantile(sorted, count, quantiles[i]);
			double low, high;

			nb_stats_histogram_bounds(&histogram, quantiles[i], &low, &high);
			assert_true(low <= exact && exact <= high);
			assert_true(high - low <= exact / 1000);
			if (bits <= 11 || quantiles[i] <= 0 || quantiles[i] >= 1)
				assert_true(low >= high);
		}
		nb_stats_histogram_free(&histogram);
	}
}

/* As a file may claim: more samples than a double can count. */
static void bounds_of_all_the_samples_there_can_be_are_sound(void **state)
{
	struct nb_bucket buckets[] = { { 1, UINT64_MAX - 1 }, { 2047, 1 } };
	const struct nb_histogram histogram = { buckets, 2, UINT64_MAX, 1, 2047 };

	(void)state;
	for (size_t i = 0; i < QUANTILES; i++) {
		double low, high;

		nb_stats_histogram_bounds(&histogram, quantiles[i], &low, &high);
		assert_true(low <= high);
		assert_true(fabs(low - (quantiles[i] < 1 ? 1 : 2047)) < 1e-9);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_quantile_of_the_samples_lies_within_the_bounds),
		cmocka_unit_test(bounds_of_all_the_samples_there_can_be_are_sound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
