/* SPDX-License-Identifier: Apache-2.0 */
#include "files.h"

/* fstatat(2) through a symbolic link to a file of the same folder. */
static const char *setup(struct nb_loop *loop)
{
	const char *reason = nb_files_setup(loop);
	struct nb_files_names *names = nb_files_names(loop);

	if (reason)
		return reason;
	nb_files_name(names->first, "link", 0);
	nb_files_name(names->second, "file", 0);
	if (symlinkat(names->second, nb_storage(loop)->folder, names->first) < 0)
		return nb_reason("this file system has no symbolic links: %s", strerror(errno));
	return 0;
}

static void teardown(struct nb_loop *loop)
{
	unlinkat(nb_storage(loop)->folder, nb_files_names(loop)->first, 0);
	nb_files_teardown(loop);
}

static inline void prepare(struct nb_loop *loop)
{
	nb_io_pace(nb_storage(loop));
}

static inline void op(struct nb_loop *loop)
{
	struct stat status;

	if (fstatat(nb_storage(loop)->folder, nb_files_names(loop)->first, &status, 0) < 0)
		nb_storage_fail(loop, "fstatat", errno);
}

NB_BENCH_DEFINE(io, io_symlink_resolve, op, prepare, .batch = 1, .setup = setup,
		.teardown = teardown, .io = NB_IO_PLAIN);
