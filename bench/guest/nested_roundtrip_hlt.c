/* SPDX-License-Identifier: Apache-2.0 */
#include "nested_inner.h"

/* Our own hypervisor has nobody else to run and lets its guest go on at once. */
static void exited(struct nb_loop *loop, enum nb_nested_reason reason)
{
	nested_skip_if(loop, reason, NB_INNER_HLT, NESTED_LENGTH_HLT);
}

static const char *setup(struct nb_loop *loop)
{
	return nested_open(loop, exited);
}

static inline void op(struct nb_loop *loop)
{
	(void)loop;
	__asm__ volatile("hlt" : : : "memory");
}

NB_BENCH_DEFINE(guest, nested_roundtrip_hlt, op, nb_bench_no_prepare,
		.expect = NB_EXPECT_STAT("nested_run", 1), .setup = setup,
		.teardown = nested_close);
