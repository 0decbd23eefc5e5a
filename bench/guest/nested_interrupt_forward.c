/* SPDX-License-Identifier: Apache-2.0 */
#include "nested_forward.h"

/*
 * From the inner guest's IPI to itself, by a register of the x2APIC that we let it have, to its
 * handler. There is one exit to us, for the interrupt; the entry after it carries the forwarded
 * one, since the inner guest has interrupts on.
 */
static void exited(struct nb_loop *loop, enum nb_nested_reason reason)
{
	if (reason == NB_INNER_INTERRUPT)
		nested_forward(loop);
	else
		nb_nested_unexpected(loop, reason);
}

static const char *setup(struct nb_loop *loop)
{
	(void)loop;
	nb_guest_apic_enable(NB_APIC_X2APIC);
	nb_guest_drain();
	nested_forward_open(NB_VECTOR_IPI);
	return nested_open_msr(0, exited);
}

static void teardown(struct nb_loop *loop)
{
	nested_close(loop);
	nb_guest_drain();
}

static inline uint64_t sample(struct nb_loop *loop)
{
	uint64_t start;

	loop->state[NB_IRQ_SENT]++;
	nb_irq_on();
	start = nb_bench_clock();
	nb_guest_wrmsr(NB_MSR_X2APIC + NB_APIC_ICR / 16, NB_APIC_SELF | NB_VECTOR_IPI);
	nb_irq_spin(loop);
	return nb_irq_settle(loop, start);
}

NB_BENCH_DEFINE_SAMPLED(guest, nested_interrupt_forward, sample,
			.expect = NB_EXPECT_STAT("nested_run", 1), .setup = setup,
			.teardown = teardown);
