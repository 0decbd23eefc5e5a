/* SPDX-License-Identifier: Apache-2.0 */
#include "nested_outer.h"

/* Two inner guests in turn: each entry is into another one than the last. */
static inline void op(struct nb_loop *loop)
{
	loop->state[0] ^= 1;
	nested_outer_pass(loop, (unsigned)loop->state[0]);
}

NB_BENCH_DEFINE(guest, nested_context_switch, op, nb_bench_no_prepare,
		.expect = NB_EXPECT_STAT("nested_run", 1), .setup = nested_outer_open,
		.teardown = nested_close, NESTED_VARIANTS);
