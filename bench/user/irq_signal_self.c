/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>
#include <signal.h>

#include "nestbench/bench.h"

/*
 * From a thread's signal to itself to the first instruction of its handler. Sent by
 * pthread_sigqueue(3), which does what pthread_kill(3) does and carries a pointer as well.
 */

enum state { STATE_STAMP, STATE_HANDLED, STATE_SENT };

static void handle(int number, siginfo_t *info, void *context)
{
	uint64_t stamp = nb_bench_clock();
	struct nb_loop *loop = info->si_value.sival_ptr;

	(void)number;
	(void)context;
	loop->state[STATE_STAMP] = stamp;
	loop->state[STATE_HANDLED]++;
}

static const char *setup(struct nb_loop *loop)
{
	struct sigaction action = { .sa_sigaction = handle, .sa_flags = SA_SIGINFO };
	sigset_t set;

	(void)loop;
	sigemptyset(&action.sa_mask);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	if (sigaction(SIGUSR1, &action, NULL) < 0 || sigprocmask(SIG_UNBLOCK, &set, NULL) < 0)
		return "the kernel refused a signal handler";
	return NULL;
}

static void teardown(struct nb_loop *loop)
{
	(void)loop;
	(void)signal(SIGUSR1, SIG_DFL);
}

/* A signal to oneself is delivered before the call that sends it returns (signal(7), kill(2)). */
static uint64_t sample(struct nb_loop *loop)
{
	union sigval value = { .sival_ptr = loop };
	volatile uint64_t *state = loop->state;
	uint64_t sent = ++state[STATE_SENT];
	uint64_t start = nb_bench_clock();
	int code = pthread_sigqueue(pthread_self(), SIGUSR1, value);

	if (code != 0 || state[STATE_HANDLED] != sent) {
		nb_bench_fail(loop, "signals that were lost or came twice", 1, sent);
		return 0;
	}
	return state[STATE_STAMP] - start;
}

NB_BENCH_DEFINE_SAMPLED(user, irq_signal_self, sample, .setup = setup, .teardown = teardown);
