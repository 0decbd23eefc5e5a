/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <time.h>

#include "io_private.h"

static const uint64_t second_ns = 1000000000;

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * second_ns + (uint64_t)now.tv_nsec;
}

/*
 * The schedule is absolute, so that waking up late once does not slow it down; but what a slow I/O
 * cost is not made up for by a burst, since the rate is a maximum.
 */
uint64_t nb_io_pace_next(struct nb_io *io)
{
	uint64_t due;

	if (io->rate <= 0)
		return 0;
	due = now_ns();
	if (io->due_ns > due)
		due = io->due_ns;
	io->due_ns = due + (uint64_t)((double)second_ns / io->rate);
	return due;
}

uint64_t nb_io_pace_left(uint64_t due_ns)
{
	uint64_t now = due_ns ? now_ns() : 0;

	return due_ns > now ? due_ns - now : 0;
}

void nb_io_pace_until(uint64_t due_ns)
{
	struct timespec due = { .tv_sec = (time_t)(due_ns / second_ns),
				.tv_nsec = (long)(due_ns % second_ns) };

	if (due_ns == 0)
		return;
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL) == EINTR)
		;
}

void nb_io_pace(struct nb_io *io)
{
	nb_io_pace_until(nb_io_pace_next(io));
}
