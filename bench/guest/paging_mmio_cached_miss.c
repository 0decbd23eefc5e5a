/* SPDX-License-Identifier: Apache-2.0 */
#include "paging.h"

/*
 * MMIO to the VMM at a page that KVM has not seen yet, against one that it has: KVM remembers
 * what is no memory in the tables of the second level. In the guest's user mode, as the faults.
 */
enum { KNOWN, FRESH, SAMPLES = 2048 };

/* A page has its turn once a round: there are enough for all of a round's samples. */
static inline void op(struct nb_loop *loop)
{
	uint64_t page = loop->arg == FRESH ? loop->kept[0]++ % NB_ABI_MMIO_FRESH_PAGES : 0;

	nb_guest_mmio_write32(NB_ABI_MMIO_FRESH + page * PAGING_PAGE, 0);
}

NB_BENCH_DEFINE(guest, paging_mmio_cached_miss, op, nb_bench_no_prepare,
		.expect = NB_EXPECT_STAT("mmio_exits", 1), .rings = NB_RING_3, .batch = 1,
		.samples_max = SAMPLES,
		.variants = { { .params = "state=fresh", .arg = FRESH },
			      { .params = "state=known", .arg = KNOWN } },
		.variant_count = 2);
