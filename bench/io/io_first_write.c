/* SPDX-License-Identifier: Apache-2.0 */
#include "grown.h"

/*
 * 32 KiB where the file has nothing yet: the file system allocates, and below it a growing VHDX or
 * a thin volume may, too. io.rewrite is the same where there is something.
 */
static inline void op(struct nb_loop *loop)
{
	nb_grown_write(loop);
}

NB_BENCH_DEFINE(io, io_first_write, op, nb_grown_prepare, .batch = 1, .setup = nb_grown_setup,
		.teardown = nb_grown_teardown, .io = NB_IO_SYNC, .writes = 1,
		.samples_max = NB_GROWN_SAMPLES);
