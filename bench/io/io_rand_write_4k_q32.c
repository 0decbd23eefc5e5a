/* SPDX-License-Identifier: Apache-2.0 */
#include "queue.h"

static const struct nb_io_queue queue = { .write = true,
					  .depth = NB_IO_DEPTH_MAX,
					  .size = NB_IO_BLOCK };

/* Each run ends with a queue that runs dry: much longer than the queue is deep. */
enum { RUN_LENGTH = 8 * NB_IO_DEPTH_MAX };

static const char *setup(struct nb_loop *loop)
{
	return nb_queue_setup(loop, queue.depth);
}

static void timed(struct nb_loop *loop)
{
	nb_queue_run(loop, &queue);
}

NB_BENCH_DEFINE_LOOP(io, io_rand_write_4k_q32, timed, .batch = 1, .setup = setup,
		     .io = NB_IO_QUEUED, .writes = 1, .samples_max = RUN_LENGTH);
