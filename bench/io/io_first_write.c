/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>

#include "names.h"

/*
 * 32 KiB where the file has nothing yet: the file system allocates, and below it a growing VHDX or
 * a thin volume may, too. io.rewrite is the same where there is something.
 */
enum { STATE_FILE, STATE_OFFSET };
enum { BLOCK = 32768, SAMPLES = 8 };

static const char *setup(struct nb_loop *loop)
{
	int direct = nb_storage(loop)->workspace->mode == NB_IO_BUFFERED ? 0 : O_DIRECT;
	int file = nb_names_file(loop, "grown", O_RDWR | direct);

	if (file < 0)
		return nb_names_reason(loop, "grown");
	loop->state[STATE_FILE] = (uint64_t)file;
	return 0;
}

static void teardown(struct nb_loop *loop)
{
	close((int)loop->state[STATE_FILE]);
	nb_names_remove(loop, "grown");
}

static inline void prepare(struct nb_loop *loop)
{
	nb_io_pace(nb_storage(loop));
}

static inline void op(struct nb_loop *loop)
{
	struct nb_io *io = nb_storage(loop);

	nb_storage_expect(loop, "pwrite",
			  pwrite((int)loop->state[STATE_FILE], io->buffer, BLOCK,
				 (off_t)loop->state[STATE_OFFSET]),
			  BLOCK);
	loop->state[STATE_OFFSET] += BLOCK;
}

NB_BENCH_DEFINE(io, io_first_write, op, prepare, .batch = 1, .setup = setup, .teardown = teardown,
		.io = NB_IO_SYNC, .writes = 1, .samples_max = SAMPLES);
