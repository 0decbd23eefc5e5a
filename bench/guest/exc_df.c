/* SPDX-License-Identifier: Apache-2.0 */
#include "exc.h"

/*
 * A page fault whose gate is not present: the CPU cannot deliver it and raises a double fault, the
 * last one before it would shut down (Intel SDM volume 3, table 6-5). The guest must live on.
 */
#define GATE_PRESENT (UINT64_C(1) << 47)

/* The lower half of the gate of page faults. */
static volatile uint64_t *page_fault_gate(void)
{
	struct __attribute__((packed)) {
		uint16_t limit;
		uint64_t base;
	} table;

	__asm__ volatile("sidt %0" : "=m"(table));
	return (volatile uint64_t *)table.base + (uint64_t)2 * EXC_PF;
}

/* The first page of the window is not mapped. */
static const char *setup(struct nb_loop *loop)
{
	(void)loop;
	nb_guest_catch(EXC_DF);
	*page_fault_gate() &= ~GATE_PRESENT;
	return 0;
}

static void teardown(struct nb_loop *loop)
{
	(void)loop;
	*page_fault_gate() |= GATE_PRESENT;
}

static inline uint64_t sample(struct nb_loop *loop)
{
	return exc_sample(loop, exc_store);
}

NB_BENCH_DEFINE_SAMPLED(guest, exc_df, sample, .expect = NB_EXPECT(0), .rings = NB_RING_BOTH,
			.setup = setup, .teardown = teardown, EXC_VARIANTS);
