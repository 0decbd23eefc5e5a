/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_REPORT_MODEL_H
#define NB_REPORT_MODEL_H

#include "nestbench/model_report.h"

#include "report_compare.h"

/* What the parts of the model's report for people share. */

/* A grid that is filled cell by cell; after a failed allocation all calls do nothing. */
struct nb_model_grid {
	char (*texts)[NB_COMPARE_NAME_SIZE];
	const char **cells;
	size_t columns, rows, used; /* rows: of room, with the header */
};
void nb_model_grid_open(struct nb_model_grid *grid, size_t columns, size_t rows);
void nb_model_grid_add(struct nb_model_grid *grid, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* "12.3 µs" and "12.1 – 12.4 µs". */
void nb_model_grid_value(struct nb_model_grid *grid, const struct nb_model_value *value,
			 const char *unit);
void nb_model_grid_name(struct nb_model_grid *grid, const struct nb_series *series);
/* Prints all rows that are whole, and releases the grid. */
int nb_model_grid_print(FILE *stream, struct nb_model_grid *grid, const char *align,
			struct nb_error *error);

/* What is printed, and how. */
struct nb_model_view {
	FILE *stream;
	const struct nb_model *model;
	const struct nb_report_style *style;
	bool all;
};

/* "21.3 (20.9 – 21.8)" */
void nb_model_describe(char *text, size_t size, const struct nb_model_value *value,
		       const char *unit);

/* model_fit.c */
int nb_model_print_steps(const struct nb_model_view *view, struct nb_error *error);
int nb_model_print_levels(const struct nb_model_view *view, struct nb_error *error);
/* model_trap.c: nothing where no nested.* was measured. */
int nb_model_print_traps(const struct nb_model_view *view, struct nb_error *error);
/* model_rows.c */
int nb_model_print_rows(const struct nb_model_view *view, struct nb_error *error);
/* model_limits.c */
int nb_model_print_bounds(const struct nb_model_view *view, struct nb_error *error);
int nb_model_print_depths(const struct nb_model_view *view, struct nb_error *error);
void nb_model_print_left_out(const struct nb_model_view *view);

#endif
