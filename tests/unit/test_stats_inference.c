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
#include "nestbench/inference.h"

#include "../../harness/stats/rank_sum.h"

/*
 * Numbers of R 4.2.2 (wilcox.test, p.adjust, qnorm), each with the call that made it; where R has
 * no exact test with ties, of an enumeration in Python.
 */

/* cmocka's own compares as float. */
#define assert_near(value, expected, slack) assert_true(fabs((value) - (expected)) <= (slack))

#define GROUP(values, count) ((struct nb_group){ values, count })
#define LENGTH(array)	     (sizeof(array) / sizeof((array)[0]))

static const double a8[] = { 1.03, 0.98, 1.01, 1.05, 0.97, 1.02, 0.99, 1.04 };
static const double b5[] = { 1.12, 1.08, 1.15, 1.00, 1.11 };
static const double a20[] = { 10.1, 10.4, 9.9,	 10.0,	10.2, 10.3,  9.8,  10.05, 10.15, 10.25,
			      9.95, 9.85, 10.35, 10.45, 9.75, 10.55, 9.65, 10.6,  9.7,	 10.02 };
static const double c5[] = { 10.9, 10.7, 11.0, 10.8, 10.41 };

static void logs(const double *values, size_t count, double *result)
{
	for (size_t i = 0; i < count; i++)
		result[i] = log(values[i]);
}

static double mann_whitney(const double *a, size_t a_count, const double *b, size_t b_count)
{
	struct nb_error error;
	double p = NAN;

	assert_int_equal(nb_stats_mann_whitney(GROUP(a, a_count), GROUP(b, b_count), &p, &error),
			 0);
	return p;
}

static void exact_mann_whitney_agrees_with_r(void **state)
{
	static const double a4[] = { 2.1, 2.4, 2.2, 2.9 };
	static const double b4[] = { 2.3, 2.8, 3.1, 3.4 };
	static const double a3[] = { 1, 2, 3 };

	(void)state;
	/* wilcox.test(a, b)$p.value */
	assert_near(mann_whitney(a8, 8, b5, 5), 0.0295260295260295, 1e-13);
	assert_near(mann_whitney(a4, 4, b4, 4), 0.2, 1e-13);
	assert_near(mann_whitney(a20, 20, c5, 5), 0.000263504611330698, 1e-15);
	assert_near(mann_whitney(a3, 3, (const double[]){ 4, 5, 6, 7, 8 }, 5), 0.0357142857142857,
		    1e-13);
}

static void exact_mann_whitney_with_ties_agrees_with_enumeration(void **state)
{
	static const double a[] = { 1, 2, 2, 3, 5 };
	static const double b[] = { 2, 4, 5, 5, 6, 7 };

	(void)state;
	/* r = rankdata(a + b); share of combinations(r, 5) with |sum - 30| >= |sum(r[:5]) - 30| */
	assert_near(mann_whitney(a, 5, b, 6), 41.0 / 462.0, 1e-13);
	assert_near(mann_whitney((const double[]){ 4, 4 }, 2, (const double[]){ 4, 4 }, 2), 1.0,
		    1e-13);
}

