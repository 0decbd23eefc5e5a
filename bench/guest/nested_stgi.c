/* SPDX-License-Identifier: Apache-2.0 */
#include "nested_outer.h"

/*
 * Global interrupt flag on again, which it is not before: by another exit, outside of the time.
 * Neither exits where the hypervisor below has a virtual GIF.
 */
static inline void prepare(struct nb_loop *loop)
{
	(void)loop;
	nb_svm_clgi();
}

static inline void op(struct nb_loop *loop)
{
	(void)loop;
	nb_svm_stgi();
}

NB_BENCH_DEFINE(guest, nested_stgi, op, prepare, .expect = NB_EXPECT_VENDOR(0, 0, 2, 0),
		.setup = nested_outer_open, .teardown = nested_close, .batch = 1);
