/* SPDX-License-Identifier: Apache-2.0 */
#include "irq.h"

/*
 * From the write of the interrupt command register to the handler: with interrupts on, or sent
 * while they are off and taken out of a halt. With APICv or AVIC KVM injects nothing itself.
 */
static const char *setup(struct nb_loop *loop)
{
	nb_irq_open(loop->arg & NB_IRQ_MODE, NB_VECTOR_IPI, nb_irq_handler);
	return 0;
}

static void teardown(struct nb_loop *loop)
{
	(void)loop;
	nb_guest_drain();
}

static uint64_t sample(struct nb_loop *loop)
{
	uint64_t start;

	loop->state[NB_IRQ_SENT]++;
	if (!(loop->arg & NB_IRQ_HALTED))
		nb_irq_on();
	start = nb_bench_clock();
	if ((loop->arg & NB_IRQ_MODE) == NB_APIC_X2APIC)
		nb_guest_wrmsr(NB_MSR_X2APIC + NB_APIC_ICR / 16, NB_APIC_SELF | NB_VECTOR_IPI);
	else
		nb_guest_mmio_write32(NB_XAPIC_BASE + NB_APIC_ICR, NB_APIC_SELF | NB_VECTOR_IPI);
	nb_irq_wait(loop);
	return nb_irq_settle(loop, start);
}

NB_BENCH_DEFINE_SAMPLED(guest, irq_self_ipi, sample,
			.expect = { "irq_injections", { 1, 0 }, { 1, 0 } }, .setup = setup,
			.teardown = teardown,
			.variants = { { .params = "apic=x2apic,wait=enabled",
					.arg = NB_APIC_X2APIC,
					.needs = NB_NEED_X2APIC },
				      { .params = "apic=x2apic,wait=halted",
					.arg = NB_APIC_X2APIC | NB_IRQ_HALTED,
					.needs = NB_NEED_X2APIC },
				      { .params = "apic=xapic,wait=enabled", .arg = NB_APIC_XAPIC },
				      { .params = "apic=xapic,wait=halted",
					.arg = NB_APIC_XAPIC | NB_IRQ_HALTED } },
			.variant_count = 4);
