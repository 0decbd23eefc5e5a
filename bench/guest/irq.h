/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_IRQ_H
#define NB_IRQ_H

#include "nestbench/guest.h"

/*
 * What the benchmarks of interrupts share. Every interrupt has a number, one at a time is under
 * way, and its handler counts: one that is lost, comes twice or comes early ends the loop and never
 * becomes a sample.
 */

/* nb_loop.state of a vCPU that takes interrupts. */
enum nb_irq_state {
	NB_IRQ_SENT,  /* number of the latest */
	NB_IRQ_TAKEN, /* by its handler, so many */
	NB_IRQ_STAMP, /* the clock at the first instruction of the latest's handler */
	NB_IRQ_OWN,   /* the benchmark's own */
};

/* nb_variant.arg: the mode of the local APIC, and */
enum nb_irq_arg {
	NB_IRQ_MODE = 3,
	NB_IRQ_HALTED = 1 << 16, /* this vCPU waits in HLT */
	NB_IRQ_ANSWER = 1 << 17, /* measured to the answer and not to the handler */
};

/* Half a second on a CPU of 2 GHz: nothing that works takes so long. */
static const uint64_t nb_irq_patience = UINT64_C(1) << 30;

/*
 * Ticks that a vCPU is left in HLT before it is woken: longer than KVM by default waits for an
 * interrupt itself (halt_poll_ns, 200 us), so that the vCPU's thread really sleeps.
 */
static const uint64_t nb_irq_rest = UINT64_C(1) << 20;

static inline void nb_irq_count(struct nb_loop *loop, uint64_t stamp)
{
	volatile uint64_t *state = loop->state;

	state[NB_IRQ_STAMP] = stamp;
	state[NB_IRQ_TAKEN]++;
}

static inline void nb_irq_handler(struct nb_guest_frame *frame, struct nb_loop *loop)
{
	nb_irq_count(loop, frame->stamp);
	nb_guest_apic_end_interrupt();
}

/* So many were sent: as many must have been taken. */
static inline bool nb_irq_prove(struct nb_loop *loop, uint64_t sent, uint64_t taken)
{
	if (taken < sent)
		nb_bench_fail(loop, "interrupts that never arrived", sent - taken, sent);
	else if (taken > sent)
		nb_bench_fail(loop, "interrupts that came once too often", taken - sent, sent);
	return taken == sent;
}

/* Ticks from when the latest was due to its handler, if it came once and not before; else 0. */
static inline uint64_t nb_irq_judge(struct nb_loop *loop, uint64_t due)
{
	uint64_t sent = loop->state[NB_IRQ_SENT];
	uint64_t taken = loop->state[NB_IRQ_TAKEN];
	uint64_t stamp = loop->state[NB_IRQ_STAMP];

	if (taken >= sent && stamp < due)
		nb_bench_fail(loop, "interrupts that came early", 1, sent);
	return nb_irq_prove(loop, sent, taken) && stamp >= due ? stamp - due : 0;
}

/* The same, after a moment for a second interrupt that is pending. */
static inline uint64_t nb_irq_settle(struct nb_loop *loop, uint64_t due)
{
	nb_guest_drain();
	return nb_irq_judge(loop, due);
}

static inline void nb_irq_on(void)
{
	__asm__ volatile("sti" : : : "memory");
}

static inline void nb_irq_off(void)
{
	__asm__ volatile("cli" : : : "memory");
}

/* For the first interrupts of a loop: nothing is left of an earlier one. */
static inline void nb_irq_open(uint64_t mode, uint8_t vector, nb_guest_handler handler)
{
	nb_guest_apic_enable(mode);
	nb_guest_drain();
	nb_guest_handle(vector, handler);
}

/* No PAUSE: KVM makes a vCPU that spins with it exit, and who waits busily is to be found inside.
 */
static inline void nb_irq_spin(struct nb_loop *loop)
{
	const volatile uint64_t *state = loop->state;
	uint64_t start = nb_rdtsc();

	nb_irq_on();
	while (state[NB_IRQ_TAKEN] < state[NB_IRQ_SENT] && nb_rdtsc() - start < nb_irq_patience)
		;
	nb_irq_off();
}

/* Other interrupts may end a halt. Where the right one is lost, the VMM's watchdog ends it. */
static inline void nb_irq_halt(struct nb_loop *loop)
{
	const volatile uint64_t *state = loop->state;

	while (state[NB_IRQ_TAKEN] < state[NB_IRQ_SENT])
		nb_guest_halt();
}

static inline void nb_irq_wait(struct nb_loop *loop)
{
	if (loop->arg & NB_IRQ_HALTED)
		nb_irq_halt(loop);
	else
		nb_irq_spin(loop);
}

#endif
