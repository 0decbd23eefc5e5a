/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <liburing.h>
#include <stdlib.h>

#include "nestbench/bench.h"

#include "io_private.h"

/* linux/io_uring.h of 5.19 and 6.0, which the headers may be older than. */
enum {
	COOP_TASKRUN = 1 << 8,
	SINGLE_ISSUER = 1 << 12,
};

struct nb_io_uring {
	struct io_uring ring;
	int file;
	bool fixed_file;
	const uint8_t *fixed; /* what is registered; NULL: nothing */
	uint64_t fixed_size;  /* of each buffer */
	unsigned fixed_count;
	bool usable; /* nothing of an earlier run is under way */
};

struct run {
	struct nb_io_uring *uring;
	const struct nb_io_job *job;
	uint64_t started[NB_IO_DEPTH_MAX]; /* ticks, by slot */
	unsigned idle[NB_IO_DEPTH_MAX];	   /* slots without an I/O */
	unsigned idle_count;
	uint64_t issued, done;
	uint64_t now; /* ticks, when the last wait ended */
	uint64_t due_ns;
	int result;
};

/*
 * Each kernel takes the best that it knows: fewer interrupts of the loop by completions. Not
 * DEFER_TASKRUN: a loop that sleeps for one completion paid a quarter more CPU time for each read
 * with it (Linux 6.18, 4 KiB at a depth of 32, seven alternations), and no less for writes.
 */
static int make_ring(struct io_uring *ring, unsigned depth)
{
	static const unsigned flags[] = { SINGLE_ISSUER | COOP_TASKRUN, COOP_TASKRUN, 0 };
	int result = -EINVAL;

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]) && result == -EINVAL; i++)
		result = io_uring_queue_init(depth, ring, flags[i]);
	return result;
}

/* IORING_OP_READ came with Linux 5.6, as did the way to ask for it. */
int nb_io_uring_probe(void)
{
	struct io_uring_probe *probe;
	struct io_uring ring;
	int result = make_ring(&ring, 1);

	if (result < 0)
		return result;
	probe = io_uring_get_probe_ring(&ring);
	if (!probe || !io_uring_opcode_supported(probe, IORING_OP_READ) ||
	    !io_uring_opcode_supported(probe, IORING_OP_WRITE))
		result = -EOPNOTSUPP;
	io_uring_free_probe(probe);
	io_uring_queue_exit(&ring);
	return result;
}

int nb_io_uring_open(struct nb_io_uring **uring, int file, unsigned depth)
{
	struct nb_io_uring *opened = calloc(1, sizeof(*opened));
	int result;

	if (!opened)
		return -ENOMEM;
	result = make_ring(&opened->ring, depth);
	if (result < 0) {
		free(opened);
		return result;
	}
	opened->file = file;
	opened->fixed_file = io_uring_register_files(&opened->ring, &file, 1) == 0;
	opened->usable = true;
	*uring = opened;
	return 0;
}

void nb_io_uring_close(struct nb_io_uring *uring)
{
	if (!uring)
		return;
	io_uring_queue_exit(&uring->ring);
	free(uring);
}

/* Registered memory is not looked up for each I/O. A limit that forbids it only costs time. */
static void register_buffers(struct nb_io_uring *uring, const struct nb_io_job *job)
{
	const struct nb_io_queue *queue = job->queue;
	struct iovec buffers[NB_IO_DEPTH_MAX];

	if (uring->fixed == job->io->buffer && uring->fixed_size == queue->size &&
	    uring->fixed_count >= queue->depth)
		return;
	if (uring->fixed)
		io_uring_unregister_buffers(&uring->ring);
	for (unsigned i = 0; i < queue->depth; i++) {
		buffers[i].iov_base = job->io->buffer + i * queue->size;
		buffers[i].iov_len = queue->size;
	}
	uring->fixed = NULL;
	if (io_uring_register_buffers(&uring->ring, buffers, queue->depth) < 0)
		return;
	uring->fixed = job->io->buffer;
	uring->fixed_size = queue->size;
	uring->fixed_count = queue->depth;
}

