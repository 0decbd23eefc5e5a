/* SPDX-License-Identifier: Apache-2.0 */
#include "mapping.h"

/*
 * The first touch of a page of a mapped file that is not in the page cache: a read from the disk.
 * One page in sixteen, and no read-ahead (MADV_RANDOM), so that each is one.
 */
static const char *setup(struct nb_loop *loop)
{
	return nb_mapping_setup(loop, NB_MAPPING_COLD);
}

static inline void prepare(struct nb_loop *loop)
{
	nb_io_pace(nb_storage(loop));
}

static inline void op(struct nb_loop *loop)
{
	nb_mapping_touch(loop);
}

NB_BENCH_DEFINE(io, io_mmap_fault_cold, op, prepare, .batch = 1, .setup = setup,
		.teardown = nb_mapping_teardown, .io = NB_IO_PLAIN,
		.samples_max = NB_MAPPING_SAMPLES);
