/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../bench/user/exc.h"

/* The exceptions of user mode: that they arrive, and that nothing of them stays behind. */

enum { COUNT = 50 };

extern const struct nb_bench nb_bench_user_exc_ud, nb_bench_user_exc_bp, nb_bench_user_exc_de,
	nb_bench_user_exc_pf, nb_bench_user_exc_userfaultfd;

static const struct nb_bench *const benches[] = {
	&nb_bench_user_exc_ud, &nb_bench_user_exc_bp,	       &nb_bench_user_exc_de,
	&nb_bench_user_exc_pf, &nb_bench_user_exc_userfaultfd,
};

enum { BENCHES = sizeof(benches) / sizeof(benches[0]) };

static const int numbers[] = { SIGILL, SIGTRAP, SIGFPE, SIGSEGV, SIGBUS };

enum { NUMBERS = sizeof(numbers) / sizeof(numbers[0]) };

/* What a benchmark might forget to give back. */
struct belongings {
	void (*handlers[NUMBERS])(int, siginfo_t *, void *);
	size_t files, threads;
};

static size_t entries(const char *path)
{
	DIR *folder = opendir(path);
	size_t count = 0;

	assert_non_null(folder);
	while (readdir(folder))
		count++;
	closedir(folder);
	return count;
}

static struct belongings look(void)
{
	struct belongings seen = { .files = entries("/proc/self/fd"),
				   .threads = entries("/proc/self/task") };

	for (size_t i = 0; i < NUMBERS; i++) {
		struct sigaction action;

		assert_int_equal(sigaction(numbers[i], NULL, &action), 0);
		seen.handlers[i] = action.sa_sigaction;
	}
	return seen;
}

static void assert_same(const struct belongings *before)
{
	struct belongings after = look();

	for (size_t i = 0; i < NUMBERS; i++)
		assert_true(before->handlers[i] == after.handlers[i]);
	assert_int_equal(before->files, after.files);
	assert_int_equal(before->threads, after.threads);
}

/* False if this machine cannot; says why. */
static bool run_variant(const struct nb_bench *bench, const struct nb_variant *variant)
{
	uint64_t samples[COUNT] = { 0 };
	struct nb_loop loop = {
		.samples = samples, .count = COUNT, .batch = 1, .arg = variant->arg
	};
	const char *reason = bench->setup(&loop);

	if (reason) {
		print_message("%s: skipped: %s\n", variant->params, reason);
		return false;
	}
	bench->timed(&loop);
	bench->teardown(&loop);
	if (loop.failure)
		fail_msg("%s: %s", variant->params, loop.failure);
	for (size_t i = 0; i < COUNT; i++)
		assert_true(samples[i] > 0 && samples[i] < UINT64_C(1) << 40);
	return true;
}

static void every_exception_arrives_and_nothing_of_it_stays(void **state)
{
	size_t skipped = 0;

	(void)state;
	for (size_t i = 0; i < BENCHES; i++) {
		struct belongings before = look();

		for (size_t j = 0; j < benches[i]->variant_count; j++)
			skipped += !run_variant(benches[i], &benches[i]->variants[j]);
		assert_same(&before);
		if (benches[i] != &nb_bench_user_exc_userfaultfd)
			assert_int_equal(skipped, 0);
	}
}

static void raise_nothing(struct nb_loop *loop)
{
	(void)loop;
}

static void raise_one(struct nb_loop *loop)
{
	__asm__ volatile(EXC_EXPECT("1f") "1: ud2\n2:" : : EXC_LOOP(loop) : EXC_CLOBBERS);
}

static void raise_two(struct nb_loop *loop)
{
	raise_one(loop);
	raise_one(loop);
}

static void a_signal_that_comes_not_just_once_is_a_failure_with_counts(void **state)
{
	struct nb_loop loop = { .arg = EXC_TO_RETURN };

	(void)state;
	assert_null(exc_catch(&loop, SIGILL));
	(void)exc_sample(&loop, raise_one);
	assert_null(loop.failure);
	(void)exc_sample(&loop, raise_nothing);
	assert_string_equal(loop.failure, "signals that did not arrive just once");
	assert_int_equal(loop.failed, 1);
	assert_int_equal(loop.total, 2);
	loop.failure = NULL;
	(void)exc_sample(&loop, raise_two);
	assert_non_null(loop.failure);
	exc_release(&loop);
}

static void the_handler_comes_before_the_return(void **state)
{
	struct nb_loop loop = { .arg = EXC_TO_HANDLER };
	uint64_t start = nb_bench_clock();
	uint64_t ticks, end;

	(void)state;
	assert_null(exc_catch(&loop, SIGILL));
	ticks = exc_sample(&loop, raise_one);
	end = nb_bench_clock();
	exc_release(&loop);
	assert_true(loop.state[EXC_STAMP] > start);
	assert_true(loop.state[EXC_STAMP] < end);
	assert_true(ticks < loop.state[EXC_STAMP] - start);
}

/* Registers other than the operation's: the program's own mistake, which has to end it. */
static void fault_by_mistake(void)
{
	struct nb_loop loop = { 0 };

	if (!exc_catch(&loop, SIGSEGV))
		__asm__ volatile("xorl %%r8d, %%r8d\n\t"
				 "movb $0, (%%r8)"
				 :
				 :
				 : "r8", "memory");
	_exit(0);
}

static void a_fault_from_elsewhere_still_ends_the_process(void **state)
{
	int status;
	pid_t pid = fork();

	(void)state;
	if (pid == 0)
		fault_by_mistake();
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGSEGV);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_exception_arrives_and_nothing_of_it_stays),
		cmocka_unit_test(a_signal_that_comes_not_just_once_is_a_failure_with_counts),
		cmocka_unit_test(the_handler_comes_before_the_return),
		cmocka_unit_test(a_fault_from_elsewhere_still_ends_the_process),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
