/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "nestbench/stats.h"

#include "report_bins.h"

static const double log_ratio = 4;	/* from here on bins of equal width hide the bulk */
static const double below_median = 100; /* a value smaller than median / this is an exception */
static const double span_max = 1e6;	/* more decades would leave one bin for the bulk */

enum { FEW = 8, GAPS_MAX = 256, TAIL = 6 };

/* Index of the point that quantile q of all samples lies in. */
static size_t index_at(const struct nb_point *points, size_t count, double q)
{
	uint64_t samples = 0, rank;
	size_t i = 0;

	for (size_t j = 0; j < count; j++)
		samples += points[j].count;
	rank = nb_stats_rank(samples, q);
	while (rank > points[i].count)
		rank -= points[i++].count;
	return i;
}

/* Where bins of equal ratio may begin: the smallest positive value that is no exception. */
static size_t log_begin(const struct nb_point *points, size_t count)
{
	double median = points[index_at(points, count, 0.5)].value;
	double least = fmax(median / below_median, points[count - 1].value / span_max);
	size_t i = 0;

	while (i < count - 1 && points[i].value < least)
		i++;
	return i;
}

/* Median distance between neighbouring points, from so many of them spread over all. */
static double typical_gap(const struct nb_point *points, size_t count)
{
	double gaps[GAPS_MAX];
	size_t stride = (count - 1) / GAPS_MAX + 1;
	size_t used = 0;

	for (size_t i = 1; i < count; i += stride)
		gaps[used++] = points[i].value - points[i - 1].value;
	nb_stats_sort(gaps, used);
	return used > 0 ? gaps[used / 2] : 0;
}

/* Narrower bins than the steps in which values come would be empty, as if something lacked. */
static size_t linear_bins(const struct nb_point *points, size_t count)
{
	double span = points[count - 1].value - points[0].value;
	double steps = span / typical_gap(points, count);

	if (count <= FEW)
		return count;
	if (!(steps < NB_BINS_MAX))
		return NB_BINS_MAX;
	return steps > FEW ? (size_t)steps : FEW;
}

static void fill_linear(struct nb_bins *bins, double low, double high)
{
	for (size_t i = 0; i < bins->count; i++)
		bins->edges[i] = low + (high - low) * (double)i / (double)bins->count;
	bins->edges[bins->count] = high;
}

/* Adds so many bins of equal ratio up to high, from the upper end of those that are there. */
static void add_log(struct nb_bins *bins, size_t steps, double high)
{
	double *edges = bins->edges + bins->count;

	for (size_t i = 1; i < steps; i++)
		edges[i] = edges[0] * pow(high / edges[0], (double)i / (double)steps);
	edges[steps] = high;
	bins->count += steps;
}

/*
 * A few stalls that took a thousand times as long would leave the bulk one or two bins. It gets
 * most of them, up to the 99th percentile, and the tail the others.
 */
static void fill_log(struct nb_bins *bins, const struct nb_point *points, size_t count)
{
	size_t begin = log_begin(points, count);
	size_t knee = index_at(points, count, 0.99);
	double high = points[count - 1].value;
	size_t rest = NB_BINS_MAX;
	double gap;

	bins->edges[0] = points[0].value;
	if (begin > 0)
		bins->edges[++bins->count] = points[begin].value;
	if (knee >= begin && knee < count - 1 && high / points[knee].value > log_ratio) {
		size_t room = NB_BINS_MAX - TAIL - bins->count;
		size_t steps = linear_bins(points + begin, knee + 1 - begin);

		gap = typical_gap(points + begin, knee + 1 - begin);
		if (!(gap > 0))
			gap = points[knee].value / below_median;
		add_log(bins, steps < room ? steps : room,
			fmin(points[knee].value + gap, points[knee + 1].value));
		rest = bins->count + TAIL;
	}
	add_log(bins, rest - bins->count, high);
}

void nb_report_bins(struct nb_bins *bins, const struct nb_point *points, size_t count)
{
	double high, low;
	size_t bin = 0;

	assert(count > 0);
	memset(bins, 0, sizeof(*bins));
	high = points[count - 1].value;
	low = points[log_begin(points, count)].value;
	if (low > 0 && high / low > log_ratio) {
		fill_log(bins, points, count);
	} else {
		bins->count = linear_bins(points, count);
		fill_linear(bins, points[0].value, high);
	}
	for (size_t i = 0; i < count; i++) {
		while (bin + 1 < bins->count && points[i].value >= bins->edges[bin + 1])
			bin++;
		bins->counts[bin] += points[i].count;
	}
}
