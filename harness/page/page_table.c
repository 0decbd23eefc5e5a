/* SPDX-License-Identifier: Apache-2.0 */
#include "page_table.h"

#include <math.h>
#include <string.h>

/* One cell of one group; row->cells[group] was measured. */
typedef void print_cell(struct nb_page_family *family, const struct nb_view_row *row, size_t group);

/* Over so many of its rounds a row's number is marked as disturbed, as a session would be. */
enum { DISTURBED_PART = 5 };

static void open_number(FILE *stream, double key)
{
	fputs("<td class=\"n\"", stream);
	nb_page_sort_key(stream, key);
	fputs(">", stream);
}

static bool is_time(const struct nb_series *series)
{
	return strcmp(series->unit, "ns") == 0;
}

/* The row of the empty operation shows the overhead as it is. */
static bool is_null(const struct nb_series *series)
{
	const char *dot = strrchr(series->benchmark, '.');

	return dot && strcmp(dot, ".null") == 0;
}

/* A time that cannot be told from nothing would read as a precise, or even a negative figure. */
static bool vanishes(const struct nb_series *series, const struct nb_view_cell *cell)
{
	return is_time(series) && !is_null(series) && cell->low <= 0 && cell->high >= 0;
}

static void print_p50(struct nb_page_family *family, const struct nb_view_row *row, size_t group)
{
	const struct nb_view_cell *cell = &row->cells[group];
	const char *unit = row->series.unit;
	FILE *stream = family->out->stream;

	open_number(stream, cell->p50);
	fputs("<b>", stream);
	nb_page_value(stream, vanishes(&row->series, cell) ? 0 : cell->p50, unit);
	fputs("</b>", stream);
	nb_page_write_note_reference(family, nb_page_note(&family->notes, cell->reason));
	fputs(cell->spread ? "<span class=\"sub\">spread " : "<span class=\"sub\">", stream);
	nb_page_interval(stream, cell->low, cell->high, unit);
	fputs("</span>", stream);
	if (cell->tagged_rounds * DISTURBED_PART > cell->rounds)
		fprintf(stream,
			"<span class=\"sub mark disturbed\"><span aria-hidden=\"true\">!</span> "
			"%lld of %lld rounds disturbed</span>",
			(long long)cell->tagged_rounds, (long long)cell->rounds);
	fputs("</td>", stream);
}

static void print_number(const struct nb_page_family *family, double value, const char *unit)
{
	open_number(family->out->stream, value);
	nb_page_value(family->out->stream, value, unit);
	fputs("</td>", family->out->stream);
}

static void print_p95(struct nb_page_family *family, const struct nb_view_row *row, size_t group)
{
	print_number(family, row->cells[group].p95, row->series.unit);
}

static void print_p99(struct nb_page_family *family, const struct nb_view_row *row, size_t group)
{
	print_number(family, row->cells[group].p99, row->series.unit);
}

static void print_p999(struct nb_page_family *family, const struct nb_view_row *row, size_t group)
{
	print_number(family, row->cells[group].p999, row->series.unit);
}

static void print_max(struct nb_page_family *family, const struct nb_view_row *row, size_t group)
{
	print_number(family, row->cells[group].max, row->series.unit);
}

static void print_exits(struct nb_page_family *family, const struct nb_view_row *row, size_t group)
{
	const struct nb_view_cell *cell = &row->cells[group];
	struct nb_page_mark mark = nb_page_evidence_mark(cell->evidence);
	FILE *stream = family->out->stream;
	char exits[NB_PAGE_NUMBER_SIZE], expected[NB_PAGE_NUMBER_SIZE];

	if (cell->evidence == NB_UNAVAILABLE && !isfinite(cell->exits_per_op)) {
		fputs("<td class=\"n none\">n/a</td>", stream);
		return;
	}
	nb_page_count(exits, cell->exits_per_op);
	nb_page_count(expected, cell->expected);
	open_number(stream, cell->exits_per_op);
	fprintf(stream, "%s", exits);
	fputs("<span class=\"sub\">", stream);
	nb_page_mark(stream, mark);
	if (isfinite(cell->expected) && cell->evidence != NB_VERIFIED)
		fprintf(stream, " <span class=\"expected\">(expected %s)</span>", expected);
	fputs("</span></td>", stream);
}

static void print_change(struct nb_page_family *family, const struct nb_view_row *row, size_t group)
{
	const struct nb_compare_row *verdict = row->cells[group].verdict;
	FILE *stream = family->out->stream;
	char text[NB_PAGE_NUMBER_SIZE];

	if (!verdict) {
		fputs("<td class=\"n none\">not compared</td>", stream);
		return;
	}
	nb_page_change(text, verdict->ratio);
	open_number(stream, verdict->ratio);
	fprintf(stream, "<b>%s</b>", text);
	if (isfinite(verdict->low) && isfinite(verdict->high)) {
		nb_page_change_interval(text, verdict->low, verdict->high);
		fprintf(stream, "<span class=\"sub\">%s</span>", text);
	}
	fputs("</td>", stream);
}

