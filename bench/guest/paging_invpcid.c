/* SPDX-License-Identifier: Apache-2.0 */
#include "paging.h"

/*
 * INVPCID (Intel SDM volume 2), and a load from a page that was in the TLB. It works without
 * CR4.PCIDE, too, with PCID 0.
 */
enum { ONE_ADDRESS = 0, ALL = 2 };

struct descriptor {
	uint64_t pcid, address;
};

static const char *setup(struct nb_loop *loop)
{
	loop->state[0] = 0;
	loop->state[1] = NB_ABI_WINDOW_VIRTUAL;
	*nb_guest_window_entry(0) = nb_guest_window_memory(0) | PAGING_WRITE;
	return 0;
}

static inline void op(struct nb_loop *loop)
{
	const struct descriptor descriptor = { loop->state[0], loop->state[1] };

	__asm__ volatile("invpcid %0, %1" : : "m"(descriptor), "r"(loop->arg) : "memory");
	(void)paging_load(NB_ABI_WINDOW_VIRTUAL);
}

/* With shadow paging it exits. */
NB_BENCH_DEFINE(guest, paging_invpcid, op, nb_bench_no_prepare,
		.absent = "this hypervisor offers INVPCID, but it faults",
		.expect = NB_EXPECT_VENDOR(0, 1, 0, 1), .setup = setup,
		.variants = { { .params = "what=address", .arg = ONE_ADDRESS },
			      { .params = "what=all", .arg = ALL } },
		.variant_count = 2);
