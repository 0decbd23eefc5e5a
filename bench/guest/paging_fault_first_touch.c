/* SPDX-License-Identifier: Apache-2.0 */
#include "paging.h"

/*
 * The guest's own page fault: a write to a page that is not present, whose handler maps it, up to
 * the completed write. No hypervisor with EPT or NPT has a part in it.
 */
enum { TOUCHES = 240 }; /* with the warm-up's no more than pages of the window, emptied by SETUP */

static void handle(struct nb_guest_frame *frame, struct nb_loop *loop)
{
	uint64_t index = loop->state[0] - 1;

	(void)frame;
	loop->state[1]++;
	*nb_guest_window_entry((unsigned)index) =
		nb_guest_window_memory((unsigned)index) | PAGING_WRITE;
}

static const char *setup(struct nb_loop *loop)
{
	(void)loop;
	nb_guest_handle(PAGING_PF, handle);
	return 0;
}

static inline void op(struct nb_loop *loop)
{
	paging_store(paging_window(loop->state[0]++), 1);
	if (loop->state[1] != loop->state[0])
		nb_bench_fail(loop, "page faults that did not come",
			      loop->state[0] - loop->state[1], loop->state[0]);
}

NB_BENCH_DEFINE(guest, paging_fault_first_touch, op, nb_bench_no_prepare, .expect = NB_EXPECT(0),
		.setup = setup, .rings = NB_RING_BOTH, .batch = 1, .samples_max = TOUCHES);
