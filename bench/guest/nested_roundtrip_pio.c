/* SPDX-License-Identifier: Apache-2.0 */
#include "nested_inner.h"

/* The port takes whatever is written to it. Were it not intercepted, our VMM would be asked. */
static void exited(struct nb_loop *loop, enum nb_nested_reason reason)
{
	nested_skip_if(loop, reason, NB_INNER_IO, NESTED_LENGTH_OUT);
}

static const char *setup(struct nb_loop *loop)
{
	return nested_open(loop, exited);
}

/* By DX: the form that has one byte. */
static inline void op(struct nb_loop *loop)
{
	(void)loop;
	__asm__ volatile("outb %%al, %%dx" : : "a"(0), "d"((uint16_t)NB_ABI_PORT_USER) : "memory");
}

NB_BENCH_DEFINE(guest, nested_roundtrip_pio, op, nb_bench_no_prepare,
		.expect = NB_EXPECT_STAT("nested_run", 1), .setup = setup,
		.teardown = nested_close);
