/* SPDX-License-Identifier: Apache-2.0 */
#include "memory.h"
#include "tlb.h"
#include "walk.h"

/*
 * A load that misses the TLB, in transparent huge pages of 2 MiB, less one that hits it. All of
 * these pages are real ones, as a program's would be, and so gigabytes.
 */

static const char *setup(struct nb_loop *loop)
{
	uint64_t entries = nb_tlb_entries(NB_TLB_2M, nb_tlb_cpuid);

	/* Half as many again as there are entries, so that in turn each set is too small. */
	return nb_walk_prepare(loop, (entries + entries / 2) * NB_MEMORY_2M, NB_MEMORY_2M);
}

NB_WALK_DEFINE(paging_walk_2m, .own_null = 1);
