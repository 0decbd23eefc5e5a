/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_GUEST_PAGING_CHASE_H
#define NB_GUEST_PAGING_CHASE_H

#include "paging.h"

/*
 * Dependent loads along a chain of lines (nestbench/chain.h). kept[0] is the next line, of the
 * variant's chain or of the dense one that is its null.
 *
 * The walks have 16 384 lines, 1 MiB of cache, each in a translation of its own: 8 times what the
 * TLBs of current CPUs hold (1 536 second-level entries of Intel's Skylake server, 2 048 of Ice
 * Lake and of AMD's Zen 2: Intel 64 and IA-32 Architectures Optimization Reference Manual,
 * 248966, section 2; AMD Software Optimization Guide for Family 17h, 56305, section 2.7). The same
 * lines, dense, are 256 pages of 4 KiB, which all of those hold, or one of 2 MiB or of 1 GiB. A
 * page of 1 GiB takes a line every 16 MiB, since CPUs split it where the memory behind it has
 * smaller pages, as nested paging nearly always does.
 */
enum { CHASE_LOADS = 64 }; /* of a sample: a walk is about as long as reading the clock */

#define CHASE_LINES UINT64_C(16384)

static inline uint64_t chase(uint64_t at, uint64_t loads)
{
	for (; loads > 0; loads--)
		__asm__ volatile("movq (%0), %0" : "+r"(at) : : "memory");
	return at;
}

/* Once around: what a sample finds in caches does not depend on what was measured before it. */
static void chase_all(struct nb_loop *loop)
{
	uint64_t at = loop->kept[0];

	do
		at = chase(at, 1);
	while (at != loop->kept[0]);
}

static const char *chase_setup(struct nb_loop *loop)
{
	loop->kept[0] = loop->null ? nb_guest_mailbox()->chain_near : nb_guest_mailbox()->chain;
	paging_call(loop, chase_all);
	return 0;
}

/* Not made by NB_BENCH_DEFINE: the address must stay in a register from load to load. */
static void chase_timed(struct nb_loop *loop)
{
	uint64_t at = loop->kept[0];

	for (uint64_t i = 0; i < loop->count; i++) {
		uint64_t start = nb_bench_clock();

		at = chase(at, loop->batch);
		loop->samples[i] = nb_bench_clock() - start;
	}
	loop->kept[0] = at;
}

/* In ring 3 alone: a walk is the same in both rings. It never exits with EPT or NPT. */
#define CHASE_DEFINE(id, ...)                                                 \
	extern const struct nb_bench nb_bench_guest_##id;                     \
	const struct nb_bench nb_bench_guest_##id = { .timed = chase_timed,   \
						      .batch = CHASE_LOADS,   \
						      .rings = NB_RING_3,     \
						      .expect = NB_EXPECT(0), \
						      __VA_ARGS__ }

#endif
