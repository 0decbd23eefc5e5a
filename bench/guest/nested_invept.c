/* SPDX-License-Identifier: Apache-2.0 */
#include "nested_outer.h"

/* nb_variant.arg: the type. */
static const char *setup(struct nb_loop *loop)
{
	const char *reason = nested_outer_open_offered(loop, nb_vmx_offers_invept);

	if (reason)
		return reason;
	loop->state[0] = nb_vmx_ept_pointer();
	return 0;
}

static inline void op(struct nb_loop *loop)
{
	nested_outer_prove(loop, nb_vmx_invept(loop->arg, loop->state[0]));
}

NB_BENCH_DEFINE(guest, nested_invept, op, nb_bench_no_prepare,
		.expect = NB_EXPECT_VENDOR(1, 1, 0, 0), .setup = setup, .teardown = nested_close,
		NESTED_TYPE_VARIANTS);
