/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_IRQ_INJECT_H
#define NB_IRQ_INJECT_H

#include "irq.h"

/*
 * Interrupts that a thread of the host sends on request: from its clock right before the system
 * call to the handler here, or to when it sees the handler's answer in shared memory. The null is
 * nothing at all: both ends are single readings of a clock, and one of them or both the host's.
 */

#define NB_IRQ_TWO_CLOCKS "the time stamp counters of host and guest are not the same"

/* What the host said of its latest act by then: not yet this one, if the interrupt is not its. */
static inline void nb_irq_inject_handler(struct nb_guest_frame *frame, struct nb_loop *loop)
{
	volatile struct nb_abi_shared *shared = nb_guest_shared();

	shared->answered.value = shared->asked.value;
	loop->state[NB_IRQ_OWN] = shared->acted.value;
	nb_irq_count(loop, frame->stamp);
	nb_guest_apic_end_interrupt();
}

static inline const char *nb_irq_inject_setup(struct nb_loop *loop)
{
	if (!(loop->arg & NB_IRQ_ANSWER) && !nb_guest_same_clock())
		return NB_IRQ_TWO_CLOCKS;
	nb_irq_open(NB_APIC_XAPIC, NB_ABI_VECTOR_HOST, nb_irq_inject_handler);
	return 0;
}

static inline void nb_irq_inject_teardown(struct nb_loop *loop)
{
	(void)loop;
	nb_guest_drain();
}

/* Asks for an interrupt and waits for it: the number of the request; 0 if it was lost. */
static inline uint64_t nb_irq_inject_request(struct nb_loop *loop)
{
	uint64_t number;

	nb_guest_shared()->rest.value = loop->arg & NB_IRQ_HALTED ? nb_irq_rest : 0;
	loop->state[NB_IRQ_SENT]++;
	number = nb_guest_ask_host();
	nb_irq_wait(loop);
	nb_irq_judge(loop, 0);
	return loop->failure ? 0 : number;
}

/* Waits for the host to be done with it, interrupts on for a second one; false: all is not well. */
static inline bool nb_irq_inject_finish(struct nb_loop *loop, uint64_t number)
{
	volatile struct nb_abi_shared *shared = nb_guest_shared();

	nb_irq_on();
	if (!nb_guest_await(&shared->seen_of, number))
		nb_bench_fail(loop, "answers that the host did not see", 1, number);
	nb_irq_off();
	if (loop->state[NB_IRQ_OWN] != shared->acted.value)
		nb_bench_fail(loop, "interrupts that came early", 1, number);
	nb_irq_settle(loop, 0);
	return !loop->failure;
}

static inline uint64_t nb_irq_inject(struct nb_loop *loop)
{
	volatile struct nb_abi_shared *shared = nb_guest_shared();
	uint64_t number;

	if (loop->null)
		return 0;
	number = nb_irq_inject_request(loop);
	if (number == 0 || !nb_irq_inject_finish(loop, number))
		return 0;
	if (loop->arg & NB_IRQ_ANSWER)
		return shared->seen.value - shared->acted.value;
	return nb_irq_judge(loop, shared->acted.value);
}

#define NB_IRQ_INJECT_VARIANTS                                                                     \
	.variants = { { .params = "to=answer,wait=busy", .arg = NB_IRQ_ANSWER },                   \
		      { .params = "to=answer,wait=halted", .arg = NB_IRQ_ANSWER | NB_IRQ_HALTED }, \
		      { .params = "to=handler,wait=busy" },                                        \
		      { .params = "to=handler,wait=halted", .arg = NB_IRQ_HALTED } },              \
	.variant_count = 4

#endif