/* set.seed(1); A <- round(rnorm(70, 100, 5), 1); B <- round(rnorm(65, 102, 5), 1) */
static const double a70[] = {
	96.9,  100.9, 95.8,  108,   101.6, 95.9,  102.4, 103.7, 102.9, 98.5,  107.6, 101.9,
	96.9,  88.9,  105.6, 99.8,  99.9,  104.7, 104.1, 103,	104.6, 103.9, 100.4, 90.1,
	103.1, 99.7,  99.2,  92.6,  97.6,  102.1, 106.8, 99.5,	101.9, 99.7,  93.1,  97.9,
	98,    99.7,  105.5, 103.8, 99.2,  98.7,  103.5, 102.8, 96.6,  96.5,  101.8, 103.8,
	99.4,  104.4, 102,   96.9,  101.7, 94.4,  107.2, 109.9, 98.2,  94.8,  102.8, 99.3,
	112,   99.8,  103.4, 100.1, 96.3,  100.9, 91,	 107.3, 100.8, 110.9,
};
static const double b65[] = {
	104.4, 98.5,  105.1, 97.3,  95.7,  103.5, 99.8,	 102,	102.4, 99.1,  99.2,  101.3, 107.9,
	94.4,  105,   103.7, 107.3, 100.5, 103.9, 103.3, 99.3,	108,   107.8, 105.5, 109.9, 104.8,
	95.6,  99.1,  95.9,  99.6,  98.9,  102.2, 97.4,	 102.8, 98.7,  110.8, 105.6, 106.6, 103.9,
	110.4, 98.8,  99.7,  109.2, 98.7,  101,	  100,	 100.4, 100.6, 104.5, 101.1, 99.5,  108.7,
	100.9, 101.1, 101.5, 105.6, 101.6, 101.8, 98.6,	 100.4, 102.3, 99.1,  104.7, 94.4,  103.5,
};

static void large_groups_with_ties_agree_with_rs_normal_approximation(void **state)
{
	(void)state;
	/* wilcox.test(A, B, exact = FALSE, correct = TRUE)$p.value */
	assert_near(mann_whitney(a70, LENGTH(a70), b65, LENGTH(b65)), 0.14430264052489, 1e-12);
}

static void mann_whitney_is_symmetric_and_knows_no_scale(void **state)
{
	double scaled_a[8], scaled_b[5];

	(void)state;
	for (size_t i = 0; i < 8; i++)
		scaled_a[i] = 1000 * a8[i];
	for (size_t i = 0; i < 5; i++)
		scaled_b[i] = 1000 * b5[i];
	assert_near(mann_whitney(a8, 8, b5, 5), mann_whitney(b5, 5, a8, 8), 1e-14);
	assert_near(mann_whitney(a8, 8, b5, 5), mann_whitney(scaled_a, 8, scaled_b, 5), 1e-14);
}

static void an_empty_group_is_no_data(void **state)
{
	const struct nb_draws draws = { 99, 1 };
	struct nb_error error;
	struct nb_shift shift;
	double p;

	(void)state;
	assert_int_equal(nb_stats_mann_whitney(GROUP(a8, 8), GROUP(NULL, 0), &p, &error), -ENODATA);
	assert_int_equal(nb_stats_shift(GROUP(NULL, 0), GROUP(b5, 5), 0.95, &shift, &error),
			 -ENODATA);
	assert_int_equal(nb_stats_permutation(GROUP(a8, 8), GROUP(NULL, 0), draws, &p, &error),
			 -ENODATA);
}

static void check_shift(const double *a, size_t a_count, const double *b, size_t b_count,
			const double expected[3])
{
	struct nb_error error;
	struct nb_shift shift;

	assert_int_equal(nb_stats_shift(GROUP(a, a_count), GROUP(b, b_count), 0.95, &shift, &error),
			 0);
	assert_near(shift.shift, expected[0], 1e-12);
	assert_near(shift.low, expected[1], 1e-12);
	assert_near(shift.high, expected[2], 1e-12);
}

static void hodges_lehmann_agrees_with_r(void **state)
{
	double log_a[20], log_b[5];

	(void)state;
	/* wilcox.test(log(b), log(a), conf.int = TRUE): $estimate, $conf.int */
	logs(a8, 8, log_a);
	logs(b5, 5, log_b);
	check_shift(log_a, 8, log_b, 5,
		    (const double[]){ 0.0857843825088465, 0.0202027073175195, 0.129811611521991 });
	logs(a20, 20, log_a);
	logs(c5, 5, log_b);
	check_shift(log_a, 20, log_b, 5,
		    (const double[]){ 0.0655801217141316, 0.0351942481217926, 0.0933121771416521 });
	check_shift((const double[]){ 1, 2, 3 }, 3, (const double[]){ 4, 5, 6, 7, 8 }, 5,
		    (const double[]){ 4, 1, 7 });
}

