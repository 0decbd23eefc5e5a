/* SPDX-License-Identifier: Apache-2.0 */
#include "files.h"

/* A new file of 4 KiB, written and closed. */
static void teardown(struct nb_loop *loop)
{
	char name[NB_NAMES_SIZE];

	for (uint64_t i = 0; i < loop->state[0]; i++) {
		nb_files_name(name, "new", i);
		unlinkat(nb_storage(loop)->folder, name, 0);
	}
}

static inline void prepare(struct nb_loop *loop)
{
	nb_io_pace(nb_storage(loop));
	nb_files_name(nb_files_names(loop)->first, "new", loop->state[0]++);
}

static inline void op(struct nb_loop *loop)
{
	struct nb_io *io = nb_storage(loop);
	int file = nb_files_open(loop, nb_files_names(loop)->first, O_WRONLY | O_CREAT | O_EXCL);

	if (file < 0) {
		nb_storage_fail(loop, "openat", errno);
		return;
	}
	nb_storage_expect(loop, "write", write(file, io->buffer + NB_IO_BLOCK, NB_IO_BLOCK),
			  NB_IO_BLOCK);
	if (close(file) < 0)
		nb_storage_fail(loop, "close", errno);
}

NB_BENCH_DEFINE(io, io_create_4k_close, op, prepare, .batch = 1, .teardown = teardown,
		.io = NB_IO_PLAIN, .writes = 1, .samples_max = NB_IO_WRITES_MAX / 2);
