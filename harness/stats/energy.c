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

/*
 * A binary tree over the ranks of a segment's values, one array a level: what lies in the left half
 * of each node. One way down adds a value and sums up all that are below it.
 */
enum { DEPTH_MAX = 10 };

struct node {
	double sum, count;
};

struct nb_energy {
	size_t longest;
	double *sorted;
	double *value;	 /* pulled in */
	double *row;	 /* sum of each value's distances to all others */
	uint32_t *place; /* of each value in the sorted order */
	uint32_t *order;
	double *weight;	   /* three of each split: of between, left and right */
	struct node *tree; /* level by level */
	unsigned depth;
};

struct nb_energy *nb_energy_new(size_t longest)
{
	struct nb_energy *energy = calloc(1, sizeof(*energy));

	if (!energy)
		return NULL;
	assert(longest <= (size_t)1 << DEPTH_MAX);
	energy->longest = longest;
	energy->sorted = calloc(longest, sizeof(*energy->sorted));
	energy->value = calloc(longest, sizeof(*energy->value));
	energy->row = calloc(longest, sizeof(*energy->row));
	energy->place = calloc(longest, sizeof(*energy->place));
	energy->order = calloc(longest, sizeof(*energy->order));
	energy->weight = calloc(3 * longest, sizeof(*energy->weight));
	energy->tree = calloc((size_t)1 << DEPTH_MAX, sizeof(*energy->tree));
	if (energy->sorted && energy->value && energy->row && energy->place && energy->order &&
	    energy->weight && energy->tree)
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
	free(energy->row);
	free(energy->place);
	free(energy->order);
	free(energy->weight);
	free(energy->tree);
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

/* By insertion: segments are short, and equal values stay in their order. */
static void find_places(struct nb_energy *energy, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		size_t at = i;

		while (at > 0 && energy->value[energy->order[at - 1]] > energy->value[i]) {
			energy->order[at] = energy->order[at - 1];
			at--;
		}
		energy->order[at] = (uint32_t)i;
	}
	for (size_t i = 0; i < length; i++)
		energy->place[energy->order[i]] = (uint32_t)i;
	energy->depth = 1;
	while ((size_t)1 << energy->depth < length)
		energy->depth++;
}

static void measure_distances(struct nb_energy *energy, size_t length)
{
	find_places(energy, length);
	for (size_t i = 0; i < length; i++) {
		energy->order[i] = (uint32_t)i;
		energy->row[i] = 0;
		for (size_t j = 0; j < length; j++)
			energy->row[i] += fabs(energy->value[i] - energy->value[j]);
	}
}

/* What the sums of distances between both parts and within each count, for k values on the left. */
static void weigh(struct nb_energy *energy, size_t length)
{
	for (size_t k = 1; k < length; k++) {
		double n = (double)k, m = (double)(length - k), scale = 2 * n * m / (n + m);
		double *weight = energy->weight + 3 * k;

		weight[0] = scale / (n * m);
		weight[1] = k > 1 ? scale / (n * (n - 1)) : 0;
		weight[2] = length - k > 1 ? scale / (m * (m - 1)) : 0;
	}
}

/* Sum and number of the values in the tree that are sorted before this one, which joins them. */
static struct node add_value(struct nb_energy *energy, uint32_t value)
{
	struct node below = { 0, 0 }, *level = energy->tree;
	double added = energy->value[value];
	uint32_t place = energy->place[value];

	for (unsigned bit = energy->depth; bit-- > 0;) {
		struct node *node = &level[place >> (bit + 1)];
		double right = place >> bit & 1, left = 1 - right;

		below.sum += right * node->sum;
		below.count += right * node->count;
		node->sum += left * added;
		node->count += left;
		level += (size_t)1 << (energy->depth - 1 - bit);
	}
	return below;
}

/*
 * The best split of the values in this order. One value after the other moves from the right part
 * to the left one, and takes its distances with it.
 */
static double best_split(struct nb_energy *energy, size_t length, size_t shortest, size_t *index)
{
	double left = 0, between = 0, right = 0, best = -INFINITY, sum = 0;

	memset(energy->tree, 0, ((size_t)1 << energy->depth) * sizeof(*energy->tree));
	for (size_t i = 0; i < length; i++)
		right += energy->row[i] / 2;
	for (size_t k = 0; k + shortest < length; k++) {
		uint32_t moved = energy->order[k];
		const double *weight = energy->weight + 3 * (k + 1);
		struct node below = add_value(energy, moved);
		double value = energy->value[moved], to_left, to_right, found;

		to_left = value * (2 * below.count - (double)k) + sum - 2 * below.sum;
		to_right = energy->row[moved] - to_left;
		sum += value;
		left += to_left;
		right -= to_right;
		between += to_right - to_left;
		found = weight[0] * between - weight[1] * left - weight[2] * right;
		if (k + 1 >= shortest && found > best) {
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
	weigh(energy, length);
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
