/* SPDX-License-Identifier: Apache-2.0 */
#include "paging_chase.h"

/*
 * Pages of 2 MiB, over 32 GiB of addresses. No more than 512 of them share memory: KVM with shadow
 * paging forgets what is mapped a thousand times (Linux, arch/x86/kvm/mmu/mmu.c,
 * RMAP_RECYCLE_THRESHOLD).
 */
#define PAGE (UINT64_C(2) << 20)

#define ARENA(backed_huge)                                                     \
	{                                                                      \
		.memory = 32 * PAGE, .span = CHASE_LINES * PAGE, .page = PAGE, \
		.huge = backed_huge, .stride = PAGE                            \
	}

CHASE_DEFINE(paging_walk_2m, .setup = chase_setup, .own_null = 1,
	     .variants = { { .params = "backing=4k", .arena = ARENA(0) },
			   { .params = "backing=thp", .arena = ARENA(1) } },
	     .variant_count = 2);
