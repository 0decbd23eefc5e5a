/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "nestbench/base.h"
#include "nestbench/inference.h"

/* Rounding must not make two sums of the same values differ. */
static const double slack = 1e-9;

static double sum_of(const double *values, size_t count)
{
	double sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += values[i];
	return sum;
}

static void swap(double *a, double *b)
{
	double kept = *a;

	*a = *b;
	*b = kept;
}

/* Only the first chosen places need to be drawn: the rest is the other group. */
static double draw_sum(double *pooled, size_t count, size_t chosen, struct nb_random *random)
{
	double sum = 0;

	for (size_t i = 0; i < chosen; i++) {
		swap(&pooled[i], &pooled[i + nb_random_below(random, (uint32_t)(count - i))]);
		sum += pooled[i];
	}
	return sum;
}

int nb_stats_permutation(struct nb_group a, struct nb_group b, struct nb_draws draws, double *p,
			 struct nb_error *error)
{
	size_t count = a.count + b.count;
	size_t chosen = a.count < b.count ? a.count : b.count;
	double *pooled = malloc((count ? count : 1) * sizeof(*pooled));
	double expected, seen;
	struct nb_random random;
	unsigned extreme = 0;

	if (!pooled)
		return nb_error_set(error, ENOMEM, "no memory for %zu values", count);
	if (chosen == 0) {
		free(pooled);
		return nb_error_set(error, ENODATA, "a group without values");
	}
	for (size_t i = 0; i < count; i++)
		pooled[i] = i < a.count ? a.values[i] : b.values[i - a.count];
	/* With the pool given, the difference of means is a matter of one group's sum alone. */
	expected = sum_of(pooled, count) * (double)chosen / (double)count;
	seen = fabs(sum_of(a.count <= b.count ? a.values : b.values, chosen) - expected);
	nb_random_seed(&random, draws.seed);
	for (unsigned i = 0; i < draws.count; i++)
		if (fabs(draw_sum(pooled, count, chosen, &random) - expected) >=
		    seen - slack * (1 + fabs(expected)))
			extreme++;
	*p = (1 + (double)extreme) / (1 + (double)draws.count);
	free(pooled);
	return 0;
}
