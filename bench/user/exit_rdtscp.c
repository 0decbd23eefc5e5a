/* SPDX-License-Identifier: Apache-2.0 */
#include "nestbench/bench.h"

static inline void op(struct nb_loop *loop)
{
	(void)loop;
	nb_rdtscp();
}

NB_BENCH_DEFINE(user, exit_rdtscp, op, nb_bench_no_prepare, .absent = NULL);
