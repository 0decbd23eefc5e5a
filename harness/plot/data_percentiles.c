/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "nestbench/stats.h"

#include "plot_panels.h"

/*
 * How far into the tail so many samples reach: p99.9 takes 3 688, p99 takes 368, and so on
 * (nb_stats_samples_needed()).
 */
static double farthest(uint64_t samples)
{
	double needed = (double)nb_stats_samples_needed(0.999) / 1000;

	return fmax(2, (double)samples / needed);
}

/* The value of a nearest rank, going on from where the last one was found. */
static double value_at(const struct nb_plot_samples *samples, double q, size_t *at, uint64_t *below)
{
	uint64_t rank = nb_stats_rank(samples->total, q);

	while (*at + 1 < samples->count && *below + samples->points[*at].count < rank) {
		*below += samples->points[*at].count;
		++*at;
	}
	return samples->points[*at].value;
}

static int write_percentiles(FILE *stream, const char *head, const struct nb_plot_samples *samples,
			     size_t points)
{
	double end = farthest(samples->total);
	uint64_t below = 0;
	size_t at = 0;

	/* Even steps of the axis, whose place for a percentile is the logarithm of 1 / (1 - p). */
	for (size_t i = 0; i <= points; i++) {
		double x = pow(end, (double)i / (double)points);
		double value = value_at(samples, 1 - 1 / x, &at, &below);

		fprintf(stream, "%s%.9g\t%.6g\t%.6g\n", head, 100 * (1 - 1 / x), x, value);
	}
	return 0;
}

int nb_plot_data_percentiles(FILE *stream, const struct nb_plot_query *query,
			     struct nb_error *error)
{
	static const struct nb_plot_panel_table table = {
		.plot = NB_PLOT_PERCENTILES,
		.columns = "percentile [%]\t1/(1-p)\tvalue [ns]",
		.rows = write_percentiles,
	};

	return nb_plot_panels_write(stream, query, &table, error);
}
