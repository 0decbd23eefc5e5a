/* SPDX-License-Identifier: Apache-2.0 */
#include "files.h"

/* openat(2) for reading and close(2) of one of 16 files. */
static inline void prepare(struct nb_loop *loop)
{
	nb_io_pace(nb_storage(loop));
	nb_files_name(nb_files_names(loop)->first, "file", nb_files_next(loop));
}

static inline void op(struct nb_loop *loop)
{
	int file = nb_files_open(loop, nb_files_names(loop)->first, O_RDONLY);

	if (file < 0)
		nb_storage_fail(loop, "openat", errno);
	else
		close(file);
}

NB_BENCH_DEFINE(io, io_open_close, op, prepare, .batch = 1, .setup = nb_files_setup,
		.teardown = nb_files_teardown, .io = NB_IO_PLAIN);
