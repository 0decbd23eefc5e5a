/* SPDX-License-Identifier: Apache-2.0 */
#include <time.h>

#include "run_private.h"

enum { ATTEMPTS = 5 };

/*
 * The pair of readings that lie closest together out of a few: an interrupt between them would
 * make the rate wrong. The raw clock is read between two readings of the counter.
 */
struct nb_run_instant nb_run_clock_now(void)
{
	struct nb_run_instant best = { 0 };
	uint64_t best_gap = UINT64_MAX;

	for (int i = 0; i < ATTEMPTS; i++) {
		struct timespec raw;
		uint64_t before = nb_bench_clock();
		uint64_t gap;

		clock_gettime(CLOCK_MONOTONIC_RAW, &raw);
		gap = nb_bench_clock() - before;
		if (gap < best_gap) {
			best_gap = gap;
			best.ticks = before + gap / 2;
			best.raw_ns = (double)raw.tv_sec * 1e9 + (double)raw.tv_nsec;
		}
	}
	return best;
}

double nb_run_clock_raw_ns(void)
{
	struct timespec raw;

	clock_gettime(CLOCK_MONOTONIC_RAW, &raw);
	return (double)raw.tv_sec * 1e9 + (double)raw.tv_nsec;
}

double nb_run_clock_rate(const struct nb_run_instant *from, const struct nb_run_instant *to)
{
	return (double)(to->ticks - from->ticks) / (to->raw_ns - from->raw_ns) * 1e9;
}
