/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "nestbench/recurrence.h"

static void assert_exactly(double value, double expected)
{
	if (value != expected)
		fail_msg("%.17g is not %.17g", value, expected);
}

/* Kauer, Verissimo and Bessani (DSN-W 2011): a CPU of 3 GHz, 1000 cycles a trap. */
static void all_cells_of_the_published_table_come_out(void **state)
{
	static const double rates[] = { 1, 10, 100, 1000 };
	static const struct {
		double b;
		int depths[4];
	} rows[] = {
		{ 2, { 22, 19, 15, 12 } }, { 4, { 11, 10, 8, 6 } }, { 6, { 9, 8, 6, 5 } },
		{ 8, { 8, 7, 5, 4 } },	   { 10, { 7, 6, 5, 4 } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (size_t j = 0; j < 4; j++)
			assert_int_equal(nb_recurrence_depth(rows[i].b, 3e9, 1000, rates[j]),
					 rows[i].depths[j]);
}

static void an_exact_power_is_still_sustained(void **state)
{
	(void)state;
	/* floor(log(capacity) / log(growth)) is one too few for several of these. */
	for (int growth = 2; growth <= 20; growth++) {
		double capacity = 1;

		for (int depth = 1; capacity < 1e15; depth++) {
			assert_int_equal(nb_recurrence_depth(growth, capacity, 1, 1), depth);
			if (depth > 1)
				assert_int_equal(nb_recurrence_depth(growth, capacity - 1, 1, 1),
						 depth - 1);
			capacity *= growth;
		}
	}
}

static void the_ends_of_depth_are_none_and_no_limit(void **state)
{
	(void)state;
	assert_int_equal(nb_recurrence_depth(2, 3e9, 4e9, 1), 0);
	assert_int_equal(nb_recurrence_depth(1, 3e9, 1000, 1), NB_RECURRENCE_DEEP);
	assert_int_equal(nb_recurrence_depth(0.5, 3e9, 1000, 1), NB_RECURRENCE_DEEP);
}

static void exits_are_those_that_were_counted(void **state)
{
	const struct nb_recurrence turtles = { 12, 12 }, shadowed = { 1, 1 }, neve = { 4, 4 };

	(void)state;
	assert_exactly(nb_recurrence_exits(&turtles, 1), 1);
	assert_exactly(nb_recurrence_exits(&turtles, 2), 13);
	assert_exactly(nb_recurrence_exits(&shadowed, 2), 2);
	assert_exactly(nb_recurrence_exits(&neve, 2), 5);
}

static void a_third_level_is_foretold(void **state)
{
	static const double expected[][2] = { { 12, 169 }, { 4, 25 }, { 1, 4 } };

	(void)state;
	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
		const struct nb_recurrence same = { expected[i][0], expected[i][0] };

		assert_exactly(nb_recurrence_exits(&same, 3), expected[i][1]);
	}
}

static void check_forms(double b, double f)
{
	const struct nb_recurrence both = { b, f };
	double sum = 0;

	for (int k = 1; k <= 8; k++) {
		double before = nb_recurrence_exits(&both, k - 1);
		double now = nb_recurrence_exits(&both, k);

		assert_exactly(nb_recurrence_exits(&both, k + 1), (b + 1) * now + (f - b) * before);
		assert_exactly(nb_recurrence_delivery(&both, k), 1 + f * sum);
		sum += now;
	}
}

static void the_closed_forms_agree_with_the_recurrence(void **state)
{
	(void)state;
	for (int b = 0; b <= 6; b++) {
		const struct nb_recurrence same = { b, b };

		for (int f = 0; f <= 6; f++)
			check_forms(b, f);
		for (int k = 1; k <= 8; k++)
			assert_exactly(nb_recurrence_exits(&same, k), pow(1 + b, k - 1));
	}
}

static void at_the_bottom_there_is_nothing_to_forward(void **state)
{
	const struct nb_recurrence any = { 12, 5 };

	(void)state;
	assert_exactly(nb_recurrence_exits(&any, 0), 0);
	assert_exactly(nb_recurrence_delivery(&any, 0), 1);
	assert_exactly(nb_recurrence_delivery(&any, 1), 1);
}

static void an_interrupt_takes_two_exits_at_least_where_its_end_traps(void **state)
{
	const struct nb_recurrence same = { 4, 4 }, other = { 4, 2 };

	(void)state;
	/* ELI: delivery and end; with a posted end only delivery is left. */
	assert_exactly(nb_recurrence_interrupt(&same, 1, 1, 0), 2);
	assert_exactly(nb_recurrence_interrupt(&same, 1, 0, 0), 1);
	for (int n = 1; n <= 6; n++)
		assert_exactly(nb_recurrence_interrupt(&same, n, 1, 2), pow(5, n - 1) * 4);
	/* 1 + b (N(1) + N(2)) + (e + q) N(3), with N = 1, 5, 1 + 2 + 4 * 5. */
	assert_exactly(nb_recurrence_interrupt(&other, 3, 1, 0), 1 + 4 * 6 + 23);
}

static void an_exception_costs_what_its_owner_is_deep(void **state)
{
	const struct nb_recurrence both = { 12, 3 };

	(void)state;
	assert_exactly(nb_recurrence_exception(&both, -1), 0);
	assert_exactly(nb_recurrence_exception(&both, 0), 1);
	/* Handled right below, it is an exit like any other. */
	for (int k = 0; k < 6; k++)
		assert_exactly(nb_recurrence_exception(&both, k),
			       nb_recurrence_exits(&both, k + 1));
}

static void time_grows_with_exits_and_linearly_at_best(void **state)
{
	const struct nb_recurrence turtles = { 12, 12 };

	(void)state;
	assert_exactly(nb_recurrence_time(&turtles, 2, 4000, 6000), 58000);
	assert_exactly(nb_recurrence_ideal(3, 1500), 4500);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_cells_of_the_published_table_come_out),
		cmocka_unit_test(an_exact_power_is_still_sustained),
		cmocka_unit_test(the_ends_of_depth_are_none_and_no_limit),
		cmocka_unit_test(exits_are_those_that_were_counted),
		cmocka_unit_test(a_third_level_is_foretold),
		cmocka_unit_test(the_closed_forms_agree_with_the_recurrence),
		cmocka_unit_test(at_the_bottom_there_is_nothing_to_forward),
		cmocka_unit_test(an_interrupt_takes_two_exits_at_least_where_its_end_traps),
		cmocka_unit_test(an_exception_costs_what_its_owner_is_deep),
		cmocka_unit_test(time_grows_with_exits_and_linearly_at_best),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
