/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "nestbench/base.h"
#include "nestbench/inference.h"

enum { LONG = 2000 };

static const struct nb_change_options options = { 0.01, 9999, 3, 42 };

/* A sum of twelve uniform numbers is near enough to a normal one. */
static double noise(struct nb_random *random)
{
	double sum = -6;

	for (int i = 0; i < 12; i++)
		sum += nb_random_next(random) / 4294967296.0;
	return sum;
}

static void fill(double *values, size_t length, uint64_t seed)
{
	struct nb_random random;

	nb_random_seed(&random, seed);
	for (size_t i = 0; i < length; i++)
		values[i] = noise(&random);
}

static size_t changes_of(const double *values, size_t length, struct nb_change **changes)
{
	struct nb_error error;
	size_t count;

	assert_int_equal(nb_stats_changes(values, length, &options, changes, &count, &error), 0);
	return count;
}

static void a_step_is_found_where_it_is(void **state)
{
	double values[40];
	struct nb_change *changes;

	(void)state;
	fill(values, 40, 1);
	for (size_t i = 25; i < 40; i++)
		values[i] += 5;
	assert_int_equal(changes_of(values, 40, &changes), 1);
	assert_int_equal(changes[0].index, 25);
	assert_true(changes[0].p <= 0.01);
	assert_true(changes[0].shift.low < 5 && changes[0].shift.high > 5);
	free(changes);
}

static void two_steps_are_two_changes(void **state)
{
	double values[60];
	struct nb_change *changes;

	(void)state;
	fill(values, 60, 2);
	for (size_t i = 20; i < 40; i++)
		values[i] += 6;
	assert_int_equal(changes_of(values, 60, &changes), 2);
	assert_in_range(changes[0].index, 19, 21);
	assert_in_range(changes[1].index, 39, 41);
	assert_true(changes[0].shift.shift > 4 && changes[1].shift.shift < -4);
	free(changes);
}

/* Either change alone splits the series into parts that look much the same. */
static void worse_and_then_mended_is_two_changes(void **state)
{
	double values[32];
	struct nb_change *changes;

	(void)state;
	fill(values, 32, 6);
	for (size_t i = 12; i < 22; i++)
		values[i] += 20;
	assert_int_equal(changes_of(values, 32, &changes), 2);
	assert_int_equal(changes[0].index, 12);
	assert_int_equal(changes[1].index, 22);
	free(changes);
}

static void short_and_constant_series_have_none(void **state)
{
	double values[50] = { 0 };
	struct nb_change *changes;

	(void)state;
	for (size_t length = 0; length < 6; length++) {
		assert_int_equal(changes_of(values, length, &changes), 0);
		assert_null(changes);
	}
	assert_int_equal(changes_of(values, 50, &changes), 0);
	assert_null(changes);
}

/* Half of all values are the same, so there is no spread to pull a value in by. */
static void as_many_values_as_needed_and_not_one_less_show_a_change(void **state)
{
	const size_t needed = nb_stats_changes_needed(options.alpha, options.segment);
	struct nb_change *changes;
	double values[10];

	(void)state;
	assert_int_equal(needed, 10);
	for (size_t i = 0; i < 10; i++)
		values[i] = (double)i / 100 + (i < 5 ? 0 : 1000);
	assert_int_equal(changes_of(values, 10, &changes), 1);
	assert_int_equal(changes[0].index, 5);
	free(changes);
	assert_int_equal(changes_of(values + 1, 9, &changes), 0);
}

static void a_step_between_constants_is_found(void **state)
{
	double values[24] = { 0 };
	struct nb_change *changes;

	(void)state;
	for (size_t i = 12; i < 24; i++)
		values[i] = 0.001;
	assert_int_equal(changes_of(values, 24, &changes), 1);
	assert_int_equal(changes[0].index, 12);
	free(changes);
}

static void one_spike_is_no_change(void **state)
{
	double values[50];
	struct nb_change *changes;

	(void)state;
	fill(values, 50, 3);
	values[30] += 1000;
	assert_int_equal(changes_of(values, 50, &changes), 0);
	free(changes);
}

/* Beyond one window: every step is found once, near its place, and scale makes no difference. */
static void a_long_series_has_each_change_once(void **state)
{
	static const size_t steps[] = { 130, 700, 1500 };
	double *values = calloc(LONG, sizeof(*values));
	struct nb_change *changes, *scaled;
	size_t count;

	(void)state;
	assert_non_null(values);
	fill(values, LONG, 4);
	for (size_t step = 0; step < 3; step++)
		for (size_t i = steps[step]; i < LONG; i++)
			values[i] += step == 1 ? -3 : 3;
	count = changes_of(values, LONG, &changes);
	for (size_t step = 0; step < 3; step++) {
		size_t near = 0;

		for (size_t i = 0; i < count; i++)
			near += labs((long)changes[i].index - (long)steps[step]) <= 3;
		assert_int_equal(near, 1);
	}
	/* 40 windows of noise at alpha = 0.01: one false change is likely, five are not. */
	assert_in_range(count, 3, 7);
	for (size_t i = 0; i < LONG; i++)
		values[i] *= 1024;
	assert_int_equal(changes_of(values, LONG, &scaled), count);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(scaled[i].index, changes[i].index);
	free(scaled);
	free(changes);
	free(values);
}

static void the_same_seed_gives_the_same_bits(void **state)
{
	double values[50];
	struct nb_change *first, *second;
	size_t count;

	(void)state;
	fill(values, 50, 5);
	for (size_t i = 20; i < 50; i++)
		values[i] += 2;
	count = changes_of(values, 50, &first);
	assert_int_equal(changes_of(values, 50, &second), count);
	assert_true(count > 0);
	assert_memory_equal(first, second, count * sizeof(*first));
	free(first);
	free(second);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_step_is_found_where_it_is),
		cmocka_unit_test(two_steps_are_two_changes),
		cmocka_unit_test(worse_and_then_mended_is_two_changes),
		cmocka_unit_test(short_and_constant_series_have_none),
		cmocka_unit_test(as_many_values_as_needed_and_not_one_less_show_a_change),
		cmocka_unit_test(a_step_between_constants_is_found),
		cmocka_unit_test(one_spike_is_no_change),
		cmocka_unit_test(a_long_series_has_each_change_once),
		cmocka_unit_test(the_same_seed_gives_the_same_bits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
