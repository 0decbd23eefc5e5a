/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_KVM_TEST_H
#define NB_KVM_TEST_H

#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "nestbench/image.h"
#include "nestbench/vmm.h"

/* What the tests on /dev/kvm share. */

enum { NB_TEST_SKIPPED = 77 };

static const struct nb_vmm_config nb_test_config = { .device = "/dev/kvm", .vcpus = 2 };

/* Guest benchmarks by id, in the order of bench.def. */
enum nb_test_bench {
#define NB_BENCH(id, vantage, needs, unit, summary) NB_TEST_##vantage(id)
#define NB_TEST_guest(id)			    TEST_##id,
#define NB_TEST_user(id)
#define NB_TEST_io(id)
#include "bench.def"
#undef NB_BENCH
	TEST_BENCH_COUNT
};

/* Says why, where there is no KVM to test on. */
static inline bool nb_test_has_kvm(void)
{
	struct nb_error error = { 0 };
	uint64_t offers;

	if (nb_vmm_probe("/dev/kvm", &offers, &error) == 0)
		return true;
	printf("skipped: %s\n", error.text);
	return false;
}

/*
 * This thread stays where it is, as the runner's does; *other is a CPU for the other threads, this
 * one where there is none. 0 or -1.
 */
static inline int nb_test_bind(int *other)
{
	cpu_set_t cpus;
	int here = sched_getcpu();

	if (here < 0 || sched_getaffinity(0, sizeof(cpus), &cpus) < 0)
		return -1;
	*other = here;
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (cpu != here && CPU_ISSET((size_t)cpu, &cpus))
			*other = cpu;
	}
	CPU_ZERO(&cpus);
	CPU_SET((size_t)here, &cpus);
	return sched_setaffinity(0, sizeof(cpus), &cpus);
}

#endif
