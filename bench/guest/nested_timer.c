/* SPDX-License-Identifier: Apache-2.0 */
#include "irq_timer.h"
#include "nested_forward.h"

/*
 * A TSC deadline that the inner guest programs: its write exits, our own hypervisor programs the
 * timer that it has itself, and forwards the interrupt. From the deadline to the inner handler. Two
 * exits to us, for the write and for the interrupt.
 *
 * The inner guest has interrupts on all the while: on a slow machine the deadline is over before
 * it goes on, and what forwards an interrupt at once has to find it willing.
 */
static void program(struct nb_loop *loop)
{
	const struct nb_nested_registers *registers = nb_nested_registers();

	(void)loop;
	nb_guest_wrmsr(NB_MSR_TSC_DEADLINE, registers->rdx << 32 | (uint32_t)registers->rax);
	nb_nested_skip(NESTED_LENGTH_MSR);
}

static void exited(struct nb_loop *loop, enum nb_nested_reason reason)
{
	if (reason == NB_INNER_MSR)
		program(loop);
	else if (reason == NB_INNER_INTERRUPT)
		nested_forward(loop);
	else
		nb_nested_unexpected(loop, reason);
}

static const char *setup(struct nb_loop *loop)
{
	const char *reason = nb_irq_deadline_setup(loop);

	if (reason)
		return reason;
	nested_forward_open(NB_VECTOR_TIMER);
	return nested_open_msr(NB_MSR_TSC_DEADLINE, exited);
}

static void teardown(struct nb_loop *loop)
{
	nested_close(loop);
	nb_irq_deadline_teardown(loop);
}

static inline uint64_t sample(struct nb_loop *loop)
{
	uint64_t due;

	if (loop->null)
		return 0;
	nb_irq_on();
	due = nb_irq_deadline_arm(loop);
	nb_irq_wait(loop);
	return nb_irq_settle(loop, due);
}

NB_BENCH_DEFINE_SAMPLED(guest, nested_timer, sample, .expect = NB_EXPECT_STAT("nested_run", 2),
			.setup = setup, .teardown = teardown, .own_null = 1,
			.variants = { { .params = "after=100us", .arg = 100 } },
			.variant_count = 1);
