/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <string.h>

#include "nestbench/report.h"

#include "report_text.h"

enum { COLUMNS_MAX = 16, GAP = 2 };

static const char *text_of(const char *cell)
{
	return cell ? cell : "";
}

/* Columns up to the last one with text in it: what lies behind needs no padding. */
static size_t used_columns(const char *const *row, size_t columns)
{
	while (columns > 0 && text_of(row[columns - 1])[0] == '\0')
		columns--;
	return columns;
}

static void print_padding(FILE *stream, size_t width)
{
	fprintf(stream, "%*s", (int)width, "");
}

static void print_row(FILE *stream, const char *align, const size_t *widths, const char *const *row)
{
	size_t used = used_columns(row, strlen(align));

	for (size_t c = 0; c < used; c++) {
		const char *cell = text_of(row[c]);
		size_t padding = widths[c] - nb_report_columns(cell);

		/* A column that is empty in every row takes no room at all. */
		if (widths[c] == 0)
			continue;
		if (c > 0)
			print_padding(stream, GAP);
		if (align[c] == '>')
			print_padding(stream, padding);
		fputs(cell, stream);
		if (align[c] == '<' && c + 1 < used)
			print_padding(stream, padding);
	}
	fputc('\n', stream);
}

int nb_report_grid(FILE *stream, const char *align, const char *const *cells, size_t rows,
		   struct nb_error *error)
{
	size_t columns = strlen(align);
	size_t widths[COLUMNS_MAX] = { 0 };

	assert(columns > 0 && columns <= COLUMNS_MAX);
	for (size_t i = 0; i < rows * columns; i++) {
		size_t width = nb_report_columns(text_of(cells[i]));

		if (width > widths[i % columns])
			widths[i % columns] = width;
	}
	for (size_t r = 0; r < rows; r++)
		print_row(stream, align, widths, cells + r * columns);
	return nb_report_finish(stream, error);
}
