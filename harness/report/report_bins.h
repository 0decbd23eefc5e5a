/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_REPORT_BINS_H
#define NB_REPORT_BINS_H

#include <stddef.h>
#include <stdint.h>

#include "nestbench/record.h"

/* A distribution cut into few bins for people to look at. Bin i is edges[i] <= value <
 * edges[i + 1]; the last one includes its upper edge. */

enum { NB_BINS_MAX = 20 };

struct nb_bins {
	double edges[NB_BINS_MAX + 1];
	uint64_t counts[NB_BINS_MAX];
	size_t count;
};

/*
 * Spreads points (sorted, finite, at least one) over bins of equal width, or of equal ratio where
 * the largest value is more than four times the typical small one. Bins of equal ratio cannot
 * begin at or below zero: whatever lies far below the median is one bin of its own then.
 */
void nb_report_bins(struct nb_bins *bins, const struct nb_point *points, size_t count);

#endif
