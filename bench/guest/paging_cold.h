/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_BENCH_GUEST_PAGING_COLD_H
#define NB_BENCH_GUEST_PAGING_COLD_H

#include "paging.h"

/*
 * Writes to pages of the arena of which the hypervisor below knows nothing. cold: the machine has
 * no memory behind them yet and must find and zero some; warm: the memory is there, and only its
 * mapping for the VM has gone. Of small pages, one in eight: KVM may map the rest of such a group
 * with it (Linux, arch/x86/kvm/mmu/mmu.c, direct_pte_prefetch).
 */
enum { PAGING_APART = 8 * PAGING_PAGE };

#define PAGING_COLD_ARENA(pages, size, is_cold)                                                    \
	{                                                                                          \
		.memory = UINT64_C(pages) * (size), .page = (size), .huge = (size) == PAGING_HUGE, \
		.cold = is_cold                                                                    \
	}

#define PAGING_COLD_VARIANTS                                                  \
	.variants = { { .params = "page=2m,state=cold",                       \
			.arg = PAGING_HUGE,                                   \
			.arena = PAGING_COLD_ARENA(32, PAGING_HUGE, 1) },     \
		      { .params = "page=2m,state=warm",                       \
			.arg = PAGING_HUGE,                                   \
			.arena = PAGING_COLD_ARENA(32, PAGING_HUGE, 0) },     \
		      { .params = "page=4k,state=cold",                       \
			.arg = PAGING_APART,                                  \
			.arena = PAGING_COLD_ARENA(1024, PAGING_PAGE, 1) },   \
		      { .params = "page=4k,state=warm",                       \
			.arg = PAGING_APART,                                  \
			.arena = PAGING_COLD_ARENA(1024, PAGING_PAGE, 0) } }, \
	.variant_count = 4, .host = NB_HOST_COLD, .batch = 1, .samples_max = 32

/* state: the last place, and the next one */
static inline void paging_cold_setup(struct nb_loop *loop)
{
	loop->state[0] = nb_guest_mailbox()->arena_memory / loop->arg - 1;
}

/* In turn: a command never has more samples than there are places. */
static inline void paging_cold_store(struct nb_loop *loop)
{
	paging_store(NB_ABI_ARENA_VIRTUAL + (loop->state[1]++ & loop->state[0]) * loop->arg, 1);
}

#endif
