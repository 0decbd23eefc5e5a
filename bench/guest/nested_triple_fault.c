/* SPDX-License-Identifier: Apache-2.0 */
#include "nested_outer.h"

/*
 * The worst that an inner guest can do: an exception without a descriptor table, which cannot be
 * delivered, and neither can the double fault. Its hypervisor is told, starts it anew, and nobody
 * else notices.
 */
static void fault(void)
{
	static const struct __attribute__((packed)) {
		uint16_t limit;
		uint64_t base;
	} none;

	__asm__ volatile("lidt %0\n\tud2" : : "m"(none) : "memory");
}

static const char *setup(struct nb_loop *loop)
{
	return nested_outer_open(loop);
}

static inline void prepare(struct nb_loop *loop)
{
	(void)loop;
	nb_nested_start(0, fault);
}

static inline void op(struct nb_loop *loop)
{
	enum nb_nested_reason reason = nb_nested_enter(0);

	if (reason != NB_INNER_SHUTDOWN)
		nb_nested_unexpected(loop, reason);
}

NB_BENCH_DEFINE(guest, nested_triple_fault, op, prepare, .expect = NB_EXPECT_STAT("nested_run", 1),
		.setup = setup, .teardown = nested_close, .batch = 1);
