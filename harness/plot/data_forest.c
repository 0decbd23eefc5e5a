/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "plot_labels.h"

/* More rows than these nobody reads; half a row is left free between families. */
enum { ROWS_MAX = 60 };
static const double family_gap = 0.6;

/* One series with its verdicts in all groups. */
struct item {
	const struct nb_view_row *row;
	size_t family; /* where its family begins */
	size_t rows;   /* groups that have a ratio */
	int rank;      /* 0: changed, 1: not certain, 2: the same */
	double size;   /* largest change of all groups, as |log ratio| */
	double width;  /* widest interval, likewise */
};

struct items {
	struct item *items;
	size_t count, shown;
	size_t without_ratio; /* cells */
};

static const struct nb_compare_row *verdict_in(const struct nb_view_row *row, size_t group)
{
	const struct nb_compare_row *verdict = row->cells[group].verdict;

	return verdict && verdict->ratio > 0 && isfinite(verdict->ratio) ? verdict : NULL;
}

static int rank_of(const struct nb_compare_row *verdict)
{
	if (verdict->verdict == NB_REGRESSED || verdict->verdict == NB_IMPROVED)
		return 0;
	return verdict->verdict == NB_SAME ? 2 : 1;
}

static struct item make_item(const struct nb_view *view, const struct nb_view_row *row)
{
	struct item item = { .row = row, .rank = 2 };

	for (size_t i = 0; i < view->count; i++) {
		const struct nb_compare_row *verdict = verdict_in(row, i);

		if (!verdict)
			continue;
		item.rows++;
		item.rank = rank_of(verdict) < item.rank ? rank_of(verdict) : item.rank;
		item.size = fmax(item.size, fabs(log(verdict->ratio)));
		if (verdict->low > 0)
			item.width = fmax(item.width, log(verdict->high / verdict->low));
	}
	return item;
}

static size_t family_length(const struct nb_series *series)
{
	return strcspn(series->benchmark, ".");
}

static bool same_family(const struct nb_series *a, const struct nb_series *b)
{
	return family_length(a) == family_length(b) &&
	       strncmp(a->benchmark, b->benchmark, family_length(a)) == 0;
}

static void collect(const struct nb_plot_query *query, struct items *items)
{
	const struct nb_view *view = query->view;
	size_t family = 0;

	for (size_t i = 0; i < view->row_count; i++) {
		const struct nb_view_row *row = &view->rows[i];
		struct item item = make_item(view, row);

		if (!same_family(&view->rows[family].series, &row->series))
			family = i;
		item.family = family;
		if (!nb_plot_wants(query, &row->series))
			continue;
		for (size_t j = 0; j < view->count; j++)
			if (row->cells[j].verdict && !verdict_in(row, j))
				items->without_ratio++;
		if (item.rows > 0)
			items->items[items->count++] = item;
	}
}

static int by_number(double a, double b)
{
	return (a > b) - (a < b);
}

static int by_place(const void *a, const void *b)
{
	const struct item *left = a, *right = b;

	return (left->row > right->row) - (left->row < right->row);
}

/* What is worth a row first: the largest changes, then what is least certain. */
static int by_interest(const void *a, const void *b)
{
	const struct item *left = a, *right = b;
	int order = left->rank - right->rank;

	if (order == 0)
		order = left->rank == 0 ? by_number(right->size, left->size)
					: by_number(right->width, left->width);
	if (order == 0)
		order = by_number(right->size, left->size);
	return order ? order : by_place(a, b);
}

/* As the comparison is sorted. */
static int by_family(const void *a, const void *b)
{
	const struct item *left = a, *right = b;

	if (left->family != right->family)
		return left->family < right->family ? -1 : 1;
	if (left->size != right->size)
		return by_number(right->size, left->size);
	return by_place(a, b);
}

static void choose(struct items *items)
{
	size_t rows = 0;

	qsort(items->items, items->count, sizeof(*items->items), by_interest);
	while (items->shown < items->count) {
		rows += items->items[items->shown].rows;
		if (rows > ROWS_MAX)
			break;
		items->shown++;
	}
	qsort(items->items, items->shown, sizeof(*items->items), by_family);
}

