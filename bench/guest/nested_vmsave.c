/* SPDX-License-Identifier: Apache-2.0 */
#include "nested_outer.h"

/*
 * What VMRUN leaves to the hypervisor: FS, GS, TR, LDTR and the MSRs of system calls. No exit where
 * the hypervisor below has virtual VMLOAD and VMSAVE.
 */
static inline void op(struct nb_loop *loop)
{
	nb_svm_vmsave(loop->state[0]);
}

NB_BENCH_DEFINE(guest, nested_vmsave, op, nb_bench_no_prepare,
		.expect = NB_EXPECT_VENDOR(0, 0, 1, 0), .setup = nested_outer_open_own_vmcb,
		.teardown = nested_close);
