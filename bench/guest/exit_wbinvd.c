/* SPDX-License-Identifier: Apache-2.0 */
#include "nestbench/guest.h"

static inline void op(struct nb_loop *loop)
{
	(void)loop;
	__asm__ volatile("wbinvd" : : : "memory");
}

NB_BENCH_DEFINE(guest, exit_wbinvd, op, nb_bench_no_prepare, .expect = NB_EXPECT(1));
