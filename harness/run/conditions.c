/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "run_private.h"

/* Above ordinary threads, below the kernel's own (migration, watchdog). */
enum { PRIORITY = 10 };

/* More than a round maps, its VM included. */
static const rlim_t locked_size = 64 << 20;

/*
 * With MCL_FUTURE every later mapping beyond the limit would fail, so that a limit which is too
 * small for the round means not to lock at all.
 */
static bool may_lock(void)
{
	struct rlimit limit;

	return geteuid() == 0 ||
	       (getrlimit(RLIMIT_MEMLOCK, &limit) == 0 && limit.rlim_cur >= locked_size);
}

int nb_run_conditions_cpus(int cpu, int *other)
{
	cpu_set_t set;

	*other = -1;
	if (sched_getaffinity(0, sizeof(set), &set) < 0)
		return 1;
	for (int i = 0; i < CPU_SETSIZE; i++) {
		if (i != cpu && CPU_ISSET((size_t)i, &set))
			*other = i;
	}
	return CPU_COUNT(&set);
}

int nb_run_conditions_enter(int cpu, struct nb_run_conditions *got, struct nb_error *error)
{
	struct sched_param parameter = { .sched_priority = PRIORITY };
	cpu_set_t set;
	int code;

	CPU_ZERO(&set);
	CPU_SET((size_t)cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set) < 0) {
		code = errno;
		return nb_error_set(error, code, "cannot run on CPU %d: %s", cpu, strerror(code));
	}
	got->locked = may_lock() && mlockall(MCL_CURRENT | MCL_FUTURE) == 0;
	got->fifo = sched_setscheduler(0, SCHED_FIFO, &parameter) == 0;
	return 0;
}
