/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_PLOT_PRIVATE_H
#define NB_PLOT_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "nestbench/base.h"
#include "nestbench/plot.h"

/*
 * What one plot is drawn from. Each data_NAME.c has one function of this shape; it is listed by
 * plots.def and by nothing else.
 */
struct nb_plot_query {
	const struct nb_view *view;
	const char *pattern; /* NULL: every series */
};
typedef int (*nb_plot_writer)(FILE *stream, const struct nb_plot_query *query,
			      struct nb_error *error);

int nb_plot_data_forest(FILE *stream, const struct nb_plot_query *query, struct nb_error *error);
int nb_plot_data_tax(FILE *stream, const struct nb_plot_query *query, struct nb_error *error);
int nb_plot_data_cdf(FILE *stream, const struct nb_plot_query *query, struct nb_error *error);
int nb_plot_data_percentiles(FILE *stream, const struct nb_plot_query *query,
			     struct nb_error *error);
int nb_plot_data_walk(FILE *stream, const struct nb_plot_query *query, struct nb_error *error);
int nb_plot_data_io(FILE *stream, const struct nb_plot_query *query, struct nb_error *error);
int nb_plot_data_tail(FILE *stream, const struct nb_plot_query *query, struct nb_error *error);
int nb_plot_data_history(FILE *stream, const struct nb_plot_query *query, struct nb_error *error);

/* text.c */

/* True where the series is asked for. */
bool nb_plot_wants(const struct nb_plot_query *query, const struct nb_series *series);
/* A cell of the table: no tab, no line break, no quote or backslash, no control character. */
void nb_plot_cell(char *target, size_t size, const char *text);
/* "exit.cpuid ring=3", made fit for a cell. */
void nb_plot_series_cell(char *target, size_t size, const struct nb_series *series);
/* A number as gnuplot reads it; "nan" where it is not known. */
void nb_plot_number(FILE *stream, double value);
/* "# ..." lines: the plot's name and its columns with their units, tab-separated. */
void nb_plot_header(FILE *stream, enum nb_plot plot, const char *columns);
/* -EIO with a message where the stream has failed, else 0. */
int nb_plot_written(FILE *stream, struct nb_error *error);

#endif
