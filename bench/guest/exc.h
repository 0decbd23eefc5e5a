/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_BENCH_GUEST_EXC_H
#define NB_BENCH_GUEST_EXC_H

#include <stdbool.h>

#include "nestbench/guest.h"

/*
 * What the exceptions of the microguest share. An operation raises one exception, between
 * EXC_RESUME and the label 1, where the shortest of handlers (nb_guest_catch) lets it go on:
 *
 *	__asm__ volatile(EXC_RESUME "ud2\n1:" : EXC_RESUME_OUT : : "memory");
 */
#define EXC_RESUME     "movq $1f, %[resume]\n\t"
#define EXC_RESUME_OUT [resume] "=m"(nb_guest_caught.resume)

/* Intel SDM volume 3, table 6-1. */
enum exc_vector {
	EXC_DE = 0,
	EXC_DB = 1,
	EXC_BP = 3,
	EXC_UD = 6,
	EXC_NM = 7,
	EXC_DF = 8,
	EXC_GP = 13,
	EXC_PF = 14,
	EXC_AC = 17,
};

/* nb_variant.arg: where a sample ends; higher bits are the benchmark's own. */
enum exc_end { EXC_TO_HANDLER = 0, EXC_TO_RETURN = 1 };

#define EXC_VARIANTS                                                     \
	.variants = { { .params = "to=handler", .arg = EXC_TO_HANDLER }, \
		      { .params = "to=return", .arg = EXC_TO_RETURN } }, \
	.variant_count = 2

/*
 * For a setup whose exception not every CPU, emulator or KVM raises: tries it in the ring that will
 * be measured.
 */
static inline bool exc_arrives(struct nb_loop *loop, nb_loop_code raise)
{
	uint64_t before = nb_guest_caught.count;

	if (nb_guest_mailbox()->flags & NB_ABI_RING3)
		nb_guest_call_ring3(raise, loop);
	else
		raise(loop);
	return nb_guest_caught.count - before == 1;
}

/* A store to the first page of the window, which has none unless a benchmark maps it. */
static inline void exc_store(struct nb_loop *loop)
{
	(void)loop;
	__asm__ volatile(EXC_RESUME "movb $0, (%[page])\n1:"
			 : EXC_RESUME_OUT
			 : [page] "r"(NB_ABI_WINDOW_VIRTUAL)
			 : "memory");
}

/*
 * One exception: ticks from right before the operation to the first instruction of the handler, or
 * to the instruction after. Nothing arrives for loop->null, nor is expected. Counts its samples in
 * loop->state[3]. Any ring. Always inline, so that no call is part of the time.
 */
static inline __attribute__((always_inline)) uint64_t exc_sample(struct nb_loop *loop,
								 nb_loop_code raise)
{
	uint64_t before = nb_guest_caught.count;
	uint64_t start, end;

	start = nb_bench_clock();
	raise(loop);
	end = nb_bench_clock();
	loop->state[3]++;
	if (nb_guest_caught.count - before != !loop->null)
		nb_bench_fail(loop, "exceptions that did not arrive just once", 1, loop->state[3]);
	if (loop->arg & EXC_TO_RETURN || loop->null)
		return end - start;
	return nb_guest_caught.stamp - start;
}

#endif
