/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "nestbench/stats.h"

static int compare_values(const void *left, const void *right)
{
	double a = *(const double *)left;
	double b = *(const double *)right;

	assert(!isnan(a) && !isnan(b));
	return (a > b) - (a < b);
}

void nb_stats_sort(double *values, size_t count)
{
	if (count > 1)
		qsort(values, count, sizeof(*values), compare_values);
}

double nb_stats_quantile(const double *sorted, size_t count, double q)
{
	double position, fraction;
	size_t below;

	assert(q >= 0 && q <= 1);
	if (count == 0)
		return NAN;
	position = (double)(count - 1) * q;
	below = (size_t)position;
	fraction = position - (double)below;
	/* Beside the end there is no neighbour, and infinity minus infinity would be NAN. */
	if (fraction <= 0)
		return sorted[below];
	return sorted[below] + fraction * (sorted[below + 1] - sorted[below]);
}

/*
 * The widest interval for quantile q that n samples can give is x(1)..x(n). It misses the quantile
 * above with probability q^n (all samples lie below it) and below with (1 - q)^n. An equal-tailed
 * 95 % interval exists as soon as neither is over 2.5 %, that is from the smallest n with
 * max(q, 1 - q)^n <= 0.025 (David and Nagaraja 2003, section 7.1). A lopsided interval, of which
 * only the sum of both tails is 5 %, would exist from 59 samples for p95 instead of 72, but says
 * almost nothing about the upper side, which is the one that matters here.
 */
size_t nb_stats_samples_needed(double q)
{
	static const double tail = (1 - 0.95) / 2;
	double larger = q > 0.5 ? q : 1 - q;

	assert(q >= 0 && q <= 1);
	if (larger >= 1)
		return SIZE_MAX;
	return (size_t)ceil(log(tail) / log(larger));
}

uint64_t nb_stats_rank(uint64_t count, double q)
{
	long double rank;

	assert(count > 0 && q >= 0 && q <= 1);
	if (q >= 1)
		return count;
	/*
	 * One unit in the last place less than q, because 0.07 * 100 is a little over 7 in binary
	 * and the next rank up would be wrong. long double holds every count without loss.
	 */
	rank = ceill((long double)nextafter(q, 0) * (long double)count);
	return rank < 1 ? 1 : (uint64_t)rank;
}

/*
 * How many values to leave out at each end, plus one: the largest k with
 * P(k <= B <= count - k) >= confidence for B ~ binomial(count, 1/2); 0 if there is none.
 *
 * The probabilities are summed up from the middle outwards, each relative to the middle one. All
 * terms lie in 0..1 and the far ones fade to 0, so neither overflow nor logarithms of factorials
 * come in, and the error grows no faster than count * DBL_EPSILON.
 */
static size_t interval_rank(size_t count, double confidence)
{
	/* Keeps an interval whose coverage is the confidence itself in spite of rounding. */
	static const double slack = 1e-12;
	size_t middle = count / 2;
	double term = 1, total = 0, inside = 0;

	for (size_t i = middle; term > 0; i--) {
		total += 2 * i == count ? term : 2 * term;
		if (i == 0)
			break;
		term *= (double)i / (double)(count - i + 1);
	}
	term = 1;
	for (size_t k = middle; k > 0; k--) {
		inside += 2 * k == count ? term : 2 * term;
		if (inside >= confidence * total * (1 - slack))
			return k;
		term *= (double)k / (double)(count - k + 1);
	}
	return 0;
}

int nb_stats_median_interval(const double *sorted, size_t count, double confidence, double *low,
			     double *high)
{
	size_t k;

	assert(confidence > 0 && confidence < 1);
	k = interval_rank(count, confidence);
	if (k == 0)
		return -ENODATA;
	*low = sorted[k - 1];
	*high = sorted[count - k];
	return 0;
}
