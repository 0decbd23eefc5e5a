/* SPDX-License-Identifier: Apache-2.0 */
#include "rank_sum.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>

/* Additions that a table may cost: 50 sessions against 50, some hundredths of a second. */
#define WORK_MAX 60e6

static size_t top_sum(const unsigned *ranks, size_t count)
{
	size_t sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += ranks[i];
	return sum;
}

bool nb_stats_rank_sums_feasible(const unsigned *ranks, size_t count, size_t chosen)
{
	return (double)count * (double)chosen * (double)(top_sum(ranks, count) + 1) <= WORK_MAX;
}

struct seen {
	size_t count, sum; /* of the ranks so far, this one included */
};

/*
 * ways[c * length + s] is the probability that of the ranks seen so far c are chosen with the sum
 * s, in units of 1 over all choices. Each rank is either left out or adds itself; going down in c
 * lets one table serve as old and new. Only numbers from least to most can still become the chosen
 * one, and no sum is above that of all ranks seen.
 */
static void add_rank(double *ways, size_t length, size_t least, size_t most, unsigned rank,
		     const struct seen *seen)
{
	for (size_t c = most; c >= least; c--) {
		double *to = ways + c * length;
		const double *from = ways + (c - 1) * length;

		for (size_t s = rank; s <= seen->sum; s++)
			to[s] += from[s - rank];
	}
}

int nb_stats_rank_sums(const unsigned *ranks, size_t count, size_t chosen,
		       struct nb_rank_sums *sums, struct nb_error *error)
{
	size_t length = top_sum(ranks, count) + 1;
	double *ways = calloc((chosen + 1) * length, sizeof(*ways));
	double *probability = calloc(length, sizeof(*probability));
	struct seen seen = { 0 };
	double all = 0;

	if (!ways || !probability) {
		free(ways);
		free(probability);
		return nb_error_set(error, ENOMEM, "no memory for the distribution of rank sums");
	}
	ways[0] = 1;
	for (size_t i = 0; i < count; i++) {
		size_t left = count - i; /* ranks still to come, this one included */

		seen.count++;
		seen.sum += ranks[i];
		add_rank(ways, length, chosen > left ? chosen - left + 1 : 1,
			 seen.count < chosen ? seen.count : chosen, ranks[i], &seen);
	}
	for (size_t s = 0; s < length; s++)
		all += ways[chosen * length + s];
	for (size_t s = 0; s < length; s++)
		probability[s] = ways[chosen * length + s] / all;
	free(ways);
	*sums = (struct nb_rank_sums){ probability, length };
	return 0;
}

void nb_stats_rank_sums_free(struct nb_rank_sums *sums)
{
	free(sums->probability);
	*sums = (struct nb_rank_sums){ 0 };
}

/* By bisection: called once a comparison, so that plain beats quick. */
double nb_stats_normal_quantile(double p)
{
	double low = -40, high = 40;

	assert(p > 0 && p < 1);
	for (int i = 0; i < 100; i++) {
		double middle = (low + high) / 2;

		if (erfc(-middle / sqrt(2)) / 2 < p)
			low = middle;
		else
			high = middle;
	}
	return (low + high) / 2;
}
