/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_USER_WALK_H
#define NB_USER_WALK_H

#include "nestbench/bench.h"

/*
 * Dependent loads along a chain of lines (nestbench/chain.h), made once a round: far ones, each in
 * a page of its own, and near ones, as many side by side. kept[0] is where the far chain is
 * followed next, kept[1] the near one. With loop->null it is the near one, so that with .own_null
 * what is left is what finding the translations costs.
 */
enum {
	NB_WALK_LOADS = 64,    /* of a sample, as in the guest vantage */
	NB_WALK_LINES = 16384, /* the same; far beyond the 2 048 to 4 096 entries of TLBs */
};

/* The far lines lie in size bytes of private memory, in pages of that size. */
const char *nb_walk_prepare(struct nb_loop *loop, uint64_t size, uint64_t page);

/* The far lines lie in span bytes, where the same memory of size bytes is seen in turn. */
const char *nb_walk_prepare_shared(struct nb_loop *loop, uint8_t *memory, uint64_t size,
				   uint64_t span);

/* Follows the chain of the loop; the address stays in a register from load to load. */
void nb_walk_timed(struct nb_loop *loop);

#define NB_WALK_DEFINE(id, ...)                                                             \
	extern const struct nb_bench nb_bench_user_##id;                                    \
	const struct nb_bench nb_bench_user_##id = {                                        \
		.timed = nb_walk_timed, .setup = setup, .batch = NB_WALK_LOADS, __VA_ARGS__ \
	}

#endif
