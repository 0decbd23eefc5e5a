/* SPDX-License-Identifier: Apache-2.0 */
#include "nested_outer.h"

/*
 * As a hypervisor does before another CPU runs a guest: of the current VMCS, whose content the
 * hypervisor below then has to write back, and of one that is not. nb_variant.arg: 1 for the
 * current one, which is made so outside of the time, by another exit.
 */
static inline void prepare(struct nb_loop *loop)
{
	if (loop->arg)
		nested_outer_prove(loop, nb_vmx_vmptrld(nb_vmx_spare()));
}

static inline void op(struct nb_loop *loop)
{
	nested_outer_prove(loop, nb_vmx_vmclear(nb_vmx_spare()));
}

NB_BENCH_DEFINE(guest, nested_vmclear, op, prepare, .expect = NB_EXPECT_VENDOR(2, 1, 0, 0),
		.setup = nested_outer_open, .teardown = nested_close, .batch = 1,
		.variants = { { .params = "vmcs=current", .arg = 1 }, { .params = "vmcs=other" } },
		.variant_count = 2);
