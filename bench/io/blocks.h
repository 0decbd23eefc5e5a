/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_BENCH_IO_BLOCKS_H
#define NB_BENCH_IO_BLOCKS_H

#include "storage.h"

/* Where the next read or write of the data file goes; chosen outside of the time. */
enum { NB_BLOCKS_OFFSET }; /* word of state, or of kept */

static inline void nb_blocks_random(struct nb_loop *loop)
{
	nb_io_pace(nb_storage(loop));
	loop->state[NB_BLOCKS_OFFSET] = nb_io_random_block(nb_storage(loop), NB_IO_BLOCK);
}

/* One after the other from the file's beginning, and from there again; the operation moves on. */
static inline void nb_blocks_next(struct nb_loop *loop)
{
	nb_io_pace(nb_storage(loop));
	if (loop->kept[NB_BLOCKS_OFFSET] + NB_IO_BUFFER > nb_storage(loop)->file_bytes)
		loop->kept[NB_BLOCKS_OFFSET] = 0;
}

#endif
