/* SPDX-License-Identifier: Apache-2.0 */
#include "nested_inner.h"
#include "paging.h"

/*
 * A page that our own stage 2 has, and of which the hypervisor below knows nothing: its affair
 * alone. As in paging_stage2_fault, one level deeper: cold: the machine has no memory behind it
 * yet; warm: only the mapping has gone. Of small pages, one in eight.
 */
enum { APART = 8 * PAGING_PAGE };

#define ARENA(pages, size, is_cold)                                                                \
	{                                                                                          \
		.memory = UINT64_C(pages) * (size), .page = (size), .huge = (size) == PAGING_HUGE, \
		.cold = is_cold                                                                    \
	}

/* state: the last place, and the next one */
static const char *setup(struct nb_loop *loop)
{
	loop->state[0] = nb_guest_mailbox()->arena_memory / loop->arg - 1;
	return nested_open_msr(0, nb_nested_unexpected);
}

static inline void op(struct nb_loop *loop)
{
	paging_store(NB_ABI_ARENA_VIRTUAL + (loop->state[1]++ & loop->state[0]) * loop->arg, 1);
}

NB_BENCH_DEFINE(guest, nested_page_violation_below, op, nb_bench_no_prepare,
		.expect = NB_EXPECT_STAT("pf_taken", 1), .setup = setup, .teardown = nested_close,
		.host = NB_HOST_COLD, .batch = 1, .samples_max = 32,
		.variants = { { .params = "page=2m,state=cold",
				.arg = PAGING_HUGE,
				.arena = ARENA(32, PAGING_HUGE, 1) },
			      { .params = "page=2m,state=warm",
				.arg = PAGING_HUGE,
				.arena = ARENA(32, PAGING_HUGE, 0) },
			      { .params = "page=4k,state=cold",
				.arg = APART,
				.arena = ARENA(1024, PAGING_PAGE, 1) },
			      { .params = "page=4k,state=warm",
				.arg = APART,
				.arena = ARENA(1024, PAGING_PAGE, 0) } },
		.variant_count = 4);
