/* SPDX-License-Identifier: Apache-2.0 */
#include "irq_timer.h"

/*
 * From the deadline to the instruction after HLT: with the interrupt's delivery, its handler and
 * the end of interrupt, as an idle loop sees it.
 */
static uint64_t sample(struct nb_loop *loop)
{
	uint64_t due, stop;

	if (loop->null)
		return 0;
	due = nb_irq_deadline_arm(loop);
	nb_irq_halt(loop);
	stop = nb_bench_clock();
	nb_irq_settle(loop, due);
	return stop - due;
}

NB_BENCH_DEFINE_SAMPLED(guest, irq_hlt_wake_timer, sample,
			.expect = { "irq_injections", { 1, 0 }, { 1, 0 } },
			.setup = nb_irq_deadline_setup, .teardown = nb_irq_deadline_teardown,
			.own_null = 1, .variants = { { .params = "after=100us", .arg = 100 } },
			.variant_count = 1);
