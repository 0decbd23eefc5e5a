/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "nestbench/inference.h"

#include "rank_sum.h"

struct ranked {
	double value;
	bool second; /* of group b */
};

static int compare_ranked(const void *a, const void *b)
{
	const struct ranked *x = a;
	const struct ranked *y = b;

	return (x->value > y->value) - (x->value < y->value);
}

/* Both groups ranked together. Ranks are doubled, so that the midranks of ties are whole. */
struct pool {
	struct ranked *items;
	unsigned *ranks;
	size_t count;
	double ties; /* sum of t^3 - t over groups of t equal values */
};

static void pool_free(struct pool *pool)
{
	free(pool->items);
	free(pool->ranks);
}

static void rank(struct pool *pool)
{
	for (size_t start = 0, end; start < pool->count; start = end) {
		double tied;

		for (end = start + 1; end < pool->count; end++)
			if (pool->items[end].value > pool->items[start].value)
				break;
		tied = (double)(end - start);
		pool->ties += tied * tied * tied - tied;
		/* Ranks start + 1 .. end, whose mean is half of this. */
		for (size_t i = start; i < end; i++)
			pool->ranks[i] = (unsigned)(start + 1 + end);
	}
}

static int pool_make(struct nb_group a, struct nb_group b, struct pool *pool,
		     struct nb_error *error)
{
	*pool = (struct pool){ .count = a.count + b.count };
	pool->items = calloc(pool->count, sizeof(*pool->items));
	pool->ranks = calloc(pool->count, sizeof(*pool->ranks));
	if (!pool->items || !pool->ranks) {
		pool_free(pool);
		nb_error_set(error, ENOMEM, "no memory for %zu ranks", pool->count);
		return -ENOMEM;
	}
	for (size_t i = 0; i < pool->count; i++)
		pool->items[i] = i < a.count ? (struct ranked){ a.values[i], false }
					     : (struct ranked){ b.values[i - a.count], true };
	qsort(pool->items, pool->count, sizeof(*pool->items), compare_ranked);
	rank(pool);
	return 0;
}

static size_t sum_of(const struct pool *pool, bool second)
{
	size_t sum = 0;

	for (size_t i = 0; i < pool->count; i++)
		sum += pool->items[i].second == second ? pool->ranks[i] : 0;
	return sum;
}

/* Twice the distance of a doubled rank sum from the middle: a whole number. */
static size_t distance(size_t sum, size_t chosen, size_t count)
{
	size_t middle = chosen * (count + 1);

	return sum > middle ? sum - middle : middle - sum;
}

static int exact(const struct pool *pool, size_t chosen, size_t sum, double *p,
		 struct nb_error *error)
{
	struct nb_rank_sums sums;
	size_t seen = distance(sum, chosen, pool->count);
	int result = nb_stats_rank_sums(pool->ranks, pool->count, chosen, &sums, error);

	if (result < 0)
		return result;
	*p = 0;
	for (size_t s = 0; s < sums.length; s++)
		if (distance(s, chosen, pool->count) >= seen)
			*p += sums.probability[s];
	*p = fmin(*p, 1);
	nb_stats_rank_sums_free(&sums);
	return 0;
}

/* Everything that was counted in doubled ranks is halved here. */
static double normal(const struct pool *pool, size_t chosen, size_t sum)
{
	double count = (double)pool->count;
	double product = (double)chosen * (count - (double)chosen);
	double variance = product / 12 * (count + 1 - pool->ties / (count * (count - 1)));
	double away = (double)distance(sum, chosen, pool->count) / 2 - 0.5;

	if (variance <= 0 || away <= 0)
		return 1;
	return erfc(away / sqrt(2 * variance));
}

int nb_stats_mann_whitney(struct nb_group a, struct nb_group b, double *p, struct nb_error *error)
{
	struct pool pool;
	bool second = b.count < a.count; /* the smaller group makes the smaller table */
	size_t chosen = second ? b.count : a.count;
	size_t sum;
	int result;

	if (chosen == 0)
		return nb_error_set(error, ENODATA, "a group without values");
	result = pool_make(a, b, &pool, error);
	if (result < 0)
		return result;
	sum = sum_of(&pool, second);
	if (nb_stats_rank_sums_feasible(pool.ranks, pool.count, chosen))
		result = exact(&pool, chosen, sum, p, error);
	else
		*p = normal(&pool, chosen, sum);
	pool_free(&pool);
	return result;
}
