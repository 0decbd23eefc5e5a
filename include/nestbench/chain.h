/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_CHAIN_H
#define NB_CHAIN_H

#include <stddef.h>
#include <stdint.h>

/*
 * A chain of cache lines for dependent loads, freestanding: each line holds the address of the
 * next, in one random cycle over all, so that neither a stride prefetcher nor out-of-order
 * execution hides a load's latency. One line lies in each stride of the span.
 *
 *	struct nb_chain chain = { memory, (uintptr_t)memory, size, size, 4096 };
 *	first = nb_chain_build(&chain, scratch);
 *
 * To tell what translations cost, subtract a chain of as many lines that needs hardly any: stride
 * NB_CHAIN_LINE over count * NB_CHAIN_LINE bytes of other memory.
 */
enum {
	NB_CHAIN_LINE = 64,
	NB_CHAIN_PAGE = 4096,
	NB_CHAIN_SPREAD = 1024, /* bytes for each line of a stride whose memory is shared */
	NB_CHAIN_SETS_SPAN = 2048 * NB_CHAIN_LINE, /* covers each set of a large L2 cache once */
};

/* Sizes are powers of two; the strides that share memory (span / size) have a line each. */
struct nb_chain {
	uint8_t *memory;  /* where it is written */
	uint64_t address; /* where whoever follows the chain sees the span begin */
	uint64_t size;	  /* of memory, in bytes */
	uint64_t span;	  /* larger than size: memory is seen there again and again */
	uint64_t stride;
};

static inline uint64_t nb_chain_count(const struct nb_chain *chain)
{
	return chain->span / chain->stride;
}

/* How far into each stride there may be lines. */
static inline uint64_t nb_chain_reach(const struct nb_chain *chain)
{
	uint64_t reach = chain->span / chain->size * NB_CHAIN_SPREAD;

	if (reach < NB_CHAIN_SETS_SPAN)
		reach = NB_CHAIN_SETS_SPAN;
	return reach < chain->stride ? reach : chain->stride;
}

/* Whether it can be built. */
static inline int nb_chain_valid(const struct nb_chain *chain)
{
	const uint64_t sizes[] = { chain->size, chain->span, chain->stride };

	for (size_t i = 0; i < 3; i++) {
		if (sizes[i] < NB_CHAIN_LINE || (sizes[i] & (sizes[i] - 1)))
			return 0;
	}
	return chain->size <= chain->span && chain->stride <= chain->size &&
	       nb_chain_count(chain) <= UINT32_MAX &&
	       nb_chain_reach(chain) / NB_CHAIN_LINE >= chain->span / chain->size;
}

/* From the start of its stride to the line of element index. Every set of a cache gets as many as
 * of a dense chain's: a difference between the two is not one of cache conflicts. */
static inline uint64_t nb_chain_line(const struct nb_chain *chain, uint64_t index)
{
	uint64_t strides = chain->size / chain->stride;
	uint64_t sharers = chain->span / chain->size;
	uint64_t room = nb_chain_reach(chain) / sharers;
	uint64_t number = index % strides * sharers + index / strides;
	uint64_t turn = room < NB_CHAIN_SETS_SPAN ? NB_CHAIN_SETS_SPAN / room : 1;
	uint64_t step = room / NB_CHAIN_LINE / turn;
	uint64_t shift = number * (step ? step : 1) + number / turn;

	return index / strides * room + shift * NB_CHAIN_LINE % room;
}

/* Offset of element index in the span. */
static inline uint64_t nb_chain_offset(const struct nb_chain *chain, uint64_t index)
{
	return index * chain->stride + nb_chain_line(chain, index);
}

/* 64-bit linear congruential generator (D. E. Knuth, MMIX); its high bits are the good ones. */
static inline uint32_t nb_chain_random(uint64_t *state, uint32_t bound)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)((*state >> 32) * bound >> 32);
}

/*
 * Writes the chain, the same one every time; scratch has nb_chain_count() elements. Returns the
 * address of its first line. One cycle, each as likely: S. Sattolo, Information Processing
 * Letters 22, 1986.
 */
static inline uint64_t nb_chain_build(const struct nb_chain *chain, uint32_t *scratch)
{
	uint32_t count = (uint32_t)nb_chain_count(chain);
	uint64_t state = 1;

	for (uint32_t i = 0; i < count; i++)
		scratch[i] = i;
	for (uint32_t i = count - 1; i > 0; i--) {
		uint32_t other = nb_chain_random(&state, i);
		uint32_t kept = scratch[i];

		scratch[i] = scratch[other];
		scratch[other] = kept;
	}
	for (uint32_t i = 0; i < count; i++) {
		uint64_t at = nb_chain_offset(chain, i) % chain->size;

		*(uint64_t *)(void *)(chain->memory + at) =
			chain->address + nb_chain_offset(chain, scratch[i]);
	}
	return chain->address + nb_chain_offset(chain, 0);
}

#endif
