/* SPDX-License-Identifier: Apache-2.0 */
#include "mapping.h"

/*
 * The first touch of a page of a mapped file that is in the page cache: no disk takes part.
 * Against io.mmap_fault_cold, and never mixed with it.
 */
static const char *setup(struct nb_loop *loop)
{
	return nb_mapping_setup(loop, NB_MAPPING_WARM);
}

static inline void op(struct nb_loop *loop)
{
	nb_mapping_touch(loop);
}

NB_BENCH_DEFINE(io, io_mmap_fault_warm, op, nb_bench_no_prepare, .batch = 1, .setup = setup,
		.teardown = nb_mapping_teardown, .io = NB_IO_PLAIN,
		.samples_max = NB_MAPPING_SAMPLES);
