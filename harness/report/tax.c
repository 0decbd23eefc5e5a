/* SPDX-License-Identifier: Apache-2.0 */
#include "nestbench/tax.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report_table.h"

/* The nesting tax below a session's tables. */

enum {
	OPERATION,
	TIMES,
	STEPS = TIMES + NB_TAX_PLACES,
	COLUMNS = STEPS + 2 * (NB_TAX_PLACES - 1),
	ROWS = NB_TAX_ROWS + 1,
	TEXT_SIZE = 64,
	LINE_SIZE = 512,
};

struct grid {
	char texts[ROWS][COLUMNS][TEXT_SIZE];
	const char *cells[ROWS * COLUMNS];
};

static void fill_time(const struct nb_tax_cell *cell, char text[TEXT_SIZE])
{
	if (!cell->series.benchmark[0])
		nb_base_copy(text, TEXT_SIZE, "-");
	else if (cell->p50 <= 0)
		nb_base_copy(text, TEXT_SIZE, "~0 ns");
	else
		nb_report_value(text, TEXT_SIZE, cell->p50, cell->series.unit, NB_REPORT_DIGITS);
	if (nb_tax_doubtful(cell))
		nb_report_join(text, TEXT_SIZE, "", "*");
}

static void fill_step(const struct nb_tax_row *row, int index, char text[2][TEXT_SIZE])
{
	const struct nb_tax_step *step = &row->steps[index];
	bool both =
		row->cells[index].series.benchmark[0] && row->cells[index + 1].series.benchmark[0];

	nb_base_copy(text[0], TEXT_SIZE, both ? "n/a" : "-");
	nb_base_copy(text[1], TEXT_SIZE, both ? "n/a" : "-");
	if (!isfinite(step->ratio))
		return;
	nb_report_value(text[0], TEXT_SIZE, step->ratio, "", NB_REPORT_DIGITS);
	nb_report_join(text[0], TEXT_SIZE, "", "x");
	nb_report_interval(text[1], TEXT_SIZE, step->low, step->high, "");
}

static void fill_row(const struct nb_tax *tax, const struct nb_tax_row *row,
		     char texts[COLUMNS][TEXT_SIZE])
{
	nb_base_copy(texts[OPERATION], TEXT_SIZE, row->operation);
	for (int i = 0; i < NB_TAX_PLACES; i++)
		if (nb_tax_has(tax, (enum nb_tax_place)i))
			fill_time(&row->cells[i], texts[TIMES + i]);
	for (int i = 0; i + 1 < NB_TAX_PLACES; i++)
		if (nb_tax_has(tax, (enum nb_tax_place)i) &&
		    nb_tax_has(tax, (enum nb_tax_place)(i + 1)))
			fill_step(row, i, &texts[STEPS + 2 * i]);
}

/* A column that would be empty has no head either, and so takes no room. */
static void fill_header(const struct nb_tax *tax, char texts[COLUMNS][TEXT_SIZE])
{
	char names[NB_TAX_PLACES][16];

	nb_base_copy(texts[OPERATION], TEXT_SIZE, "operation");
	for (int i = 0; i < NB_TAX_PLACES; i++) {
		nb_tax_place_name(tax, (enum nb_tax_place)i, names[i], sizeof(names[i]));
		if (!nb_tax_has(tax, (enum nb_tax_place)i))
			continue;
		nb_base_copy(texts[TIMES + i], TEXT_SIZE, names[i]);
		if (i == 0 || !nb_tax_has(tax, (enum nb_tax_place)(i - 1)))
			continue;
		snprintf(texts[STEPS + 2 * (i - 1)], TEXT_SIZE, "%s/%s", names[i], names[i - 1]);
		nb_base_copy(texts[STEPS + 2 * (i - 1) + 1], TEXT_SIZE, "interval");
	}
}

static int print_grid(const struct nb_table *table, const struct nb_tax *tax,
		      struct nb_error *error)
{
	struct grid *grid = calloc(1, sizeof(*grid));
	int status;

	if (!grid)
		return nb_error_set(error, ENOMEM, "no memory for the nesting tax");
	fill_header(tax, grid->texts[0]);
	for (size_t i = 0; i < tax->count; i++)
		fill_row(tax, &tax->rows[i], grid->texts[i + 1]);
	for (size_t i = 0; i < (tax->count + 1) * COLUMNS; i++)
		grid->cells[i] = grid->texts[i / COLUMNS][i % COLUMNS];
	status = nb_report_grid(table->stream, "<>>>>>>>", grid->cells, tax->count + 1, error);
	free(grid);
	return status;
}

static bool any_doubtful(const struct nb_tax *tax)
{
	for (size_t i = 0; i < tax->count; i++)
		for (int j = 0; j < NB_TAX_PLACES; j++)
			if (nb_tax_doubtful(&tax->rows[i].cells[j]))
				return true;
	return false;
}

/* What is to be said below, like a legend. */
static int print_notes(FILE *stream, const struct nb_tax *tax, struct nb_error *error)
{
	const char *cells[2 * (NB_TAX_ROWS + 3)];
	char features[LINE_SIZE];
	size_t count = 0;

	nb_tax_explain(tax, features, sizeof(features));
	cells[count++] = "features";
	cells[count++] = features;
	if (tax->count > 0) {
		cells[count++] = "interval";
		cells[count++] = "95 % CI of the deeper p50 by that of the upper one, ends crossed";
	}
	if (any_doubtful(tax)) {
		cells[count++] = "*";
		cells[count++] = "KVM counted other exits than expected, or software ran it: not "
				 "what its name says";
	}
	for (size_t i = 0; i < tax->count; i++) {
		if (!tax->rows[i].note[0])
			continue;
		cells[count++] = tax->rows[i].operation;
		cells[count++] = tax->rows[i].note;
	}
	fputc('\n', stream);
	return nb_report_grid(stream, "<<", cells, count / 2, error);
}

static int print_tax(const struct nb_table *table, const struct nb_tax *tax, struct nb_error *error)
{
	int status = 0;

	fputc('\n', table->stream);
	nb_table_print_title(table, "Nesting tax: the same operation level by level, p50");
	if (tax->count > 0)
		status = print_grid(table, tax, error);
	else
		fputs("no operation was measured at two levels: run 'exit.*' and 'nested.*' in one "
		      "session\n",
		      table->stream);
	return status < 0 ? status : print_notes(table->stream, tax, error);
}

int nb_table_print_tax(const struct nb_table *table, struct nb_error *error)
{
	struct nb_tax *tax;
	int status = nb_tax_make(&table->record, 1, true, &tax, error);

	if (status < 0 || !tax)
		return status;
	status = print_tax(table, tax, error);
	free(tax);
	return status;
}
