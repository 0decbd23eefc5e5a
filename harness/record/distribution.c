/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "nestbench/digest.h"

#include "record_unit.h"

double nb_record_units_per_second(const char *unit)
{
	static const struct {
		const char *unit;
		double per_second;
	} units[] = { { "ns", 1e9 }, { "us", 1e6 }, { "ms", 1e3 }, { "s", 1 } };

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (strcmp(units[i].unit, unit) == 0)
			return units[i].per_second;
	return 0;
}

double nb_record_nanoseconds(const char *unit)
{
	double units = nb_record_units_per_second(unit);

	return units > 0 ? 1e9 / units : 0;
}

double nb_record_value(const struct nb_series *series, const struct nb_round *round, double ticks)
{
	double scale = nb_record_units_per_second(series->unit);

	assert(scale > 0);
	/* A round from a file may not know its batch (-1) or its clock (NAN). */
	if (round->batch < 1 || !(round->tick_hz > 0))
		return NAN;
	return (ticks - round->null_ticks) / (double)round->batch * scale / round->tick_hz;
}

/* Whether the round has samples that can be turned into values. */
static bool has_values(const struct nb_series *series, const struct nb_round *round)
{
	if (round->outcome != NB_OK || round->histogram.count == 0)
		return false;
	return isfinite(nb_record_value(series, round, (double)round->histogram.min)) &&
	       isfinite(nb_record_value(series, round, (double)round->histogram.max));
}

/* The value that stands for all samples of a bucket: its middle, but none that cannot occur. */
static double bucket_ticks(const struct nb_histogram *histogram, uint32_t index)
{
	double low = (double)nb_stats_bucket_low(index);
	double high = (double)nb_stats_bucket_high(index);

	return fmin(fmax((low + high) / 2, (double)histogram->min), (double)histogram->max);
}

static void add_points(struct nb_point *points, const struct nb_series *series,
		       const struct nb_round *round)
{
	const struct nb_histogram *histogram = &round->histogram;

	for (size_t i = 0; i < histogram->length; i++) {
		double ticks = bucket_ticks(histogram, histogram->buckets[i].index);

		points[i].value = nb_record_value(series, round, ticks);
		points[i].count = histogram->buckets[i].count;
	}
}

static int compare_points(const void *left, const void *right)
{
	const struct nb_point *a = left;
	const struct nb_point *b = right;

	return (a->value > b->value) - (a->value < b->value);
}

/* Sorts and puts points of equal value together; returns how many are left. */
static size_t sort_points(struct nb_point *points, size_t count)
{
	size_t kept = 0;

	qsort(points, count, sizeof(*points), compare_points);
	for (size_t i = 1; i < count; i++) {
		if (points[i].value > points[kept].value)
			points[++kept] = points[i];
		else
			points[kept].count += points[i].count;
	}
	return kept + 1;
}

/* How many points and samples there will be. */
static int measure(const struct nb_series_rounds *series, size_t *points, struct nb_error *error)
{
	uint64_t samples = 0;

	for (size_t i = 0; i < series->count; i++) {
		const struct nb_round *round = &series->rounds[i];

		if (!has_values(&series->series, round))
			continue;
		if (round->histogram.count > UINT64_MAX - samples)
			return nb_error_set(error, EOVERFLOW, "%s: too many samples",
					    series->series.benchmark);
		samples += round->histogram.count;
		*points += round->histogram.length;
	}
	return 0;
}

int nb_record_distribution(const struct nb_series_rounds *series, struct nb_point **points,
			   size_t *count, struct nb_error *error)
{
	bool timed = nb_record_units_per_second(series->series.unit) > 0;
	struct nb_point *all;
	size_t total = 0, used = 0;
	int status = timed ? measure(series, &total, error) : 0;

	if (status < 0)
		return status;
	if (total == 0) {
		*points = NULL;
		*count = 0;
		return 0;
	}
	all = calloc(total, sizeof(*all));
	if (!all)
		return nb_error_set(error, ENOMEM, "no memory for the samples of %s",
				    series->series.benchmark);
	for (size_t i = 0; i < series->count; i++) {
		const struct nb_round *round = &series->rounds[i];

		if (!has_values(&series->series, round))
			continue;
		add_points(all + used, &series->series, round);
		used += round->histogram.length;
	}
	*points = all;
	*count = sort_points(all, total);
	return 0;
}
