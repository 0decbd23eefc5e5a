/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_USER_GAPS_H
#define NB_USER_GAPS_H

#include <stdint.h>

/* What was taken away from a loop that does nothing but read the clock. */
struct nb_gaps {
	uint64_t longest; /* between two readings */
	uint64_t total;	  /* of all that were longer than the threshold */
};

static inline void nb_gaps_add(struct nb_gaps *gaps, uint64_t gap, uint64_t threshold)
{
	if (gap > gaps->longest)
		gaps->longest = gap;
	if (gap > threshold)
		gaps->total += gap;
}

#endif
