/* SPDX-License-Identifier: Apache-2.0 */
#include "files.h"

/* unlinkat(2) of an empty file, made outside of the time. */
static inline void prepare(struct nb_loop *loop)
{
	char *name = nb_files_names(loop)->first;
	int file;

	nb_io_pace(nb_storage(loop));
	nb_files_name(name, "gone", loop->state[0]++);
	file = nb_files_open(loop, name, O_WRONLY | O_CREAT | O_EXCL);
	if (file < 0)
		nb_storage_fail(loop, "openat", errno);
	else
		close(file);
}

static inline void op(struct nb_loop *loop)
{
	if (unlinkat(nb_storage(loop)->folder, nb_files_names(loop)->first, 0) < 0)
		nb_storage_fail(loop, "unlinkat", errno);
}

NB_BENCH_DEFINE(io, io_unlink, op, prepare, .batch = 1, .io = NB_IO_PLAIN,
		.samples_max = NB_IO_WRITES_MAX);
