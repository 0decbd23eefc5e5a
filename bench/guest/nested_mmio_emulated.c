/* SPDX-License-Identifier: Apache-2.0 */
#include "nested_inner.h"

/*
 * A write to a device of our own hypervisor: an address that its stage 2 lacks. Hypervisors decode
 * the instruction; ours knows it, takes the value out of ECX and steps over it, so what they pay
 * for the decoding comes on top.
 */
enum { LENGTH_STORE = 2, VALUE = 0x77 };

static void exited(struct nb_loop *loop, enum nb_nested_reason reason)
{
	if (reason != NB_INNER_PAGE || nb_nested_address() != NB_NESTED_WINDOW) {
		nb_nested_unexpected(loop, reason);
		return;
	}
	loop->state[0] = (uint32_t)nb_nested_registers()->rcx;
	if (loop->state[0] != VALUE)
		nb_bench_fail(loop, "writes that brought another value", 1, 1);
	nb_nested_move(LENGTH_STORE);
}

static const char *setup(struct nb_loop *loop)
{
	const char *reason = nested_open(loop, exited);

	if (reason)
		return reason;
	nb_nested_window_open();
	return 0;
}

static inline void op(struct nb_loop *loop)
{
	(void)loop;
	__asm__ volatile("movl %%ecx, (%%rdx)"
			 :
			 : "c"(VALUE), "d"(NB_ABI_WINDOW_VIRTUAL)
			 : "memory");
}

NB_BENCH_DEFINE(guest, nested_mmio_emulated, op, nb_bench_no_prepare,
		.expect = NB_EXPECT_STAT("nested_run", 1), .setup = setup,
		.teardown = nested_close);
