/* SPDX-License-Identifier: Apache-2.0 */
#include "paging_cold.h"

/*
 * A write to a page of which the second level of translation knows nothing. In the guest's user
 * mode, so that it is a fault, too, where kernel mode is interpreted.
 */
static const char *setup(struct nb_loop *loop)
{
	paging_cold_setup(loop);
	return 0;
}

/* EPT violations and nested page faults are KVM's pf_taken (Linux, arch/x86/kvm/mmu). */
NB_BENCH_DEFINE(guest, paging_stage2_fault, paging_cold_store, nb_bench_no_prepare,
		.expect = NB_EXPECT_STAT("pf_taken", 1), .setup = setup, .rings = NB_RING_3,
		PAGING_COLD_VARIANTS);
