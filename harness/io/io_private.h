/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_IO_PRIVATE_H
#define NB_IO_PRIVATE_H

#include "nestbench/base.h"
#include "nestbench/io.h"

#define NB_IO_MARKER ".nestbench-workspace"
#define NB_IO_DATA   "data"

/* sweep.c: removes the workspace's folder; 0 too where it is no longer there. */
int nb_io_sweep(const struct nb_io_workspace *workspace, struct nb_error *error);

/* janitor.c: starts before the folder is made, so that no moment is unwatched. */
int nb_io_janitor_start(struct nb_io_workspace *workspace, struct nb_error *error);
void nb_io_janitor_stop(struct nb_io_workspace *workspace);

/* data_file.c: makes the data file in folder and finds out workspace->mode. */
int nb_io_data_make(int folder, struct nb_io_workspace *workspace, uint64_t size,
		    struct nb_error *error);

/* ladder.c. What direct I/O on fd asks for, in bytes; 0: the file system refuses it. */
uint64_t nb_io_direct_align(int fd);
/*
 * Opens the data file for direct I/O and tries it out with buffer, NB_IO_BLOCK aligned bytes.
 * A descriptor, -EOPNOTSUPP where direct I/O is refused, or another negative errno.
 */
int nb_io_direct_open(int folder, uint8_t *buffer);
/* 0 and *mode, from what a direct read leaves in the page cache; or a negative errno. */
int nb_io_direct_judge(int direct, int buffered, uint8_t *buffer, enum nb_io_mode *mode);

/* cache.c: pages of [offset, offset + length) in the page cache, or a negative errno. */
int64_t nb_io_cache_count(int fd, uint64_t offset, uint64_t length);

/* random.c */
uint64_t nb_io_random(uint64_t *state);
void nb_io_random_fill(uint64_t *state, void *bytes, size_t size);
/* Makes each block of a buffer that was written before one that no storage has seen. */
void nb_io_random_stamp(uint64_t *state, uint8_t *bytes, uint64_t size);
uint64_t nb_io_random_offset(uint64_t *state, uint64_t file_bytes, uint64_t size);

/*
 * pace.c: when the next I/O may begin, in ns of CLOCK_MONOTONIC, and books it; 0: at once.
 * nb_io_pace_left() is how long that is from now.
 */
uint64_t nb_io_pace_next(struct nb_io *io);
uint64_t nb_io_pace_left(uint64_t due_ns);
void nb_io_pace_until(uint64_t due_ns);

/* view.c: random data in the first bytes of the buffer that have none yet. */
void nb_io_buffer_fill(struct nb_io *io, uint64_t size);

/* One run of a queue, whichever engine does it. */
struct nb_io_job {
	struct nb_io *io;
	const struct nb_io_queue *queue;
	uint64_t *ticks;
	uint64_t count;
};

/* queue_uring.c, queue_threads.c: 0 or a negative errno. */
struct nb_io_uring;
int nb_io_uring_probe(void);
int nb_io_uring_open(struct nb_io_uring **uring, int file, unsigned depth);
int nb_io_uring_run(struct nb_io_uring *uring, const struct nb_io_job *job);
void nb_io_uring_close(struct nb_io_uring *uring);

struct nb_io_threads;
int nb_io_threads_open(struct nb_io_threads **threads, unsigned depth);
int nb_io_threads_run(struct nb_io_threads *threads, const struct nb_io_job *job);
void nb_io_threads_close(struct nb_io_threads *threads);

#endif
