/* SPDX-License-Identifier: Apache-2.0 */
#include "nested_inner.h"

/*
 * A write of IA32_FS_BASE, which every hypervisor lets its guests have: passed through by ours, it
 * must not exit to us. nb_variant.arg: the MSR to intercept. The same value, which both have.
 */
#define FS_BASE 0xc0000100u

enum { VALUE, EXITS, EXITS_BEFORE, SAMPLES };

static void exited(struct nb_loop *loop, enum nb_nested_reason reason)
{
	loop->state[EXITS]++;
	if (loop->arg)
		nested_skip_if(loop, reason, NB_INNER_MSR, NESTED_LENGTH_MSR);
	else
		nb_nested_unexpected(loop, reason);
}

static const char *setup(struct nb_loop *loop)
{
	loop->state[VALUE] = nb_guest_rdmsr(FS_BASE);
	return nested_open_msr((uint32_t)loop->arg, exited);
}

/* The expected count allows both, since it is for both variants: which one it was is seen here. */
static inline void prepare(struct nb_loop *loop)
{
	const volatile uint64_t *state = loop->state;
	uint64_t exits = state[EXITS];

	if (loop->arg && loop->state[SAMPLES]++ > 0 && exits == loop->state[EXITS_BEFORE])
		nb_bench_fail(loop, "intercepted writes that did not exit", 1, 1);
	loop->state[EXITS_BEFORE] = exits;
}

static inline void op(struct nb_loop *loop)
{
	nb_guest_wrmsr(FS_BASE, loop->state[VALUE]);
}

NB_BENCH_DEFINE(guest, nested_roundtrip_msr, op, prepare,
		.expect = { "nested_run", { 1, 0 }, { 1, 0 } }, .setup = setup,
		.teardown = nested_close,
		.variants = { { .params = "access=intercepted", .arg = FS_BASE },
			      { .params = "access=passed" } },
		.variant_count = 2);
