/* SPDX-License-Identifier: Apache-2.0 */
#include "nested_outer.h"

/* The other guest's VMCS each time: the current one is no work for the hypervisor below. */
static inline void op(struct nb_loop *loop)
{
	loop->state[0] ^= 1;
	nested_outer_prove(loop, nb_vmx_vmptrld(nb_vmx_vmcs((unsigned)loop->state[0])));
}

NB_BENCH_DEFINE(guest, nested_vmptrld, op, nb_bench_no_prepare,
		.expect = NB_EXPECT_VENDOR(1, 1, 0, 0), .setup = nested_outer_open,
		.teardown = nested_close);
