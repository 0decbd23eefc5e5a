/* SPDX-License-Identifier: Apache-2.0 */
#include "energy.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "nestbench/base.h"
#include "nestbench/stats.h"

/*
 * Values further from the median than this many median absolute deviations count as that far: 5 %
 * of spikes ten deviations high otherwise hide a step of two.
 */
static const double reach = 5;

/*
 * Most segments have no change and show it soon: the permutations end where more than this, plus
 * three times what alpha allows, were extreme. A segment whose p is alpha = 0.01 gets there about
 * once in 10^5 times (its count is a Poisson variable of mean i / 100, the limit is 6 + 3 i / 100).
 */
enum { PLENTY = 6 };

struct nb_energy {
	size_t longest;
	double *sorted;
	double *value;	 /* pulled in */
	float *distance; /* row by row, of the segment's length */
	double *row;	 /* sum of each row */
	uint32_t *order;
};

struct nb_energy *nb_energy_new(size_t longest)
{
	struct nb_energy *energy = calloc(1, sizeof(*energy));

	if (!energy)
		return NULL;
	energy->longest = longest;
	energy->sorted = calloc(longest, sizeof(*energy->sorted));
	energy->value = calloc(longest, sizeof(*energy->value));
	energy->distance = calloc(longest * longest, sizeof(*energy->distance));
	energy->row = calloc(longest, sizeof(*energy->row));
	energy->order = calloc(longest, sizeof(*energy->order));
	if (energy->sorted && energy->value && energy->distance && energy->row && energy->order)
		return energy;
	nb_energy_free(energy);
	return NULL;
}

void nb_energy_free(struct nb_energy *energy)
{
	if (!energy)
		return;
	free(energy->sorted);
	free(energy->value);
	free(energy->distance);
	free(energy->row);
	free(energy->order);
	free(energy);
}

static void pull_in(struct nb_energy *energy, const double *values, size_t length)
{
	double median, deviation;

	memcpy(energy->sorted, values, length * sizeof(*values));
	nb_stats_sort(energy->sorted, length);
	median = nb_stats_quantile(energy->sorted, length, 0.5);
	for (size_t i = 0; i < length; i++)
		energy->sorted[i] = fabs(values[i] - median);
	nb_stats_sort(energy->sorted, length);
	deviation = nb_stats_quantile(energy->sorted, length, 0.5);
	for (size_t i = 0; i < length; i++) {
		double away = values[i] - median;

		/* Where half the values are equal there is no deviation to go by. */
		if (deviation > 0)
			away = fmin(fmax(away, -reach * deviation), reach * deviation);
		energy->value[i] = away;
	}
}

static void measure_distances(struct nb_energy *energy, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		float *row = energy->distance + i * length;

		energy->row[i] = 0;
		for (size_t j = 0; j < length; j++) {
			row[j] = (float)fabs(energy->value[i] - energy->value[j]);
			energy->row[i] += row[j];
		}
		energy->order[i] = (uint32_t)i;
	}
}

/* The statistic from the sums of distances within both parts and between them. */
static double statistic(double left, double right, double between, size_t k, size_t length)
{
	double n = (double)k, m = (double)(length - k);

	return n * m / (n + m) *
	       (2 * between / (n * m) - 2 * left / (n * (n - 1)) - 2 * right / (m * (m - 1)));
}

/*
 * The best split of the values in this order. One value after the other moves from the right part
 * to the left one, and takes its distances with it.
 */
static double best_split(const struct nb_energy *energy, size_t length, size_t shortest,
			 size_t *index)
{
	double left = 0, between = 0, right = 0, best = -INFINITY;

	for (size_t i = 0; i < length; i++)
		right += energy->row[i] / 2;
	for (size_t k = 0; k + shortest < length; k++) {
		const float *row = energy->distance + energy->order[k] * length;
		double to_left = 0, to_right, found;

		for (size_t i = 0; i < k; i++)
			to_left += row[energy->order[i]];
		to_right = energy->row[energy->order[k]] - to_left;
		left += to_left;
		right -= to_right;
		between += to_right - to_left;
		if (k + 1 < shortest)
			continue;
		found = statistic(left, right, between, k + 1, length);
		if (found > best) {
			best = found;
			*index = k + 1;
		}
	}
	return best;
}

static void shuffle(uint32_t *order, size_t length, struct nb_random *random)
{
	for (size_t i = length - 1; i > 0; i--) {
		uint32_t j = nb_random_below(random, (uint32_t)i + 1);
		uint32_t kept = order[i];

		order[i] = order[j];
		order[j] = kept;
	}
}

bool nb_energy_test(struct nb_energy *energy, const double *values, size_t length,
		    const struct nb_change_options *options, uint64_t seed,
		    struct nb_energy_split *split)
{
	/* More than this many, and p is above alpha whatever the others bring. */
	double most = options->alpha * (options->permutations + 1.0) - 1;
	double seen, slack;
	struct nb_random random;
	unsigned extreme = 0;
	size_t ignored;

	assert(length <= energy->longest && length >= 2 * options->segment);
	pull_in(energy, values, length);
	measure_distances(energy, length);
	seen = best_split(energy, length, options->segment, &split->index);
	slack = 1e-6 * fabs(seen);
	nb_random_seed(&random, seed);
	for (unsigned i = 0; i < options->permutations; i++) {
		shuffle(energy->order, length, &random);
		if (best_split(energy, length, options->segment, &ignored) >= seen - slack)
			extreme++;
		if (extreme > most || extreme > PLENTY + 3 * options->alpha * i)
			return false;
	}
	split->p = (1.0 + extreme) / (1.0 + options->permutations);
	return true;
}
