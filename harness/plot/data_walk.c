/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "plot_labels.h"

static const char benchmark[] = "paging.walk_curve";
static const char key[] = "size=";

/* One line: a vantage of a group at a level, and whatever parameters there are but the size. */
struct line {
	char label[NB_PLOT_LABEL_SIZE];
};

struct point {
	size_t line;
	double size; /* bytes */
	const struct nb_view_cell *cell;
};

struct curve {
	struct line *lines;
	struct point *points;
	size_t line_count, point_count;
};

/* Where the value of "size=16k" begins, as a parameter of its own; NULL: there is none. */
static const char *size_param(const char *params)
{
	const char *at = params;

	while ((at = strstr(at, key)) != NULL && at > params && at[-1] != ',')
		at++;
	return at ? at + strlen(key) : NULL;
}

/* "16k", "4m", "1g" in bytes; NAN for anything else. */
static double read_size(const char *text)
{
	char *end;
	double size = strtod(text, &end);

	switch (*end) {
	case 'k':
		size = ldexp(size, 10);
		break;
	case 'm':
		size = ldexp(size, 20);
		break;
	case 'g':
		size = ldexp(size, 30);
		break;
	default:
		end--;
	}
	end++;
	return (*end == '\0' || *end == ',') && isfinite(size) && size > 0 ? size : NAN;
}

/* The parameters without the size: "ring=3". */
static void other_params(char *text, size_t size, const char *params)
{
	const char *value = size_param(params);
	const char *start = value - strlen(key);
	const char *rest = value + strcspn(value, ",");
	size_t before = (size_t)(start - params);

	if (before > 0)
		before--;
	else if (*rest == ',')
		rest++;
	snprintf(text, size, "%.*s%s", (int)before, params, rest);
}

static void name_line(char *label, const struct nb_view *view, const struct nb_view_row *row,
		      size_t group)
{
	const struct nb_view_cell *cell = &row->cells[group];
	char params[sizeof(row->series.params)], plain[NB_PLOT_LABEL_SIZE], where[24];

	other_params(params, sizeof(params), row->series.params);
	nb_plot_cell(plain, sizeof(plain), params);
	nb_report_where(where, sizeof(where), &row->series, cell->level);
	snprintf(label, NB_PLOT_LABEL_SIZE, "%s%s%s%s%.100s%s",
		 view->count > 1 ? view->groups[group].name : "", view->count > 1 ? " " : "", where,
		 plain[0] ? ", " : "", plain, cell->evidence == NB_EMULATED ? ", emulated" : "");
}

static size_t find_line(struct curve *curve, const char *label)
{
	for (size_t i = 0; i < curve->line_count; i++)
		if (strcmp(curve->lines[i].label, label) == 0)
			return i;
	nb_base_copy(curve->lines[curve->line_count].label, NB_PLOT_LABEL_SIZE, label);
	return curve->line_count++;
}

static void collect_row(const struct nb_view *view, const struct nb_view_row *row,
			struct curve *curve)
{
	const char *value = size_param(row->series.params);
	double size = value ? read_size(value) : NAN;

	for (size_t i = 0; !isnan(size) && i < view->count; i++) {
		const struct nb_view_cell *cell = &row->cells[i];
		char label[NB_PLOT_LABEL_SIZE];

		if (cell->sessions == 0 || cell->outcome != NB_OK || !(cell->p50 > 0))
			continue;
		name_line(label, view, row, i);
		curve->points[curve->point_count++] =
			(struct point){ find_line(curve, label), size, cell };
	}
}

static int by_line(const void *a, const void *b)
{
	const struct point *left = a, *right = b;

	if (left->line != right->line)
		return left->line < right->line ? -1 : 1;
	return (left->size > right->size) - (left->size < right->size);
}

static void write_points(FILE *stream, const struct curve *curve)
{
	for (size_t i = 0; i < curve->point_count; i++) {
		const struct point *point = &curve->points[i];
		const double numbers[] = { point->size, point->cell->p50, point->cell->low,
					   point->cell->high };

		if (i == 0 || point->line != point[-1].line)
			nb_plot_block(stream, "line\tworking set (bytes)\tp50 (ns per load)\t"
					      "low (ns)\thigh (ns)");
		fputs(curve->lines[point->line].label, stream);
		for (size_t j = 0; j < sizeof(numbers) / sizeof(numbers[0]); j++) {
			fputc('\t', stream);
			nb_plot_number(stream, numbers[j]);
		}
		fputc('\n', stream);
	}
}

static int write_curve(FILE *stream, const struct nb_plot_query *query, struct curve *curve,
		       struct nb_error *error)
{
	const struct nb_view *view = query->view;

	for (size_t i = 0; i < view->row_count; i++)
		if (strcmp(view->rows[i].series.benchmark, benchmark) == 0 &&
		    nb_plot_wants(query, &view->rows[i].series))
			collect_row(view, &view->rows[i], curve);
	if (curve->point_count == 0)
		return nb_plot_nothing(query, "paging.walk_curve was not measured", error);
	qsort(curve->points, curve->point_count, sizeof(*curve->points), by_line);
	nb_plot_header(stream, NB_PLOT_WALK, "kind\ttext");
	nb_plot_group_notes(stream, view);
	write_points(stream, curve);
	return nb_plot_written(stream, error);
}

int nb_plot_data_walk(FILE *stream, const struct nb_plot_query *query, struct nb_error *error)
{
	size_t most = query->view->row_count * query->view->count + 1;
	struct curve curve = { .lines = calloc(most, sizeof(*curve.lines)),
			       .points = calloc(most, sizeof(*curve.points)) };
	int result;

	if (curve.lines && curve.points)
		result = write_curve(stream, query, &curve, error);
	else
		result = nb_error_set(error, ENOMEM, "no memory for %zu points", most);
	free(curve.lines);
	free(curve.points);
	return result;
}