/* The tail never gates, but where it changed it is worth a line. */
static void print_tail(FILE *stream, const struct nb_compare_row *verdict)
{
	char text[NB_PAGE_NUMBER_SIZE];

	if (verdict->indicative || (verdict->tail != NB_REGRESSED && verdict->tail != NB_IMPROVED))
		return;
	nb_page_change(text, verdict->tail_ratio);
	fprintf(stream, "<span class=\"sub\">p99 %s, %s</span>", nb_verdict_name(verdict->tail),
		text);
}

static void print_verdict(struct nb_page_family *family, const struct nb_view_row *row,
			  size_t group)
{
	const struct nb_compare_row *verdict = row->cells[group].verdict;
	FILE *stream = family->out->stream;

	fputs("<td class=\"v\">", stream);
	if (verdict) {
		nb_page_mark(stream, nb_page_verdict_mark(verdict->verdict, verdict->indicative));
		nb_page_write_note_reference(family, nb_page_note(&family->notes, verdict->note));
		nb_page_write_note_reference(family,
					     nb_page_note(&family->notes, verdict->provenance));
		if (isfinite(verdict->p_adjusted) && !verdict->indicative)
			fprintf(stream, "<span class=\"sub\">p %s%.3f</span>",
				verdict->p_adjusted < 0.001 ? "&lt; " : "",
				fmax(verdict->p_adjusted, 0.001));
		if (verdict->verdict == NB_INCONCLUSIVE && !verdict->indicative &&
		    verdict->more_sessions > 0)
			fprintf(stream, "<span class=\"sub\">%d more session%s each</span>",
				verdict->more_sessions, verdict->more_sessions == 1 ? "" : "s");
		print_tail(stream, verdict);
	}
	fputs("</td>", stream);
}

enum { P50, P95, P99, P999, MAX, EXITS, CHANGE, VERDICT, COLUMNS };

static const struct {
	const char *head;
	print_cell *print;
	bool tail;
} columns[COLUMNS] = {
	[P50] = { "p50<span class=\"sub\">95 % interval</span>", print_p50, false },
	[P95] = { "p95", print_p95, true },
	[P99] = { "p99", print_p99, true },
	[P999] = { "p99.9", print_p999, true },
	[MAX] = { "max", print_max, true },
	[EXITS] = { "exits/op<span class=\"sub\">evidence</span>", print_exits, false },
	[CHANGE] = { "change<span class=\"sub\">95 % interval</span>", print_change, false },
	[VERDICT] = { "verdict<span class=\"sub\">adjusted p</span>", print_verdict, false },
};

/* Which columns a table has: what no row of the family knows is left out. */
struct shown {
	bool columns[COLUMNS];
	size_t count;
	bool base; /* the base's own p50, before the groups */
};

static bool cell_knows(const struct nb_view_cell *cell, size_t column)
{
	const double values[COLUMNS] = {
		[P50] = 1,
		[P95] = cell->p95,
		[P99] = cell->p99,
		[P999] = cell->p999,
		[MAX] = cell->max,
		[EXITS] = cell->exits_per_op,
		[CHANGE] = cell->verdict ? 1 : (double)NAN,
		[VERDICT] = cell->verdict ? 1 : (double)NAN,
	};

	return nb_page_measured(cell) && isfinite(values[column]);
}

static bool family_knows(const struct nb_page_family *family, size_t column)
{
	for (size_t i = 0; i < family->count; i++)
		for (size_t j = 0; j < family->out->view->count; j++)
			if (cell_knows(&family->rows[i].cells[j], column))
				return true;
	return false;
}

/* Side by side the tails would make the table wider than a screen: they get one of their own. */
static struct shown choose(const struct nb_page_family *family, bool tails)
{
	bool apart = family->out->view->count > 1;
	struct shown shown = { 0 };

	for (size_t i = 0; i < COLUMNS; i++) {
		if ((apart || tails) && columns[i].tail != tails)
			continue;
		shown.columns[i] = family_knows(family, i);
		shown.count += shown.columns[i];
	}
	shown.base = shown.columns[CHANGE];
	return shown;
}

