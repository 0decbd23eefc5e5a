/* SPDX-License-Identifier: Apache-2.0 */
#include "nested_inner.h"

/* To our own hypervisor and back: the bare round trip, the first thing to look at. */
static void exited(struct nb_loop *loop, enum nb_nested_reason reason)
{
	nested_skip_if(loop, reason, NB_INNER_HYPERCALL, NESTED_LENGTH_HYPERCALL);
}

static const char *setup(struct nb_loop *loop)
{
	loop->state[0] = nb_guest_mailbox()->cpu;
	return nested_open(loop, exited);
}

static inline void op(struct nb_loop *loop)
{
	nb_nested_hypercall(loop->state[0], 0);
}

NB_BENCH_DEFINE(guest, nested_roundtrip_hypercall, op, nb_bench_no_prepare,
		.expect = NB_EXPECT_STAT("nested_run", 1), .setup = setup, .teardown = nested_close,
		NESTED_VARIANTS);
