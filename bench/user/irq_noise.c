/* SPDX-License-Identifier: Apache-2.0 */
#include "nestbench/bench.h"

#include "gaps.h"
#include "moment.h"

/*
 * A loop that reads the clock, in windows of time: whatever takes the CPU away meanwhile leaves a
 * gap. Interrupts of this kernel do, and so do a hypervisor's and firmware's, of which no tracer
 * of this kernel knows (rtla's hwnoise, rt-tests' oslat). Other threads hardly do: the loop has a
 * real-time priority where the session may. value=longest: the longest gap of a window;
 * value=total: all of its gaps above the threshold together.
 */

enum { VALUE_LONGEST, VALUE_TOTAL };
enum kept { KEPT_RATE };

enum {
	/* Of the slowest timer tick that Linux offers (CONFIG_HZ=100): each window has one. */
	WINDOW_NS = 10000000,
	/* Fifty turns of the loop, a tenth of the shortest interrupt; oslat's first bucket. */
	THRESHOLD_NS = 1000,
	/* Windows of one command; a round has four. Warming up needs no more. */
	WINDOWS = 4,
};

static const char *setup(struct nb_loop *loop)
{
	if (loop->kept[KEPT_RATE] == 0)
		loop->kept[KEPT_RATE] = nb_moment_rate();
	return NULL;
}

/* Empty: nothing is subtracted, the loop's own turns are below the threshold. */
static uint64_t sample(struct nb_loop *loop)
{
	uint64_t window = nb_moment_ticks(WINDOW_NS, loop->kept[KEPT_RATE]);
	uint64_t threshold = nb_moment_ticks(THRESHOLD_NS, loop->kept[KEPT_RATE]);
	struct nb_gaps gaps = { 0, 0 };
	uint64_t start = nb_bench_clock();
	uint64_t last = start;

	if (loop->null)
		return 0;
	while (last - start < window) {
		uint64_t now = nb_bench_clock();

		nb_gaps_add(&gaps, now - last, threshold);
		last = now;
	}
	return loop->arg == VALUE_LONGEST ? gaps.longest : gaps.total;
}

NB_BENCH_DEFINE_SAMPLED(user, irq_noise, sample, .setup = setup, .own_null = 1,
			.samples_max = WINDOWS,
			.variants = { { .params = "value=longest", .arg = VALUE_LONGEST },
				      { .params = "value=total", .arg = VALUE_TOTAL } },
			.variant_count = 2);
