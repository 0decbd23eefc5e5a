/* SPDX-License-Identifier: Apache-2.0 */
#include "nestbench/guest.h"

/* A page that nothing has touched. With shadow paging it exits. */
static inline void op(struct nb_loop *loop)
{
	(void)loop;
	__asm__ volatile("invlpg (%0)" : : "r"((uint64_t)NB_ABI_MMIO_USER) : "memory");
}

NB_BENCH_DEFINE(guest, exit_invlpg, op, nb_bench_no_prepare,
		.expect = NB_EXPECT_VENDOR(0, 1, 0, 1));
