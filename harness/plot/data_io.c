/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "plot_panels.h"

/* Places that can be told apart; entries of one picture. */
enum { PLACES_MAX = 16, PLACE_SIZE = 80, ENTRIES_MAX = 240 };

/* What has been seen so far. */
struct table {
	char places[PLACES_MAX][PLACE_SIZE]; /* "A cwd ext4", in the order of their colours */
	size_t place_count, entries, rows, left_out;
	const char *benchmark; /* of the last row */
};

/* The value of "key=" in "engine=psync,fs=ext4"; "" where it is not there. */
static void parameter(const char *params, const char *key, char *value, size_t size)
{
	size_t length = strlen(key);

	value[0] = '\0';
	while (*params) {
		size_t end = strcspn(params, ",");

		if (end > length && strncmp(params, key, length) == 0 && params[length] == '=') {
			snprintf(value, size, "%.*s", (int)(end - length - 1), params + length + 1);
			return;
		}
		params += end;
		params += *params == ',';
	}
}

/* "A cwd ext4"; false where the series is of no file system. */
static bool name_place(const struct nb_view *view, const struct nb_series *series, size_t group,
		       char *place)
{
	char target[32], kind[40], text[PLACE_SIZE];

	parameter(series->params, "target", target, sizeof(target));
	parameter(series->params, "fs", kind, sizeof(kind));
	if (!target[0] && !kind[0])
		return false;
	snprintf(text, sizeof(text), "%s%s%s%s%s", view->count > 1 ? view->groups[group].name : "",
		 view->count > 1 ? " " : "", target, target[0] && kind[0] ? " " : "", kind);
	nb_plot_cell(place, PLACE_SIZE, text);
	return true;
}

/* Number of the place, from 1; the last one stands for all that are too many. */
static size_t number_place(struct table *table, const char *place)
{
	for (size_t i = 0; i < table->place_count; i++)
		if (strcmp(table->places[i], place) == 0)
			return i + 1;
	if (table->place_count < PLACES_MAX)
		nb_base_copy(table->places[table->place_count++], PLACE_SIZE, place);
	return table->place_count;
}

/* "direct uring": how it was read or written; "-" where there is one way only. */
static void name_mode(const struct nb_series *series, char *mode, size_t size)
{
	char way[32], engine[32], text[80];

	parameter(series->params, "mode", way, sizeof(way));
	parameter(series->params, "engine", engine, sizeof(engine));
	if (strcmp(engine, "psync") == 0)
		engine[0] = '\0';
	snprintf(text, sizeof(text), "%s%s%s", way, way[0] && engine[0] ? " " : "", engine);
	nb_plot_cell(mode, size, text[0] ? text : "-");
}

static void write_entry(FILE *stream, const struct nb_series *series,
			const struct nb_view_cell *cell, struct table *table, const char *place)
{
	double ns = nb_record_nanoseconds(series->unit);
	char benchmark[sizeof(series->benchmark)], mode[80];

	if (!table->benchmark || strcmp(table->benchmark, series->benchmark) != 0)
		table->rows++;
	table->benchmark = series->benchmark;
	nb_plot_cell(benchmark, sizeof(benchmark), series->benchmark);
	name_mode(series, mode, sizeof(mode));
	fprintf(stream, "%zu\t%zu\t%s\t%zu\t%s\t%s\t", table->entries++, table->rows - 1, benchmark,
		number_place(table, place), place, mode);
	nb_plot_number(stream, cell->p50 * ns);
	fputc('\t', stream);
	nb_plot_number(stream, (isfinite(cell->low) ? cell->low : cell->p50) * ns);
	fputc('\t', stream);
	nb_plot_number(stream, (isfinite(cell->high) ? cell->high : cell->p50) * ns);
	fputc('\n', stream);
}

static bool is_shown(const struct nb_plot_query *query, const struct nb_series *series,
		     const struct nb_view_cell *cell)
{
	return strncmp(series->benchmark, "io.", 3) == 0 && nb_plot_wants(query, series) &&
	       cell->sessions > 0 && cell->p50 > 0 && isfinite(cell->p50) &&
	       nb_record_nanoseconds(series->unit) > 0;
}

int nb_plot_data_io(FILE *stream, const struct nb_plot_query *query, struct nb_error *error)
{
	const struct nb_view *view = query->view;
	struct table table = { 0 };
	char place[PLACE_SIZE];

	for (size_t i = 0; i < view->row_count * view->count; i++) {
		const struct nb_view_row *row = &view->rows[i / view->count];
		const struct nb_view_cell *cell = &row->cells[i % view->count];

		if (!is_shown(query, &row->series, cell) ||
		    !name_place(view, &row->series, i % view->count, place))
			continue;
		if (table.entries == ENTRIES_MAX) {
			table.left_out++;
			continue;
		}
		if (table.entries == 0)
			nb_plot_header(stream, NB_PLOT_IO,
				       "entry\trow\tbenchmark\tnumber of place\tplace\tmode\t"
				       "p50 [ns]\tlow [ns]\thigh [ns]");
		write_entry(stream, &row->series, cell, &table, place);
	}
	if (table.entries == 0)
		return nb_plot_nothing(query, "no I/O on a file system was measured", error);
	if (table.left_out > 0)
		fprintf(stream, "# %zu more are left out; a pattern chooses\n", table.left_out);
	return nb_plot_written(stream, error);
}
