/* SPDX-License-Identifier: Apache-2.0 */
#include "nestbench/guest.h"

/* No exit with a TPR shadow (Intel) or a virtual TPR (AMD). */
static inline void op(struct nb_loop *loop)
{
	(void)loop;
	__asm__ volatile("movq %0, %%cr8" : : "r"((uint64_t)0) : "memory");
}

NB_BENCH_DEFINE(guest, exit_cr8_write, op, nb_bench_no_prepare,
		.expect = NB_EXPECT_VENDOR(0, 1, 0, 1));
