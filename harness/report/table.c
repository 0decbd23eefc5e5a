/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "report_table.h"

enum { NOTES_MIN = 24, LINE_DEFAULT = 100 };

/* Columns of a grid of times and exits, in order. */
enum { BENCHMARK, P50, P99, INTERVAL, EXITS, EXPECTED, RATIO, NOTES };

/* Series that share family and vantage, by index: one grid. */
struct group {
	const struct nb_table_layout *layout;
	size_t *members;
	size_t count;
	const char **reasons; /* told below the grid */
	size_t reason_count;
};

static size_t family_length(const struct nb_result *result)
{
	return strcspn(result->series.benchmark, ".");
}

static bool same_group(const struct nb_result *a, const struct nb_result *b)
{
	size_t length = family_length(a);

	return a->series.vantage == b->series.vantage && family_length(b) == length &&
	       memcmp(a->series.benchmark, b->series.benchmark, length) == 0;
}

/* Members of the group that series begins; none where an earlier series has begun it. */
static void collect_group(const struct nb_table *table, size_t first, struct group *group)
{
	group->count = 0;
	for (size_t i = 0; i < table->count; i++) {
		if (!same_group(&table->results[first], &table->results[i]))
			continue;
		if (i < first)
			return;
		group->members[group->count++] = i;
	}
}

/* Rows of one benchmark stand together, in the order in which the benchmarks came. */
static void sort_group(const struct nb_table *table, struct group *group)
{
	for (size_t i = 1; i < group->count; i++) {
		size_t member = group->members[i];
		const char *name = table->results[member].series.benchmark;
		size_t after = i;

		while (after > 0 &&
		       strcmp(table->results[group->members[after - 1]].series.benchmark, name) !=
			       0)
			after--;
		if (after == 0)
			continue;
		memmove(&group->members[after + 1], &group->members[after],
			(i - after) * sizeof(*group->members));
		group->members[after] = member;
	}
}

void nb_table_print_title(const struct nb_table *table, const char *title)
{
	const char *on = table->style->colour ? "\033[1m" : "";
	const char *off = table->style->colour ? "\033[0m" : "";
	char text[256];

	nb_report_plain(text, sizeof(text), title);
	fprintf(table->stream, "%s%s%s\n", on, text, off);
}

static const char *colour_of(const struct nb_result *result)
{
	if (result->outcome == NB_SKIP)
		return "\033[2m";
	if (result->outcome == NB_ERROR || result->evidence == NB_UNVERIFIED)
		return "\033[31m";
	return "\033[33m";
}

void nb_table_paint(const struct nb_report_style *style, const struct nb_result *result, char *text,
		    size_t size)
{
	char painted[sizeof(((struct nb_table_row *)0)->notes) + 16];

	if (!style->colour || !text[0])
		return;
	snprintf(painted, sizeof(painted), "%s%s\033[0m", colour_of(result), text);
	/* A colour that is not switched off would run on through the rest of the screen. */
	if (strlen(painted) < size)
		memcpy(text, painted, strlen(painted) + 1);
}

static void print_group_title(const struct nb_table *table, const struct nb_result *first)
{
	char title[96];
	char level[24] = "level unknown";

	if (first->level != NB_LEVEL_UNKNOWN)
		snprintf(level, sizeof(level), "L%d", first->level);
	snprintf(title, sizeof(title), "%.*s, %s, %s", (int)family_length(first),
		 first->series.benchmark, nb_record_vantage_name(first->series.vantage), level);
	fputc('\n', table->stream);
	nb_table_print_title(table, title);
}

/* Where a whole group was skipped for one reason, as without /dev/kvm, saying it once is enough. */
static bool skipped_as_one(const struct nb_table *table, const struct group *group)
{
	const struct nb_result *first = &table->results[group->members[0]];

	for (size_t i = 0; i < group->count; i++) {
		const struct nb_result *result = &table->results[group->members[i]];

		if (result->outcome != NB_SKIP || strcmp(result->reason, first->reason) != 0)
			return false;
	}
	return group->count > 1;
}

