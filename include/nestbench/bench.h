/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_BENCH_H
#define NB_BENCH_H

#include <stddef.h>
#include <stdint.h>

#include "nestbench/descriptor.h"
#include "nestbench/instruction.h"

/*
 * What a benchmark is made of, in user mode and in the microguest alike (freestanding). A
 * benchmark is one file that ends with NB_BENCH_DEFINE, and one line in bench/bench.def:
 *
 *	static inline void op(struct nb_loop *loop)
 *	{
 *		(void)loop;
 *		nb_cpuid(0);
 *	}
 *
 *	NB_BENCH_DEFINE(user, exit_cpuid, op, nb_bench_no_prepare, .expect = NB_EXPECT(1));
 *
 * The operation is compiled into the timed loop: no call lies between the two clock readings.
 */

/*
 * Ticks of the time stamp counter. The first fence keeps the clock from being read before all
 * earlier instructions are done, the second keeps later ones from starting before it (Intel SDM,
 * volume 2, RDTSC; AMD APM volume 3 with LFENCE serialising, as Linux sets it up). Not RDTSCP:
 * some hypervisors cannot run it in ring 0.
 */
static inline uint64_t nb_bench_clock(void)
{
	uint32_t low, high;

	__asm__ volatile("lfence\n\trdtsc\n\tlfence" : "=a"(low), "=d"(high) : : "memory");
	return (uint64_t)high << 32 | low;
}

static inline void nb_bench_no_prepare(struct nb_loop *loop)
{
	(void)loop;
}

/*
 * prepare runs before every sample and outside of the time; an operation that needs one must cost
 * more than the 50 cycles below which samples become batches, or state its batch. The empty
 * assembly keeps the compiler from dropping the loop around an empty operation.
 */
#define NB_BENCH_DEFINE(vantage, id, op, prepare, ...)                                   \
	static void id##_timed(struct nb_loop *loop)                                     \
	{                                                                                \
		for (uint64_t i = 0; i < loop->count && !loop->failure; i++) {           \
			prepare(loop);                                                   \
			uint64_t start = nb_bench_clock();                               \
			for (uint64_t n = loop->batch; n > 0; n--) {                     \
				op(loop);                                                \
				__asm__ volatile("" : : : "memory");                     \
			}                                                                \
			loop->samples[i] = nb_bench_clock() - start;                     \
		}                                                                        \
	}                                                                                \
	static void id##_untimed(struct nb_loop *loop)                                   \
	{                                                                                \
		for (uint64_t n = loop->count * loop->batch; n > 0 && !loop->failure;) { \
			prepare(loop);                                                   \
			op(loop);                                                        \
			__asm__ volatile("" : : : "memory");                             \
			n--;                                                             \
		}                                                                        \
	}                                                                                \
	extern const struct nb_bench nb_bench_##vantage##_##id;                          \
	const struct nb_bench nb_bench_##vantage##_##id = { .timed = id##_timed,         \
							    .untimed = id##_untimed,     \
							    __VA_ARGS__ }

/*
 * For what begins or ends elsewhere than around a call, such as on another CPU: sample(loop)
 * returns the ticks itself, each a sample of one operation, or sets loop->failure.
 */
#define NB_BENCH_DEFINE_SAMPLED(vantage, id, sample, ...)                        \
	static void id##_timed(struct nb_loop *loop)                             \
	{                                                                        \
		for (uint64_t i = 0; i < loop->count && !loop->failure; i++)     \
			loop->samples[i] = sample(loop);                         \
	}                                                                        \
	extern const struct nb_bench nb_bench_##vantage##_##id;                  \
	const struct nb_bench nb_bench_##vantage##_##id = { .timed = id##_timed, \
							    .batch = 1,          \
							    __VA_ARGS__ }

/* For a loop of its own, such as one with many operations under way: code fills the samples. */
#define NB_BENCH_DEFINE_LOOP(vantage, id, code, ...)            \
	extern const struct nb_bench nb_bench_##vantage##_##id; \
	const struct nb_bench nb_bench_##vantage##_##id = { .timed = (code), __VA_ARGS__ }

/*
 * A check that failed: so many of so many, which ends the loop and makes the round an error. what
 * is a text of the program.
 */
static inline void nb_bench_fail(struct nb_loop *loop, const char *what, uint64_t failed,
				 uint64_t total)
{
	if (loop->failure)
		return;
	loop->failed = failed;
	loop->total = total;
	loop->failure = what;
}

#endif