static void describe(const struct run *run, struct io_uring_sqe *sqe, unsigned slot)
{
	const struct nb_io_uring *uring = run->uring;
	const struct nb_io_queue *queue = run->job->queue;
	struct nb_io *io = run->job->io;
	uint8_t *buffer = io->buffer + slot * queue->size;
	uint64_t offset = nb_io_random_block(io, queue->size);
	int file = uring->fixed_file ? 0 : uring->file;
	unsigned size = (unsigned)queue->size;

	if (queue->write)
		nb_io_random_stamp(&io->random, buffer, queue->size);
	if (uring->fixed && queue->write)
		io_uring_prep_write_fixed(sqe, file, buffer, size, offset, (int)slot);
	else if (uring->fixed)
		io_uring_prep_read_fixed(sqe, file, buffer, size, offset, (int)slot);
	else if (queue->write)
		io_uring_prep_write(sqe, file, buffer, size, offset);
	else
		io_uring_prep_read(sqe, file, buffer, size, offset);
	if (uring->fixed_file)
		sqe->flags |= IOSQE_FIXED_FILE;
	sqe->user_data = slot;
}

static bool wants_more(const struct run *run)
{
	return run->result == 0 && run->issued < run->job->count && run->idle_count > 0;
}

/* One reading of the clock serves all that are made ready together, as they go together. */
static void refill(struct run *run)
{
	while (wants_more(run) && nb_io_pace_left(run->due_ns) == 0) {
		/* There are as many entries as slots. */
		struct io_uring_sqe *sqe = io_uring_get_sqe(&run->uring->ring);
		unsigned slot = run->idle[--run->idle_count];

		describe(run, sqe, slot);
		run->started[slot] = run->now;
		run->issued++;
		run->due_ns = nb_io_pace_next(run->job->io);
	}
}

static void complete(struct run *run, const struct io_uring_cqe *cqe)
{
	unsigned slot = (unsigned)cqe->user_data;

	run->idle[run->idle_count++] = slot;
	if (run->result < 0)
		return;
	if (cqe->res == (int)run->job->queue->size)
		run->job->ticks[run->done++] = run->now - run->started[slot];
	else
		run->result = cqe->res < 0 ? cqe->res : -EIO;
}

/* Submits what is ready and waits for one of those under way, or until the next is due. */
static int wait_for_one(struct run *run)
{
	struct io_uring *ring = &run->uring->ring;
	uint64_t left = wants_more(run) ? nb_io_pace_left(run->due_ns) : 0;
	struct __kernel_timespec limit = { .tv_sec = (long long)(left / 1000000000),
					   .tv_nsec = (long long)(left % 1000000000) };
	struct io_uring_cqe *cqe;
	int result;

	if (left > 0)
		result = io_uring_submit_and_wait_timeout(ring, &cqe, 1, &limit, NULL);
	else
		result = io_uring_submit_and_wait(ring, 1);
	return result == -EINTR || result == -ETIME ? 0 : result;
}

static void reap(struct run *run)
{
	struct io_uring_cqe *done[NB_IO_DEPTH_MAX];
	unsigned count = io_uring_peek_batch_cqe(&run->uring->ring, done, NB_IO_DEPTH_MAX);

	for (unsigned i = 0; i < count; i++)
		complete(run, done[i]);
	io_uring_cq_advance(&run->uring->ring, count);
}

/* After an error nothing new is issued, but what is under way must land before memory goes. */
static int loop(struct run *run)
{
	unsigned depth = run->job->queue->depth;

	for (;;) {
		int result;

		refill(run);
		if (run->idle_count == depth && !wants_more(run))
			return 0;
		if (run->idle_count == depth) {
			nb_io_pace_until(run->due_ns);
			run->now = nb_bench_clock();
			continue;
		}
		result = wait_for_one(run);
		if (result < 0)
			return result;
		run->now = nb_bench_clock();
		reap(run);
	}
}

int nb_io_uring_run(struct nb_io_uring *uring, const struct nb_io_job *job)
{
	struct run run = { .uring = uring, .job = job, .idle_count = job->queue->depth };
	int result;

	if (!uring->usable)
		return -EBADF;
	register_buffers(uring, job);
	for (unsigned i = 0; i < run.idle_count; i++)
		run.idle[i] = i;
	run.due_ns = nb_io_pace_next(job->io);
	run.now = nb_bench_clock();
	result = loop(&run);
	uring->usable = result == 0;
	return result < 0 ? result : run.result;
}
