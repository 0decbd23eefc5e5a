/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_BENCH_IO_GROWN_H
#define NB_BENCH_IO_GROWN_H

#include <fcntl.h>

#include "names.h"

/* A file of a benchmark's own that is written in pieces of 32 KiB, in the mode of the workspace. */
enum { NB_GROWN_FILE, NB_GROWN_OFFSET }; /* words of state */
enum { NB_GROWN_BLOCK = 32768, NB_GROWN_SAMPLES = 8 };

static inline const char *nb_grown_setup(struct nb_loop *loop)
{
	int direct = nb_storage(loop)->workspace->mode == NB_IO_BUFFERED ? 0 : O_DIRECT;
	int file = nb_names_file(loop, "grown", O_RDWR | direct);

	if (file < 0)
		return nb_names_reason(loop, "grown");
	loop->state[NB_GROWN_FILE] = (uint64_t)file;
	return 0;
}

static inline void nb_grown_teardown(struct nb_loop *loop)
{
	close((int)loop->state[NB_GROWN_FILE]);
	nb_names_remove(loop, "grown");
}

static inline void nb_grown_prepare(struct nb_loop *loop)
{
	nb_io_pace(nb_storage(loop));
}

static inline void nb_grown_write(struct nb_loop *loop)
{
	nb_storage_expect(loop, "pwrite",
			  pwrite((int)loop->state[NB_GROWN_FILE], nb_storage(loop)->buffer,
				 NB_GROWN_BLOCK, (off_t)loop->state[NB_GROWN_OFFSET]),
			  NB_GROWN_BLOCK);
	loop->state[NB_GROWN_OFFSET] += NB_GROWN_BLOCK;
}

#endif
