/* SPDX-License-Identifier: Apache-2.0 */
#include "irq_timer.h"

/* From the deadline, a value of the time stamp counter, to the handler. */
static uint64_t sample(struct nb_loop *loop)
{
	uint64_t due;

	if (loop->null)
		return 0;
	due = nb_irq_deadline_arm(loop);
	nb_irq_wait(loop);
	return nb_irq_settle(loop, due);
}

NB_BENCH_DEFINE_SAMPLED(
	guest, irq_timer_deadline, sample, .expect = { "irq_injections", { 1, 0 }, { 1, 0 } },
	.setup = nb_irq_deadline_setup, .teardown = nb_irq_deadline_teardown, .own_null = 1,
	.variants = { { .params = "after=100us,wait=busy", .arg = 100 },
		      { .params = "after=100us,wait=halted", .arg = 100 | NB_IRQ_HALTED },
		      { .params = "after=10us,wait=halted", .arg = 10 | NB_IRQ_HALTED },
		      { .params = "after=1ms,wait=halted", .arg = 1000 | NB_IRQ_HALTED } },
	.variant_count = 4);