static void print_names(const struct nb_table *table, const struct group *group)
{
	size_t width = table->style->width > 0 ? (size_t)table->style->width : LINE_DEFAULT;
	size_t column = 0;

	for (size_t i = 0; i < group->count; i++) {
		struct nb_table ignored = *table;
		struct nb_table_row row;
		size_t length;

		nb_table_row_fill(&ignored, group->members[i], &row);
		if (row.where[0])
			nb_report_join(row.benchmark, sizeof(row.benchmark), " ", row.where);
		length = nb_report_columns(row.benchmark) + 2;
		if (column > 0 && column + length > width) {
			fputs(",\n", table->stream);
			column = 0;
		} else if (column > 0) {
			fputs(", ", table->stream);
		}
		fputs(row.benchmark, table->stream);
		column += length;
	}
	fputc('\n', table->stream);
}

static int print_skipped(const struct nb_table *table, const struct group *group,
			 struct nb_error *error)
{
	const struct nb_result *first = &table->results[group->members[0]];
	char reason[sizeof(first->reason)];
	char text[sizeof(reason) + 64];

	nb_report_plain(reason, sizeof(reason), first->reason);
	snprintf(text, sizeof(text), "skip, all %zu: %s", group->count, reason);
	nb_table_paint(table->style, first, text, sizeof(text));
	fprintf(table->stream, "%s\n", text);
	print_names(table, group);
	return nb_report_finish(table->stream, error);
}

/* Columns of the terminal that the grid takes before its notes. */
static size_t width_before_notes(const char *const *cells, size_t rows, size_t columns)
{
	size_t used = 0;

	for (size_t c = 0; c + 1 < columns; c++) {
		size_t widest = 0;

		for (size_t r = 0; r < rows; r++) {
			size_t width = nb_report_columns(cells[r * columns + c]);

			widest = width > widest ? width : widest;
		}
		used += widest > 0 ? widest + 2 : 0;
	}
	return used;
}

/* Number of the footnote with that reason, from 1; a new one if there is none yet. */
static size_t footnote(struct group *group, const char *reason)
{
	size_t number = 0;

	while (number < group->reason_count && strcmp(group->reasons[number], reason) != 0)
		number++;
	if (number == group->reason_count)
		group->reasons[group->reason_count++] = reason;
	return number + 1;
}

/* A reason is never cut: where it does not fit beside the numbers, it is told below the grid. */
static void fit_note(struct group *group, const struct nb_result *result, struct nb_table_row *row,
		     size_t width)
{
	if (nb_report_columns(row->notes) <= width)
		return;
	if (result->outcome == NB_OK)
		nb_report_cut(row->notes, sizeof(row->notes), width);
	else
		snprintf(row->notes, sizeof(row->notes), "%s (%zu)",
			 nb_record_outcome_name(result->outcome), footnote(group, result->reason));
}

/* Fits the notes into what the other columns leave of the width that was asked for; paints. */
static void finish_notes(const struct nb_table *table, struct group *group,
			 struct nb_table_row *rows, const char *const *cells)
{
	size_t used = width_before_notes(cells, group->count + 1, strlen(group->layout->align));
	size_t width = (size_t)table->style->width;
	size_t left = width > used + NOTES_MIN ? width - used : NOTES_MIN;

	for (size_t i = 0; i < group->count; i++) {
		const struct nb_result *result = &table->results[group->members[i]];

		if (width > 0)
			fit_note(group, result, &rows[i], left);
		nb_table_paint(table->style, result, rows[i].notes, sizeof(rows[i].notes));
	}
}

static void print_footnotes(const struct nb_table *table, const struct group *group)
{
	char reason[sizeof(table->results[0].reason)];

	for (size_t i = 0; i < group->reason_count; i++) {
		nb_report_plain(reason, sizeof(reason), group->reasons[i]);
		fprintf(table->stream, "(%zu) %s\n", i + 1, reason);
	}
}

static void fill_cells(const struct nb_table_row *row, const char **cells)
{
	cells[BENCHMARK] = row->benchmark;
	cells[P50] = row->p50;
	cells[P99] = row->p99;
	cells[INTERVAL] = row->interval;
	cells[EXITS] = row->exits;
	cells[EXPECTED] = row->expected;
	cells[RATIO] = row->ratio;
	cells[NOTES] = row->notes;
}

