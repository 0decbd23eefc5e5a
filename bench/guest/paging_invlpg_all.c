/* SPDX-License-Identifier: Apache-2.0 */
#include "paging.h"

/*
 * CR3 is loaded, which empties the TLB but for global pages, of which there are none; then loads
 * from 64 pages bring their translations back.
 */
enum { PAGES = 64 };

static const char *setup(struct nb_loop *loop)
{
	loop->state[0] = nb_guest_page_table(0);
	for (unsigned i = 0; i < PAGES; i++)
		*nb_guest_window_entry(i) = nb_guest_window_memory(i) | PAGING_WRITE;
	return 0;
}

static inline void op(struct nb_loop *loop)
{
	nb_guest_write_cr3(loop->state[0]);
	for (uint64_t i = 0; i < PAGES; i++)
		(void)paging_load(paging_window(i));
}

/* With shadow paging the load of CR3 exits. */
NB_BENCH_DEFINE(guest, paging_invlpg_all, op, nb_bench_no_prepare,
		.expect = NB_EXPECT_VENDOR(0, 1, 0, 1), .setup = setup,
		.variants = { { .params = "pages=64" } }, .variant_count = 1);
