/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>

#include "io_private.h"

struct nb_io_ring {
	unsigned depth;
	struct nb_io_uring *uring; /* one of the two */
	struct nb_io_threads *threads;
};

void nb_io_ring_close(struct nb_io *io)
{
	if (!io->ring)
		return;
	nb_io_uring_close(io->ring->uring);
	nb_io_threads_close(io->ring->threads);
	free(io->ring);
	io->ring = NULL;
}

int nb_io_ring_open(struct nb_io *io, unsigned depth)
{
	int result;

	if (depth == 0 || depth > NB_IO_DEPTH_MAX)
		return -EINVAL;
	if (io->ring && io->ring->depth == depth)
		return 0;
	nb_io_ring_close(io);
	io->ring = calloc(1, sizeof(*io->ring));
	if (!io->ring)
		return -ENOMEM;
	io->ring->depth = depth;
	if (io->workspace->uring)
		result = nb_io_uring_open(&io->ring->uring, io->direct, depth);
	else
		result = nb_io_threads_open(&io->ring->threads, depth);
	if (result < 0)
		nb_io_ring_close(io);
	return result;
}

static bool is_sound(const struct nb_io *io, const struct nb_io_queue *queue)
{
	return queue->depth > 0 && queue->depth <= io->ring->depth && queue->size > 0 &&
	       queue->size <= NB_IO_BUFFER && queue->size <= io->file_bytes &&
	       queue->size % io->align == 0 && queue->size % sizeof(uint64_t) == 0;
}

int nb_io_ring_run(struct nb_io *io, const struct nb_io_queue *queue, uint64_t *ticks,
		   uint64_t count)
{
	struct nb_io_job job = { .io = io, .queue = queue, .count = count };

	if (!io->ring)
		return -EBADF;
	if (!is_sound(io, queue))
		return -EINVAL;
	job.ticks = ticks;
	nb_io_buffer_fill(io, queue->depth * queue->size);
	if (io->ring->uring)
		return nb_io_uring_run(io->ring->uring, &job);
	return nb_io_threads_run(io->ring->threads, &job);
}
