/* SPDX-License-Identifier: Apache-2.0 */
#include "irq.h"

enum { VECTOR_NMI = 2, DELIVER_NMI = 4 << 8 };

/* An NMI has no end of interrupt. */
static void handler(struct nb_guest_frame *frame, struct nb_loop *loop)
{
	nb_irq_count(loop, frame->stamp);
}

/* The shorthand for oneself is for ordinary interrupts alone: this vCPU is addressed by number. */
static const char *setup(struct nb_loop *loop)
{
	(void)loop;
	nb_irq_open(NB_APIC_XAPIC, VECTOR_NMI, handler);
	nb_guest_apic_write(NB_APIC_ICR_HIGH, 0);
	return 0;
}

static uint64_t sample(struct nb_loop *loop)
{
	uint64_t start;

	loop->state[NB_IRQ_SENT]++;
	start = nb_bench_clock();
	nb_guest_mmio_write32(NB_XAPIC_BASE + NB_APIC_ICR, DELIVER_NMI);
	nb_irq_spin(loop);
	return nb_irq_settle(loop, start);
}

NB_BENCH_DEFINE_SAMPLED(guest, irq_nmi, sample, .expect = NB_EXPECT_STAT("nmi_injections", 1),
			.setup = setup);
