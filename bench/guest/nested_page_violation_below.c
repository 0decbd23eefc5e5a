/* SPDX-License-Identifier: Apache-2.0 */
#include "nested_inner.h"
#include "paging_cold.h"

/*
 * A page that our own stage 2 has, and of which the hypervisor below knows nothing: its affair
 * alone. As in paging_stage2_fault, one level deeper.
 */
static const char *setup(struct nb_loop *loop)
{
	paging_cold_setup(loop);
	return nested_open_msr(0, nb_nested_unexpected);
}

NB_BENCH_DEFINE(guest, nested_page_violation_below, paging_cold_store, nb_bench_no_prepare,
		.expect = NB_EXPECT_STAT("pf_taken", 1), .setup = setup, .teardown = nested_close,
		PAGING_COLD_VARIANTS);
