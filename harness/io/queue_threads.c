/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "nestbench/bench.h"

#include "io_private.h"

/*
 * The queue where there is no io_uring: as many threads as the queue is deep, each with one I/O at
 * a time. They wait between runs, since making them costs more than a quick run does.
 */

/* Small, because all of a locked process's stacks are in memory; ASan wants this much. */
enum { STACK_SIZE = 256 << 10 };

struct worker {
	struct nb_io_threads *all;
	pthread_t thread;
	unsigned slot;
	uint64_t random;
};

struct nb_io_threads {
	struct worker workers[NB_IO_DEPTH_MAX];
	unsigned count;
	pthread_mutex_t mutex; /* of what follows, and of the job's pace */
	pthread_cond_t begun, ended;
	uint64_t run;  /* how many there were */
	unsigned busy; /* workers still at it */
	bool quit;
	const struct nb_io_job *job;
	_Atomic uint64_t issued, done;
	_Atomic int result;
};

static void fail(struct nb_io_threads *all, int result)
{
	int none = 0;

	atomic_compare_exchange_strong(&all->result, &none, result);
}

static void pace(struct nb_io_threads *all)
{
	uint64_t due;

	if (all->job->io->rate <= 0)
		return;
	pthread_mutex_lock(&all->mutex);
	due = nb_io_pace_next(all->job->io);
	pthread_mutex_unlock(&all->mutex);
	nb_io_pace_until(due);
}

static void move_one(struct worker *worker)
{
	struct nb_io_threads *all = worker->all;
	const struct nb_io_queue *queue = all->job->queue;
	const struct nb_io *io = all->job->io;
	uint8_t *buffer = io->buffer + worker->slot * queue->size;
	off_t offset = (off_t)nb_io_random_offset(&worker->random, io->file_bytes, queue->size);
	uint64_t start;
	uint64_t end;
	ssize_t moved;

	if (queue->write)
		nb_io_random_stamp(&worker->random, buffer, queue->size);
	pace(all);
	start = nb_bench_clock();
	if (queue->write)
		moved = pwrite(io->direct, buffer, queue->size, offset);
	else
		moved = pread(io->direct, buffer, queue->size, offset);
	end = nb_bench_clock();
	if (moved == (ssize_t)queue->size)
		all->job->ticks[atomic_fetch_add(&all->done, 1)] = end - start;
	else
		fail(all, moved < 0 ? -errno : -EIO);
}

/* Only a queue's depth of them takes part. */
static void work(struct worker *worker)
{
	struct nb_io_threads *all = worker->all;

	if (worker->slot >= all->job->queue->depth)
		return;
	while (atomic_load(&all->result) == 0 &&
	       atomic_fetch_add(&all->issued, 1) < all->job->count)
		move_one(worker);
}

static void *live(void *argument)
{
	struct worker *worker = argument;
	struct nb_io_threads *all = worker->all;
	uint64_t seen = 0;

	pthread_mutex_lock(&all->mutex);
	for (;;) {
		while (all->run == seen && !all->quit)
			pthread_cond_wait(&all->begun, &all->mutex);
		if (all->quit)
			break;
		seen = all->run;
		pthread_mutex_unlock(&all->mutex);
		work(worker);
		pthread_mutex_lock(&all->mutex);
		if (--all->busy == 0)
			pthread_cond_signal(&all->ended);
	}
	pthread_mutex_unlock(&all->mutex);
	return NULL;
}

static int start(struct nb_io_threads *all, unsigned depth)
{
	pthread_attr_t attributes;
	int code = pthread_attr_init(&attributes);

	if (code)
		return -code;
	code = pthread_attr_setstacksize(&attributes, STACK_SIZE);
	while (code == 0 && all->count < depth) {
		struct worker *worker = &all->workers[all->count];

		worker->all = all;
		worker->slot = all->count;
		code = pthread_create(&worker->thread, &attributes, live, worker);
		all->count += code == 0;
	}
	pthread_attr_destroy(&attributes);
	return -code;
}

int nb_io_threads_open(struct nb_io_threads **threads, unsigned depth)
{
	struct nb_io_threads *all = calloc(1, sizeof(*all));
	int result;

	if (!all)
		return -ENOMEM;
	pthread_mutex_init(&all->mutex, NULL);
	pthread_cond_init(&all->begun, NULL);
	pthread_cond_init(&all->ended, NULL);
	result = start(all, depth);
	if (result < 0)
		nb_io_threads_close(all);
	else
		*threads = all;
	return result;
}

void nb_io_threads_close(struct nb_io_threads *all)
{
	if (!all)
		return;
	pthread_mutex_lock(&all->mutex);
	all->quit = true;
	pthread_cond_broadcast(&all->begun);
	pthread_mutex_unlock(&all->mutex);
	for (unsigned i = 0; i < all->count; i++)
		pthread_join(all->workers[i].thread, NULL);
	pthread_cond_destroy(&all->ended);
	pthread_cond_destroy(&all->begun);
	pthread_mutex_destroy(&all->mutex);
	free(all);
}

int nb_io_threads_run(struct nb_io_threads *all, const struct nb_io_job *job)
{
	pthread_mutex_lock(&all->mutex);
	all->job = job;
	atomic_store(&all->issued, 0);
	atomic_store(&all->done, 0);
	atomic_store(&all->result, 0);
	for (unsigned i = 0; i < all->count; i++)
		all->workers[i].random = nb_io_random(&job->io->random);
	all->busy = all->count;
	all->run++;
	pthread_cond_broadcast(&all->begun);
	while (all->busy > 0)
		pthread_cond_wait(&all->ended, &all->mutex);
	pthread_mutex_unlock(&all->mutex);
	return atomic_load(&all->result);
}
