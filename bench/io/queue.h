/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_BENCH_IO_QUEUE_H
#define NB_BENCH_IO_QUEUE_H

#include "storage.h"

/* Benchmarks with many I/Os under way: the ring is made once a round. */

static inline const char *nb_queue_setup(struct nb_loop *loop, unsigned depth)
{
	struct nb_io *io = nb_storage(loop);
	int result = io->ring ? 0 : nb_io_ring_open(io, depth);

	return result < 0 ? nb_reason("no queue of %u: %s", depth, strerror(-result)) : 0;
}

static inline void nb_queue_run(struct nb_loop *loop, const struct nb_io_queue *queue)
{
	struct nb_io *io = nb_storage(loop);
	int result = nb_io_ring_run(io, queue, loop->samples, loop->count);

	if (result < 0)
		nb_storage_fail(loop, queue->write ? "queued write" : "queued read", -result);
	io->bytes += loop->count * queue->size;
}

#endif
