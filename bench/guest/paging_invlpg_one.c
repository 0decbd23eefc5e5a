/* SPDX-License-Identifier: Apache-2.0 */
#include "paging.h"

/* INVLPG of a page that is in the TLB, and a load that brings its translation back. */
static const char *setup(struct nb_loop *loop)
{
	(void)loop;
	*nb_guest_window_entry(0) = nb_guest_window_memory(0) | PAGING_WRITE;
	return 0;
}

static inline void op(struct nb_loop *loop)
{
	(void)loop;
	paging_invlpg(NB_ABI_WINDOW_VIRTUAL);
	(void)paging_load(NB_ABI_WINDOW_VIRTUAL);
}

/* As for exit.invlpg: with shadow paging it exits. */
NB_BENCH_DEFINE(guest, paging_invlpg_one, op, nb_bench_no_prepare,
		.expect = NB_EXPECT_VENDOR(0, 1, 0, 1), .setup = setup);
