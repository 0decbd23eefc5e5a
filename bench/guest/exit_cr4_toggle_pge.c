/* SPDX-License-Identifier: Apache-2.0 */
#include "nestbench/guest.h"

/* Intel: the guest owns CR4.PGE with EPT since Linux 2.6.35; AMD intercepts every write to CR4. */
enum { CR4_PGE = 1 << 7 };

static const char *setup(struct nb_loop *loop)
{
	loop->state[0] = nb_guest_read_cr4();
	return 0;
}

static void teardown(struct nb_loop *loop)
{
	nb_guest_write_cr4(loop->state[0] & ~(uint64_t)CR4_PGE);
}

static inline void op(struct nb_loop *loop)
{
	loop->state[0] ^= CR4_PGE;
	nb_guest_write_cr4(loop->state[0]);
}

NB_BENCH_DEFINE(guest, exit_cr4_toggle_pge, op, nb_bench_no_prepare,
		.expect = NB_EXPECT_VENDOR(0, 1, 1, 1), .setup = setup, .teardown = teardown);
