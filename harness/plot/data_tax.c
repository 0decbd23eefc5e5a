/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "plot_labels.h"

/* Bars of one picture, and of one operation: each group in both vantages. */
enum { PICTURE_MAX = 100, BARS_MAX = 2 * NB_VIEW_GROUPS_MAX };
static const char ring[] = "ring=3";

struct bar {
	const struct nb_view_cell *cell;
	enum nb_vantage vantage;
	size_t group;
	/* Against the level above; NAN where none was measured. */
	double ratio, low, high;
	double band_low, band_high; /* published times: a ratio of others, here */
	size_t upper;		    /* bar that it was divided by */
};

struct operation {
	const struct nb_series *series;
	struct bar bars[BARS_MAX];
	size_t count;
	bool published; /* others told the ratio of one of its bars */
	double size;	/* largest ratio of its bars */
};

struct operations {
	struct operation *operations;
	size_t count, shown;
	size_t emulated; /* cells of emulated code, which are no cost of a level */
};

/* The user vantage is ring 3 without saying so. True where user's parameters are guest's then. */
static bool same_operation(const struct nb_series *guest, const struct nb_series *user)
{
	const char *found = strstr(guest->params, ring);
	const char *rest = found ? found + strlen(ring) : "";
	size_t before = found ? (size_t)(found - guest->params) : 0;

	if (user->vantage != NB_USER || strcmp(guest->benchmark, user->benchmark) != 0 ||
	    strcmp(guest->metric, user->metric) != 0)
		return false;
	if (!found)
		return strcmp(guest->params, user->params) == 0;
	/* One of the commas around it goes with it. */
	if (before > 0)
		before--;
	else if (rest[0] == ',')
		rest++;
	return strncmp(guest->params, user->params, before) == 0 &&
	       strcmp(rest, user->params + before) == 0;
}

static bool measured(const struct nb_view_cell *cell)
{
	return cell->sessions > 0 && cell->outcome == NB_OK && cell->level != NB_LEVEL_UNKNOWN &&
	       isfinite(cell->p50) && cell->p50 > 0;
}

static void add_bars(const struct nb_view *view, const struct nb_view_row *row,
		     struct operation *operation, size_t *emulated)
{
	for (size_t i = 0; i < view->count && operation->count < BARS_MAX; i++) {
		const struct nb_view_cell *cell = &row->cells[i];

		if (!measured(cell))
			continue;
		if (cell->evidence == NB_EMULATED) {
			++*emulated;
			continue;
		}
		operation->bars[operation->count++] = (struct bar){
			.cell = cell,
			.vantage = row->series.vantage,
			.group = i,
			.ratio = NAN,
			.low = NAN,
			.high = NAN,
			.band_low = NAN,
			.band_high = NAN,
		};
	}
}

static int by_level(const void *a, const void *b)
{
	const struct bar *left = a, *right = b;

	if (left->cell->level != right->cell->level)
		return left->cell->level - right->cell->level;
	if (left->group != right->group)
		return left->group < right->group ? -1 : 1;
	return (int)left->vantage - (int)right->vantage;
}

static const struct nb_level_ratio *table_row(const struct nb_view_group *group,
					      const struct nb_series *series, int level)
{
	for (size_t i = 0; i < group->levels.count; i++) {
		const struct nb_level_ratio *row = &group->levels.rows[i];

		if (row->level == level && isfinite(row->ratio) &&
		    strcmp(row->benchmark, series->benchmark) == 0 &&
		    strcmp(row->params, series->params) == 0)
			return row;
	}
	return NULL;
}

/* The bar one level up that this one is held against: of its own group, if there is one. */
static bool find_upper(const struct operation *operation, struct bar *bar)
{
	bool found = false;

	for (size_t i = 0; i < operation->count; i++) {
		const struct bar *other = &operation->bars[i];

		if (other->cell->level != bar->cell->level - 1 ||
		    (found && other->group != bar->group))
			continue;
		bar->upper = i;
		found = true;
	}
	return found;
}

static void compare_levels(const struct nb_view *view, struct operation *operation)
{
	for (size_t i = 0; i < operation->count; i++) {
		struct bar *bar = &operation->bars[i];
		const struct nb_level_ratio *row =
			table_row(&view->groups[bar->group], operation->series, bar->cell->level);

		if (!find_upper(operation, bar))
			continue;
		bar->ratio = bar->cell->p50 / operation->bars[bar->upper].cell->p50;
		/* The table pairs the levels session by session, which is more exact. */
		if (row && bar->vantage == NB_GUEST &&
		    operation->bars[bar->upper].group == bar->group) {
			bar->ratio = row->ratio;
			bar->low = row->low;
			bar->high = row->high;
			bar->band_low = row->band_low * row->upper_p50;
			bar->band_high = row->band_high * row->upper_p50;
		}
		if (isfinite(bar->band_low))
			operation->published = true;
		operation->size = fmax(operation->size, fabs(log(bar->ratio)));
	}
}

static bool two_levels(const struct operation *operation)
{
	return operation->count > 1 &&
	       operation->bars[0].cell->level < operation->bars[operation->count - 1].cell->level;
}

/* A guest's row takes those of the user vantage with it. */
static bool is_taken(const struct nb_view *view, const struct nb_series *user)
{
	for (size_t i = 0; i < view->row_count; i++)
		if (view->rows[i].series.vantage == NB_GUEST &&
		    same_operation(&view->rows[i].series, user))
			return true;
	return false;
}

