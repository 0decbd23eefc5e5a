/* SPDX-License-Identifier: Apache-2.0 */
#include "irq_ipi.h"

/*
 * vCPU 1 is in a loop with interrupts on. The answer is an IPI as well, to vCPU 0, which is in a
 * loop then.
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

static void peer(struct nb_loop *loop)
{
	nb_irq_peer_open(loop);
	nb_irq_on();
	while (!nb_guest_peer_stop())
		;
	nb_irq_off();
	nb_irq_peer_close(loop);
}

static uint64_t sample(struct nb_loop *loop)
{
	return loop->arg & NB_IRQ_ANSWER ? nb_irq_call_and_answer(loop) : nb_irq_call(loop);
}

NB_BENCH_DEFINE_SAMPLED(guest, irq_ipi_busy, sample, .setup = setup, .teardown = teardown,
			.peer = peer,
			.variants = { { .params = "apic=x2apic,to=answer",
					.arg = NB_APIC_X2APIC | NB_IRQ_ANSWER,
					.needs = NB_NEED_X2APIC },
				      { .params = "apic=x2apic,to=handler",
					.arg = NB_APIC_X2APIC,
					.needs = NB_NEED_X2APIC },
				      { .params = "apic=xapic,to=handler", .arg = NB_APIC_XAPIC } },
			.variant_count = 3);