/* How many of each verdict are not shown; returns how many in all. */
static size_t count_rest(const struct nb_view *view, const struct items *items,
			 size_t verdicts[NB_INVALID + 1])
{
	size_t count = 0;

	for (size_t i = items->shown; i < items->count; i++) {
		for (size_t j = 0; j < view->count; j++) {
			const struct nb_compare_row *verdict = verdict_in(items->items[i].row, j);

			if (verdict)
				verdicts[verdict->verdict]++;
		}
		count += items->items[i].rows;
	}
	return count;
}

/* "38 more are the same", "41 more: 38 same, 3 inconclusive" */
static void note_rest(FILE *stream, const struct nb_view *view, const struct items *items)
{
	size_t verdicts[NB_INVALID + 1] = { 0 };
	size_t count = count_rest(view, items, verdicts), used;
	const char *separator = ": ";
	char text[200];

	if (count == 0)
		return;
	if (verdicts[NB_SAME] == count) {
		snprintf(text, sizeof(text), "%zu more %s the same", count,
			 count == 1 ? "is" : "are");
		nb_plot_note(stream, "more", text);
		return;
	}
	used = (size_t)snprintf(text, sizeof(text), "%zu more", count);
	for (size_t i = 0; i <= NB_INVALID; i++) {
		if (verdicts[i] == 0)
			continue;
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%zu %s", separator,
					 verdicts[i], nb_verdict_name((enum nb_verdict)i));
		separator = ", ";
	}
	nb_plot_note(stream, "more", text);
}

static void write_notes(FILE *stream, const struct nb_view *view, const struct items *items)
{
	char text[80];

	nb_plot_note(stream, "base", view->base ? view->base : "");
	nb_plot_group_notes(stream, view);
	note_rest(stream, view, items);
	if (items->without_ratio == 0)
		return;
	snprintf(text, sizeof(text), "%zu without a ratio %s not shown", items->without_ratio,
		 items->without_ratio == 1 ? "is" : "are");
	nb_plot_note(stream, "more", text);
}

static void write_row(FILE *stream, double place, const struct nb_view_group *group,
		      const struct nb_view_row *row, const struct nb_compare_row *verdict)
{
	char label[NB_PLOT_LABEL_SIZE], unit[16];
	const double numbers[] = { verdict->ratio,  verdict->low,      verdict->high,
				   verdict->margin, verdict->base.p50, verdict->candidate.p50 };

	nb_plot_label(label, sizeof(label), &row->series, verdict->level);
	nb_plot_cell(unit, sizeof(unit), row->series.unit);
	nb_plot_number(stream, place);
	fprintf(stream, "\t%s\t%s\t%s\t%d\t%s\t%s", label, group->name,
		nb_verdict_name(verdict->verdict), verdict->indicative ? 1 : 0,
		row->series.lower_is_better ? "lower" : "higher", unit);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		fputc('\t', stream);
		nb_plot_number(stream, numbers[i]);
	}
	fputc('\n', stream);
}

static void write_rows(FILE *stream, const struct nb_view *view, const struct items *items)
{
	double place = 0;

	for (size_t i = 0; i < items->shown; i++) {
		const struct item *item = &items->items[i];

		if (i > 0 && item->family != items->items[i - 1].family)
			place += family_gap;
		for (size_t j = 0; j < view->count; j++) {
			const struct nb_compare_row *verdict = verdict_in(item->row, j);

			if (verdict)
				write_row(stream, ++place, &view->groups[j], item->row, verdict);
		}
	}
}

int nb_plot_data_forest(FILE *stream, const struct nb_plot_query *query, struct nb_error *error)
{
	const struct nb_view *view = query->view;
	struct items items = { .items = calloc(view->row_count + 1, sizeof(*items.items)) };
	int result = 0;

	if (!items.items)
		return nb_error_set(error, ENOMEM, "no memory for %zu rows", view->row_count);
	collect(query, &items);
	choose(&items);
	if (!view->base)
		result = nb_plot_nothing(query, "there is no base to compare with", error);
	else if (items.count == 0)
		result = nb_plot_nothing(query, "no series has a ratio to the base", error);
	if (result == 0) {
		nb_plot_header(stream, NB_PLOT_FOREST, "kind\ttext");
		write_notes(stream, view, &items);
		nb_plot_block(stream, "place\tseries\tgroup\tverdict\tindicative\tbetter\tunit\t"
				      "ratio\tlow\thigh\tmargin\tbase p50 (unit)\t"
				      "candidate p50 (unit)");
		write_rows(stream, view, &items);
		result = nb_plot_written(stream, error);
	}
	free(items.items);
	return result;
}
