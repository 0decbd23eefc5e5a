/* SPDX-License-Identifier: Apache-2.0 */
#include "nestbench/guest.h"

/* So far away that it never comes; the timer's interrupt is masked all the same. */
static const char *setup(struct nb_loop *loop)
{
	nb_guest_apic_enable(NB_APIC_XAPIC);
	nb_guest_apic_write(NB_APIC_LVT_TIMER, NB_APIC_MASKED | NB_APIC_DEADLINE | NB_VECTOR_IPI);
	loop->state[0] = nb_rdtsc() + ((uint64_t)1 << 50);
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

NB_BENCH_DEFINE(guest, exit_tsc_deadline_write, op, nb_bench_no_prepare, .expect = NB_EXPECT(1),
		.setup = setup, .teardown = teardown);
