/* SPDX-License-Identifier: Apache-2.0 */
#include "nestbench/guest.h"

static const char *setup(struct nb_loop *loop)
{
	loop->state[0] = nb_guest_rdmsr(NB_MSR_EFER);
	return 0;
}

static inline void op(struct nb_loop *loop)
{
	nb_guest_wrmsr(NB_MSR_EFER, loop->state[0]);
}

NB_BENCH_DEFINE(guest, exit_msr_write, op, nb_bench_no_prepare, .expect = NB_EXPECT(1),
		.setup = setup);
