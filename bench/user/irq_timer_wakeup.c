/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <sys/prctl.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "nestbench/bench.h"

#include "moment.h"

/*
 * How late a thread wakes up, as cyclictest measures it: it sleeps until an absolute time, and the
 * clock is read as soon as it runs again. The CPU's idle states are left as they are found, which
 * cyclictest does with --default-system.
 */

enum { NS_PER_US = 1000, NS_PER_S = 1000000000 };
enum { NANOSLEEP = 0, TIMERFD = 1 };

#define AFTER(us, how) ((uint64_t)(us)*NS_PER_US << 1 | (how))

enum state { STATE_FD, STATE_TAKEN, STATE_DEADLINE };
enum kept { KEPT_RATE };

static const char *setup(struct nb_loop *loop)
{
	int fd;

	if (loop->kept[KEPT_RATE] == 0)
		loop->kept[KEPT_RATE] = nb_moment_rate();
	/* Without a real-time priority the kernel may let a sleep last 50 us longer, to save power.
	 */
	(void)prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
	if ((loop->arg & 1) == NANOSLEEP)
		return NULL;
	fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	if (fd < 0)
		return "timerfd_create refused a timer";
	loop->state[STATE_FD] = (uint64_t)fd;
	return NULL;
}

static void teardown(struct nb_loop *loop)
{
	if ((loop->arg & 1) == TIMERFD)
		(void)close((int)loop->state[STATE_FD]);
}

static int sleep_until(const struct nb_loop *loop, uint64_t deadline)
{
	struct itimerspec timer = { .it_value = { (time_t)(deadline / NS_PER_S),
						  (long)(deadline % NS_PER_S) } };
	int fd = (int)loop->state[STATE_FD];
	uint64_t expired;
	int code;

	if ((loop->arg & 1) == TIMERFD)
		return timerfd_settime(fd, TFD_TIMER_ABSTIME, &timer, NULL) == 0 &&
				       read(fd, &expired, sizeof(expired)) == sizeof(expired)
			       ? 0
			       : -1;
	do
		code = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &timer.it_value, NULL);
	while (code == EINTR);
	return code == 0 ? 0 : -1;
}

/*
 * One interval after the one before, as cyclictest has it: the thread sleeps for less than an
 * interval, by what it was late the last time. From now where that has passed already.
 */
static uint64_t next_deadline(struct nb_loop *loop)
{
	uint64_t now = nb_moment_ns();
	uint64_t interval = loop->arg >> 1;

	loop->state[STATE_DEADLINE] += interval;
	if (loop->state[STATE_DEADLINE] <= now)
		loop->state[STATE_DEADLINE] = now + interval;
	return loop->state[STATE_DEADLINE];
}

static uint64_t sample(struct nb_loop *loop)
{
	uint64_t deadline = next_deadline(loop);
	int result = sleep_until(loop, deadline);
	uint64_t now = nb_moment_ns();

	loop->state[STATE_TAKEN]++;
	if (result < 0)
		nb_bench_fail(loop, "sleeps that the kernel refused", 1, loop->state[STATE_TAKEN]);
	else if (now < deadline)
		nb_bench_fail(loop, "wake-ups before their time", 1, loop->state[STATE_TAKEN]);
	return now < deadline ? 0 : nb_moment_ticks(now - deadline, loop->kept[KEPT_RATE]);
}

NB_BENCH_DEFINE_SAMPLED(
	user, irq_timer_wakeup, sample, .setup = setup, .teardown = teardown,
	.variants = { { .params = "after=100us,clock=nanosleep", .arg = AFTER(100, NANOSLEEP) },
		      { .params = "after=1ms,clock=nanosleep", .arg = AFTER(1000, NANOSLEEP) },
		      { .params = "after=100us,clock=timerfd", .arg = AFTER(100, TIMERFD) },
		      { .params = "after=1ms,clock=timerfd", .arg = AFTER(1000, TIMERFD) } },
	.variant_count = 4);
