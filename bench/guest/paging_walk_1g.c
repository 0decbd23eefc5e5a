/* SPDX-License-Identifier: Apache-2.0 */
#include "paging_chase.h"

/*
 * Pages of 1 GiB, over 256 GiB of addresses. The memory slot has 1 GiB, of which the chain touches
 * 16 MiB: 256 KiB of every 16 MiB.
 */
#define PAGE (UINT64_C(1) << 30)

#define ARENA(backed_huge)                                                     \
	{                                                                      \
		.memory = PAGE, .span = CHASE_LINES * PAGE / 64, .page = PAGE, \
		.huge = backed_huge, .stride = PAGE / 64                       \
	}

CHASE_DEFINE(paging_walk_1g, .setup = chase_setup, .own_null = 1,
	     .variants = { { .params = "backing=4k", .arena = ARENA(0) },
			   { .params = "backing=thp", .arena = ARENA(1) } },
	     .variant_count = 2);
