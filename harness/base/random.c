/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>

#include "nestbench/base.h"

/* Multiplier and increment of the reference implementation's default stream. */
static const uint64_t multiplier = 6364136223846793005u;
static const uint64_t increment = 1442695040888963407u;

void nb_random_seed(struct nb_random *random, uint64_t seed)
{
	random->state = seed + increment;
	(void)nb_random_next(random);
}

uint32_t nb_random_next(struct nb_random *random)
{
	uint64_t old = random->state;
	uint32_t shifted = (uint32_t)(((old >> 18) ^ old) >> 27);
	uint32_t rotation = (uint32_t)(old >> 59);

	random->state = old * multiplier + increment;
	return (shifted >> rotation) | (shifted << (-rotation & 31));
}

uint32_t nb_random_below(struct nb_random *random, uint32_t bound)
{
	uint32_t threshold;
	uint32_t value;

	assert(bound > 0);
	/* Values below 2^32 mod bound would make small results more likely; draw again. */
	threshold = -bound % bound;
	do
		value = nb_random_next(random);
	while (value < threshold);
	return value % bound;
}
