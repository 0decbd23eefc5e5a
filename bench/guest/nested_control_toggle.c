/* SPDX-License-Identifier: Apache-2.0 */
#include "nested_outer.h"

/*
 * An entry before which our own hypervisor has changed an intercept: what the hypervisor below
 * keeps of the last entry's controls is of no use. Compare nested_roundtrip_hypercall.
 */
static inline void op(struct nb_loop *loop)
{
	nb_nested_toggle_control();
	nested_outer_pass(loop, 0);
}

NB_BENCH_DEFINE(guest, nested_control_toggle, op, nb_bench_no_prepare,
		.expect = NB_EXPECT_STAT("nested_run", 1), .setup = nested_outer_open,
		.teardown = nested_close);
