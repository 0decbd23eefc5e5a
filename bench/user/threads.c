/* SPDX-License-Identifier: Apache-2.0 */
#include "threads.h"

#include <linux/futex.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "moment.h"
#include "reason.h"

enum {
	/* Memory of the round is locked, stacks included: small ones. */
	STACK_SIZE = 128 << 10,
	ANSWER_NS = 1000000000,
};

static long futex(_Atomic uint32_t *word, int operation, uint32_t value)
{
	return syscall(SYS_futex, word, operation, value, NULL, NULL, 0);
}

/*
 * Without PAUSE: hypervisors intercept long loops of it (pause-loop exiting), and then a spinning
 * thread does not run.
 */
static uint32_t wait_for_call(struct nb_threads *threads, uint32_t seen)
{
	uint32_t call;

	while ((call = atomic_load_explicit(&threads->call, memory_order_acquire)) == seen) {
		if (threads->work.asleep)
			(void)futex(&threads->call, FUTEX_WAIT_PRIVATE, seen);
	}
	return call;
}

static void *attend(void *argument)
{
	struct nb_thread *self = argument;
	struct nb_threads *threads = self->threads;
	uint32_t seen = 0;

	for (;;) {
		seen = wait_for_call(threads, seen);
		if (atomic_load(&threads->over))
			return NULL;
		if (threads->work.code)
			threads->work.code(threads->work.shared);
		atomic_store_explicit(&self->answer, seen, memory_order_release);
	}
}

/*
 * The round's process has bound itself to one CPU; which others the session may use is known of
 * its parent.
 */
static const char *other_cpus(cpu_set_t *others)
{
	cpu_set_t own;

	if (sched_getaffinity(getppid(), sizeof(*others), others) < 0 ||
	    sched_getaffinity(0, sizeof(own), &own) < 0)
		return "cannot tell which CPUs may be used (sched_getaffinity)";
	for (size_t i = 0; i < CPU_SETSIZE; i++) {
		if (CPU_ISSET(i, &own))
			CPU_CLR(i, others);
	}
	return NULL;
}

static const char *start_one(struct nb_threads *threads, size_t cpu)
{
	struct nb_thread *thread = &threads->each[threads->count];
	pthread_attr_t attributes;
	cpu_set_t set;
	int code;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	thread->threads = threads;
	atomic_init(&thread->answer, 0);
	code = pthread_attr_init(&attributes);
	if (code == 0) {
		code = pthread_attr_setstacksize(&attributes, STACK_SIZE);
		if (code == 0)
			code = pthread_attr_setaffinity_np(&attributes, sizeof(set), &set);
		if (code == 0)
			code = pthread_create(&thread->thread, &attributes, attend, thread);
		(void)pthread_attr_destroy(&attributes);
	}
	if (code != 0)
		return nb_reason("cannot start a thread on CPU %zu: %s", cpu, strerror(code));
	threads->count++;
	return NULL;
}

static const char *start_all(struct nb_threads *threads, const cpu_set_t *others, unsigned count)
{
	const char *reason = NULL;

	for (size_t cpu = 0; cpu < CPU_SETSIZE && threads->count < count && !reason; cpu++) {
		if (CPU_ISSET(cpu, others))
			reason = start_one(threads, cpu);
	}
	return reason;
}

const char *nb_threads_start(struct nb_threads **threads, int wanted,
			     const struct nb_threads_work *work)
{
	cpu_set_t others;
	const char *reason = other_cpus(&others);
	unsigned count;

	if (reason)
		return reason;
	count = (unsigned)CPU_COUNT(&others);
	if (wanted != NB_THREADS_ALL && (unsigned)wanted > count)
		return "needs a second CPU that this process may use";
	if (wanted != NB_THREADS_ALL)
		count = (unsigned)wanted;
	*threads = aligned_alloc(_Alignof(struct nb_threads),
				 sizeof(**threads) + count * sizeof((*threads)->each[0]));
	if (!*threads)
		return "no memory";
	atomic_init(&(*threads)->call, 0);
	atomic_init(&(*threads)->over, false);
	(*threads)->work = *work;
	(*threads)->count = 0;
	return start_all(*threads, &others, count);
}

unsigned nb_threads_call(struct nb_threads *threads)
{
	long woken = 0;

	atomic_fetch_add_explicit(&threads->call, 1, memory_order_release);
	if (threads->work.asleep)
		woken = futex(&threads->call, FUTEX_WAKE_PRIVATE, INT32_MAX);
	return woken > 0 ? (unsigned)woken : 0;
}

static unsigned count_missing(const struct nb_threads *threads)
{
	uint32_t call = atomic_load(&threads->call);
	unsigned missing = 0;

	for (unsigned i = 0; i < threads->count; i++) {
		const struct nb_thread *thread = &threads->each[i];

		if (atomic_load_explicit(&thread->answer, memory_order_acquire) != call)
			missing++;
	}
	return missing;
}

bool nb_threads_answered(const struct nb_threads *threads, struct nb_loop *loop)
{
	uint64_t start = nb_moment_ns();
	unsigned missing;

	while ((missing = count_missing(threads)) > 0) {
		if (nb_moment_ns() - start < ANSWER_NS)
			continue;
		nb_bench_fail(loop, "threads on other CPUs that stood still", missing,
			      threads->count);
		return false;
	}
	return true;
}

void nb_threads_end(struct nb_threads *threads)
{
	if (!threads)
		return;
	atomic_store(&threads->over, true);
	(void)nb_threads_call(threads);
	for (unsigned i = 0; i < threads->count; i++)
		(void)pthread_join(threads->each[i].thread, NULL);
	free(threads);
}
