/* SPDX-License-Identifier: Apache-2.0 */
#include "nestbench/guest.h"

/* Intel: Linux 6.4 and newer (and some stable kernels) lets the guest own CR0.WP with EPT; older
 * kernels intercept it. */
enum { CR0_WP = 1 << 16 };

static const char *setup(struct nb_loop *loop)
{
	loop->state[0] = nb_guest_read_cr0();
	return 0;
}

static void teardown(struct nb_loop *loop)
{
	nb_guest_write_cr0(loop->state[0] | CR0_WP);
}

static inline void op(struct nb_loop *loop)
{
	loop->state[0] ^= CR0_WP;
	nb_guest_write_cr0(loop->state[0]);
}

NB_BENCH_DEFINE(guest, exit_cr0_toggle_wp, op, nb_bench_no_prepare,
		.expect = NB_EXPECT_VENDOR(1, 0, 1, 1), .setup = setup, .teardown = teardown);
