/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_USER_CROWD_H
#define NB_USER_CROWD_H

#include "reason.h"
#include "threads.h"

/*
 * For what costs more the more CPUs this process runs on: threads that spin on none, one or all of
 * the other CPUs. Machines of any size have the first two in common. The threads are in state[0].
 */
enum nb_crowd { NB_CROWD_1, NB_CROWD_2, NB_CROWD_ALL };

static inline const char *nb_crowd_start(struct nb_loop *loop, enum nb_crowd crowd,
					 const struct nb_threads_work *work)
{
	static const int wanted[] = {
		[NB_CROWD_1] = 0, [NB_CROWD_2] = 1, [NB_CROWD_ALL] = NB_THREADS_ALL
	};
	struct nb_threads *threads = NULL;
	const char *reason = nb_threads_start(&threads, wanted[crowd], work);

	loop->state[0] = (uintptr_t)threads;
	if (!reason && crowd == NB_CROWD_ALL && threads->count < 2)
		return nb_reason("needs more than 2 CPUs that this process may use; there are %u",
				 threads->count + 1);
	return reason;
}

/* Before a sample: each of them runs its work, and so runs at all. */
static inline bool nb_crowd_meet(struct nb_loop *loop)
{
	struct nb_threads *threads = (struct nb_threads *)loop->state[0];

	(void)nb_threads_call(threads);
	return nb_threads_answered(threads, loop);
}

static inline void nb_crowd_end(struct nb_loop *loop)
{
	nb_threads_end((struct nb_threads *)loop->state[0]);
}

#endif
