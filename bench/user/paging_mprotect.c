/* SPDX-License-Identifier: Apache-2.0 */
#include <sys/mman.h>

#include "nestbench/bench.h"

#include "memory.h"

/*
 * mprotect(2) of one page of 4 KiB that is there and was written to. to=read takes the right to
 * write away, and with it the translation from the TLB; to=write gives it back.
 */

enum state { STATE_PAGE };

static const char *setup(struct nb_loop *loop)
{
	uint8_t *page = NULL;
	const char *reason = nb_memory_fenced_page(&page);

	loop->state[STATE_PAGE] = (uintptr_t)page;
	return reason;
}

static void teardown(struct nb_loop *loop)
{
	nb_memory_free_fenced_page((uint8_t *)loop->state[STATE_PAGE]);
}

static void protect(struct nb_loop *loop, int protection)
{
	if (mprotect((void *)loop->state[STATE_PAGE], NB_MEMORY_4K, protection) < 0)
		nb_bench_fail(loop, "calls that the kernel refused", 1, 1);
}

/* The other one of the two, and the page in use. */
static void prepare(struct nb_loop *loop)
{
	volatile uint8_t *page = (uint8_t *)loop->state[STATE_PAGE];

	protect(loop, PROT_READ | PROT_WRITE);
	*page = 1;
	if (loop->arg & PROT_WRITE)
		protect(loop, PROT_READ);
	(void)*page;
}

static inline void op(struct nb_loop *loop)
{
	protect(loop, (int)loop->arg);
}

NB_BENCH_DEFINE(user, paging_mprotect, op, prepare, .setup = setup, .teardown = teardown,
		.batch = 1,
		.variants = { { .params = "to=read", .arg = PROT_READ },
			      { .params = "to=write", .arg = PROT_READ | PROT_WRITE } },
		.variant_count = 2);
