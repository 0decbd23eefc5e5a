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
	NB_MARK_HALF = 1 << 9,
	NB_MARK_RATE = 1 << 10,
	NB_MARK_COST = 1 << 11,
	NB_MARK_VERSUS = 1 << 12,
	NB_MARK_UNLIKE = 1 << 13,
	NB_MARK_REMOTE = 1 << 14,
};

struct nb_table {
	FILE *stream;
	const struct nb_record *record;
	const struct nb_report_style *style;
	struct nb_result *results; /* one a series, in the record's order */
	size_t count;
	unsigned marks;
	/* The target that others are held against; "" where there are not two of them. */
	char reference[sizeof(((struct nb_target *)0)->name)];
};

/* The cells of one row. */
struct nb_table_row {
	char benchmark[160];
	char where[96]; /* storage: "cwd ext4 direct" */
	char p50[NB_REPORT_VALUE_SIZE];
	char p99[NB_REPORT_VALUE_SIZE];
	char interval[2 * NB_REPORT_VALUE_SIZE];
	char exits[NB_REPORT_VALUE_SIZE];
	char expected[NB_REPORT_VALUE_SIZE]; /* "" where it does not differ */
	char ratio[NB_REPORT_VALUE_SIZE];
	/* Storage has these instead of exits, expected and ratio. */
	char rate[NB_REPORT_VALUE_SIZE];
	char cpu[NB_REPORT_VALUE_SIZE];
	char switches[NB_REPORT_VALUE_SIZE];
	char interrupts[NB_REPORT_VALUE_SIZE]; /* "" where they are not counted */
	char versus[NB_REPORT_VALUE_SIZE];
	char notes[512];
};

/* Columns of a grid; the notes are last, so that only they need cutting. */
struct nb_table_layout {
	const char *align; /* as nb_report_grid() wants it: one character a column */
	void (*cells)(const struct nb_table_row *row, const char **cells);
	/*
	 * Of the grid's count rows below it; may use *header for texts, and empties a column that
	 * shall not be there.
	 */
	void (*header)(const struct nb_table *table, struct nb_table_row *header, size_t count,
		       const char **cells);
};

/* Fills the cells of results[index] and adds the marks that they use. */
void nb_table_row_fill(struct nb_table *table, size_t index, struct nb_table_row *row);

/* p50 cannot be told from the empty operation: no figure, and nothing to divide by. */
bool nb_table_vanishes(const struct nb_table *table, size_t index);

/*
 * io.*: places stand side by side, counted are system calls' costs and not exits.
 * nb_table_storage_begin() chooses the reference, nb_table_storage_fill() completes a row that has
 * its times, nb_table_print_storage() prints what is to be said of each target below the grid.
 */
extern const struct nb_table_layout nb_table_storage;
bool nb_table_is_storage(const struct nb_result *result);
void nb_table_storage_begin(struct nb_table *table);
void nb_table_storage_fill(struct nb_table *table, size_t index, struct nb_table_row *row);
int nb_table_print_storage(const struct nb_table *table, struct nb_error *error);

/* Wraps text[size] in the colour that result deserves, where style asks for colour. */
void nb_table_paint(const struct nb_report_style *style, const struct nb_result *result, char *text,
		    size_t size);
void nb_table_print_title(const struct nb_table *table, const char *title);

/* Under which conditions the session was measured: the lines above the grids. */
int nb_table_print_conditions(const struct nb_table *table, struct nb_error *error);

/* "cwd: ext4 on vda1 of vda (virtio_blk), direct I/O, scheduler none, ..." */
void nb_table_target_line(const struct nb_record *record, const struct nb_target *target,
			  char *line, size_t size);

/* tax.c: what nested.* costs over the levels above; nothing where none of it was measured. */
int nb_table_print_tax(const struct nb_table *table, struct nb_error *error);

/* Legend of the marks, warnings and the line of counts: below the grids. */
int nb_table_print_closing(const struct nb_table *table, struct nb_error *error);

#endif
