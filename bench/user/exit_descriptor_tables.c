/* SPDX-License-Identifier: Apache-2.0 */
#include "nestbench/bench.h"

static inline void op(struct nb_loop *loop)
{
	(void)loop;
	nb_descriptor_tables();
}

NB_BENCH_DEFINE(user, exit_descriptor_tables, op, nb_bench_no_prepare,
		.absent = "UMIP forbids these in user mode, and this kernel does not emulate them "
			  "(Linux 5.10 does)");
