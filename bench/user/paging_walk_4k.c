/* SPDX-License-Identifier: Apache-2.0 */
#include "memory.h"
#include "walk.h"

/* A load that misses the TLB, in pages of 4 KiB, less one that hits it. */

static const char *setup(struct nb_loop *loop)
{
	return nb_walk_prepare(loop, (uint64_t)NB_WALK_LINES * NB_MEMORY_4K, NB_MEMORY_4K);
}

NB_WALK_DEFINE(paging_walk_4k, .own_null = 1);
