/* SPDX-License-Identifier: Apache-2.0 */
#include <sys/mman.h>

#include "nestbench/bench.h"

#include "crowd.h"
#include "memory.h"

/*
 * Taking a page of 4 KiB away (op=munmap) or the right to write to it (op=mprotect), while other
 * threads of the process run that have just used it: the kernel has each of their CPUs forget the
 * translation before the call returns. cpus=1 has no other thread: what the call itself costs.
 */

enum op { MUNMAP = 0, MPROTECT = 1 };

#define ARG(op, crowd) ((uint64_t)(crowd) << 1 | (op))

enum state { STATE_THREADS, STATE_PAGE };

static void touch(void *page)
{
	(void)*(volatile uint8_t *)page;
}

static const char *setup(struct nb_loop *loop)
{
	uint8_t *page;
	const char *reason = nb_memory_fenced_page(&page);

	if (reason)
		return reason;
	loop->state[STATE_PAGE] = (uintptr_t)page;
	return nb_crowd_start(loop, (enum nb_crowd)(loop->arg >> 1),
			      &(struct nb_threads_work){ .code = touch, .shared = page });
}

static void teardown(struct nb_loop *loop)
{
	nb_crowd_end(loop);
	nb_memory_free_fenced_page((void *)loop->state[STATE_PAGE]);
}

/* There, written to, and in the TLB of each CPU. */
static void prepare(struct nb_loop *loop)
{
	uint8_t *page = (uint8_t *)loop->state[STATE_PAGE];
	int result;

	if ((loop->arg & 1) == MPROTECT)
		result = mprotect(page, NB_MEMORY_4K, PROT_READ | PROT_WRITE);
	else
		result = nb_memory_map_page(page);
	if (result < 0) {
		nb_bench_fail(loop, "pages that the kernel refused", 1, 1);
		return;
	}
	*(volatile uint8_t *)page = 1;
	(void)nb_crowd_meet(loop);
}

static inline void op(struct nb_loop *loop)
{
	void *page = (void *)loop->state[STATE_PAGE];
	int result;

	if ((loop->arg & 1) == MPROTECT)
		result = mprotect(page, NB_MEMORY_4K, PROT_READ);
	else
		result = munmap(page, NB_MEMORY_4K);
	if (result < 0)
		nb_bench_fail(loop, "calls that the kernel refused", 1, 1);
}

NB_BENCH_DEFINE(user, irq_tlb_shootdown, op, prepare, .setup = setup, .teardown = teardown,
		.batch = 1,
		.variants = { { .params = "cpus=1,op=munmap", .arg = ARG(MUNMAP, NB_CROWD_1) },
			      { .params = "cpus=2,op=munmap",
				.arg = ARG(MUNMAP, NB_CROWD_2),
				.needs = NB_NEED_TWO_CPUS },
			      { .params = "cpus=all,op=munmap",
				.arg = ARG(MUNMAP, NB_CROWD_ALL),
				.needs = NB_NEED_TWO_CPUS },
			      { .params = "cpus=1,op=mprotect", .arg = ARG(MPROTECT, NB_CROWD_1) },
			      { .params = "cpus=2,op=mprotect",
				.arg = ARG(MPROTECT, NB_CROWD_2),
				.needs = NB_NEED_TWO_CPUS },
			      { .params = "cpus=all,op=mprotect",
				.arg = ARG(MPROTECT, NB_CROWD_ALL),
				.needs = NB_NEED_TWO_CPUS } },
		.variant_count = 6);
