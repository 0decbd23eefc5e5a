/* SPDX-License-Identifier: Apache-2.0 */
#include "paging.h"

/*
 * The first write to a page since KVM's log of dirty pages was fetched, as in live migration: a
 * fault where KVM protects clean pages, none where the CPU logs writes itself (Intel's PML).
 */
enum { PAGES = 1024 };

static inline void write_page(uint64_t index)
{
	paging_store(NB_ABI_ARENA_VIRTUAL + index % (uint64_t)PAGES * PAGING_PAGE, index);
}

static void write_all(struct nb_loop *loop)
{
	(void)loop;
	for (uint64_t i = 0; i < PAGES; i++)
		write_page(i);
}

/* Once a round, so that KVM knows where all pages are. */
static const char *setup(struct nb_loop *loop)
{
	if (!loop->kept[0])
		paging_call(loop, write_all);
	loop->kept[0] = 1;
	return 0;
}

static inline void op(struct nb_loop *loop)
{
	write_page(loop->state[0]++);
}

NB_BENCH_DEFINE(guest, paging_dirty_log, op, nb_bench_no_prepare, .setup = setup,
		.rings = NB_RING_3,
		.expect = { .stat = "pf_taken", .vmx = { 1, 0 }, .svm = { 1, 1 } },
		.host = NB_HOST_DIRTY, .batch = 1, .samples_max = PAGES,
		.variants = { { .params = "part=write",
				.arena = { .memory = (uint64_t)PAGES * PAGING_PAGE,
					   .page = PAGING_PAGE } } },
		.variant_count = 1);
