/* SPDX-License-Identifier: Apache-2.0 */
#include "nested_inner.h"
#include "paging.h"

/*
 * A page that our own stage 2 lacks: the exit, the entry that we make there, and the store that
 * runs again and faults once more, at the hypervisor below alone, which has to translate ours.
 *
 * Each sample begins with the window empty but for one page, and that costs two more exits before
 * it: what the hypervisor below does with our entry depends on how many others the table has (KVM
 * looks at each when it synchronizes its copy) and on whether it has noticed an earlier write to
 * the table since the flush.
 */
enum { FIRST, MEASURED };

static void exited(struct nb_loop *loop, enum nb_nested_reason reason)
{
	if (reason == NB_INNER_PAGE) {
		nb_nested_window_map(nb_nested_address());
		return;
	}
	if (reason == NB_INNER_HYPERCALL)
		nb_nested_window_unmap();
	nested_skip_if(loop, reason, NB_INNER_HYPERCALL, NESTED_LENGTH_HYPERCALL);
}

static const char *setup(struct nb_loop *loop)
{
	const char *reason = nested_open(loop, exited);

	if (reason)
		return reason;
	loop->state[0] = nb_guest_mailbox()->cpu;
	nb_nested_window_open();
	return 0;
}

static inline void prepare(struct nb_loop *loop)
{
	nb_nested_hypercall(loop->state[0], 0);
	paging_store(paging_window(FIRST), 1);
}

static inline void op(struct nb_loop *loop)
{
	(void)loop;
	paging_store(paging_window(MEASURED), 1);
}

NB_BENCH_DEFINE(guest, nested_page_violation, op, prepare,
		.expect = NB_EXPECT_STAT("nested_run", 3), .setup = setup, .teardown = nested_close,
		.batch = 1);
