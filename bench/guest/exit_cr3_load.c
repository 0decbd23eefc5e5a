/* SPDX-License-Identifier: Apache-2.0 */
#include "nestbench/guest.h"

/* With EPT or NPT the guest owns CR3; with shadow paging every load exits. */
static const char *setup(struct nb_loop *loop)
{
	loop->state[0] = nb_guest_page_table(0);
	loop->state[1] = loop->arg ? loop->state[0] ^ nb_guest_page_table(1) : 0;
	return 0;
}

static void teardown(struct nb_loop *loop)
{
	(void)loop;
	nb_guest_write_cr3(nb_guest_page_table(0));
}

static inline void op(struct nb_loop *loop)
{
	loop->state[0] ^= loop->state[1];
	nb_guest_write_cr3(loop->state[0]);
}

NB_BENCH_DEFINE(guest, exit_cr3_load, op, nb_bench_no_prepare,
		.expect = NB_EXPECT_VENDOR(0, 1, 0, 1), .setup = setup, .teardown = teardown,
		.variants = { { .params = "root=alternating", .arg = 1 },
			      { .params = "root=same" } },
		.variant_count = 2);
