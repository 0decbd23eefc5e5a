/* SPDX-License-Identifier: Apache-2.0 */
#include "exc.h"
#include "nested_inner.h"

/*
 * An exception that our own hypervisor intercepts and steps over. The page of the #PF is absent in
 * the inner guest's page tables. nb_variant.arg: the vector.
 */
enum { LENGTH_UD2 = 2, LENGTH_STORE = 3 };

static void exited(struct nb_loop *loop, enum nb_nested_reason reason)
{
	if (reason == NB_INNER_EXCEPTION)
		nb_nested_move(loop->arg == EXC_PF ? LENGTH_STORE : LENGTH_UD2);
	else
		nb_nested_unexpected(loop, reason);
}

static const char *setup(struct nb_loop *loop)
{
	const struct nb_nested_config config = { .exited = exited,
						 .exceptions = UINT32_C(1) << loop->arg };

	return nb_nested_open(&config);
}

static inline void op(struct nb_loop *loop)
{
	if (loop->arg == EXC_PF)
		__asm__ volatile("movb $0, (%%rax)" : : "a"(NB_ABI_WINDOW_VIRTUAL) : "memory");
	else
		__asm__ volatile("ud2" : : : "memory");
}

NB_BENCH_DEFINE(guest, nested_roundtrip_exception, op, nb_bench_no_prepare,
		.expect = NB_EXPECT_STAT("nested_run", 1), .setup = setup, .teardown = nested_close,
		.variants = { { .params = "exception=pf", .arg = EXC_PF },
			      { .params = "exception=ud", .arg = EXC_UD } },
		.variant_count = 2);
