/* SPDX-License-Identifier: Apache-2.0 */
#include "paging_chase.h"

/*
 * Load latency over the working set, 16 KiB to 1 GiB: one line in each page of 4 KiB, in random
 * order, so that first the TLBs come to their end, then the caches of page tables. The lines
 * themselves are a 64th of the working set. Not net of a dense chain; backed by huge pages, as
 * the memory of most VMs is.
 */
#define SIZE(text, bytes)                          \
	{                                          \
		.params = "size=" text, .arena = { \
			.memory = bytes,           \
			.page = 4096,              \
			.huge = 1,                 \
			.stride = 4096             \
		}                                  \
	}

static void touch_all(struct nb_loop *loop)
{
	for (uint64_t at = 0; at < loop->state[0]; at += PAGING_PAGE)
		(void)paging_load(NB_ABI_ARENA_VIRTUAL + at);
}

/*
 * Once a round. The pages in order first: that is much faster than at random where KVM makes
 * tables for them.
 */
static const char *setup(struct nb_loop *loop)
{
	if (loop->kept[0])
		return 0;
	loop->state[0] = nb_guest_mailbox()->arena_span;
	paging_call(loop, touch_all);
	return chase_setup(loop);
}

CHASE_DEFINE(paging_walk_curve, .setup = setup,
	     .variants = { SIZE("16k", 16 << 10), SIZE("64k", 64 << 10), SIZE("256k", 256 << 10),
			   SIZE("1m", 1 << 20), SIZE("4m", 4 << 20), SIZE("16m", 16 << 20),
			   SIZE("64m", 64 << 20), SIZE("256m", 256 << 20), SIZE("1g", 1 << 30) },
	     .variant_count = 9);
