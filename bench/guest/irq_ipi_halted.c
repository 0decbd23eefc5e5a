/* SPDX-License-Identifier: Apache-2.0 */
#include "irq_ipi.h"

/* vCPU 1 is in HLT. The answer is an IPI as well, to vCPU 0, which has gone into HLT meanwhile. */
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
	while (!nb_guest_peer_stop()) {
		nb_irq_word(NB_IRQ_PEER_RESTS)->value = nb_irq_word(NB_IRQ_PEER_TAKEN)->value + 1;
		nb_guest_halt();
	}
	nb_irq_peer_close(loop);
}

/* Whether the peer is in HLT by now, as far as can be known. */
static bool let_it_rest(struct nb_loop *loop)
{
	uint64_t number = nb_irq_word(NB_IRQ_CALLS)->value + 1;
	uint64_t start;

	if (!nb_guest_await(nb_irq_word(NB_IRQ_PEER_RESTS), number)) {
		nb_bench_fail(loop, "halts that vCPU 1 did not come to", 1, number);
		return false;
	}
	start = nb_rdtsc();
	while (nb_rdtsc() - start < nb_irq_rest)
		;
	return true;
}

static uint64_t sample(struct nb_loop *loop)
{
	if (loop->arg & NB_IRQ_ANSWER)
		return let_it_rest(loop) ? nb_irq_call_and_answer(loop) : 0;
	return nb_irq_same_clock(loop) && let_it_rest(loop) ? nb_irq_call(loop) : 0;
}

NB_BENCH_DEFINE_SAMPLED(guest, irq_ipi_halted, sample, .setup = setup, .teardown = teardown,
			.peer = peer,
			.variants = { { .params = "apic=x2apic,to=answer",
					.arg = NB_APIC_X2APIC | NB_IRQ_ANSWER | NB_IRQ_HALTED,
					.needs = NB_NEED_X2APIC },
				      { .params = "apic=x2apic,to=handler",
					.arg = NB_APIC_X2APIC,
					.needs = NB_NEED_X2APIC } },
			.variant_count = 2);
