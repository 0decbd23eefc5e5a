/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_IO_H
#define NB_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nestbench/error.h"

/*
 * Storage as a benchmark of bench/io sees it, and the workspace that a session makes for it.
 *
 * The session makes one folder of its own in each target, writes one file of incompressible data
 * into it and checks that it is allocated; each round's process opens that workspace again. A
 * janitor process removes the folder when the session is gone, however it went.
 *
 *	nb_io_workspace_make(&workspace, folder, &plan, &error);      (session)
 *	nb_io_open(&io, &workspace, &plan, &error);		      (round; nb_io_close())
 *	nb_io_workspace_remove(&workspace, &error);		      (session)
 */

/* How far the ladder of direct I/O got (DESIGN: the mode is part of a series' parameters). */
enum nb_io_mode {
	NB_IO_BUFFERED,	     /* O_DIRECT is refused, or is accepted and caches all the same */
	NB_IO_DIRECT,	     /* past this kernel's cache to a block device */
	NB_IO_DIRECT_REMOTE, /* past it to a server that may have one of its own: 9p, fuse */
};
/* "buffered", "direct", "guest-direct-remote" */
const char *nb_io_mode_name(enum nb_io_mode mode);

enum {
	NB_IO_BLOCK = 4096,
	NB_IO_DEPTH_MAX = 32,
	NB_IO_BUFFER = 1 << 20, /* bytes, per slot of the queue */
	NB_IO_WRITES_MAX = 128, /* samples of one command, so that quick writes little */
};

struct nb_io_plan {
	uint64_t file_bytes; /* of the data file */
	double rate;	     /* I/Os per second at most, --io-rate; 0: as fast as it goes */
};

struct nb_io_workspace {
	char folder[320]; /* "TARGET/.nestbench-ULID": ours alone */
	enum nb_io_mode mode;
	bool uring;	   /* io_uring works here; else no_uring says why */
	char no_uring[96]; /* "refused (EPERM): seccomp?", "this kernel has none (ENOSYS)", ... */
	int target;	   /* what the folder lies in, opened */
	int janitor;	   /* its pipe; -1: none */
	int janitor_pid;
};

/*
 * -ENOSPC: file and a margin of 10 % do not fit (the text has both figures); -EROFS, -EACCES,
 * -ENOENT, ... with the path. Nothing is left behind after an error. Threads of the caller must not
 * exist yet (the janitor is forked).
 */
int nb_io_workspace_make(struct nb_io_workspace *workspace, const char *target,
			 const struct nb_io_plan *plan, struct nb_error *error);
/*
 * Once, whatever it returns: an error says what stays and why. Files and folders of the marker's
 * owner go, 3 folders deep; what others put there, and mounts, stay, and so does then the folder.
 */
int nb_io_workspace_remove(struct nb_io_workspace *workspace, struct nb_error *error);

struct nb_io_ring;

/* One round's view; nb_loop.context of bench/io. */
struct nb_io {
	const struct nb_io_workspace *workspace;
	int folder;   /* ours: any name may be made in it; teardown removes it again */
	int direct;   /* the data file in the workspace's mode, read and write */
	int buffered; /* the same through the page cache */
	uint64_t file_bytes;
	uint64_t align;	 /* what direct I/O asks of offsets, lengths and memory; else 1 */
	uint8_t *buffer; /* NB_IO_DEPTH_MAX * NB_IO_BUFFER bytes, aligned */
	uint64_t filled; /* so many are incompressible: at first NB_IO_BUFFER */
	double rate;
	uint64_t due_ns;	 /* nb_io_pace(): CLOCK_MONOTONIC, when the next I/O may begin */
	struct nb_io_ring *ring; /* NULL until nb_io_ring_open() */
	uint64_t random;	 /* state of nb_io_random() */
	uint64_t bytes; /* moved by the loop so far: the benchmark adds, the driver reads */
};
int nb_io_open(struct nb_io *io, const struct nb_io_workspace *workspace,
	       const struct nb_io_plan *plan, struct nb_error *error);
void nb_io_close(struct nb_io *io); /* safe on zeroes with fds of -1, and twice */

/* Offset of a random block of that size within the data file. */
uint64_t nb_io_random_block(struct nb_io *io, uint64_t size);

/*
 * Page cache of [offset, offset + length): made so and then verified by cachestat(2) or
 * mincore(2). 0, or a negative errno: -EAGAIN where it would not become so.
 */
int nb_io_cache_drop(int fd, uint64_t offset, uint64_t length);
int nb_io_cache_fill(int fd, uint64_t offset, uint64_t length);

/*
 * A queue of depth reads or writes of size bytes at random blocks: keeps it full until count I/Os
 * are done; ticks[i] of nb_bench_clock() from submission to completion of each, in order of
 * completion. By io_uring, or by depth threads where workspace->uring is false. 0, or a negative
 * errno: that of the first I/O that failed, -EIO for one that was cut short.
 */
struct nb_io_queue {
	bool write;
	unsigned depth; /* at most that of nb_io_ring_open() */
	uint64_t size;	/* a multiple of align */
};
int nb_io_ring_open(struct nb_io *io, unsigned depth); /* at once if it is open already */
int nb_io_ring_run(struct nb_io *io, const struct nb_io_queue *queue, uint64_t *ticks,
		   uint64_t count);
void nb_io_ring_close(struct nb_io *io); /* nb_io_close() does it, too */

/* Waits as --io-rate asks, outside of any time; at once without it. */
void nb_io_pace(struct nb_io *io);

#endif
