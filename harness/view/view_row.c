/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "nestbench/base.h"
#include "nestbench/stats.h"

#include "view_private.h"

static bool same_family(const struct nb_series *a, const struct nb_series *b)
{
	size_t length = strcspn(a->benchmark, ".");

	return length == strcspn(b->benchmark, ".") &&
	       strncmp(a->benchmark, b->benchmark, length) == 0;
}

static size_t find_row(const struct nb_view *view, const struct nb_series *series, size_t hint)
{
	if (hint < view->row_count && nb_record_same_series(&view->rows[hint].series, series))
		return hint;
	for (size_t i = 0; i < view->row_count; i++)
		if (nb_record_same_series(&view->rows[i].series, series))
			return i;
	return view->row_count;
}

/*
 * A new series stands behind the one before it in its session, if that is of its family, else at
 * the front of its family; a new family at the end.
 */
static size_t place_of(const struct nb_view *view, const struct nb_series *series, size_t after)
{
	if (after < view->row_count && same_family(&view->rows[after].series, series))
		return after + 1;
	for (size_t i = 0; i < view->row_count; i++)
		if (same_family(&view->rows[i].series, series))
			return i;
	return view->row_count;
}

static int insert_row(struct nb_view *view, const struct nb_series *series, size_t place)
{
	struct nb_view_row *grown =
		reallocarray(view->rows, view->row_count + 1, sizeof(*view->rows));

	if (!grown)
		return -ENOMEM;
	memmove(grown + place + 1, grown + place, (view->row_count - place) * sizeof(*grown));
	grown[place] = (struct nb_view_row){ .series = *series };
	view->rows = grown;
	view->row_count++;
	return 0;
}

static int add_series(struct nb_view *view, const struct nb_record *record)
{
	size_t last = SIZE_MAX;

	for (size_t i = 0; i < record->count; i++) {
		const struct nb_series *series = &record->series[i].series;
		size_t row = find_row(view, series, last + 1);

		if (row == view->row_count) {
			row = place_of(view, series, last);
			if (insert_row(view, series, row) < 0)
				return -ENOMEM;
		}
		last = row;
	}
	return 0;
}

/* The values of one column of a cell's sessions; what a session does not know is passed over. */
struct column {
	double values[NB_VIEW_SESSIONS_MAX];
	size_t count;
};

struct columns {
	struct column p50, p95, p99, p999, exits, expected;
	double low, high; /* of the only session */
};

static void keep(struct column *column, double value)
{
	if (isfinite(value))
		column->values[column->count++] = value;
}

static double median(struct column *column)
{
	if (column->count == 0)
		return NAN;
	nb_stats_sort(column->values, column->count);
	return nb_stats_quantile(column->values, column->count, 0.5);
}

/* The first session's word counts until a better outcome comes. */
static void take_outcome(const struct nb_result *result, struct nb_view_cell *cell)
{
	if (cell->sessions > 0 && result->outcome >= cell->outcome)
		return;
	cell->outcome = result->outcome;
	nb_base_copy(cell->reason, sizeof(cell->reason), result->reason);
}

static void take_numbers(const struct nb_result *result, struct columns *columns,
			 struct nb_view_cell *cell)
{
	keep(&columns->p50, result->p50);
	keep(&columns->p95, result->p95);
	keep(&columns->p99, result->p99);
	keep(&columns->p999, result->p999);
	keep(&columns->exits, result->exits_per_op);
	keep(&columns->expected, result->expected);
	columns->low = result->ci_low;
	columns->high = result->ci_high;
	cell->min = fmin(cell->min, result->min);
	cell->max = fmax(cell->max, result->max);
	if (result->evidence > cell->evidence)
		cell->evidence = result->evidence;
	cell->samples += result->samples > 0 ? result->samples : 0;
}

