/* SPDX-License-Identifier: Apache-2.0 */
#include "grown.h"

/* 32 KiB over what was written and is on the disk: against io.first_write. */
enum { AREA = NB_GROWN_SAMPLES * NB_GROWN_BLOCK };

static int fill(struct nb_loop *loop)
{
	int file = (int)loop->state[NB_GROWN_FILE];

	for (unsigned i = 0; i < NB_GROWN_SAMPLES; i++) {
		if (pwrite(file, nb_storage(loop)->buffer, NB_GROWN_BLOCK,
			   (off_t)i * NB_GROWN_BLOCK) != NB_GROWN_BLOCK)
			return -1;
	}
	nb_storage(loop)->bytes += AREA;
	return fdatasync(file);
}

static const char *setup(struct nb_loop *loop)
{
	const char *reason = nb_grown_setup(loop);

	if (reason || fill(loop) == 0)
		return reason;
	reason = nb_names_reason(loop, "grown");
	nb_grown_teardown(loop);
	return reason;
}

static inline void op(struct nb_loop *loop)
{
	nb_grown_write(loop);
	loop->state[NB_GROWN_OFFSET] %= AREA;
}

NB_BENCH_DEFINE(io, io_rewrite, op, nb_grown_prepare, .batch = 1, .setup = setup,
		.teardown = nb_grown_teardown, .io = NB_IO_SYNC, .writes = 1,
		.samples_max = NB_GROWN_SAMPLES);
