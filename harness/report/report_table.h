/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_REPORT_TABLE_H
#define NB_REPORT_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "nestbench/report.h"

#include "report_text.h"

/* The session's table in parts: table.c puts them together. */

/* Marks that occurred in the table and so need a line of the legend. */
enum nb_table_mark {
	NB_MARK_NULL = 1 << 0,
	NB_MARK_ZERO = 1 << 1,
	NB_MARK_FEW = 1 << 2,
	NB_MARK_UNVERIFIED = 1 << 3,
	NB_MARK_EMULATED = 1 << 4,
	NB_MARK_OUTSIDE = 1 << 5,
	NB_MARK_NOISY = 1 << 6,
	NB_MARK_WIDE = 1 << 7,
	NB_MARK_RATIO = 1 << 8,
};

struct nb_table {
	FILE *stream;
	const struct nb_record *record;
	const struct nb_report_style *style;
	struct nb_result *results; /* one a series, in the record's order */
	size_t count;
	unsigned marks;
};

/* The cells of one row. */
struct nb_table_row {
	char benchmark[160];
	char p50[NB_REPORT_VALUE_SIZE];
	char p99[NB_REPORT_VALUE_SIZE];
	char interval[2 * NB_REPORT_VALUE_SIZE];
	char exits[NB_REPORT_VALUE_SIZE];
	char expected[NB_REPORT_VALUE_SIZE]; /* "" where it does not differ */
	char ratio[NB_REPORT_VALUE_SIZE];
	char notes[512];
};

/* Fills the cells of results[index] and adds the marks that they use. */
void nb_table_row_fill(struct nb_table *table, size_t index, struct nb_table_row *row);

/* Wraps text[size] in the colour that result deserves, where style asks for colour. */
void nb_table_paint(const struct nb_report_style *style, const struct nb_result *result, char *text,
		    size_t size);
void nb_table_print_title(const struct nb_table *table, const char *title);

/* Under which conditions the session was measured: the lines above the grids. */
int nb_table_print_conditions(const struct nb_table *table, struct nb_error *error);

/* Legend of the marks, warnings and the line of counts: below the grids. */
int nb_table_print_closing(const struct nb_table *table, struct nb_error *error);

#endif
