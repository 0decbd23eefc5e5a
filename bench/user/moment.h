/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_USER_MOMENT_H
#define NB_USER_MOMENT_H

#include <stdint.h>
#include <time.h>

#include "nestbench/bench.h"

/*
 * CLOCK_MONOTONIC, for what begins on one CPU and ends on another, or begins when a timer is due:
 * the kernel answers for it being one clock for all CPUs. Samples are in ticks of the time stamp
 * counter, so that a rate belongs to it:
 *
 *	rate = nb_moment_rate();
 *	ticks = nb_moment_ticks(after_ns - before_ns, rate);
 */
enum { NB_MOMENT_SPAN_NS = 1 << 20, NB_MOMENT_TRIES = 8 };

static inline uint64_t nb_moment_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

struct nb_moment {
	uint64_t ns, ticks;
};

/* Both clocks at once: of some readings that between whose ends the least time passed. */
static inline struct nb_moment nb_moment_both(void)
{
	struct nb_moment best = { 0, 0 };
	uint64_t narrowest = UINT64_MAX;

	for (int i = 0; i < NB_MOMENT_TRIES; i++) {
		uint64_t before = nb_bench_clock();
		uint64_t ns = nb_moment_ns();
		uint64_t width = nb_bench_clock() - before;

		if (width >= narrowest)
			continue;
		narrowest = width;
		best.ns = ns;
		best.ticks = before + width / 2;
	}
	return best;
}

/* Ticks in NB_MOMENT_SPAN_NS; takes as long. A stall meanwhile does no harm. */
static inline uint64_t nb_moment_rate(void)
{
	struct nb_moment from = nb_moment_both();
	struct nb_moment to;

	do
		to = nb_moment_both();
	while (to.ns - from.ns < NB_MOMENT_SPAN_NS);
	return (to.ticks - from.ticks) * NB_MOMENT_SPAN_NS / (to.ns - from.ns);
}

/* Good for times up to half an hour. */
static inline uint64_t nb_moment_ticks(uint64_t ns, uint64_t rate)
{
	return ns * rate / NB_MOMENT_SPAN_NS;
}

#endif
