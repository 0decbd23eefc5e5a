/* SPDX-License-Identifier: Apache-2.0 */
#include "nested_outer.h"

/* A field of the current VMCS. */
static inline void op(struct nb_loop *loop)
{
	uint64_t value;

	nested_outer_prove(loop, nb_vmx_vmread(loop->arg, &value));
}

NB_BENCH_DEFINE(guest, nested_vmread, op, nb_bench_no_prepare,
		.expect = NB_EXPECT_VENDOR(1, 0, 0, 0), .setup = nested_outer_open,
		.teardown = nested_close, NESTED_FIELD_VARIANTS);
