/* SPDX-License-Identifier: Apache-2.0 */
#include "nestbench/guest.h"

static inline void op(struct nb_loop *loop)
{
	(void)loop;
	nb_cpuid(0);
}

NB_BENCH_DEFINE(guest, exit_cpuid, op, nb_bench_no_prepare, .expect = NB_EXPECT(1),
		.rings = NB_RING_BOTH);
