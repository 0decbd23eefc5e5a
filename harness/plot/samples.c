/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "plot_panels.h"

/*
 * Net of the empty operation a sample may be 0 or less, which a logarithmic axis cannot show; and
 * one a hundred times below the median would only make the rest of the picture small.
 * 0.3 ns is about a clock cycle.
 */
static const double floor_of_median = 0.01, least_ns = 0.3;

/* The same question that nb_record_distribution() asks of each round. */
static bool has_samples(const struct nb_round *round)
{
	return round->outcome == NB_OK && round->histogram.count > 0 && round->batch > 0 &&
	       round->tick_hz > 0 && isfinite(round->tick_hz) && isfinite(round->null_ticks);
}

bool nb_plot_samples_exist(const struct nb_plot_query *query, const struct nb_plot_line *line)
{
	const struct nb_view_group *group = &query->view->groups[line->group];
	const struct nb_series *series = &line->row->series;
	const struct nb_view_cell *cell = &line->row->cells[line->group];

	if (cell->sessions == 0 || !isfinite(cell->p50) ||
	    !(nb_record_nanoseconds(series->unit) > 0))
		return false;
	for (size_t i = 0; i < group->count; i++) {
		const struct nb_series_rounds *rounds =
			nb_record_find(group->records[i], series, 0);

		for (size_t j = 0; rounds && j < rounds->count; j++)
			if (has_samples(&rounds->rounds[j]))
				return true;
	}
	return false;
}

/* Takes over points. */
static int append(struct nb_plot_samples *samples, struct nb_point *points, size_t count)
{
	struct nb_point *grown;

	if (samples->count == 0) {
		free(samples->points);
		samples->points = points;
		samples->count = count;
		return 0;
	}
	grown = reallocarray(samples->points, samples->count + count + 1, sizeof(*grown));
	if (grown) {
		if (count > 0)
			memcpy(grown + samples->count, points, count * sizeof(*grown));
		samples->points = grown;
		samples->count += count;
	}
	free(points);
	return grown ? 0 : -ENOMEM;
}

static int by_value(const void *left, const void *right)
{
	const struct nb_point *a = left;
	const struct nb_point *b = right;

	return (a->value > b->value) - (a->value < b->value);
}

static int gather(const struct nb_view_group *group, const struct nb_series *series,
		  struct nb_plot_samples *samples, struct nb_error *error)
{
	for (size_t i = 0; i < group->count; i++) {
		const struct nb_series_rounds *rounds =
			nb_record_find(group->records[i], series, 0);
		struct nb_point *points = NULL;
		size_t count = 0;
		int result = rounds ? nb_record_distribution(rounds, &points, &count, error) : 0;

		if (result == 0)
			result = append(samples, points, count);
		if (result < 0)
			return result;
	}
	return 0;
}

static void convert(struct nb_plot_samples *samples, double ns, double median)
{
	double floor = fmax(median * ns * floor_of_median, least_ns);

	for (size_t i = 0; i < samples->count; i++) {
		samples->points[i].value = fmax(samples->points[i].value * ns, floor);
		samples->total += samples->points[i].count;
	}
	if (samples->count > 0)
		qsort(samples->points, samples->count, sizeof(*samples->points), by_value);
}

int nb_plot_samples_read(const struct nb_plot_query *query, const struct nb_plot_line *line,
			 struct nb_plot_samples *samples, struct nb_error *error)
{
	const struct nb_series *series = &line->row->series;
	double ns = nb_record_nanoseconds(series->unit);
	int result = 0;

	*samples = (struct nb_plot_samples){ 0 };
	if (ns > 0)
		result = gather(&query->view->groups[line->group], series, samples, error);
	if (result < 0) {
		nb_plot_samples_free(samples);
		return result;
	}
	convert(samples, ns, line->row->cells[line->group].p50);
	return 0;
}

void nb_plot_samples_free(struct nb_plot_samples *samples)
{
	free(samples->points);
	*samples = (struct nb_plot_samples){ 0 };
}
