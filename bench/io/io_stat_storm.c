/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "anywhere.h"
#include "tree.h"

/*
 * Eight threads that stat files of the tree at the same time, as parallel builds and file watchers
 * do: from the start of all of them to the end of the last, divided by their stats.
 */
enum { STATE_STORM };
enum { THREADS = 8, STATS = 64, STATS_OF_ALL = THREADS * STATS };

struct storm {
	pthread_barrier_t start, end;
	pthread_t threads[THREADS];
	unsigned count; /* threads that run */
	int folder;
	bool over, failed;
};

static void stat_some(struct storm *storm, unsigned *seed)
{
	char name[NB_TREE_NAME_SIZE];
	struct stat status;

	for (unsigned i = 0; i < STATS; i++) {
		*seed = *seed * 1103515245u + 12345u;
		nb_tree_file(name, *seed / 65536 % NB_TREE_FOLDERS, *seed / 256 % NB_TREE_FILES);
		if (fstatat(storm->folder, name, &status, AT_SYMLINK_NOFOLLOW) < 0)
			storm->failed = true;
	}
}

static void *work(void *context)
{
	struct storm *storm = context;
	unsigned seed = (unsigned)gettid();

	for (;;) {
		pthread_barrier_wait(&storm->start);
		if (storm->over)
			return NULL;
		stat_some(storm, &seed);
		pthread_barrier_wait(&storm->end);
	}
}

static int start_threads(struct storm *storm)
{
	int result = 0;

	for (; result == 0 && storm->count < THREADS; storm->count += result == 0)
		result = nb_anywhere_start(&storm->threads[storm->count], work, storm);
	return result;
}

static void end(struct storm *storm)
{
	storm->over = true;
	if (storm->count == THREADS)
		pthread_barrier_wait(&storm->start);
	for (unsigned i = 0; i < storm->count; i++) {
		if (storm->count < THREADS)
			pthread_cancel(storm->threads[i]);
		pthread_join(storm->threads[i], NULL);
	}
	pthread_barrier_destroy(&storm->start);
	pthread_barrier_destroy(&storm->end);
	free(storm);
}

static const char *setup(struct nb_loop *loop)
{
	const char *reason = nb_tree_make(loop);
	struct storm *storm = reason ? NULL : calloc(1, sizeof(*storm));
	int result;

	if (!storm)
		return reason ? reason : "no memory";
	storm->folder = nb_storage(loop)->folder;
	pthread_barrier_init(&storm->start, NULL, THREADS + 1);
	pthread_barrier_init(&storm->end, NULL, THREADS + 1);
	result = start_threads(storm);
	if (result == 0) {
		loop->state[STATE_STORM] = (uintptr_t)storm;
		return 0;
	}
	end(storm);
	return nb_reason("cannot start %d threads: %s", THREADS, strerror(result));
}

static void teardown(struct nb_loop *loop)
{
	end((struct storm *)loop->state[STATE_STORM]);
}

static void timed(struct nb_loop *loop)
{
	struct storm *storm = (struct storm *)loop->state[STATE_STORM];

	for (uint64_t i = 0; i < loop->count && !loop->failure; i++) {
		uint64_t start = nb_bench_clock();

		pthread_barrier_wait(&storm->start);
		pthread_barrier_wait(&storm->end);
		loop->samples[i] = nb_bench_clock() - start;
		if (storm->failed)
			nb_storage_fail(loop, "fstatat", ENOENT);
	}
}

NB_BENCH_DEFINE_LOOP(io, io_stat_storm, timed, .batch = STATS_OF_ALL, .setup = setup,
		     .teardown = teardown, .io = NB_IO_PLAIN);
