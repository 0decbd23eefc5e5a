/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_PLOT_PANELS_H
#define NB_PLOT_PANELS_H

#include "plot_labels.h"

/*
 * Distributions as small pictures side by side, one panel a benchmark: its levels, groups and
 * variants are the lines. Where those are too many for one panel, each variant gets its own.
 *
 * In the table a panel is a block (gnuplot's "index"; two empty lines end it) and a line a part of
 * it (one empty line ends it).
 */
enum { NB_PLOT_PANELS_MAX = 96, NB_PLOT_LINES_MAX = 6 };

struct nb_plot_line {
	const struct nb_view_row *row;
	size_t group, panel;
	int colour, dash; /* nb_c() and nb_dash() of common.gp */
};

struct nb_plot_panels {
	struct nb_plot_line *lines; /* panel by panel */
	size_t count, panels;
	size_t left_out; /* panels beyond the limit */
};

/* -ENODATA: nothing was measured that has a distribution. The caller frees *panels. */
int nb_plot_panels_make(const struct nb_plot_query *query, struct nb_plot_panels *panels,
			struct nb_error *error);
void nb_plot_panels_free(struct nb_plot_panels *panels);

/* The colour of a level: L1 is 1, L2 is 2, ... as common.gp says; unknown: by the vantage. */
int nb_plot_level_colour(const struct nb_series *series, int level);

/* All samples of a line's group in ns, by value; values below a floor stand on it. */
struct nb_plot_samples {
	struct nb_point *points;
	size_t count;
	uint64_t total;
};
/* Without reading them: whether there are any. */
bool nb_plot_samples_exist(const struct nb_plot_query *query, const struct nb_plot_line *line);
int nb_plot_samples_read(const struct nb_plot_query *query, const struct nb_plot_line *line,
			 struct nb_plot_samples *samples, struct nb_error *error);
void nb_plot_samples_free(struct nb_plot_samples *samples);

/* Writes one line's part of the table: row() writes columns behind those that all have. */
struct nb_plot_panel_table {
	enum nb_plot plot;
	const char *columns; /* of its own: "value [ns]\tpart" */
	int (*rows)(FILE *stream, const char *head, const struct nb_plot_samples *samples,
		    size_t points);
};
/* The whole table: a header, then panel by panel. */
int nb_plot_panels_write(FILE *stream, const struct nb_plot_query *query,
			 const struct nb_plot_panel_table *table, struct nb_error *error);

#endif
