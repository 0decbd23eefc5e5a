/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_PLOT_H
#define NB_PLOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "nestbench/error.h"
#include "nestbench/view.h"

/*
 * Plots of a view. The numbers are written as a table of tab-separated values, which a script of
 * scripts/plot/ (embedded here) draws; gnuplot is a child process and may be absent.
 *
 *	nb_plot_data(stream, NB_PLOT_CDF, &view, "exit.*", &error);      (a file)
 *	nb_plot_draw(jobs, count, &options, &error);                     (file to picture)
 */

/* plots.def names them: NB_PLOT(CDF, "cdf", "...") is NB_PLOT_CDF. */
enum nb_plot {
#define NB_PLOT(symbol, name, title, summary) NB_PLOT_##symbol,
#include "nestbench/plots.def"
#undef NB_PLOT
	NB_PLOT_COUNT
};
const char *nb_plot_name(enum nb_plot plot);	/* "cdf": as in "nestbench plot cdf" */
const char *nb_plot_title(enum nb_plot plot);	/* "Latency distribution" */
const char *nb_plot_summary(enum nb_plot plot); /* what it shows and how to read it */

/*
 * What the plot shows of the series whose "benchmark" or "benchmark params" match a shell glob of
 * pattern (NULL: all). -ENODATA: the view has nothing for it, with the reason. The first lines are
 * comments ("# ...") that name the columns and units; texts are cleaned, so that no label can
 * break a line, a column or gnuplot's syntax.
 */
int nb_plot_data(FILE *stream, enum nb_plot plot, const struct nb_view *view, const char *pattern,
		 struct nb_error *error);

enum nb_plot_format { NB_PLOT_SVG, NB_PLOT_PNG };

struct nb_plot_job {
	enum nb_plot plot;
	enum nb_plot_format format;
	/*
	 * SVG to stand inside of a page: its ids begin with this word, and its colours are classes
	 * that the page's style sheet sets for light and dark. NULL: a picture of its own, light.
	 */
	const char *inline_id;
	const char *data;   /* file that nb_plot_data() wrote */
	const char *output; /* file to write; replaced */
	/* Filled by nb_plot_draw(): 0, or a negative errno and why. */
	int status;
	char reason[160];
};

struct nb_plot_options {
	const char *gnuplot; /* NULL: "gnuplot" of PATH */
	unsigned at_once;    /* children side by side; 0: as many as there are CPUs */
	double seconds;	     /* that a child may take; 0: 20 */
};

/*
 * Draws all jobs. -ENOENT: there is no gnuplot, and what to install; -EPROTO: some job failed, and
 * the first reason. The others are drawn all the same.
 */
int nb_plot_draw(struct nb_plot_job *jobs, size_t count, const struct nb_plot_options *options,
		 struct nb_error *error);

/* The script of a plot as it is in scripts/plot/, with what they share before it. */
const char *nb_plot_script(enum nb_plot plot);

#endif
