/* SPDX-License-Identifier: Apache-2.0 */
#include "storage.h"

enum { STATE_OFFSET };

static inline void prepare(struct nb_loop *loop)
{
	nb_io_pace(nb_storage(loop));
	loop->state[STATE_OFFSET] = nb_io_random_block(nb_storage(loop), NB_IO_BLOCK);
}

static inline void op(struct nb_loop *loop)
{
	struct nb_io *io = nb_storage(loop);

	nb_storage_expect(
		loop, "pwrite",
		pwrite(io->direct, io->buffer, NB_IO_BLOCK, (off_t)loop->state[STATE_OFFSET]),
		NB_IO_BLOCK);
}

NB_BENCH_DEFINE(io, io_rand_write_4k_q1, op, prepare, .batch = 1, .io = NB_IO_SYNC, .writes = 1,
		.samples_max = NB_IO_WRITES_MAX);
