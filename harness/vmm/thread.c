/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <sched.h>
#include <string.h>

#include "vmm_private.h"

/* Little, since the runner locks all memory, and a locked stack is filled at once. */
enum { STACK_SIZE = 256 << 10 };

/* A thread never gets off its CPU, not even for its first instruction. */
static int create(pthread_t *thread, int cpu, void *(*code)(void *), void *context)
{
	size_t size = CPU_ALLOC_SIZE((size_t)cpu + 1);
	cpu_set_t *cpus = CPU_ALLOC((size_t)cpu + 1);
	pthread_attr_t attributes;
	int failure;

	if (!cpus)
		return ENOMEM;
	CPU_ZERO_S(size, cpus);
	CPU_SET_S((size_t)cpu, size, cpus);
	failure = pthread_attr_init(&attributes);
	if (failure)
		goto out;
	failure = pthread_attr_setaffinity_np(&attributes, size, cpus);
	if (!failure)
		failure = pthread_attr_setstacksize(&attributes, STACK_SIZE);
	if (!failure)
		failure = pthread_create(thread, &attributes, code, context);
	pthread_attr_destroy(&attributes);
out:
	CPU_FREE(cpus);
	return failure;
}

int nb_vmm_thread_start(pthread_t *thread, int cpu, void *(*code)(void *), void *context,
			struct nb_error *error)
{
	sigset_t all, before;
	int failure;

	if (cpu < 0)
		return nb_error_set(error, EINVAL, "no CPU was named for a second thread");
	/* Signals are for the caller's thread, except for the watchdog's, sent to one thread. */
	sigfillset(&all);
	sigdelset(&all, SIGALRM);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	failure = create(thread, cpu, code, context);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (failure)
		return nb_error_set(error, failure, "cannot start a thread on CPU %d: %s", cpu,
				    strerror(failure));
	return 0;
}
