/* SPDX-License-Identifier: Apache-2.0 */
#include "files.h"

/* fstatat(2) of a file that is there, again and again the same 16. */
static inline void prepare(struct nb_loop *loop)
{
	nb_io_pace(nb_storage(loop));
	nb_files_name(nb_files_names(loop)->first, "file", nb_files_next(loop));
}

static inline void op(struct nb_loop *loop)
{
	struct stat status;

	if (fstatat(nb_storage(loop)->folder, nb_files_names(loop)->first, &status,
		    AT_SYMLINK_NOFOLLOW) < 0)
		nb_storage_fail(loop, "fstatat", errno);
}

NB_BENCH_DEFINE(io, io_stat, op, prepare, .batch = 1, .setup = nb_files_setup,
		.teardown = nb_files_teardown, .io = NB_IO_PLAIN);
