/* SPDX-License-Identifier: Apache-2.0 */
#include "files.h"

/* renameat(2) within one folder, from one free name to the next. */
static const char *setup(struct nb_loop *loop)
{
	char name[NB_NAMES_SIZE];
	int file;

	nb_files_name(name, "moved", 0);
	file = nb_files_open(loop, name, O_WRONLY | O_CREAT | O_EXCL);
	if (file < 0)
		return nb_names_reason(loop, name);
	close(file);
	return 0;
}

static void teardown(struct nb_loop *loop)
{
	char name[NB_NAMES_SIZE];

	nb_files_name(name, "moved", loop->state[0]);
	unlinkat(nb_storage(loop)->folder, name, 0);
}

static inline void prepare(struct nb_loop *loop)
{
	nb_io_pace(nb_storage(loop));
	nb_files_name(nb_files_names(loop)->first, "moved", loop->state[0]);
	nb_files_name(nb_files_names(loop)->second, "moved", ++loop->state[0]);
}

static inline void op(struct nb_loop *loop)
{
	int folder = nb_storage(loop)->folder;

	if (renameat(folder, nb_files_names(loop)->first, folder, nb_files_names(loop)->second) < 0)
		nb_storage_fail(loop, "renameat", errno);
}

NB_BENCH_DEFINE(io, io_rename, op, prepare, .batch = 1, .setup = setup, .teardown = teardown,
		.io = NB_IO_PLAIN);
