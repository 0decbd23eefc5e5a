/* SPDX-License-Identifier: Apache-2.0 */
#include "blocks.h"

static inline void op(struct nb_loop *loop)
{
	struct nb_io *io = nb_storage(loop);

	nb_storage_expect(
		loop, "pread",
		pread(io->direct, io->buffer, NB_IO_BUFFER, (off_t)loop->kept[NB_BLOCKS_OFFSET]),
		NB_IO_BUFFER);
	loop->kept[NB_BLOCKS_OFFSET] += NB_IO_BUFFER;
}

NB_BENCH_DEFINE(io, io_seq_read_1m, op, nb_blocks_next, .batch = 1, .io = NB_IO_STREAM);
