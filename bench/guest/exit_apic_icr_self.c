/* SPDX-License-Identifier: Apache-2.0 */
#include "nestbench/guest.h"

/*
 * The interrupt stays pending, since interrupts are off; sending it again changes nothing. With
 * IPI virtualization or AVIC the write does not exit.
 */
static const char *setup(struct nb_loop *loop)
{
	nb_guest_apic_enable(loop->arg);
	return 0;
}

static void teardown(struct nb_loop *loop)
{
	(void)loop;
	nb_guest_drain();
}

static inline void op(struct nb_loop *loop)
{
	if (loop->arg == NB_APIC_X2APIC)
		nb_guest_wrmsr(NB_MSR_X2APIC + NB_APIC_ICR / 16, NB_APIC_SELF | NB_VECTOR_IPI);
	else
		nb_guest_mmio_write32(NB_XAPIC_BASE + NB_APIC_ICR, NB_APIC_SELF | NB_VECTOR_IPI);
}

NB_BENCH_DEFINE(
	guest, exit_apic_icr_self, op, nb_bench_no_prepare, .expect = NB_EXPECT_VENDOR(1, 0, 1, 0),
	.setup = setup, .teardown = teardown,
	.variants = { { .params = "apic=x2apic", .arg = NB_APIC_X2APIC, .needs = NB_NEED_X2APIC },
		      { .params = "apic=xapic", .arg = NB_APIC_XAPIC } },
	.variant_count = 2);
