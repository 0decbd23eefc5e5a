/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>

#include "names.h"

/* 32 KiB over what was written and is on the disk: against io.first_write. */
enum { STATE_FILE, STATE_OFFSET };
enum { BLOCK = 32768, SAMPLES = 8, AREA = SAMPLES * BLOCK };

static int fill(struct nb_loop *loop, int file)
{
	for (unsigned i = 0; i < SAMPLES; i++) {
		if (pwrite(file, nb_storage(loop)->buffer, BLOCK, (off_t)i * BLOCK) != BLOCK)
			return -1;
	}
	nb_storage(loop)->bytes += AREA;
	return fdatasync(file);
}

static const char *setup(struct nb_loop *loop)
{
	int direct = nb_storage(loop)->workspace->mode == NB_IO_BUFFERED ? 0 : O_DIRECT;
	int file = nb_names_file(loop, "grown", O_RDWR | direct);
	const char *reason;

	if (file < 0)
		return nb_names_reason(loop, "grown");
	loop->state[STATE_FILE] = (uint64_t)file;
	if (fill(loop, file) == 0)
		return 0;
	reason = nb_names_reason(loop, "grown");
	close(file);
	nb_names_remove(loop, "grown");
	return reason;
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
	loop->state[STATE_OFFSET] = (loop->state[STATE_OFFSET] + BLOCK) % (AREA);
}

NB_BENCH_DEFINE(io, io_rewrite, op, prepare, .batch = 1, .setup = setup, .teardown = teardown,
		.io = NB_IO_SYNC, .writes = 1, .samples_max = SAMPLES);
