/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>

#include "report_model.h"

void nb_model_grid_open(struct nb_model_grid *grid, size_t columns, size_t rows)
{
	*grid = (struct nb_model_grid){ .columns = columns, .rows = rows };
	grid->texts = calloc(columns * rows, sizeof(*grid->texts));
	grid->cells = calloc(columns * rows, sizeof(*grid->cells));
}

void nb_model_grid_add(struct nb_model_grid *grid, const char *format, ...)
{
	va_list arguments;

	if (!grid->texts || !grid->cells || grid->used == grid->columns * grid->rows)
		return;
	va_start(arguments, format);
	vsnprintf(grid->texts[grid->used], sizeof(grid->texts[0]), format, arguments);
	va_end(arguments);
	grid->cells[grid->used] = grid->texts[grid->used];
	grid->used++;
}

void nb_model_grid_value(struct nb_model_grid *grid, const struct nb_model_value *value,
			 const char *unit)
{
	char text[NB_REPORT_VALUE_SIZE], interval[3 * NB_REPORT_VALUE_SIZE];

	nb_report_value(text, sizeof(text), value->value, unit, NB_REPORT_DIGITS);
	nb_report_interval(interval, sizeof(interval), value->low, value->high, unit);
	nb_model_grid_add(grid, "%s", text);
	nb_model_grid_add(grid, "%s", interval);
}

void nb_model_grid_name(struct nb_model_grid *grid, const struct nb_series *series)
{
	char name[NB_COMPARE_NAME_SIZE];

	nb_report_series(name, sizeof(name), series);
	nb_model_grid_add(grid, "%s", name);
}

int nb_model_grid_print(FILE *stream, struct nb_model_grid *grid, const char *align,
			struct nb_error *error)
{
	int status = -ENOMEM;

	if (grid->texts && grid->cells)
		status = nb_report_grid(stream, align, grid->cells, grid->used / grid->columns,
					error);
	else
		nb_error_set(error, ENOMEM, "no memory for %zu rows", grid->rows);
	free(grid->texts);
	free(grid->cells);
	*grid = (struct nb_model_grid){ 0 };
	return status;
}

void nb_model_describe(char *text, size_t size, const struct nb_model_value *value,
		       const char *unit)
{
	char interval[3 * NB_REPORT_VALUE_SIZE];

	nb_report_value(text, size, value->value, unit, NB_REPORT_DIGITS);
	if (!isfinite(value->low) || !isfinite(value->high))
		return;
	nb_report_interval(interval, sizeof(interval), value->low, value->high, unit);
	nb_report_join(text, size, " (", interval);
	nb_report_join(text, size, "", ")");
}
