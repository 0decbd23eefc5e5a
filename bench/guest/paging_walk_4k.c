/* SPDX-License-Identifier: Apache-2.0 */
#include "paging_chase.h"

/* The translation of 4 KiB pages: dependent loads that miss the TLB, against the same within its
 * reach. */
#define PAGE (UINT64_C(4096))

#define ARENA(backed_huge)                                                              \
	{                                                                               \
		.memory = UINT64_C(16) << 20, .span = CHASE_LINES * PAGE, .page = PAGE, \
		.huge = backed_huge, .stride = PAGE                                     \
	}

CHASE_DEFINE(paging_walk_4k, .setup = chase_setup, .own_null = 1,
	     .variants = { { .params = "backing=4k", .arena = ARENA(0) },
			   { .params = "backing=thp", .arena = ARENA(1) } },
	     .variant_count = 2);
