/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_USER_THREADS_H
#define NB_USER_THREADS_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "nestbench/bench.h"

/*
 * Threads beside the measuring one, each alone on another CPU that the session may use. They spin,
 * or sleep in futex(2), until they are called; then each runs the code once and answers.
 *
 *	setup:    reason = nb_threads_start(&threads, 1, &(struct nb_threads_work){ touch, page });
 *	prepare:  nb_threads_call(threads);
 *		  if (!nb_threads_answered(threads, loop)) ...
 *	teardown: nb_threads_end(threads);
 *
 * They have the measuring thread's priority but never its CPU, so that neither waits for the other
 * to be scheduled away.
 */
enum { NB_THREADS_NONE = 0, NB_THREADS_ALL = -1 };

struct nb_threads_work {
	void (*code)(void *shared); /* NULL: the answer is all */
	void *shared;
	bool asleep; /* in futex(2) between calls, not spinning */
};

struct nb_thread {
	_Alignas(64) _Atomic uint32_t answer;
	struct nb_threads *threads;
	pthread_t thread;
};

struct nb_threads {
	_Alignas(64) _Atomic uint32_t call; /* what they wait for a change of */
	_Atomic bool over;
	_Alignas(64) struct nb_threads_work work;
	unsigned count;
	struct nb_thread each[];
};

/*
 * Starts wanted threads, or as many as there are other CPUs. Returns NULL, or why not; the caller
 * ends them. That they run shows in their first answer.
 */
const char *nb_threads_start(struct nb_threads **threads, int wanted,
			     const struct nb_threads_work *work);
/* How many of those who sleep were woken; 0 where they spin. */
unsigned nb_threads_call(struct nb_threads *threads);
/* Waits for all of them; false after a second, and then the loop has failed. */
bool nb_threads_answered(const struct nb_threads *threads, struct nb_loop *loop);
/* NULL is fine. */
void nb_threads_end(struct nb_threads *threads);

#endif
