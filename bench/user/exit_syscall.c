/* SPDX-License-Identifier: Apache-2.0 */
#include <sys/syscall.h>
#include <unistd.h>

#include "nestbench/bench.h"

/* Not getpid(2): C libraries used to cache it. */
static inline void op(struct nb_loop *loop)
{
	(void)loop;
	(void)syscall(SYS_getppid);
}

NB_BENCH_DEFINE(user, exit_syscall, op, nb_bench_no_prepare, .absent = NULL);
