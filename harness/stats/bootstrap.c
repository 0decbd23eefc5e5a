/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "nestbench/base.h"
#include "nestbench/inference.h"
#include "nestbench/stats.h"

/* A session drawn is drawn whole, so its sum is all that is needed of it. */
struct sums {
	double *sum;
	const size_t *sizes;
	size_t count;
};

static size_t size_of(const size_t *sizes, size_t i)
{
	return sizes ? sizes[i] : 1;
}

static int sums_make(const struct nb_clusters *clusters, struct sums *sums, struct nb_error *error)
{
	const double *value = clusters->values;

	*sums = (struct sums){ .sizes = clusters->sizes, .count = clusters->count };
	sums->sum = calloc(clusters->count, sizeof(*sums->sum));
	if (!sums->sum)
		return nb_error_set(error, ENOMEM, "no memory for %zu sessions", clusters->count);
	for (size_t i = 0; i < clusters->count; i++)
		for (size_t left = size_of(clusters->sizes, i); left > 0; left--)
			sums->sum[i] += *value++;
	return 0;
}

static double mean_of(const struct sums *sums)
{
	double sum = 0, size = 0;

	for (size_t i = 0; i < sums->count; i++) {
		sum += sums->sum[i];
		size += (double)size_of(sums->sizes, i);
	}
	return sum / size;
}

static double mean_drawn(const struct sums *sums, struct nb_random *random)
{
	double sum = 0, size = 0;

	for (size_t i = 0; i < sums->count; i++) {
		uint32_t drawn = nb_random_below(random, (uint32_t)sums->count);

		sum += sums->sum[drawn];
		size += (double)size_of(sums->sizes, drawn);
	}
	return sum / size;
}

static int replicate(const struct sums *a, const struct sums *b, struct nb_draws draws,
		     double confidence, struct nb_shift *shift, struct nb_error *error)
{
	double *shifts = calloc(draws.count, sizeof(*shifts));
	struct nb_random random;

	if (!shifts)
		return nb_error_set(error, ENOMEM, "no memory for %u replicates", draws.count);
	nb_random_seed(&random, draws.seed);
	for (unsigned i = 0; i < draws.count; i++) {
		double first = mean_drawn(a, &random);

		shifts[i] = mean_drawn(b, &random) - first;
	}
	nb_stats_sort(shifts, draws.count);
	shift->shift = mean_of(b) - mean_of(a);
	shift->low = nb_stats_quantile(shifts, draws.count, (1 - confidence) / 2);
	shift->high = nb_stats_quantile(shifts, draws.count, (1 + confidence) / 2);
	free(shifts);
	return 0;
}

static bool has_values(const struct nb_clusters *clusters)
{
	for (size_t i = 0; i < clusters->count; i++)
		if (size_of(clusters->sizes, i) == 0)
			return false;
	return clusters->count >= 2;
}

int nb_stats_cluster_shift(const struct nb_clusters *a, const struct nb_clusters *b,
			   struct nb_draws draws, double confidence, struct nb_shift *shift,
			   struct nb_error *error)
{
	struct sums first, second;
	int result;

	if (!has_values(a) || !has_values(b))
		return nb_error_set(error, ENODATA, "a bootstrap needs two sessions a side");
	result = sums_make(a, &first, error);
	if (result < 0)
		return result;
	result = sums_make(b, &second, error);
	if (result == 0)
		result = replicate(&first, &second, draws, confidence, shift, error);
	free(first.sum);
	free(second.sum);
	return result;
}
