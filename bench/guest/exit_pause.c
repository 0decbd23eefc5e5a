/* SPDX-License-Identifier: Apache-2.0 */
#include "nestbench/guest.h"

static inline void op(struct nb_loop *loop)
{
	(void)loop;
	nb_pause();
}

NB_BENCH_DEFINE(guest, exit_pause, op, nb_bench_no_prepare, .expect = NB_EXPECT(0),
		.rings = NB_RING_BOTH);
