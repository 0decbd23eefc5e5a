/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../bench/guest/irq_ipi.h"

/* How the benchmarks of interrupts find out what went wrong, with handlers that go wrong. */

enum { DUE = 1000, LATENCY = 50 };

/* The loop of a benchmark: interrupt number n is taken taken[n - 1] times, each after due. */
static uint64_t deliver(struct nb_loop *loop, const unsigned *taken, size_t count)
{
	uint64_t ticks = 0;

	for (size_t i = 0; i < count && !loop->failure; i++) {
		loop->state[NB_IRQ_SENT]++;
		for (unsigned n = 0; n < taken[i]; n++)
			nb_irq_count(loop, DUE * (i + 1) + LATENCY);
		ticks = nb_irq_judge(loop, DUE * (i + 1));
	}
	return ticks;
}

static void interrupts_that_come_once_are_samples(void **state)
{
	const unsigned taken[] = { 1, 1, 1, 1 };
	struct nb_loop loop = { 0 };

	(void)state;
	assert_true(deliver(&loop, taken, 4) == LATENCY);
	assert_null(loop.failure);
}

static void a_swallowed_interrupt_is_lost_and_no_sample(void **state)
{
	const unsigned taken[] = { 1, 1, 0, 1 };
	struct nb_loop loop = { 0 };

	(void)state;
	assert_true(deliver(&loop, taken, 4) == 0);
	assert_string_equal(loop.failure, "interrupts that never arrived");
	assert_true(loop.failed == 1);
	assert_true(loop.total == 3);
}

static void a_doubled_interrupt_is_one_too_many_and_no_sample(void **state)
{
	const unsigned taken[] = { 1, 3, 1 };
	struct nb_loop loop = { 0 };

	(void)state;
	assert_true(deliver(&loop, taken, 3) == 0);
	assert_string_equal(loop.failure, "interrupts that came once too often");
	assert_true(loop.failed == 2);
	assert_true(loop.total == 2);
}

/* One that comes late, after the next was sent, is not the next one's first sample. */
static void a_lost_interrupt_does_not_hide_behind_a_doubled_one(void **state)
{
	const unsigned taken[] = { 0, 2 };
	struct nb_loop loop = { 0 };

	(void)state;
	assert_true(deliver(&loop, taken, 2) == 0);
	assert_string_equal(loop.failure, "interrupts that never arrived");
	assert_true(loop.total == 1);
}

static void an_early_interrupt_is_no_sample(void **state)
{
	struct nb_loop loop = { .state = { [NB_IRQ_SENT] = 9, [NB_IRQ_TAKEN] = 8 } };

	(void)state;
	nb_irq_count(&loop, DUE - 1);
	assert_true(nb_irq_judge(&loop, DUE) == 0);
	assert_string_equal(loop.failure, "interrupts that came early");
	assert_true(loop.failed == 1);
	assert_true(loop.total == 9);
}

static void an_interrupt_at_its_very_time_is_not_early(void **state)
{
	struct nb_loop loop = { .state = { [NB_IRQ_SENT] = 1 } };

	(void)state;
	nb_irq_count(&loop, DUE);
	assert_true(nb_irq_judge(&loop, DUE) == 0);
	assert_null(loop.failure);
}

/* The stamp of the one before is older than the time of the one that is lost. */
static void a_lost_interrupt_is_not_called_early(void **state)
{
	struct nb_loop loop = {
		.state = { [NB_IRQ_SENT] = 2, [NB_IRQ_TAKEN] = 1, [NB_IRQ_STAMP] = DUE }
	};

	(void)state;
	assert_true(nb_irq_judge(&loop, DUE + 1) == 0);
	assert_string_equal(loop.failure, "interrupts that never arrived");
}

/* vCPU 1's clock is ahead; messages take there ticks to it and back ticks to return. */
static void ask(struct nb_irq_offset *offset, int64_t ahead, uint64_t there, uint64_t back)
{
	const uint64_t asked = 100000;

	nb_irq_offset_narrow(offset, asked, asked + there + (uint64_t)ahead, asked + there + back);
}

static void clocks_that_are_one_are_found_to_be(void **state)
{
	struct nb_irq_offset offset = { INT64_MIN, INT64_MAX };

	(void)state;
	ask(&offset, 0, 80, 20);
	ask(&offset, 0, 30, 400);
	assert_true(nb_irq_offset_least(&offset) == 0);
	assert_true(offset.low == -20);
	assert_true(offset.high == 30);
}

static void a_clock_that_is_ahead_is_found_out(void **state)
{
	struct nb_irq_offset offset = { INT64_MIN, INT64_MAX };

	(void)state;
	ask(&offset, 500, 300, 600); /* too slow to tell */
	assert_true(nb_irq_offset_least(&offset) == 0);
	ask(&offset, 500, 80, 20);
	assert_true(nb_irq_offset_least(&offset) == 480);
}

static void a_clock_that_is_behind_is_found_out(void **state)
{
	struct nb_irq_offset offset = { INT64_MIN, INT64_MAX };

	(void)state;
	ask(&offset, -500, 80, 20);
	assert_true(nb_irq_offset_least(&offset) == 420);
}

/* As where a vCPU comes to another CPU whose clock differs, between two answers. */
static void a_clock_that_changes_is_found_out(void **state)
{
	struct nb_irq_offset offset = { INT64_MIN, INT64_MAX };

	(void)state;
	ask(&offset, 0, 40, 40);
	ask(&offset, 90, 40, 40);
	assert_true(nb_irq_offset_least(&offset) == 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(interrupts_that_come_once_are_samples),
		cmocka_unit_test(a_swallowed_interrupt_is_lost_and_no_sample),
		cmocka_unit_test(a_doubled_interrupt_is_one_too_many_and_no_sample),
		cmocka_unit_test(a_lost_interrupt_does_not_hide_behind_a_doubled_one),
		cmocka_unit_test(an_early_interrupt_is_no_sample),
		cmocka_unit_test(an_interrupt_at_its_very_time_is_not_early),
		cmocka_unit_test(a_lost_interrupt_is_not_called_early),
		cmocka_unit_test(clocks_that_are_one_are_found_to_be),
		cmocka_unit_test(a_clock_that_is_ahead_is_found_out),
		cmocka_unit_test(a_clock_that_is_behind_is_found_out),
		cmocka_unit_test(a_clock_that_changes_is_found_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
