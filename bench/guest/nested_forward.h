/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_BENCH_GUEST_NESTED_FORWARD_H
#define NB_BENCH_GUEST_NESTED_FORWARD_H

#include "irq.h"
#include "nested_inner.h"

/*
 * Forwarding of an interrupt: it makes the inner guest exit, our own hypervisor takes and ends it,
 * and gives the inner guest another one, a vector of its own: both have the same descriptor table.
 * What the inner guest got itself, past us, is none of its vector and so is lost.
 */
enum { NESTED_VECTOR_INNER = 0x33, NESTED_TAKEN_HERE = NB_IRQ_OWN };

/* In our hypervisor. */
static inline void nested_forward_outer(struct nb_guest_frame *frame, struct nb_loop *loop)
{
	(void)frame;
	loop->state[NESTED_TAKEN_HERE]++;
	nb_guest_apic_end_interrupt();
}

/* In the inner guest, whose interrupt has not been in any local APIC. */
static inline void nested_forward_inner(struct nb_guest_frame *frame, struct nb_loop *loop)
{
	nb_irq_count(loop, frame->stamp);
}

static inline void nested_forward_open(uint8_t vector)
{
	nb_guest_handle(vector, nested_forward_outer);
	nb_guest_handle(NESTED_VECTOR_INNER, nested_forward_inner);
}

/* For an exited(). An interrupt of any other vector is not the inner guest's. */
static inline void nested_forward(struct nb_loop *loop)
{
	const volatile uint64_t *state = loop->state;
	uint64_t before = state[NESTED_TAKEN_HERE];

	nb_nested_take_interrupt();
	if (state[NESTED_TAKEN_HERE] != before)
		nb_nested_inject(NESTED_VECTOR_INNER, -1);
}

#endif