static void groups_too_small_have_a_shift_without_interval(void **state)
{
	struct nb_error error;
	struct nb_shift shift = { 0 };

	(void)state;
	assert_int_equal(nb_stats_shift(((struct nb_group){ (const double[]){ 1, 2, 3 }, 3 }),
					((struct nb_group){ (const double[]){ 3, 4, 5 }, 3 }), 0.95,
					&shift, &error),
			 -ENODATA);
	assert_near(shift.shift, 2, 1e-15);
	assert_true(isnan(shift.low) && isnan(shift.high));
}

static void the_interval_holds_the_shift_and_mirrors(void **state)
{
	struct nb_error error;
	struct nb_shift forth, back;

	(void)state;
	assert_int_equal(nb_stats_shift(GROUP(a70, 70), GROUP(b65, 65), 0.95, &forth, &error), 0);
	assert_int_equal(nb_stats_shift(GROUP(b65, 65), GROUP(a70, 70), 0.95, &back, &error), 0);
	assert_true(forth.low < forth.shift && forth.shift < forth.high);
	assert_near(forth.shift, -back.shift, 1e-12);
	assert_near(forth.low, -back.high, 1e-12);
}

static void permutation_repeats_with_its_seed_and_nears_the_exact_p(void **state)
{
	static const double equal[] = { 1, 1 };
	struct nb_error error;
	double p, again, other;

	(void)state;
	assert_int_equal(nb_stats_permutation(GROUP(a8, 8), GROUP(b5, 5),
					      (struct nb_draws){ 9999, 1 }, &p, &error),
			 0);
	assert_int_equal(nb_stats_permutation(GROUP(a8, 8), GROUP(b5, 5),
					      (struct nb_draws){ 9999, 1 }, &again, &error),
			 0);
	assert_int_equal(nb_stats_permutation(GROUP(a8, 8), GROUP(b5, 5),
					      (struct nb_draws){ 9999, 2 }, &other, &error),
			 0);
	assert_memory_equal(&p, &again, sizeof(p));
	/* All 1287 splits, by enumeration: 10 are as far apart (mean 1.092 against 1.01125). */
	assert_near(p, 10.0 / 1287.0, 0.004);
	assert_near(other, 10.0 / 1287.0, 0.004);
	/* Nothing can be more extreme than all: (1 + 9999) / (1 + 9999). */
	assert_int_equal(nb_stats_permutation(GROUP(equal, 2), GROUP(equal, 1),
					      (struct nb_draws){ 9999, 1 }, &p, &error),
			 0);
	assert_near(p, 1, 0);
}

static void benjamini_hochberg_agrees_with_r(void **state)
{
	double p[] = { 0.01, 0.02, NAN, 0.03, 0.04, 0.05, 0.001, 0.5, 0.9, 0.04, 0.2 };
	/* p.adjust(c(0.01, 0.02, 0.03, 0.04, 0.05, 0.001, 0.5, 0.9, 0.04, 0.2), "BH") */
	static const double expected[] = { 0.05,
					   0.0666666666666667,
					   NAN,
					   0.0666666666666667,
					   0.0666666666666667,
					   0.0714285714285714,
					   0.01,
					   0.555555555555556,
					   0.9,
					   0.0666666666666667,
					   0.25 };
	struct nb_error error;

	(void)state;
	assert_int_equal(nb_stats_adjust(p, LENGTH(p), &error), 0);
	for (size_t i = 0; i < LENGTH(p); i++) {
		assert_int_equal(isnan(p[i]), isnan(expected[i]));
		if (!isnan(p[i]))
			assert_near(p[i], expected[i], 1e-13);
	}
	assert_int_equal(nb_stats_adjust(p, 0, &error), 0);
}

static void normal_quantiles_agree_with_r(void **state)
{
	(void)state;
	/* qnorm(c(0.025, 0.8, 0.999, 1e-6)) */
	assert_near(nb_stats_normal_quantile(0.025), -1.95996398454005, 1e-12);
	assert_near(nb_stats_normal_quantile(0.8), 0.841621233572914, 1e-12);
	assert_near(nb_stats_normal_quantile(0.999), 3.09023230616781, 1e-12);
	assert_near(nb_stats_normal_quantile(1e-6), -4.7534243088229, 1e-10);
}

