/* SPDX-License-Identifier: Apache-2.0 */
#include "files.h"

/* openat(2) that makes an empty file; it is closed and removed outside of the time. */
static void teardown(struct nb_loop *loop)
{
	char name[NB_NAMES_SIZE];

	if (loop->state[1] > 0)
		close((int)loop->state[1] - 1);
	for (uint64_t i = 0; i < loop->state[0]; i++) {
		nb_files_name(name, "new", i);
		unlinkat(nb_storage(loop)->folder, name, 0);
	}
}

static inline void prepare(struct nb_loop *loop)
{
	if (loop->state[1] > 0)
		close((int)loop->state[1] - 1);
	loop->state[1] = 0;
	nb_io_pace(nb_storage(loop));
	nb_files_name(nb_files_names(loop)->first, "new", loop->state[0]++);
}

static inline void op(struct nb_loop *loop)
{
	int file = nb_files_open(loop, nb_files_names(loop)->first, O_WRONLY | O_CREAT | O_EXCL);

	loop->state[1] = (uint64_t)file + 1; /* 0: none */
	if (file < 0)
		nb_storage_fail(loop, "openat", errno);
}

NB_BENCH_DEFINE(io, io_create, op, prepare, .batch = 1, .teardown = teardown, .io = NB_IO_PLAIN,
		.samples_max = NB_IO_WRITES_MAX);
