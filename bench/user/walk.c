/* SPDX-License-Identifier: Apache-2.0 */
#include "walk.h"

#include <stdlib.h>

#include "nestbench/chain.h"

#include "memory.h"

enum kept { KEPT_FAR, KEPT_NEAR };

static inline uint64_t follow(uint64_t at, uint64_t loads)
{
	for (; loads > 0; loads--)
		__asm__ volatile("movq (%0), %0" : "+r"(at) : : "memory");
	return at;
}

/* Once around as well: no fault of a first touch is left for a sample. */
static const char *build(const struct nb_chain *chain, uint64_t *first)
{
	uint32_t *scratch;

	if (chain->span / chain->size == 0 || chain->size / chain->stride == 0)
		return "memory is too small for a chain";
	scratch = malloc(nb_chain_count(chain) * sizeof(scratch[0]));
	if (!scratch)
		return "no memory";
	*first = nb_chain_build(chain, scratch);
	free(scratch);
	(void)follow(*first, nb_chain_count(chain));
	return NULL;
}

/* In pages of 2 MiB where there are such. */
static const char *build_near(struct nb_loop *loop, uint64_t count)
{
	struct nb_chain chain = { .size = count * NB_CHAIN_LINE, .stride = NB_CHAIN_LINE };
	const char *reason = nb_memory_map(chain.size, NB_MEMORY_2M, &chain.memory);

	if (reason)
		reason = nb_memory_map(chain.size, NB_MEMORY_4K, &chain.memory);
	chain.span = chain.size;
	chain.address = (uintptr_t)chain.memory;
	return reason ? reason : build(&chain, &loop->kept[KEPT_NEAR]);
}

static const char *build_both(struct nb_loop *loop, const struct nb_chain *far)
{
	const char *reason = build(far, &loop->kept[KEPT_FAR]);

	return reason ? reason : build_near(loop, nb_chain_count(far));
}

const char *nb_walk_prepare(struct nb_loop *loop, uint64_t size, uint64_t page)
{
	struct nb_chain far = { .size = size, .span = size, .stride = page };
	const char *reason;

	if (loop->kept[KEPT_FAR])
		return NULL;
	nb_memory_unlock_later();
	reason = nb_memory_need(size);
	if (!reason)
		reason = nb_memory_map(size, page, &far.memory);
	if (!reason)
		reason = nb_memory_fill(far.memory, size, page);
	far.address = (uintptr_t)far.memory;
	return reason ? reason : build_both(loop, &far);
}

const char *nb_walk_prepare_shared(struct nb_loop *loop, uint8_t *memory, uint64_t size,
				   uint64_t span)
{
	struct nb_chain far = { .size = size, .span = span, .stride = size };

	far.memory = memory;
	far.address = (uintptr_t)memory;
	return build_both(loop, &far);
}

void nb_walk_timed(struct nb_loop *loop)
{
	uint64_t at = loop->kept[loop->null];

	for (uint64_t i = 0; i < loop->count; i++) {
		uint64_t start = nb_bench_clock();

		at = follow(at, loop->batch);
		loop->samples[i] = nb_bench_clock() - start;
	}
	loop->kept[loop->null] = at;
}
