/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "nestbench/bench.h"

#include "moment.h"
#include "threads.h"

/*
 * From the wake-up on one CPU to the first instruction of the thread on another. target=idle: it
 * sleeps in futex(2), its CPU with it, so that this takes an interrupt, an end of idleness and a
 * context switch. target=spinning: it reads the word in a loop, so that no kernel and no interrupt
 * takes part: what remains is how a cache line changes hands.
 */

enum target { IDLE, SPINNING };
enum state { STATE_THREADS };
enum kept { KEPT_RATE, KEPT_ARRIVAL };

/* The thread is asleep by then; hypervisors and idle loops that poll first often still do. */
enum { ASLEEP_NS = 100000, TRIES = 100 };

struct arrival {
	_Alignas(64) uint64_t ns; /* the thread's, until it has answered */
};

static void arrive(void *shared)
{
	struct arrival *arrival = shared;

	arrival->ns = nb_moment_ns();
}

static const char *setup(struct nb_loop *loop)
{
	struct nb_threads_work work = { .code = arrive, .asleep = loop->arg == IDLE };
	struct nb_threads *threads = NULL;
	const char *reason;

	if (loop->kept[KEPT_RATE] == 0) {
		loop->kept[KEPT_RATE] = nb_moment_rate();
		loop->kept[KEPT_ARRIVAL] =
			(uintptr_t)aligned_alloc(_Alignof(struct arrival), sizeof(struct arrival));
	}
	work.shared = (void *)loop->kept[KEPT_ARRIVAL];
	if (!work.shared)
		return "no memory";
	if (loop->null)
		return NULL;
	reason = nb_threads_start(&threads, 1, &work);
	loop->state[STATE_THREADS] = (uintptr_t)threads;
	return reason;
}

static void teardown(struct nb_loop *loop)
{
	nb_threads_end((struct nb_threads *)loop->state[STATE_THREADS]);
}

static void pass_time(uint64_t ns)
{
	uint64_t start = nb_moment_ns();

	while (nb_moment_ns() - start < ns)
		;
}

/* How long a call took to arrive; false if it found the thread awake, or failed. */
static bool call(struct nb_loop *loop, uint64_t *ns)
{
	struct nb_threads *threads = (struct nb_threads *)loop->state[STATE_THREADS];
	const struct arrival *arrival = threads->work.shared;
	unsigned woken;
	uint64_t start;

	if (loop->arg == IDLE)
		pass_time(ASLEEP_NS);
	start = nb_moment_ns();
	woken = nb_threads_call(threads);
	if (!nb_threads_answered(threads, loop))
		return false;
	if (arrival->ns < start)
		nb_bench_fail(loop,
			      "wake-ups before they were sent: CLOCK_MONOTONIC differs "
			      "between CPUs",
			      1, 1);
	*ns = arrival->ns - start;
	return (woken == 1 || loop->arg == SPINNING) && !loop->failure;
}

/* The empty operation is two readings of the clock in a row. */
static uint64_t sample(struct nb_loop *loop)
{
	uint64_t start = nb_moment_ns();
	uint64_t ns = nb_moment_ns() - start;

	if (loop->null)
		return nb_moment_ticks(ns, loop->kept[KEPT_RATE]);
	for (int i = 0; i < TRIES && !loop->failure; i++) {
		if (call(loop, &ns))
			return nb_moment_ticks(ns, loop->kept[KEPT_RATE]);
	}
	nb_bench_fail(loop, "wake-ups that found the thread awake", TRIES, TRIES);
	return 0;
}

NB_BENCH_DEFINE_SAMPLED(user, irq_futex_wake, sample, .setup = setup, .teardown = teardown,
			.own_null = 1,
			.variants = { { .params = "target=idle", .arg = IDLE },
				      { .params = "target=spinning", .arg = SPINNING } },
			.variant_count = 2);
