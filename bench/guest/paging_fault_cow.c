/* SPDX-License-Identifier: Apache-2.0 */
#include "paging.h"

/*
 * Copy on write: a write to a page that is mapped read-only; the handler copies its 4 KiB to
 * another page, maps that writable, invalidates the old translation and goes back.
 */
enum { TOUCHES = 240, COPIES = 7 }; /* as in fault_first_touch; page 0 of the memory is shared */

static void copy_page(uint64_t target, uint64_t source)
{
	uint64_t count = PAGING_PAGE / sizeof(uint64_t);

	__asm__ volatile("rep movsq" : "+D"(target), "+S"(source), "+c"(count) : : "memory");
}

static void handle(struct nb_guest_frame *frame, struct nb_loop *loop)
{
	uint64_t index = loop->state[0] - 1;
	uint64_t copy = nb_guest_window_memory(1 + (unsigned)(index % COPIES));

	(void)frame;
	loop->state[1]++;
	copy_page(copy, nb_guest_window_memory(0));
	*nb_guest_window_entry((unsigned)index) = copy | PAGING_WRITE;
	paging_invlpg(paging_window(index));
}

static const char *setup(struct nb_loop *loop)
{
	(void)loop;
	for (unsigned i = 0; i < PAGING_WINDOW; i++)
		*nb_guest_window_entry(i) = nb_guest_window_memory(0) | PAGING_READ;
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

NB_BENCH_DEFINE(guest, paging_fault_cow, op, nb_bench_no_prepare, .expect = NB_EXPECT(0),
		.setup = setup, .rings = NB_RING_3, .batch = 1, .samples_max = TOUCHES);
