/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "nestbench/inference.h"
#include "nestbench/stats.h"

#include "rank_sum.h"

/* More differences than this need a cleverer median than sorting; 3 000 sessions a side. */
#define DIFFERENCES_MAX ((size_t)1 << 23)

static int ranks_without_ties(size_t count, unsigned **ranks, struct nb_error *error)
{
	*ranks = calloc(count, sizeof(**ranks));
	if (!*ranks)
		return nb_error_set(error, ENOMEM, "no memory for %zu ranks", count);
	for (size_t i = 0; i < count; i++)
		(*ranks)[i] = (unsigned)(i + 1);
	return 0;
}

/* The smallest u with P(U <= u) >= tail, exactly. */
static int exact_quantile(const unsigned *ranks, size_t count, size_t chosen, double tail,
			  size_t *quantile, struct nb_error *error)
{
	size_t least = chosen * (chosen + 1) / 2; /* the rank sum where U is 0 */
	struct nb_rank_sums sums;
	double below = 0;
	size_t s;
	int result = nb_stats_rank_sums(ranks, count, chosen, &sums, error);

	if (result < 0)
		return result;
	for (s = least; s < sums.length - 1; s++) {
		below += sums.probability[s];
		/* Equal but for rounding counts as reached. */
		if (below >= tail * (1 - 1e-9))
			break;
	}
	*quantile = s - least;
	nb_stats_rank_sums_free(&sums);
	return 0;
}

static int quantile_of_u(size_t a_count, size_t b_count, double tail, size_t *quantile,
			 struct nb_error *error)
{
	size_t count = a_count + b_count;
	size_t chosen = a_count < b_count ? a_count : b_count;
	double product = (double)a_count * (double)b_count;
	unsigned *ranks;
	int result = ranks_without_ties(count, &ranks, error);

	if (result < 0)
		return result;
	if (nb_stats_rank_sums_feasible(ranks, count, chosen)) {
		result = exact_quantile(ranks, count, chosen, tail, quantile, error);
	} else {
		double u = product / 2 + nb_stats_normal_quantile(tail) *
						 sqrt(product * (double)(count + 1) / 12);

		*quantile = u > 0 ? (size_t)u : 0;
	}
	free(ranks);
	return result;
}

/* The errno is returned by name: clang's analyzer does not know what nb_error_set() returns. */
static int differences_make(struct nb_group a, struct nb_group b, double **differences,
			    struct nb_error *error)
{
	size_t count;

	if (a.count == 0 || b.count == 0) {
		nb_error_set(error, ENODATA, "a group without values");
		return -ENODATA;
	}
	if (a.count > DIFFERENCES_MAX / b.count) {
		nb_error_set(error, E2BIG, "%zu against %zu values are too many", a.count, b.count);
		return -E2BIG;
	}
	count = a.count * b.count;
	*differences = malloc(count * sizeof(**differences));
	if (!*differences) {
		nb_error_set(error, ENOMEM, "no memory for %zu differences", count);
		return -ENOMEM;
	}
	for (size_t i = 0; i < count; i++)
		(*differences)[i] = b.values[i % b.count] - a.values[i / b.count];
	nb_stats_sort(*differences, count);
	return 0;
}

int nb_stats_shift(struct nb_group a, struct nb_group b, double confidence, struct nb_shift *shift,
		   struct nb_error *error)
{
	struct nb_shift found = { .low = NAN, .high = NAN };
	size_t count = a.count * b.count;
	double *differences = NULL;
	size_t quantile;
	int result = differences_make(a, b, &differences, error);

	if (result < 0)
		return result;
	found.shift = nb_stats_quantile(differences, count, 0.5);
	result = quantile_of_u(a.count, b.count, (1 - confidence) / 2, &quantile, error);
	if (result == 0 && quantile > 0) {
		found.low = differences[quantile - 1];
		found.high = differences[count - quantile];
	} else if (result == 0) {
		result = nb_error_set(error, ENODATA,
				      "%zu against %zu values have no interval at %g", a.count,
				      b.count, confidence);
	}
	*shift = found;
	free(differences);
	return result;
}
