/* SPDX-License-Identifier: Apache-2.0 */
#include "nested_inner.h"

/*
 * End of interrupt of a guest whose x2APIC our own hypervisor emulates, as it has to without APICv
 * or AVIC.
 */
enum { EOI = NB_MSR_X2APIC + NB_APIC_EOI / 16 };

static void exited(struct nb_loop *loop, enum nb_nested_reason reason)
{
	nested_skip_if(loop, reason, NB_INNER_MSR, NESTED_LENGTH_MSR);
}

static const char *setup(struct nb_loop *loop)
{
	(void)loop;
	nb_guest_apic_enable(NB_APIC_X2APIC);
	return nested_open_msr(EOI, exited);
}

static inline void op(struct nb_loop *loop)
{
	(void)loop;
	nb_guest_wrmsr(EOI, 0);
}

NB_BENCH_DEFINE(guest, nested_eoi, op, nb_bench_no_prepare,
		.expect = NB_EXPECT_STAT("nested_run", 1), .setup = setup,
		.teardown = nested_close);
