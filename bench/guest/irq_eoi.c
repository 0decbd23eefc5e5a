/* SPDX-License-Identifier: Apache-2.0 */
#include "irq.h"

/* In the handler, with its vector in service; exit.apic_eoi is the same without one. */
static void handler(struct nb_guest_frame *frame, struct nb_loop *loop)
{
	uint64_t start = nb_bench_clock();

	if (loop->arg == NB_APIC_X2APIC)
		nb_guest_wrmsr(NB_MSR_X2APIC + NB_APIC_EOI / 16, 0);
	else
		nb_guest_mmio_write32(NB_XAPIC_BASE + NB_APIC_EOI, 0);
	loop->state[NB_IRQ_OWN] = nb_bench_clock() - start;
	nb_irq_count(loop, frame->stamp);
}

static const char *setup(struct nb_loop *loop)
{
	nb_irq_open(loop->arg, NB_VECTOR_IPI, handler);
	return 0;
}

static void teardown(struct nb_loop *loop)
{
	(void)loop;
	nb_guest_drain();
}

static uint64_t sample(struct nb_loop *loop)
{
	uint64_t start = nb_rdtsc();

	loop->state[NB_IRQ_SENT]++;
	nb_guest_apic_self_ipi(NB_VECTOR_IPI);
	nb_irq_halt(loop);
	nb_irq_settle(loop, start);
	return loop->state[NB_IRQ_OWN];
}

NB_BENCH_DEFINE_SAMPLED(
	guest, irq_eoi, sample, .expect = { "irq_injections", { 1, 0 }, { 1, 0 } }, .setup = setup,
	.teardown = teardown,
	.variants = { { .params = "apic=x2apic", .arg = NB_APIC_X2APIC, .needs = NB_NEED_X2APIC },
		      { .params = "apic=xapic", .arg = NB_APIC_XAPIC } },
	.variant_count = 2);
