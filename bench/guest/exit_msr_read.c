/* SPDX-License-Identifier: Apache-2.0 */
#include "nestbench/guest.h"

static inline void op(struct nb_loop *loop)
{
	(void)loop;
	(void)nb_guest_rdmsr(NB_MSR_APIC_BASE);
}

NB_BENCH_DEFINE(guest, exit_msr_read, op, nb_bench_no_prepare, .expect = NB_EXPECT(1));
