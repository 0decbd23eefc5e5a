/* SPDX-License-Identifier: Apache-2.0 */
#include "nested_outer.h"

/* An entry that the checks of the guest's state refuse: an exit to KVM, and none of its runs. */
static const char *setup(struct nb_loop *loop)
{
	const char *reason = nested_outer_open(loop);

	if (reason)
		return reason;
	nb_nested_spoil(0, true);
	return 0;
}

static void teardown(struct nb_loop *loop)
{
	nb_nested_spoil(0, false);
	nested_close(loop);
}

static inline void op(struct nb_loop *loop)
{
	enum nb_nested_reason reason = nb_nested_enter(0);

	if (reason != NB_INNER_REFUSED)
		nb_nested_unexpected(loop, reason);
}

NB_BENCH_DEFINE(guest, nested_entry_fail, op, nb_bench_no_prepare,
		.expect = NB_EXPECT_STAT("nested_run", 0), .setup = setup, .teardown = teardown);
