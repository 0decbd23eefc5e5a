/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <string.h>

#include "io_private.h"

/*
 * SplitMix64 (G. L. Steele, D. Lea, C. H. Flood, "Fast Splittable Pseudorandom Number
 * Generators", 2014): 64 bits a step and fast enough that data comes quicker than a disk takes it.
 */
uint64_t nb_io_random(uint64_t *state)
{
	uint64_t value = *state += 0x9e3779b97f4a7c15;

	value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9;
	value = (value ^ value >> 27) * 0x94d049bb133111eb;
	return value ^ value >> 31;
}

void nb_io_random_fill(uint64_t *state, void *bytes, size_t size)
{
	uint8_t *to = bytes;
	uint64_t value;

	assert(size % sizeof(value) == 0);
	for (size_t i = 0; i < size; i += sizeof(value)) {
		value = nb_io_random(state);
		memcpy(to + i, &value, sizeof(value));
	}
}

void nb_io_random_stamp(uint64_t *state, uint8_t *bytes, uint64_t size)
{
	for (uint64_t i = 0; i + sizeof(*state) <= size; i += NB_IO_BLOCK) {
		uint64_t value = nb_io_random(state);

		memcpy(bytes + i, &value, sizeof(value));
	}
}

uint64_t nb_io_random_offset(uint64_t *state, uint64_t file_bytes, uint64_t size)
{
	uint64_t blocks = file_bytes / size;

	/* The product fits, and the bias of a multiplication is below 1 in 2^32 / blocks. */
	assert(blocks > 0 && blocks <= UINT32_MAX);
	return ((nb_io_random(state) >> 32) * blocks >> 32) * size;
}

uint64_t nb_io_random_block(struct nb_io *io, uint64_t size)
{
	return nb_io_random_offset(&io->random, io->file_bytes, size);
}
