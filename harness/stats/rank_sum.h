/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_STATS_RANK_SUM_H
#define NB_STATS_RANK_SUM_H

#include <stdbool.h>
#include <stddef.h>

#include "nestbench/error.h"

/*
 * The null distribution of a sum of ranks: probability[s] is that of the sum s when chosen of count
 * ranks are drawn without replacement. Computed by dynamic programming over the ranks (B.
 * Streitberg and J. Roehmel, "Exact distributions for permutation and rank tests", Statistical
 * Software Newsletter 12, 1986), which takes ties as they come.
 */
struct nb_rank_sums {
	double *probability; /* length entries; owned */
	size_t length;
};

/* False where the table would take too long; the normal approximation is good there. */
bool nb_stats_rank_sums_feasible(const unsigned *ranks, size_t count, size_t chosen);
int nb_stats_rank_sums(const unsigned *ranks, size_t count, size_t chosen,
		       struct nb_rank_sums *sums, struct nb_error *error);
void nb_stats_rank_sums_free(struct nb_rank_sums *sums);

/* Quantile of the standard normal distribution. */
double nb_stats_normal_quantile(double p);

#endif
