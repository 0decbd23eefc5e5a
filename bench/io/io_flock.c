/* SPDX-License-Identifier: Apache-2.0 */
#include <sys/file.h>

#include "files.h"

/* flock(2): taken and given back, by nobody else wanted. */
static const char *setup(struct nb_loop *loop)
{
	int file = nb_names_file(loop, "locked", O_RDWR);

	loop->state[0] = (uint64_t)file;
	if (file < 0)
		return nb_names_reason(loop, "locked");
	if (flock(file, LOCK_EX | LOCK_NB) == 0 && flock(file, LOCK_UN) == 0)
		return 0;
	return nb_reason("this file system has no locks: %s", strerror(errno));
}

static void teardown(struct nb_loop *loop)
{
	close((int)loop->state[0]);
	nb_names_remove(loop, "locked");
}

static inline void prepare(struct nb_loop *loop)
{
	nb_io_pace(nb_storage(loop));
}

static inline void op(struct nb_loop *loop)
{
	int file = (int)loop->state[0];

	if (flock(file, LOCK_EX) < 0 || flock(file, LOCK_UN) < 0)
		nb_storage_fail(loop, "flock", errno);
}

NB_BENCH_DEFINE(io, io_flock, op, prepare, .batch = 1, .setup = setup, .teardown = teardown,
		.io = NB_IO_PLAIN);
