/* SPDX-License-Identifier: Apache-2.0 */
#include "files.h"

/* write(2) of 64 bytes to the end of an open file, as logs do; no flush. */
enum { APPENDED = 64 };

static const char *setup(struct nb_loop *loop)
{
	int file = nb_names_file(loop, "appended", O_WRONLY | O_APPEND);

	loop->state[0] = (uint64_t)file;
	return file < 0 ? nb_names_reason(loop, "appended") : 0;
}

static void teardown(struct nb_loop *loop)
{
	close((int)loop->state[0]);
	nb_names_remove(loop, "appended");
}

static inline void prepare(struct nb_loop *loop)
{
	nb_io_pace(nb_storage(loop));
}

static inline void op(struct nb_loop *loop)
{
	nb_storage_expect(loop, "write",
			  write((int)loop->state[0], nb_storage(loop)->buffer, APPENDED), APPENDED);
}

NB_BENCH_DEFINE(io, io_append_64b, op, prepare, .batch = 1, .setup = setup, .teardown = teardown,
		.io = NB_IO_PLAIN, .writes = 1);
