/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_IRQ_TIMER_H
#define NB_IRQ_TIMER_H

#include "irq.h"

/*
 * The local APIC's timer, in xAPIC mode, which every machine has. Results are lateness: from the
 * programmed time on. nb_variant.arg is the time until then in microseconds, and NB_IRQ_HALTED.
 * Their own null is nothing at all, since one reading of the clock is all that a result contains.
 */

enum {
	NB_IRQ_AFTER = 0xffff, /* nb_variant.arg: microseconds */
	NB_IRQ_TIMER_INITIAL = 0x380,
	NB_IRQ_TIMER_CURRENT = 0x390,
	NB_IRQ_TIMER_DIVIDE = 0x3e0,
};

#define NB_IRQ_NO_RATE "KVM does not say how fast the time stamp counter is"

static inline uint64_t nb_irq_microseconds(uint64_t count)
{
	return nb_guest_mailbox()->tsc_hz * count / 1000000;
}

static inline uint64_t nb_irq_after(const struct nb_loop *loop)
{
	return nb_irq_microseconds(loop->arg & NB_IRQ_AFTER);
}

/* The fence: WRMSR does not wait for a write to memory (Intel SDM volume 3, section 11.5.4.1). */
static inline const char *nb_irq_deadline_setup(struct nb_loop *loop)
{
	(void)loop;
	if (nb_guest_mailbox()->tsc_hz == 0)
		return NB_IRQ_NO_RATE;
	nb_irq_open(NB_APIC_XAPIC, NB_VECTOR_TIMER, nb_irq_handler);
	nb_guest_apic_write(NB_APIC_LVT_TIMER, NB_APIC_DEADLINE | NB_VECTOR_TIMER);
	__asm__ volatile("mfence" : : : "memory");
	return 0;
}

/* Returns the deadline. */
static inline uint64_t nb_irq_deadline_arm(struct nb_loop *loop)
{
	uint64_t due = nb_bench_clock() + nb_irq_after(loop);

	loop->state[NB_IRQ_SENT]++;
	nb_guest_wrmsr(NB_MSR_TSC_DEADLINE, due);
	return due;
}

static inline void nb_irq_deadline_teardown(struct nb_loop *loop)
{
	(void)loop;
	nb_guest_wrmsr(NB_MSR_TSC_DEADLINE, 0);
	nb_guest_apic_write(NB_APIC_LVT_TIMER, NB_APIC_MASKED | NB_VECTOR_TIMER);
	nb_guest_drain();
}

#endif
