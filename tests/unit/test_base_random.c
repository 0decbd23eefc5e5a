/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "nestbench/base.h"

/*
 * pcg32 with the reference implementation's default stream (increment 1442695040888963407), seeded
 * with 42, as "pcg32 rng(42)" of its C++ version gives. Computed independently with whole numbers
 * of unlimited size from the formulas of the paper; the same program with the increment of stream
 * 54 (2 * 54 + 1) gives a15c02b7 7b47f409 ba1d3330 83d2f293 bfa4784b cbed606e, which is what the
 * reference implementation's demo, pcg32-demo, prints for seed 42 and stream 54.
 */
static void the_sequence_is_that_of_the_reference_implementation(void **state)
{
	static const uint32_t expected[] = { 0xc2f57bd6, 0x6b07c4a9, 0x72b7b29b,
					     0x44215383, 0xf5af5ead, 0x68beb632 };
	struct nb_random random;

	(void)state;
	nb_random_seed(&random, 42);
	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++)
		assert_int_equal(nb_random_next(&random), expected[i]);
	nb_random_seed(&random, 0);
	assert_int_equal(nb_random_next(&random), 0xe823a24e);
	assert_int_equal(nb_random_next(&random), 0x7a7ecbd9);
}

static void equal_seeds_give_equal_and_other_seeds_other_sequences(void **state)
{
	struct nb_random a, b, c;
	int different = 0;

	(void)state;
	nb_random_seed(&a, UINT64_MAX);
	nb_random_seed(&b, UINT64_MAX);
	nb_random_seed(&c, UINT64_MAX - 1);
	for (int i = 0; i < 1000; i++) {
		uint32_t value = nb_random_next(&a);

		assert_int_equal(nb_random_next(&b), value);
		different += nb_random_next(&c) != value;
	}
	assert_true(different > 990);
}

static void a_bound_of_one_leaves_zero_only(void **state)
{
	struct nb_random random;

	(void)state;
	nb_random_seed(&random, 1);
	for (int i = 0; i < 100; i++)
		assert_int_equal(nb_random_below(&random, 1), 0);
}

/*
 * Chi-squared over ten cells; R: qchisq(0.9999, 9) is 33.7. The seed is fixed, so it cannot fail
 * by chance.
 */
static void values_below_a_bound_are_uniform(void **state)
{
	static const uint32_t bounds[] = { 10, 1000, 3000000000u, UINT32_MAX - 5 };
	enum { CELLS = 10, PER_CELL = 10000, DRAWS = CELLS * PER_CELL };
	struct nb_random random;

	(void)state;
	nb_random_seed(&random, 7);
	for (size_t i = 0; i < sizeof(bounds) / sizeof(bounds[0]); i++) {
		int cells[CELLS] = { 0 };
		double chi_squared = 0;

		for (int j = 0; j < DRAWS; j++) {
			uint32_t value = nb_random_below(&random, bounds[i]);

			assert_true(value < bounds[i]);
			cells[(uint64_t)value * CELLS / bounds[i]]++;
		}
		for (int j = 0; j < CELLS; j++) {
			double excess = cells[j] - PER_CELL;

			chi_squared += excess * excess / PER_CELL;
		}
		assert_true(chi_squared < 33.7);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_sequence_is_that_of_the_reference_implementation),
		cmocka_unit_test(equal_seeds_give_equal_and_other_seeds_other_sequences),
		cmocka_unit_test(a_bound_of_one_leaves_zero_only),
		cmocka_unit_test(values_below_a_bound_are_uniform),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
