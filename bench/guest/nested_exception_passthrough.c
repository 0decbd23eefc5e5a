/* SPDX-License-Identifier: Apache-2.0 */
#include "exc.h"
#include "nested_inner.h"

/*
 * A page fault of the inner guest, which is its own: as exc_pf with cause=not_present, and without
 * a single exit to our own hypervisor it has to cost the same. Without stage 2, too, where the
 * hypervisor below has one: the inner guest's addresses are then ours, and its translations apply.
 */
static const char *setup(struct nb_loop *loop)
{
	nb_guest_catch(EXC_PF);
	return nested_open(loop, nb_nested_unexpected);
}

static inline uint64_t sample(struct nb_loop *loop)
{
	return exc_sample(loop, exc_store);
}

NB_BENCH_DEFINE_SAMPLED(guest, nested_exception_passthrough, sample,
			.expect = NB_EXPECT_STAT("nested_run", 0), .setup = setup,
			.teardown = nested_close,
			.variants = { { .params = "stage2=off,to=handler", .arg = NESTED_FLAT },
				      { .params = "stage2=off,to=return",
					.arg = NESTED_FLAT | EXC_TO_RETURN },
				      { .params = "stage2=on,to=handler", .arg = EXC_TO_HANDLER },
				      { .params = "stage2=on,to=return", .arg = EXC_TO_RETURN } },
			.variant_count = 4);
