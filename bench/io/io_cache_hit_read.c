/* SPDX-License-Identifier: Apache-2.0 */
#include "storage.h"

/* 4 KiB from the page cache: what is left of a read when no disk takes part. */
enum { STATE_OFFSET };
enum { RESIDENT = 4 << 20 };

static const char *setup(struct nb_loop *loop)
{
	int result = nb_io_cache_fill(nb_storage(loop)->buffered, 0, RESIDENT);

	if (result == 0)
		return 0;
	return nb_storage_refuse(
		loop, -result,
		nb_reason("the page cache does not keep the file: %s", strerror(-result)));
}

static inline void prepare(struct nb_loop *loop)
{
	loop->state[STATE_OFFSET] = nb_io_random_block(nb_storage(loop), NB_IO_BLOCK) % RESIDENT;
}

static inline void op(struct nb_loop *loop)
{
	struct nb_io *io = nb_storage(loop);

	nb_storage_expect(
		loop, "pread",
		pread(io->buffered, io->buffer, NB_IO_BLOCK, (off_t)loop->state[STATE_OFFSET]),
		NB_IO_BLOCK);
}

NB_BENCH_DEFINE(io, io_cache_hit_read, op, prepare, .batch = 1, .setup = setup, .io = NB_IO_PLAIN);
