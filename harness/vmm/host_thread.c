/* SPDX-License-Identifier: Apache-2.0 */
#include <poll.h>
#include <sys/eventfd.h>
#include <time.h>

#include "nestbench/bench.h"

#include "vmm_private.h"

/*
 * The thread that acts upon the guest's requests. It and the guest talk through words of guest
 * memory, each with one writer. Words are read with acquire and written with release ordering:
 * whoever sees the number of a request in acted_on or seen_of sees the clock written before it.
 * The guest's handler may well run before acted_on is written, and so waits for it.
 *
 * It spins, since a sleeping thread would answer for its own awakening.
 */

/* How long it sleeps, at most, while it waits for an end of interrupt: so late may it end. */
static const struct timespec nap = { .tv_nsec = 1000000 };

static uint64_t load(const volatile struct nb_abi_word *word)
{
	return __atomic_load_n(&word->value, __ATOMIC_ACQUIRE);
}

static void store(volatile struct nb_abi_word *word, uint64_t value)
{
	__atomic_store_n(&word->value, value, __ATOMIC_RELEASE);
}

static void count_ends(struct nb_vmm_host *host)
{
	eventfd_t count;

	if (eventfd_read(host->vmm->wires.resample, &count) < 0)
		return;
	host->ends += count;
	store(&host->shared->resampled, host->ends);
}

/*
 * A line is raised by a worker of the kernel, on this very CPU, which under SCHED_FIFO gets it only
 * while we sleep. Nothing is lost by that: the guest's clock says when the interrupt came.
 */
static void await_end(struct nb_vmm_host *host)
{
	struct pollfd poll = { .fd = host->vmm->wires.resample, .events = POLLIN };

	(void)ppoll(&poll, 1, &nap, NULL);
	count_ends(host);
}

/* Until the word has reached value; false when the command has ended. raised: so many lines. */
static bool await(struct nb_vmm_host *host, const volatile struct nb_abi_word *word, uint64_t value,
		  uint64_t raised)
{
	while (load(word) < value) {
		if (__atomic_load_n(&host->stop, __ATOMIC_ACQUIRE))
			return false;
		if (host->ends < raised)
			await_end(host);
		else
			nb_pause();
	}
	return true;
}

/* Time for a guest that halts after it has asked. */
static void rest(const struct nb_vmm_host *host)
{
	uint64_t ticks = load(&host->shared->rest);
	uint64_t start = nb_rdtsc();

	while (nb_rdtsc() - start < ticks && !__atomic_load_n(&host->stop, __ATOMIC_ACQUIRE))
		nb_pause();
}

static int act(struct nb_vmm_host *host, uint64_t number)
{
	int result;

	rest(host);
	store(&host->shared->acted, nb_bench_clock());
	result = nb_vmm_wires_act(host->vmm, host->action, &host->error);
	store(&host->shared->acted_on, number);
	return result;
}

static void *serve(void *context)
{
	struct nb_vmm_host *host = context;
	volatile struct nb_abi_shared *shared = host->shared;
	uint64_t number = 0;
	uint64_t raised = 0;

	while (await(host, &shared->asked, number + 1, raised)) {
		number = load(&shared->asked);
		host->result = act(host, number);
		if (host->result < 0) {
			nb_vmm_watchdog_kick(host->vmm->vcpus[0].run, host->vmm->runner);
			return NULL;
		}
		raised += host->action == NB_HOST_LEVEL;
		if (!await(host, &shared->answered, number, raised))
			break;
		store(&shared->seen, nb_bench_clock());
		store(&shared->seen_of, number);
	}
	return NULL;
}

int nb_vmm_host_start(struct nb_vmm_host *host, struct nb_vmm *vmm, enum nb_host_action action,
		      struct nb_error *error)
{
	*host = (struct nb_vmm_host){ .vmm = vmm, .action = action, .shared = nb_vmm_shared(vmm) };
	return nb_vmm_thread_start(&host->thread, vmm->other_cpu, serve, host, error);
}

int nb_vmm_host_stop(struct nb_vmm_host *host, struct nb_error *error)
{
	__atomic_store_n(&host->stop, true, __ATOMIC_RELEASE);
	pthread_join(host->thread, NULL);
	/* The kick may have come after the end of the command. */
	host->vmm->vcpus[0].run->immediate_exit = 0;
	if (host->result < 0)
		nb_error_set(error, host->error.code, "%s", host->error.text);
	return host->result;
}
