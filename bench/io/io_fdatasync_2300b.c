/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>

#include "names.h"

/*
 * What etcd does to its log, and fio in the job that people test disks for it with: 2 300 bytes
 * more, then fdatasync(2), which alone is timed. The disk is good enough where its 99th percentile
 * is below 10 ms.
 */
enum { STATE_FILE, STATE_OFFSET };
enum { RECORD = 2300, LOG_BYTES = 4 << 20 };

static const char *setup(struct nb_loop *loop)
{
	int file = nb_names_file(loop, "log", O_WRONLY);

	if (file < 0)
		return nb_names_reason(loop, "log");
	/* As the log is: allocated before. A file system that cannot appends instead. */
	(void)posix_fallocate(file, 0, LOG_BYTES);
	loop->state[STATE_FILE] = (uint64_t)file;
	return 0;
}

static void teardown(struct nb_loop *loop)
{
	close((int)loop->state[STATE_FILE]);
	nb_names_remove(loop, "log");
}

static inline void prepare(struct nb_loop *loop)
{
	struct nb_io *io = nb_storage(loop);
	uint64_t offset = loop->state[STATE_OFFSET];

	nb_io_pace(io);
	if (offset + RECORD > LOG_BYTES)
		offset = 0;
	nb_storage_expect(loop, "pwrite",
			  pwrite((int)loop->state[STATE_FILE], io->buffer, RECORD, (off_t)offset),
			  RECORD);
	loop->state[STATE_OFFSET] = offset + RECORD;
}

static inline void op(struct nb_loop *loop)
{
	if (fdatasync((int)loop->state[STATE_FILE]) < 0)
		nb_storage_fail(loop, "fdatasync", errno);
}

NB_BENCH_DEFINE(io, io_fdatasync_2300b, op, prepare, .batch = 1, .setup = setup,
		.teardown = teardown, .io = NB_IO_PLAIN, .writes = 1,
		.samples_max = NB_IO_WRITES_MAX);
