/* SPDX-License-Identifier: Apache-2.0 */
#include "files.h"

/* fstatat(2) of a name that is not there: compilers and package managers live on it. */
static inline void prepare(struct nb_loop *loop)
{
	nb_io_pace(nb_storage(loop));
	nb_files_name(nb_files_names(loop)->first, "missing", nb_files_next(loop));
}

static inline void op(struct nb_loop *loop)
{
	struct stat status;

	if (fstatat(nb_storage(loop)->folder, nb_files_names(loop)->first, &status,
		    AT_SYMLINK_NOFOLLOW) == 0 ||
	    errno != ENOENT)
		nb_storage_fail(loop, "fstatat", errno);
}

NB_BENCH_DEFINE(io, io_stat_missing, op, prepare, .batch = 1, .io = NB_IO_PLAIN);