static void write_group_head(const struct nb_page_family *family, const struct shown *shown)
{
	const struct nb_view *view = family->out->view;
	FILE *stream = family->out->stream;

	fprintf(stream, "<tr class=\"groups\"><td colspan=\"%d\"></td>", shown->base ? 2 : 1);
	for (size_t i = 0; i < view->count; i++) {
		fprintf(stream, "<th scope=\"colgroup\" class=\"g\" colspan=\"%zu\">",
			shown->count);
		nb_page_text(stream, view->groups[i].name);
		fputs("<span class=\"sub\">", stream);
		nb_page_text_cut(stream, view->groups[i].title, 64);
		fputs("</span></th>", stream);
	}
	fputs("</tr>\n", stream);
}

static void write_head(const struct nb_page_family *family, const struct shown *shown)
{
	const struct nb_view *view = family->out->view;
	FILE *stream = family->out->stream;

	fputs("<thead>", stream);
	if (view->count > 1)
		write_group_head(family, shown);
	fputs("<tr><th scope=\"col\">Series</th>", stream);
	if (shown->base)
		fputs("<th scope=\"col\" class=\"n\">base<span class=\"sub\">p50</span></th>",
		      stream);
	for (size_t i = 0; i < view->count; i++) {
		const char *edge = view->count > 1 ? " g" : "";

		for (size_t j = 0; j < COLUMNS; j++) {
			if (!shown->columns[j])
				continue;
			fprintf(stream, "<th scope=\"col\" class=\"%s%s\">%s</th>",
				j == VERDICT ? "v" : "n", edge, columns[j].head);
			edge = "";
		}
	}
	fputs("</tr></thead>\n<tbody>\n", stream);
}

static const char *absence(const struct nb_view_cell *cell)
{
	if (cell->sessions == 0)
		return "not run";
	return nb_record_outcome_name(cell->outcome);
}

static void write_cells(struct nb_page_family *family, const struct nb_view_row *row, size_t group,
			const struct shown *shown)
{
	FILE *stream = family->out->stream;
	bool first = true;

	for (size_t i = 0; i < COLUMNS; i++) {
		if (!shown->columns[i])
			continue;
		if (nb_page_measured(&row->cells[group]))
			columns[i].print(family, row, group);
		else
			fprintf(stream, "<td class=\"n none\">%s</td>",
				first ? absence(&row->cells[group]) : "");
		first = false;
	}
}

static void write_base(const struct nb_page_family *family, const struct nb_view_row *row)
{
	for (size_t i = 0; i < family->out->view->count; i++) {
		if (row->cells[i].verdict) {
			print_number(family, row->cells[i].verdict->base.p50, row->series.unit);
			return;
		}
	}
	fputs("<td class=\"n none\">n/a</td>", family->out->stream);
}

/* The level that all groups measured it at; unknown where they differ: their heads tell then. */
static int common_level(const struct nb_view *view, const struct nb_view_row *row)
{
	int level = NB_LEVEL_UNKNOWN;

	for (size_t i = 0; i < view->count; i++) {
		if (!nb_page_measured(&row->cells[i]))
			continue;
		if (level != NB_LEVEL_UNKNOWN && row->cells[i].level != level)
			return NB_LEVEL_UNKNOWN;
		level = row->cells[i].level;
	}
	return level;
}

static bool any_measured(const struct nb_view *view, const struct nb_view_row *row)
{
	for (size_t i = 0; i < view->count; i++)
		if (nb_page_measured(&row->cells[i]))
			return true;
	return false;
}

static void write_table(struct nb_page_family *family, const struct shown *shown,
			const char *caption)
{
	const struct nb_view *view = family->out->view;
	FILE *stream = family->out->stream;
	char classes[32];

	snprintf(classes, sizeof(classes), "series sorts g%zu", view->count);
	nb_page_open_table(stream, classes, caption);
	write_head(family, shown);
	for (size_t i = 0; i < family->count; i++) {
		const struct nb_view_row *row = &family->rows[i];

		if (!any_measured(view, row))
			continue;
		fputs("<tr><th scope=\"row\">", stream);
		nb_page_series(stream, &row->series, common_level(view, row));
		fputs("</th>", stream);
		if (shown->base)
			write_base(family, row);
		for (size_t j = 0; j < view->count; j++)
			write_cells(family, row, j, shown);
		fputs("</tr>\n", stream);
	}
	nb_page_close_table(stream);
}

void nb_page_write_family_tables(struct nb_page_family *family)
{
	struct shown shown = choose(family, false);
	char caption[128];

	if (shown.count == 0)
		return;
	snprintf(caption, sizeof(caption), "%s: time of one operation",
		 nb_page_family_title(family->name));
	write_table(family, &shown, caption);
	if (family->out->view->count == 1)
		return;
	shown = choose(family, true);
	if (shown.count == 0)
		return;
	snprintf(caption, sizeof(caption), "%s: tails", nb_page_family_title(family->name));
	write_table(family, &shown, caption);
}