static void what_can_be_detected_shrinks_with_sessions_and_grows_with_noise(void **state)
{
	(void)state;
	/* Three against three: the exact test's smallest p is 0.1. */
	assert_true(isinf(nb_stats_detectable(0.03, 3, 3, 0.05, 0.8)));
	/* (qnorm(0.975) + qnorm(0.8)) * 0.03 * sqrt(pi / 3) * sqrt(1 / 20 + 1 / 5) */
	assert_near(nb_stats_detectable(0.03, 20, 5, 0.05, 0.8), 0.04300405467424626, 1e-14);
	assert_true(nb_stats_detectable(0.03, 20, 20, 0.05, 0.8) <
		    nb_stats_detectable(0.03, 20, 5, 0.05, 0.8));
	assert_near(nb_stats_detectable(0.06, 20, 5, 0.05, 0.8),
		    2 * nb_stats_detectable(0.03, 20, 5, 0.05, 0.8), 1e-12);
	/* sqrt((7 * var(a) + 4 * var(b)) / 11) */
	assert_near(nb_stats_pooled_deviation(a8, 8, b5, 5), 0.0415249103770036, 1e-12);
	assert_true(isnan(nb_stats_pooled_deviation(a8, 1, b5, 1)));
}

static void the_cluster_bootstrap_covers_the_difference_of_means(void **state)
{
	const struct nb_draws draws = { 999, 5 };
	static const double a[] = { 1.0, 1.2, 1.1, 0.9, 1.0, 1.3, 1.2, 1.1 };
	static const double b[] = { 2.0, 2.2, 1.9, 2.1, 2.3, 2.0 };
	static const size_t pairs[] = { 2, 2, 2, 2 };
	const struct nb_clusters first = { a, pairs, 4 }, second = { b, pairs, 3 };
	const struct nb_clusters single = { b, pairs, 1 };
	struct nb_shift shift, again;
	struct nb_error error;

	(void)state;
	assert_int_equal(nb_stats_cluster_shift(&first, &second, draws, 0.95, &shift, &error), 0);
	assert_int_equal(nb_stats_cluster_shift(&first, &second, draws, 0.95, &again, &error), 0);
	assert_memory_equal(&shift, &again, sizeof(shift));
	assert_near(shift.shift, 12.5 / 6 - 8.8 / 8, 1e-12);
	assert_true(shift.low < shift.shift && shift.shift < shift.high);
	/* No session lies outside: the means of all draws are within these. */
	assert_true(shift.low >= 2.0 - 1.15 - 1e-12 && shift.high <= 2.15 - 1.0 + 1e-12);
	assert_int_equal(nb_stats_cluster_shift(&first, &single, draws, 0.95, &shift, &error),
			 -ENODATA);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(exact_mann_whitney_agrees_with_r),
		cmocka_unit_test(exact_mann_whitney_with_ties_agrees_with_enumeration),
		cmocka_unit_test(large_groups_with_ties_agree_with_rs_normal_approximation),
		cmocka_unit_test(mann_whitney_is_symmetric_and_knows_no_scale),
		cmocka_unit_test(an_empty_group_is_no_data),
		cmocka_unit_test(hodges_lehmann_agrees_with_r),
		cmocka_unit_test(groups_too_small_have_a_shift_without_interval),
		cmocka_unit_test(the_interval_holds_the_shift_and_mirrors),
		cmocka_unit_test(permutation_repeats_with_its_seed_and_nears_the_exact_p),
		cmocka_unit_test(benjamini_hochberg_agrees_with_r),
		cmocka_unit_test(normal_quantiles_agree_with_r),
		cmocka_unit_test(what_can_be_detected_shrinks_with_sessions_and_grows_with_noise),
		cmocka_unit_test(the_cluster_bootstrap_covers_the_difference_of_means),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
