/* SPDX-License-Identifier: Apache-2.0 */
#include "blocks.h"

static inline void op(struct nb_loop *loop)
{
	struct nb_io *io = nb_storage(loop);

	nb_storage_expect(
		loop, "pread",
		pread(io->direct, io->buffer, NB_IO_BLOCK, (off_t)loop->state[NB_BLOCKS_OFFSET]),
		NB_IO_BLOCK);
}

NB_BENCH_DEFINE(io, io_rand_read_4k_q1, op, nb_blocks_random, .batch = 1, .io = NB_IO_SYNC);
