/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_STATS_ENERGY_H
#define NB_STATS_ENERGY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nestbench/inference.h"

/*
 * The best place to split a segment in two, by the energy statistic of Szekely and Rizzo as
 * E-divisive uses it (Matteson and James, "A Nonparametric Approach for Multiple Change Point
 * Analysis of Multivariate Data", JASA 109, 2014), with alpha = 1:
 *
 *	Q(k) = k (n - k) / n * (2 mean|x - y| - mean|x - x'| - mean|y - y'|)
 *
 * with x the first k values and y the others, the means over all pairs of different places. Values
 * far out are pulled in first, so that a spike counts as one odd value and not as many.
 */
struct nb_energy; /* working memory for segments up to a length */

struct nb_energy *nb_energy_new(size_t longest);
void nb_energy_free(struct nb_energy *energy);

struct nb_energy_split {
	size_t index; /* first value of the second part */
	double p;
};

/*
 * True where the best split of values[length] is reached by no more than options->alpha of the
 * permutations; split is set then. Gives up early where that has become out of reach.
 */
bool nb_energy_test(struct nb_energy *energy, const double *values, size_t length,
		    const struct nb_change_options *options, uint64_t seed,
		    struct nb_energy_split *split);

#endif
