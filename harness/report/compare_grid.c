/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "nestbench/base.h"

#include "report_compare.h"

enum { NAME, WHERE, BASE, CANDIDATE, CHANGE, INTERVAL, P, MDE, VERDICT, NOTES, COLUMNS };
enum { NOTES_MIN = 20, GAP = 2, MARK_SIZE = 24 };
static const char align[] = "<<>>>>>><<";

/* A grid being made: a header, the rows, and an empty line between families. */
struct sheet {
	struct nb_compare_cells *texts;
	const char **cells;
	const char **footnotes; /* notes that are told below */
	size_t lines, footnote_count;
};

static bool sheet_open(struct sheet *sheet, size_t rows)
{
	*sheet = (struct sheet){ .texts = calloc(rows + 1, sizeof(*sheet->texts)),
				 .cells = calloc((2 * rows + 1) * COLUMNS, sizeof(char *)),
				 .footnotes = calloc(rows + 1, sizeof(char *)) };
	return sheet->texts && sheet->cells && sheet->footnotes;
}

static void sheet_close(struct sheet *sheet)
{
	free(sheet->texts);
	free(sheet->cells);
	free(sheet->footnotes);
}

static bool same_family(const struct nb_compare_row *a, const struct nb_compare_row *b)
{
	size_t length = strcspn(a->series.benchmark, ".");

	return strcspn(b->series.benchmark, ".") == length &&
	       strncmp(a->series.benchmark, b->series.benchmark, length) == 0;
}

static void add_header(struct sheet *sheet, bool tails)
{
	static const char *const words[COLUMNS] = { "benchmark", "where",   "base",   "candidate",
						    "change",	 "95 % CI", "p adj.", "detectable",
						    "verdict",	 "notes" };

	for (size_t c = 0; c < COLUMNS; c++)
		sheet->cells[c] = words[c];
	if (tails) {
		sheet->cells[BASE] = "base p99";
		sheet->cells[CANDIDATE] = "cand. p99";
		sheet->cells[MDE] = "";
	}
	sheet->lines = 1;
}

static void add_row(struct sheet *sheet, const struct nb_compare_cells *text)
{
	const char **cells = sheet->cells + sheet->lines++ * COLUMNS;

	cells[NAME] = text->name;
	cells[WHERE] = text->where;
	cells[BASE] = text->base;
	cells[CANDIDATE] = text->candidate;
	cells[CHANGE] = text->change;
	cells[INTERVAL] = text->interval;
	cells[P] = text->p;
	cells[MDE] = text->mde;
	cells[VERDICT] = text->verdict;
	cells[NOTES] = text->notes;
}

static void fill(struct sheet *sheet, const struct nb_compare_grid *grid)
{
	add_header(sheet, grid->tails);
	for (size_t i = 0; i < grid->count; i++) {
		struct nb_compare_cells *text = &sheet->texts[i];

		if (i > 0 && !same_family(grid->rows[i - 1], grid->rows[i]))
			sheet->lines++;
		if (grid->tails)
			nb_compare_cells_fill_tail(grid->rows[i], text);
		else
			nb_compare_cells_fill(grid->rows[i], text);
		add_row(sheet, text);
	}
}

static size_t column_width(const struct sheet *sheet, size_t column)
{
	size_t widest = 0;

	for (size_t line = 0; line < sheet->lines; line++) {
		const char *cell = sheet->cells[line * COLUMNS + column];
		size_t width = cell ? nb_report_columns(cell) : 0;

		widest = width > widest ? width : widest;
	}
	return widest;
}

static size_t width_before_notes(const struct sheet *sheet)
{
	size_t used = 0;

	for (size_t c = 0; c < NOTES; c++) {
		size_t width = column_width(sheet, c);

		used += width > 0 ? width + GAP : 0;
	}
	return used;
}

static void drop_column(struct sheet *sheet, size_t column)
{
	for (size_t line = 0; line < sheet->lines; line++)
		sheet->cells[line * COLUMNS + column] = "";
}

/* A column in which no row has anything to say but "n/a". */
static bool says_nothing(const struct sheet *sheet, size_t column)
{
	for (size_t line = 1; line < sheet->lines; line++) {
		const char *cell = sheet->cells[line * COLUMNS + column];

		if (cell && cell[0] && strcmp(cell, "n/a") != 0)
			return false;
	}
	return true;
}

