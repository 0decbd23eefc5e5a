/* SPDX-License-Identifier: Apache-2.0 */
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../bench/user/threads.h"

/*
 * The threads beside a measuring one. Each case runs in a child that binds itself to one CPU, as a
 * round does; its parent may use more.
 */

enum { CALLS = 200, NO_SECOND_CPU = 77 };

struct work {
	_Atomic unsigned runs;
	_Atomic int cpu;
};

static void count(void *shared)
{
	struct work *work = shared;

	atomic_store(&work->cpu, sched_getcpu());
	atomic_fetch_add(&work->runs, 1);
}

static int bind_to_one(void)
{
	int cpu = sched_getcpu();
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET((size_t)cpu, &set);
	return sched_setaffinity(0, sizeof(set), &set) < 0 ? -1 : cpu;
}

/* 0, NO_SECOND_CPU, or the number of what was wrong. */
static int call_one(bool asleep)
{
	struct work work = { 0, -1 };
	struct nb_loop loop = { .failure = NULL };
	struct nb_threads *threads = NULL;
	int own = bind_to_one();
	const char *reason =
		nb_threads_start(&threads, 1, &(struct nb_threads_work){ count, &work, asleep });

	if (reason)
		return strstr(reason, "second CPU") ? NO_SECOND_CPU : 1;
	if (threads->count != 1 || atomic_load(&work.runs) != 0)
		return 2;
	for (unsigned i = 1; i <= CALLS; i++) {
		(void)nb_threads_call(threads);
		if (!nb_threads_answered(threads, &loop) || atomic_load(&work.runs) != i)
			return 3;
	}
	nb_threads_end(threads);
	return atomic_load(&work.cpu) == own || loop.failure ? 4 : 0;
}

static int call_spinning(void)
{
	return call_one(false);
}

static int call_asleep(void)
{
	return call_one(true);
}

/* As many as there are other CPUs, be that none. */
static int start_all(void)
{
	struct nb_threads *threads = NULL;
	struct nb_loop loop = { .failure = NULL };
	const struct nb_threads_work work = { NULL, NULL, false };
	cpu_set_t all;

	if (bind_to_one() < 0 || sched_getaffinity(getppid(), sizeof(all), &all) < 0)
		return 1;
	if (nb_threads_start(&threads, NB_THREADS_ALL, &work))
		return 2;
	if ((int)threads->count != CPU_COUNT(&all) - 1)
		return 3;
	(void)nb_threads_call(threads);
	if (!nb_threads_answered(threads, &loop))
		return 4;
	nb_threads_end(threads);
	return 0;
}

static int start_none(void)
{
	struct nb_threads *threads = NULL;
	struct nb_loop loop = { .failure = NULL };
	const struct nb_threads_work work = { NULL, NULL, false };

	if (bind_to_one() < 0 || nb_threads_start(&threads, NB_THREADS_NONE, &work))
		return 1;
	if (nb_threads_call(threads) != 0 || !nb_threads_answered(threads, &loop))
		return 2;
	nb_threads_end(threads);
	nb_threads_end(NULL);
	return 0;
}

static int status_of(int (*code)(void))
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0)
		_exit(code());
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == NO_SECOND_CPU) {
		print_message("only one CPU may be used here\n");
		skip();
	}
	return WEXITSTATUS(status);
}

static void a_spinning_thread_works_once_for_each_call(void **state)
{
	(void)state;
	assert_int_equal(status_of(call_spinning), 0);
}

static void a_sleeping_thread_works_once_for_each_call(void **state)
{
	(void)state;
	assert_int_equal(status_of(call_asleep), 0);
}

static void every_other_cpu_gets_one(void **state)
{
	(void)state;
	assert_int_equal(status_of(start_all), 0);
}

static void none_is_fine_as_well(void **state)
{
	(void)state;
	assert_int_equal(status_of(start_none), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_spinning_thread_works_once_for_each_call),
		cmocka_unit_test(a_sleeping_thread_works_once_for_each_call),
		cmocka_unit_test(every_other_cpu_gets_one),
		cmocka_unit_test(none_is_fine_as_well),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
