/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_REPORT_COMPARE_H
#define NB_REPORT_COMPARE_H

#include <jansson.h>

#include "nestbench/compare_report.h"

#include "report_text.h"

/* What the writers of comparisons share. */

enum { NB_COMPARE_NAME_SIZE = 160, NB_COMPARE_TEXT_SIZE = 512 };

/* One row as a person reads it. */
struct nb_compare_cells {
	char name[NB_COMPARE_NAME_SIZE]; /* "exit.cpuid ring=3" */
	char where[24];			 /* "guest L2" */
	char base[NB_REPORT_VALUE_SIZE], candidate[NB_REPORT_VALUE_SIZE];
	char change[24];   /* "+12.3 %", "3.21x" */
	char interval[48]; /* "+11.0 to +13.5 %" */
	char p[16], mde[24];
	char verdict[32];
	char notes[NB_COMPARE_TEXT_SIZE];
};
void nb_compare_cells_fill(const struct nb_compare_row *row, struct nb_compare_cells *cells);
/* The same of its p99. */
void nb_compare_cells_fill_tail(const struct nb_compare_row *row, struct nb_compare_cells *cells);

/* "0.012", "<0.001", "n/a" */
void nb_compare_probability(char *text, size_t size, double p);

/* Its tail changed: worth a line of its own. */
bool nb_compare_tail_changed(const struct nb_compare_row *row);
/* Series that neither side could measure: no row, but they are counted. */
bool nb_compare_unmeasured(const struct nb_compare_row *only);

/* "5 sessions, 2026-11-21 07:04 to 07:09 UTC, nestbench 0.1.0" */
void nb_compare_describe_group(char *text, size_t size, const struct nb_compare_group *group);

/* compare.c: lines of the heading, and a bold line with an empty one above it. */
void nb_compare_print_side(FILE *stream, const char *label, const char *asked,
			   const struct nb_compare_group *group);
/* Where a saved side is from; nothing for NULL and "". */
void nb_compare_print_provenance(FILE *stream, const char *provenance);
void nb_compare_print_label(FILE *stream, const char *label, const char *text);
void nb_compare_print_title(FILE *stream, const struct nb_report_style *style, const char *title);
/* Columns that differ, and sessions that were left out; nothing where there are none. */
void nb_compare_print_warnings(FILE *stream, const struct nb_comparison *comparison,
			       const struct nb_report_style *style);
int nb_compare_print_rows(FILE *stream, const struct nb_comparison *comparison, bool all,
			  const struct nb_report_style *style, struct nb_error *error);

/* compare_json.c; NULL: no memory. */
json_t *nb_compare_side_tree(const char *asked, const char *provenance,
			     const struct nb_compare_group *group);
json_t *nb_compare_rows_tree(const struct nb_compare_row *rows, size_t count);
json_t *nb_compare_only_tree(const struct nb_compare_row *rows, size_t count);
json_t *nb_compare_options_tree(const struct nb_compare_options *options);
int nb_compare_put_warnings(json_t *tree, const struct nb_comparison *comparison);
json_t *nb_compare_interval_tree(double low, double high);
int nb_json_put_series(json_t *tree, const struct nb_series *series, int level);
int nb_compare_put_optional(json_t *tree, const char *name, const char *text);

/* compare_grid.c: one grid of rows, which adapts to the width of the terminal. */
struct nb_compare_grid {
	const struct nb_compare_row *const *rows;
	size_t count;
	bool tails;	     /* of p99 instead of p50 */
	bool has_p, has_mde; /* set by the printer: there was room for them, and something to say */
};
int nb_compare_print_grid(FILE *stream, struct nb_compare_grid *grid,
			  const struct nb_report_style *style, struct nb_error *error);

#endif
