/* SPDX-License-Identifier: Apache-2.0 */
#include "nestbench/guest.h"

/*
 * Seconds away, as far as the VMX preemption timer reaches, and masked. Kernels before 6.5 do not
 * count the exit where Intel's fast path handles it.
 */
static const char *setup(struct nb_loop *loop)
{
	nb_guest_apic_enable(NB_APIC_XAPIC);
	nb_guest_apic_write(NB_APIC_LVT_TIMER, NB_APIC_MASKED | NB_APIC_DEADLINE | NB_VECTOR_IPI);
	loop->state[0] = nb_rdtsc() + ((uint64_t)1 << 33);
	return 0;
}

static void teardown(struct nb_loop *loop)
{
	(void)loop;
	nb_guest_wrmsr(NB_MSR_TSC_DEADLINE, 0);
}

static inline void op(struct nb_loop *loop)
{
	nb_guest_wrmsr(NB_MSR_TSC_DEADLINE, loop->state[0]);
}

NB_BENCH_DEFINE(guest, exit_tsc_deadline_write, op, nb_bench_no_prepare,
		.expect = NB_EXPECT_VENDOR(1, 0, 1, 1), .setup = setup, .teardown = teardown);
