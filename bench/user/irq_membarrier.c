/* SPDX-License-Identifier: Apache-2.0 */
#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "nestbench/bench.h"

#include "crowd.h"

/*
 * membarrier(2) interrupts each CPU on which a thread of this process runs, and waits until each
 * has answered. cpus=1 has no other thread: the system call alone.
 */

static long membarrier(int command)
{
	return syscall(SYS_membarrier, command, 0, 0);
}

static const char *setup(struct nb_loop *loop)
{
	const struct nb_threads_work work = { NULL, NULL, false };
	long commands = membarrier(MEMBARRIER_CMD_QUERY);

	if (commands < 0 || !(commands & MEMBARRIER_CMD_PRIVATE_EXPEDITED))
		return "this kernel has no expedited membarrier (CONFIG_MEMBARRIER)";
	if (membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED) < 0)
		return "membarrier refused to register this process";
	return nb_crowd_start(loop, (enum nb_crowd)loop->arg, &work);
}

static void prepare(struct nb_loop *loop)
{
	(void)nb_crowd_meet(loop);
}

static inline void op(struct nb_loop *loop)
{
	if (membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED) < 0)
		nb_bench_fail(loop, "barriers that the kernel refused", 1, 1);
}

NB_BENCH_DEFINE(
	user, irq_membarrier, op, prepare, .setup = setup, .teardown = nb_crowd_end, .batch = 1,
	.variants = { { .params = "cpus=1", .arg = NB_CROWD_1 },
		      { .params = "cpus=2", .arg = NB_CROWD_2, .needs = NB_NEED_TWO_CPUS },
		      { .params = "cpus=all", .arg = NB_CROWD_ALL, .needs = NB_NEED_TWO_CPUS } },
	.variant_count = 3);
