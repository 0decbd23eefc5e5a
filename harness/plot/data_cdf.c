/* SPDX-License-Identifier: Apache-2.0 */
#include "plot_panels.h"

/* From one kept point to the next this part of the tail may go. */
static const double tail_step = 0.7;
/* Two values that are farther apart are joined by a step, as nothing was between them. */
static const double gap = 1.02;

/*
 * True where a point has to stay: a step of the curve that could be seen, or one of the tail, of
 * which each tenth is as long on the axis as the part before it.
 */
static bool is_needed(double kept, double part, size_t points)
{
	return part - kept >= 1 / (double)points || 1 - part < (1 - kept) * tail_step;
}

static void write_point(FILE *stream, const char *head, double value, double part)
{
	fprintf(stream, "%s%.6g\t%.6g\n", head, value, 100 * part);
}

static int write_curve(FILE *stream, const char *head, const struct nb_plot_samples *samples,
		       size_t points)
{
	double total = (double)samples->total, kept = 0, last = 0;
	uint64_t below = 0;

	for (size_t i = 0; i < samples->count; i++) {
		double value = samples->points[i].value;
		double part;

		below += samples->points[i].count;
		part = (double)below / total;
		if (i > 0 && i + 1 < samples->count && !is_needed(kept, part, points))
			continue;
		/* The curve begins on the axis. */
		if (value > last * gap)
			write_point(stream, head, value, kept);
		write_point(stream, head, value, part);
		kept = part;
		last = value;
	}
	return 0;
}

int nb_plot_data_cdf(FILE *stream, const struct nb_plot_query *query, struct nb_error *error)
{
	static const struct nb_plot_panel_table table = {
		.plot = NB_PLOT_CDF,
		.columns = "value [ns]\tpart of the operations [%]",
		.rows = write_curve,
	};

	return nb_plot_panels_write(stream, query, &table, error);
}
