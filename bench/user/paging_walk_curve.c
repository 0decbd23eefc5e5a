/* SPDX-License-Identifier: Apache-2.0 */
#include "memory.h"
#include "walk.h"

/*
 * Dependent loads, one in each page of 4 KiB, over ever larger memory: the steps are the reach of
 * each TLB and cache. Not net of near loads, since it shows those as well.
 */

#define KIB UINT64_C(1024)
#define MIB (1024 * KIB)

static const char *setup(struct nb_loop *loop)
{
	return nb_walk_prepare(loop, loop->arg, NB_MEMORY_4K);
}

NB_WALK_DEFINE(paging_walk_curve,
	       .variants = { { .params = "size=16k", .arg = 16 * KIB },
			     { .params = "size=64k", .arg = 64 * KIB },
			     { .params = "size=256k", .arg = 256 * KIB },
			     { .params = "size=1m", .arg = MIB },
			     { .params = "size=4m", .arg = 4 * MIB },
			     { .params = "size=16m", .arg = 16 * MIB },
			     { .params = "size=64m", .arg = 64 * MIB },
			     { .params = "size=256m", .arg = 256 * MIB },
			     { .params = "size=1g", .arg = 1024 * MIB } },
	       .variant_count = 9);
