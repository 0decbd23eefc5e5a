/* SPDX-License-Identifier: Apache-2.0 */
#include "storage.h"

/* One after the other from the file's beginning, and from there again. */
enum { KEPT_OFFSET };

static inline void prepare(struct nb_loop *loop)
{
	nb_io_pace(nb_storage(loop));
	if (loop->kept[KEPT_OFFSET] + NB_IO_BUFFER > nb_storage(loop)->file_bytes)
		loop->kept[KEPT_OFFSET] = 0;
}

static inline void op(struct nb_loop *loop)
{
	struct nb_io *io = nb_storage(loop);

	nb_storage_expect(
		loop, "pread",
		pread(io->direct, io->buffer, NB_IO_BUFFER, (off_t)loop->kept[KEPT_OFFSET]),
		NB_IO_BUFFER);
	loop->kept[KEPT_OFFSET] += NB_IO_BUFFER;
}

NB_BENCH_DEFINE(io, io_seq_read_1m, op, prepare, .batch = 1, .io = NB_IO_STREAM);