static void collect_row(const struct nb_view *view, const struct nb_view_row *row,
			struct operations *operations)
{
	struct operation *operation = &operations->operations[operations->count];

	*operation = (struct operation){ .series = &row->series };
	add_bars(view, row, operation, &operations->emulated);
	for (size_t i = 0; row->series.vantage == NB_GUEST && i < view->row_count; i++)
		if (same_operation(&row->series, &view->rows[i].series))
			add_bars(view, &view->rows[i], operation, &operations->emulated);
	qsort(operation->bars, operation->count, sizeof(*operation->bars), by_level);
	if (!two_levels(operation))
		return;
	compare_levels(view, operation);
	operations->count++;
}

static void collect(const struct nb_plot_query *query, struct operations *operations)
{
	const struct nb_view *view = query->view;

	for (size_t i = 0; i < view->row_count; i++) {
		const struct nb_series *series = &view->rows[i].series;

		if (nb_plot_wants(query, series) && strcmp(series->unit, "ns") == 0 &&
		    (series->vantage == NB_GUEST || !is_taken(view, series)))
			collect_row(view, &view->rows[i], operations);
	}
}

/* What is worth its bars first: what can be held against others, then the largest ratio. */
static int by_worth(const void *a, const void *b)
{
	const struct operation *left = a, *right = b;

	if (left->published != right->published)
		return left->published ? -1 : 1;
	return (left->size < right->size) - (left->size > right->size);
}

/* Series of a view stand in one list, in report order. */
static int by_place(const void *a, const void *b)
{
	const struct operation *left = a, *right = b;

	return (left->series > right->series) - (left->series < right->series);
}

/* Those worth most, in report order. */
static void choose(struct operations *operations)
{
	size_t bars = 0;

	qsort(operations->operations, operations->count, sizeof(*operations->operations), by_worth);
	while (operations->shown < operations->count) {
		bars += operations->operations[operations->shown].count;
		if (bars > PICTURE_MAX)
			break;
		operations->shown++;
	}
	qsort(operations->operations, operations->shown, sizeof(*operations->operations), by_place);
}

static void write_notes(FILE *stream, const struct nb_view *view,
			const struct operations *operations)
{
	char text[120];

	nb_plot_group_notes(stream, view);
	if (operations->count > operations->shown) {
		snprintf(text, sizeof(text), "%zu more operations are not shown",
			 operations->count - operations->shown);
		nb_plot_note(stream, "more", text);
	}
	if (operations->emulated > 0) {
		snprintf(text, sizeof(text),
			 "%zu of emulated code left out: their time is no cost of a level",
			 operations->emulated);
		nb_plot_note(stream, "more", text);
	}
}

static void write_bar(FILE *stream, const struct nb_view *view, const struct operation *operation,
		      const struct bar *bar, double place)
{
	char label[NB_PLOT_LABEL_SIZE];
	size_t upper = operation->bars[bar->upper].group;
	bool across = isfinite(bar->ratio) && upper != bar->group;
	const double numbers[] = {
		bar->cell->p50, bar->cell->low, bar->cell->high, bar->ratio,
		bar->low,	bar->high,	bar->band_low,	 bar->band_high
	};

	nb_plot_series_cell(label, sizeof(label), operation->series);
	nb_plot_number(stream, place);
	fprintf(stream, "\t%s\t%d\t%s\t%s\t%s", label, bar->cell->level,
		view->groups[bar->group].name, nb_record_vantage_name(bar->vantage),
		across ? view->groups[upper].name : "");
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		fputc('\t', stream);
		nb_plot_number(stream, numbers[i]);
	}
	fputc('\n', stream);
}

static void write_operations(FILE *stream, const struct nb_view *view,
			     const struct operations *operations)
{
	double place = 0;

	for (size_t i = 0; i < operations->shown; i++) {
		const struct operation *operation = &operations->operations[i];

		for (size_t j = 0; j < operation->count; j++)
			write_bar(stream, view, operation, &operation->bars[j], ++place);
		place += 0.7;
	}
}

int nb_plot_data_tax(FILE *stream, const struct nb_plot_query *query, struct nb_error *error)
{
	const struct nb_view *view = query->view;
	struct operations operations = {
		.operations = calloc(view->row_count + 1, sizeof(*operations.operations)),
	};
	int result;

	if (!operations.operations)
		return nb_error_set(error, ENOMEM, "no memory for %zu rows", view->row_count);
	collect(query, &operations);
	choose(&operations);
	if (operations.count == 0) {
		result = nb_plot_nothing(query,
					 operations.emulated > 0
						 ? "no operation was measured at two levels: the "
						   "deeper one is emulated here"
						 : "no operation was measured at two levels",
					 error);
	} else {
		nb_plot_header(stream, NB_PLOT_TAX, "kind\ttext");
		write_notes(stream, view, &operations);
		nb_plot_block(stream, "place\toperation\tlevel\tgroup\tvantage\tupper group\t"
				      "p50 (ns)\tlow (ns)\thigh (ns)\tratio\tratio low\t"
				      "ratio high\tpublished low (ns)\tpublished high (ns)");
		write_operations(stream, view, &operations);
		result = nb_plot_written(stream, error);
	}
	free(operations.operations);
	return result;
}
