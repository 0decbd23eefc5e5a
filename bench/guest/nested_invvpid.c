/* SPDX-License-Identifier: Apache-2.0 */
#include "nested_outer.h"

/* nb_variant.arg: the type. */
#define CAP_INVVPID (UINT64_C(1) << 32)
#define CAP_SINGLE  (UINT64_C(1) << 41)
#define CAP_ALL	    (UINT64_C(1) << 42)

static const char *setup(struct nb_loop *loop)
{
	uint64_t type = loop->arg == NESTED_SINGLE ? CAP_SINGLE : CAP_ALL;
	const char *reason = nested_outer_open_capable(loop, CAP_INVVPID | type);

	if (reason)
		return reason;
	loop->state[0] = nb_vmx_vpid();
	if (loop->state[0] != 0)
		return 0;
	nb_nested_close();
	return "VPIDs are not offered to guests";
}

static inline void op(struct nb_loop *loop)
{
	nested_outer_prove(loop, nb_vmx_invvpid(loop->arg, loop->state[0]));
}

NB_BENCH_DEFINE(guest, nested_invvpid, op, nb_bench_no_prepare,
		.expect = NB_EXPECT_VENDOR(1, 1, 0, 0), .setup = setup, .teardown = nested_close,
		NESTED_TYPE_VARIANTS);
