/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_GUEST_PAGING_H
#define NB_GUEST_PAGING_H

#include "nestbench/guest.h"

/* What the benchmarks of page tables share. */

enum {
	PAGING_PAGE = 4096,
	PAGING_HUGE = 2 << 20,
	PAGING_PF = 14, /* vector */
	PAGING_WINDOW = 512,
	/* Entries (Intel SDM volume 3, section 4.5), accessed and dirty: no walk writes to them. */
	PAGING_READ = 0x65,
	PAGING_WRITE = 0x67,
};

static inline void paging_invlpg(uint64_t address)
{
	__asm__ volatile("invlpg (%0)" : : "r"(address) : "memory");
}

static inline uint64_t paging_load(uint64_t address)
{
	uint64_t value;

	__asm__ volatile("movq (%1), %0" : "=r"(value) : "r"(address) : "memory");
	return value;
}

static inline void paging_store(uint64_t address, uint64_t value)
{
	__asm__ volatile("movq %0, (%1)" : : "r"(value), "r"(address) : "memory");
}

/* Runs code in the ring that is going to be measured. */
static inline void paging_call(struct nb_loop *loop, nb_loop_code code)
{
	if (nb_guest_mailbox()->flags & NB_ABI_RING3)
		nb_guest_call_ring3(code, loop);
	else
		code(loop);
}

static inline uint64_t paging_window(uint64_t index)
{
	return NB_ABI_WINDOW_VIRTUAL + index % PAGING_WINDOW * PAGING_PAGE;
}

#endif
