/* SPDX-License-Identifier: Apache-2.0 */
#include "paging.h"

/*
 * From one page table root to another, each with a process-context identifier, whose
 * translations stay in the TLB (Intel SDM volume 3, section 4.10.4.1): how Linux switches between
 * processes.
 */
enum { CR4_PCIDE = 1 << 17, PCID_ONE = 1, PCID_TWO = 2 };

static const uint64_t keep_translations = UINT64_C(1) << 63;

static const char *setup(struct nb_loop *loop)
{
	uint64_t one = nb_guest_page_table(0) | PCID_ONE | keep_translations;
	uint64_t two = nb_guest_page_table(1) | PCID_TWO | keep_translations;

	nb_guest_write_cr4(nb_guest_read_cr4() | CR4_PCIDE);
	loop->state[0] = one;
	loop->state[1] = one ^ two;
	return 0;
}

/* Without PCIDs the low bits of CR3 mean something else, so they go first. */
static void teardown(struct nb_loop *loop)
{
	(void)loop;
	nb_guest_write_cr3(nb_guest_page_table(0));
	nb_guest_write_cr4(nb_guest_read_cr4() & ~(uint64_t)CR4_PCIDE);
}

static inline void op(struct nb_loop *loop)
{
	loop->state[0] ^= loop->state[1];
	nb_guest_write_cr3(loop->state[0]);
}

/* With shadow paging it exits. */
NB_BENCH_DEFINE(guest, paging_cr3_switch_pcid, op, nb_bench_no_prepare,
		.expect = NB_EXPECT_VENDOR(0, 1, 0, 1), .setup = setup, .teardown = teardown);
