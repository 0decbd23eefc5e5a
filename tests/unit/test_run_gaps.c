/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../bench/user/gaps.h"

/* irq.noise: what it makes of the times between two readings of the clock. */

static void the_longest_gap_is_kept(void **state)
{
	struct nb_gaps gaps = { 0, 0 };

	(void)state;
	nb_gaps_add(&gaps, 30, 100);
	nb_gaps_add(&gaps, 70, 100);
	nb_gaps_add(&gaps, 20, 100);
	assert_int_equal(gaps.longest, 70);
}

static void turns_of_the_loop_itself_do_not_count(void **state)
{
	struct nb_gaps gaps = { 0, 0 };

	(void)state;
	for (int i = 0; i < 1000; i++)
		nb_gaps_add(&gaps, 100, 100);
	assert_int_equal(gaps.total, 0);
}

static void longer_ones_add_up_whole(void **state)
{
	struct nb_gaps gaps = { 0, 0 };

	(void)state;
	nb_gaps_add(&gaps, 101, 100);
	nb_gaps_add(&gaps, 99, 100);
	nb_gaps_add(&gaps, 5000, 100);
	assert_int_equal(gaps.total, 5101);
	assert_int_equal(gaps.longest, 5000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_longest_gap_is_kept),
		cmocka_unit_test(turns_of_the_loop_itself_do_not_count),
		cmocka_unit_test(longer_ones_add_up_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