static void take(const struct nb_result *result, struct columns *columns, struct nb_view_cell *cell)
{
	take_outcome(result, cell);
	cell->sessions++;
	cell->level = result->level;
	cell->rounds += result->rounds > 0 ? result->rounds : 0;
	cell->tagged_rounds += result->tagged_rounds > 0 ? result->tagged_rounds : 0;
	if (isfinite(result->p50))
		take_numbers(result, columns, cell);
}

/* p50 was sorted by its median. */
static void find_interval(const struct columns *columns, struct nb_view_cell *cell)
{
	const struct column *p50 = &columns->p50;

	if (p50->count == 1) {
		cell->low = columns->low;
		cell->high = columns->high;
	} else if (p50->count > 1 && nb_stats_median_interval(p50->values, p50->count, 0.95,
							      &cell->low, &cell->high) < 0) {
		cell->low = p50->values[0];
		cell->high = p50->values[p50->count - 1];
		cell->spread = true;
	}
}

static void finish(struct columns *columns, struct nb_view_cell *cell)
{
	cell->p50 = median(&columns->p50);
	cell->p95 = median(&columns->p95);
	cell->p99 = median(&columns->p99);
	cell->p999 = median(&columns->p999);
	cell->exits_per_op = median(&columns->exits);
	cell->expected = median(&columns->expected);
	find_interval(columns, cell);
}

static const struct nb_compare_row *find_verdict(const struct nb_comparison *comparison,
						 const struct nb_series *series)
{
	for (size_t i = 0; comparison && i < comparison->count; i++)
		if (nb_record_same_series(&comparison->rows[i].series, series))
			return &comparison->rows[i];
	return NULL;
}

static int fill_cell(const struct nb_view_group *group, const struct nb_series *series, size_t hint,
		     struct nb_view_cell *cell, struct nb_error *error)
{
	struct columns columns = { .low = NAN, .high = NAN };

	*cell = (struct nb_view_cell){
		.level = NB_LEVEL_UNKNOWN, .low = NAN, .high = NAN, .min = NAN, .max = NAN
	};
	for (size_t i = 0; i < group->count; i++) {
		const struct nb_record *record = group->records[i];
		const struct nb_series_rounds *rounds = nb_record_find(record, series, hint);
		struct nb_result result;
		int status;

		if (!rounds)
			continue;
		status = nb_record_summarise(&record->session, rounds, &result, error);
		if (status < 0)
			return status;
		take(&result, &columns, cell);
	}
	finish(&columns, cell);
	cell->verdict = find_verdict(group->comparison, series);
	return 0;
}

/* The order of bench.def; what a later version adds comes behind. */
static size_t family_rank(const struct nb_series *series)
{
	static const char *const families[] = { "exit", "irq", "exc", "paging", "nested", "io" };
	size_t length = strcspn(series->benchmark, ".");
	size_t rank = 0;

	while (rank < sizeof(families) / sizeof(families[0]) &&
	       (strlen(families[rank]) != length ||
		strncmp(families[rank], series->benchmark, length) != 0))
		rank++;
	return rank;
}

/* Families in report order, whichever session came first; within them all stays as it is. */
static void sort_families(struct nb_view *view)
{
	for (size_t i = 1; i < view->row_count; i++) {
		struct nb_view_row row = view->rows[i];
		size_t place = i;

		for (; place > 0 &&
		       family_rank(&view->rows[place - 1].series) > family_rank(&row.series);
		     place--)
			view->rows[place] = view->rows[place - 1];
		view->rows[place] = row;
	}
}

int nb_view_rows(struct nb_view *view, struct nb_error *error)
{
	const struct nb_view_own *own = view->own;

	for (size_t i = 0; i < own->count; i++)
		if (add_series(view, own->records[i]) < 0)
			return nb_error_set(error, ENOMEM, "no memory for the series");
	sort_families(view);
	for (size_t i = 0; i < view->row_count; i++) {
		for (size_t j = 0; j < view->count; j++) {
			struct nb_view_row *row = &view->rows[i];
			int status =
				fill_cell(&view->groups[j], &row->series, i, &row->cells[j], error);

			if (status < 0)
				return status;
		}
	}
	return 0;
}
