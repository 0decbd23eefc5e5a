/* SPDX-License-Identifier: Apache-2.0 */
#include "nestbench/bench.h"

#include "memory.h"

/*
 * The first write to a page of anonymous memory: a page fault in which the kernel finds a page,
 * clears it and maps it. Pages are taken away again outside of the time, and so mostly are ones
 * that the hypervisor has given this machine already; user mode cannot tell.
 */

enum { PAGES_4K = 2048, PAGES_2M = 16 };

enum kept { KEPT_MEMORY, KEPT_NEXT };

static uint64_t pages(const struct nb_loop *loop)
{
	return loop->arg == NB_MEMORY_2M ? PAGES_2M : PAGES_4K;
}

static const char *setup(struct nb_loop *loop)
{
	uint8_t *memory;
	const char *reason;

	if (loop->kept[KEPT_MEMORY])
		return NULL;
	nb_memory_unlock_later();
	reason = nb_memory_map(pages(loop) * loop->arg, loop->arg, &memory);
	loop->kept[KEPT_MEMORY] = (uintptr_t)memory;
	return reason;
}

/* The page before this one says whether the kernel still has huge ones to give. */
static void prepare(struct nb_loop *loop)
{
	uint8_t *memory = (uint8_t *)loop->kept[KEPT_MEMORY];
	uint64_t next = loop->kept[KEPT_NEXT];

	if (loop->arg == NB_MEMORY_2M && next > 0 &&
	    !nb_memory_is_huge(memory + (next - 1) * NB_MEMORY_2M))
		nb_bench_fail(loop,
			      "first touches that were given a small page: memory is "
			      "fragmented",
			      1, next);
	if (next < pages(loop))
		return;
	if (nb_memory_drop(memory, pages(loop) * loop->arg) < 0)
		nb_bench_fail(loop, "pages that could not be taken away", next, next);
	loop->kept[KEPT_NEXT] = 0;
}

static inline void op(struct nb_loop *loop)
{
	uint64_t next = loop->kept[KEPT_NEXT]++;

	*(volatile uint8_t *)(loop->kept[KEPT_MEMORY] + next * loop->arg) = 1;
}

NB_BENCH_DEFINE(user, paging_fault_first_touch, op, prepare, .setup = setup, .batch = 1,
		.variants = { { .params = "page=4k", .arg = NB_MEMORY_4K },
			      { .params = "page=2m", .arg = NB_MEMORY_2M } },
		.variant_count = 2);
