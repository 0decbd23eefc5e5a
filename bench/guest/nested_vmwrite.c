/* SPDX-License-Identifier: Apache-2.0 */
#include "nested_outer.h"

/* A field of the current VMCS, the value that it has. */
static const char *setup(struct nb_loop *loop)
{
	const char *reason = nested_outer_open(loop);

	if (reason)
		return reason;
	nested_outer_prove(loop, nb_vmx_vmread(loop->arg, &loop->state[0]));
	return 0;
}

static inline void op(struct nb_loop *loop)
{
	nested_outer_prove(loop, nb_vmx_vmwrite(loop->arg, loop->state[0]));
}

NB_BENCH_DEFINE(guest, nested_vmwrite, op, nb_bench_no_prepare,
		.expect = NB_EXPECT_VENDOR(1, 0, 0, 0), .setup = setup, .teardown = nested_close,
		NESTED_FIELD_VARIANTS);