/* What a narrow terminal can do without, the least telling first. */
static void fit_columns(struct sheet *sheet, size_t width)
{
	static const size_t spare[] = { MDE, P, INTERVAL, WHERE };

	for (size_t i = 0; i < sizeof(spare) / sizeof(spare[0]); i++)
		if (says_nothing(sheet, spare[i]))
			drop_column(sheet, spare[i]);
	if (says_nothing(sheet, NOTES))
		drop_column(sheet, NOTES);
	for (size_t i = 0; width > 0 && i < sizeof(spare) / sizeof(spare[0]); i++)
		if (width_before_notes(sheet) > width + GAP)
			drop_column(sheet, spare[i]);
}

/* Number of the footnote with that text, from 1; a new one if there is none yet. */
static size_t footnote(struct sheet *sheet, const char *text)
{
	size_t number = 0;

	while (number < sheet->footnote_count && strcmp(sheet->footnotes[number], text) != 0)
		number++;
	if (number == sheet->footnote_count)
		sheet->footnotes[sheet->footnote_count++] = text;
	return number + 1;
}

/* A note is never cut: where it does not fit beside the numbers, it is told below the grid. */
static void fit_notes(struct sheet *sheet, size_t width, char (*marks)[MARK_SIZE])
{
	size_t used = width_before_notes(sheet);
	size_t left = width > used + NOTES_MIN ? width - used : 0;

	for (size_t line = 1; width > 0 && line < sheet->lines; line++) {
		const char **cell = &sheet->cells[line * COLUMNS + NOTES];

		if (!*cell || nb_report_columns(*cell) <= left)
			continue;
		snprintf(marks[line], sizeof(marks[line]), "(%zu)", footnote(sheet, *cell));
		*cell = marks[line];
	}
	/* The heading of a column of marks would be wider than they are. */
	if (sheet->footnote_count > 0 && column_width(sheet, NOTES) <= sizeof("notes"))
		sheet->cells[NOTES] = "";
}

static const char *ink_of(const struct nb_compare_row *row, bool tails)
{
	static const char *const inks[] = {
		[NB_SAME] = "\033[2m",	     [NB_IMPROVED] = "\033[32m",
		[NB_REGRESSED] = "\033[31m", [NB_INCONCLUSIVE] = "\033[33m",
		[NB_INVALID] = "\033[35m",
	};

	return inks[tails ? row->tail : row->verdict];
}

static void paint(struct sheet *sheet, const struct nb_compare_grid *grid)
{
	for (size_t i = 0; i < grid->count; i++) {
		char *verdict = sheet->texts[i].verdict;
		char word[sizeof(sheet->texts[i].verdict)];

		nb_base_copy(word, sizeof(word), verdict);
		snprintf(verdict, sizeof(word), "%s%.16s\033[0m",
			 ink_of(grid->rows[i], grid->tails), word);
	}
}

static int print(FILE *stream, struct sheet *sheet, const struct nb_report_style *style,
		 struct nb_error *error)
{
	char(*marks)[MARK_SIZE] = calloc(sheet->lines, sizeof(*marks));
	int status;

	if (!marks)
		return nb_error_set(error, ENOMEM, "no memory for the table");
	fit_columns(sheet, style->width > 0 ? (size_t)style->width : 0);
	fit_notes(sheet, style->width > 0 ? (size_t)style->width : 0, marks);
	status = nb_report_grid(stream, align, sheet->cells, sheet->lines, error);
	for (size_t i = 0; i < sheet->footnote_count; i++)
		fprintf(stream, "(%zu) %s\n", i + 1, sheet->footnotes[i]);
	free(marks);
	return status;
}

int nb_compare_print_grid(FILE *stream, struct nb_compare_grid *grid,
			  const struct nb_report_style *style, struct nb_error *error)
{
	struct sheet sheet;
	int status;

	if (sheet_open(&sheet, grid->count)) {
		fill(&sheet, grid);
		if (style->colour)
			paint(&sheet, grid);
		status = print(stream, &sheet, style, error);
		grid->has_p = column_width(&sheet, P) > 0;
		grid->has_mde = column_width(&sheet, MDE) > 0;
	} else {
		status = nb_error_set(error, ENOMEM, "no memory for %zu rows", grid->count);
	}
	sheet_close(&sheet);
	return status;
}
