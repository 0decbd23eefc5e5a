/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

#include "nestbench/bench.h"

#include "memory.h"

/*
 * part=fork: fork(2) of a process with RESIDENT bytes of memory in pages of 4 KiB, whose page
 * tables it copies. part=touch: afterwards, the parent's first write to one of the pages, which
 * both then share: the kernel copies it. The child does nothing but wait for its end.
 */

enum part { FORK, TOUCH };

#define RESIDENT (UINT64_C(16) << 20)

enum state { STATE_CHILD, STATE_PIPE };
enum kept { KEPT_MEMORY, KEPT_NEXT };

static const char *setup(struct nb_loop *loop)
{
	uint8_t *memory;
	const char *reason;

	if (loop->kept[KEPT_MEMORY])
		return NULL;
	nb_memory_unlock_later();
	reason = nb_memory_map(RESIDENT, NB_MEMORY_4K, &memory);
	if (!reason)
		reason = nb_memory_fill(memory, RESIDENT, NB_MEMORY_4K);
	loop->kept[KEPT_MEMORY] = (uintptr_t)memory;
	loop->kept[KEPT_NEXT] = RESIDENT;
	return reason;
}

/* The pipe's other end closes when the parent lets go of it or is gone, however it went. */
static void wait_for_end(const int *ends)
{
	char byte;

	(void)close(ends[1]);
	(void)read(ends[0], &byte, 1);
	_exit(0);
}

static void fork_child(struct nb_loop *loop, const int *ends)
{
	pid_t pid = fork();

	if (pid == 0)
		wait_for_end(ends);
	loop->state[STATE_CHILD] = pid > 0 ? (uint64_t)pid : 0;
	loop->state[STATE_PIPE] = (uint64_t)ends[1];
	if (pid < 0)
		nb_bench_fail(loop, "forks that the kernel refused", 1, 1);
}

static void end_child(struct nb_loop *loop)
{
	pid_t pid = (pid_t)loop->state[STATE_CHILD];

	if (pid == 0)
		return;
	(void)close((int)loop->state[STATE_PIPE]);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	loop->state[STATE_CHILD] = 0;
}

static uint64_t time_fork(struct nb_loop *loop)
{
	int ends[2];
	uint64_t start, ticks;

	if (pipe(ends) < 0) {
		nb_bench_fail(loop, "pipes that the kernel refused", 1, 1);
		return 0;
	}
	start = nb_bench_clock();
	fork_child(loop, ends);
	ticks = nb_bench_clock() - start;
	(void)close(ends[0]);
	return ticks;
}

/* Once all pages have been copied, a new child shares them again. */
static uint64_t time_touch(struct nb_loop *loop)
{
	uint64_t start;

	if (loop->state[STATE_CHILD] == 0 || loop->kept[KEPT_NEXT] == RESIDENT) {
		end_child(loop);
		(void)time_fork(loop);
		loop->kept[KEPT_NEXT] = 0;
	}
	start = nb_bench_clock();
	*(volatile uint8_t *)(loop->kept[KEPT_MEMORY] + loop->kept[KEPT_NEXT]) = 2;
	start = nb_bench_clock() - start;
	loop->kept[KEPT_NEXT] += NB_MEMORY_4K;
	return start;
}

static uint64_t sample(struct nb_loop *loop)
{
	uint64_t ticks;

	if (loop->arg == TOUCH)
		return time_touch(loop);
	ticks = time_fork(loop);
	end_child(loop);
	return ticks;
}

NB_BENCH_DEFINE_SAMPLED(user, paging_fork_touch, sample, .setup = setup, .teardown = end_child,
			.variants = { { .params = "part=fork", .arg = FORK },
				      { .params = "part=touch", .arg = TOUCH } },
			.variant_count = 2);
