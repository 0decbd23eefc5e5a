/* SPDX-License-Identifier: Apache-2.0 */
#include "nested_inner.h"

/* The leaves that our own hypervisor answers with are nobody's. */
static void exited(struct nb_loop *loop, enum nb_nested_reason reason)
{
	nested_skip_if(loop, reason, NB_INNER_CPUID, NESTED_LENGTH_CPUID);
}

static const char *setup(struct nb_loop *loop)
{
	return nested_open(loop, exited);
}

static inline void op(struct nb_loop *loop)
{
	(void)loop;
	nb_cpuid(0);
}

NB_BENCH_DEFINE(guest, nested_roundtrip_cpuid, op, nb_bench_no_prepare,
		.expect = NB_EXPECT_STAT("nested_run", 1), .setup = setup, .teardown = nested_close,
		NESTED_VARIANTS);
