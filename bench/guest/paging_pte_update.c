/* SPDX-License-Identifier: Apache-2.0 */
#include "paging.h"

/*
 * A page table entry is changed, its translation invalidated, and the page touched: what
 * munmap(2) with mmap(2), or mprotect(2), come down to. With shadow paging each of the three may
 * exit. address: to another page, which the load must then see; permission: read-only and
 * writable in turn.
 */
enum { BY_ADDRESS, BY_PERMISSION };

static const char *setup(struct nb_loop *loop)
{
	uint64_t page = nb_guest_window_memory(0);
	uint64_t other = nb_guest_window_memory(1);

	paging_store(page, 0);
	paging_store(other, 1);
	loop->state[0] = page | PAGING_WRITE;
	loop->state[1] = loop->arg == BY_ADDRESS ? page ^ other : PAGING_READ ^ PAGING_WRITE;
	*nb_guest_window_entry(0) = loop->state[0];
	return 0;
}

static inline void op(struct nb_loop *loop)
{
	uint64_t value;

	loop->state[0] ^= loop->state[1];
	*nb_guest_window_entry(0) = loop->state[0];
	paging_invlpg(NB_ABI_WINDOW_VIRTUAL);
	value = paging_load(NB_ABI_WINDOW_VIRTUAL);
	loop->state[2] ^= 1 - loop->arg;
	if (value != loop->state[2])
		nb_bench_fail(loop, "loads that saw the old page", 1, 1);
}

NB_BENCH_DEFINE(guest, paging_pte_update, op, nb_bench_no_prepare,
		.expect = NB_EXPECT_VENDOR(0, 1, 0, 1), .setup = setup,
		.variants = { { .params = "change=address", .arg = BY_ADDRESS },
			      { .params = "change=permission", .arg = BY_PERMISSION } },
		.variant_count = 2);