static void fill_header(const struct nb_table *table, struct nb_table_row *header, size_t count,
			const char **cells)
{
	const size_t columns = NOTES + 1;
	bool differs = false;

	(void)table;
	(void)header;
	for (size_t i = 1; i <= count; i++)
		differs = differs || cells[i * columns + EXPECTED][0];
	cells[BENCHMARK] = "benchmark";
	cells[P50] = "p50";
	cells[P99] = "p99";
	cells[INTERVAL] = "95 % CI of p50";
	cells[EXITS] = "exits/op";
	cells[EXPECTED] = differs ? "expected" : "";
	cells[RATIO] = "guest/user";
	cells[NOTES] = "";
}

static const struct nb_table_layout plain = {
	.align = "<>>>>>><",
	.cells = fill_cells,
	.header = fill_header,
};

static int print_rows(struct nb_table *table, struct group *group, struct nb_table_row *rows,
		      const char **cells, struct nb_error *error)
{
	const struct nb_table_layout *layout = group->layout;
	size_t columns = strlen(layout->align);
	struct nb_table_row header;
	int status;

	for (size_t i = 0; i < group->count; i++) {
		nb_table_row_fill(table, group->members[i], &rows[i]);
		layout->cells(&rows[i], cells + (i + 1) * columns);
	}
	layout->header(table, &header, group->count, cells);
	finish_notes(table, group, rows, cells);
	status = nb_report_grid(table->stream, layout->align, cells, group->count + 1, error);
	print_footnotes(table, group);
	if (status == 0 && layout == &nb_table_storage)
		status = nb_table_print_storage(table, error);
	return status;
}

static int print_group(struct nb_table *table, struct group *group, struct nb_error *error)
{
	const struct nb_result *first = &table->results[group->members[0]];
	struct nb_table_row *rows;
	const char **cells;
	int status;

	print_group_title(table, first);
	sort_group(table, group);
	if (skipped_as_one(table, group))
		return print_skipped(table, group, error);
	group->layout = nb_table_is_storage(first) ? &nb_table_storage : &plain;
	rows = calloc(group->count, sizeof(*rows));
	cells = calloc((group->count + 1) * strlen(group->layout->align), sizeof(*cells));
	if (rows && cells)
		status = print_rows(table, group, rows, cells, error);
	else
		status = nb_error_set(error, ENOMEM, "no memory for the table");
	free(rows);
	free(cells);
	return status;
}

static int print_groups(struct nb_table *table, struct group *group, struct nb_error *error)
{
	int status = 0;

	for (size_t i = 0; i < table->count && status == 0; i++) {
		group->reason_count = 0;
		collect_group(table, i, group);
		if (group->count > 0)
			status = print_group(table, group, error);
	}
	return status;
}

static int print_body(struct nb_table *table, struct nb_error *error)
{
	struct group group = { .members = calloc(table->count + 1, sizeof(size_t)),
			       .reasons = calloc(table->count + 1, sizeof(char *)) };
	int status;

	if (group.members && group.reasons)
		status = print_groups(table, &group, error);
	else
		status = nb_error_set(error, ENOMEM, "no memory for the table");
	free(group.members);
	free(group.reasons);
	return status;
}

static int summarise(struct nb_table *table, struct nb_error *error)
{
	const struct nb_record *record = table->record;
	int status = 0;

	table->results = calloc(record->count + 1, sizeof(*table->results));
	if (!table->results)
		return nb_error_set(error, ENOMEM, "no memory for the table");
	for (size_t i = 0; i < record->count && status == 0; i++)
		status = nb_record_summarise(&record->session, &record->series[i],
					     &table->results[i], error);
	table->count = record->count;
	nb_table_storage_begin(table);
	return status;
}

int nb_report_table(FILE *stream, const struct nb_record *record,
		    const struct nb_report_style *style, struct nb_error *error)
{
	struct nb_table table = { .stream = stream, .record = record, .style = style };
	int status = summarise(&table, error);

	if (status == 0)
		status = nb_table_print_conditions(&table, error);
	if (status == 0)
		status = print_body(&table, error);
	if (status == 0)
		status = nb_table_print_tax(&table, error);
	if (status == 0)
		status = nb_table_print_closing(&table, error);
	free(table.results);
	return status;
}
