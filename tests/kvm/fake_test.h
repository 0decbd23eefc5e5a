/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_FAKE_TEST_H
#define NB_FAKE_TEST_H

/* What tests with the fake guest share; after the header of cmocka. */

#include <dirent.h>
#include <pthread.h>
#include <sched.h>
#include <time.h>

#include "fake_guest.h"
#include "kvm_test.h"

enum { NB_TEST_LIMIT_MS = 20000 };

/* Entries of a folder; "." and ".." count, too, and so do a VM's kernel threads among tasks. */
static inline int nb_test_entries(const char *path)
{
	DIR *folder = opendir(path);
	int count = 0;

	assert_non_null(folder);
	while (readdir(folder))
		count++;
	closedir(folder);
	return count;
}

static inline void *nb_test_nothing(void *context)
{
	return context;
}

/* Group setup: a thread sanitizer has one of its own from the first thread on. */
static inline int nb_test_first_thread(void **state)
{
	pthread_t thread;

	(void)state;
	return pthread_create(&thread, NULL, nb_test_nothing, NULL) || pthread_join(thread, NULL);
}

/* Waits for it, since a thread that has been joined may still be on its way out of the kernel. */
static inline void nb_test_assert_threads(int wanted)
{
	const struct timespec moment = { .tv_nsec = 1000000 };

	for (int i = 0; i < 2000 && nb_test_entries("/proc/self/task") != wanted; i++)
		nanosleep(&moment, NULL);
	assert_int_equal(nb_test_entries("/proc/self/task"), wanted);
}

/* Another CPU than the one we are on, if there is one. */
static inline int nb_test_other_cpu(void)
{
	cpu_set_t cpus;
	int here = sched_getcpu();

	assert_int_equal(sched_getaffinity(0, sizeof(cpus), &cpus), 0);
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (cpu != here && CPU_ISSET((size_t)cpu, &cpus))
			return cpu;
	}
	return here;
}

static inline struct nb_vmm_reply nb_test_send(struct nb_vmm *vmm, unsigned vcpu,
					       struct nb_vmm_command command)
{
	struct nb_vmm_reply reply = { .end = NB_VMM_FAILED };
	struct nb_error error = { 0 };

	if (command.timeout_ms == 0)
		command.timeout_ms = NB_TEST_LIMIT_MS;
	if (nb_vmm_run(vmm, vcpu, &command, &reply, &error) < 0)
		fail_msg("%s", error.text);
	return reply;
}

/* Both vCPUs booted. */
static inline struct nb_vmm *nb_test_fake_vm(void)
{
	const struct nb_vmm_command boot = { .command = NB_ABI_BOOT };
	struct nb_vmm_config config = nb_test_config;
	struct nb_error error = { 0 };
	struct nb_vmm *vmm = NULL;

	config.other_cpu = nb_test_other_cpu();
	if (nb_vmm_open(&vmm, &config, &error) < 0)
		fail_msg("%s", error.text);
	assert_int_equal(nb_test_send(vmm, 0, boot).end, NB_VMM_DONE);
	assert_int_equal(nb_test_send(vmm, 1, boot).end, NB_VMM_DONE);
	return vmm;
}

static inline struct nb_vmm_command nb_test_fake(enum fake first)
{
	return (struct nb_vmm_command){ .command = NB_ABI_RUN, .bench = first, .count = 1 };
}

static inline struct nb_vmm_command nb_test_fake_pair(enum fake first, enum fake second)
{
	struct nb_vmm_command command = nb_test_fake(first);

	command.variant = second;
	command.peer = true;
	return command;
}

#endif
