/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "nestbench/base.h"
#include "nestbench/inference.h"

#include "report_history.h"

/* So many series have a table each; so many sessions are in it; so wide is a picture. */
enum { TABLES_MAX = 3, SESSIONS_SHOWN = 20, PICTURE_WIDE = 60, PICTURE_NARROW = 30 };
enum { PICTURE_SIZE = 3 * PICTURE_WIDE + 1, ID_SHOWN = 10 };

enum { SESSION, STARTED, P50, STEP, KERNEL, NOTE, COLUMNS };

struct point_texts {
	char session[NB_ULID_SIZE], started[32], p50[NB_REPORT_VALUE_SIZE];
	char step[24], kernel[64], note[128];
};

static void draw(char picture[PICTURE_SIZE], const struct nb_history_series *series, size_t width,
		 bool blocks)
{
	double *values = calloc(series->count + 1, sizeof(*values));

	picture[0] = '\0';
	for (size_t i = 0; values && i < series->count; i++)
		values[i] = series->points[i].value;
	if (values)
		nb_history_draw(
			picture, PICTURE_SIZE,
			&(struct nb_history_picture){ values, series->count, width, blocks });
	free(values);
}

static const struct nb_history_change *change_at(const struct nb_history_changes *changes,
						 size_t point)
{
	for (size_t i = 0; i < changes->count; i++)
		if (changes->changes[i].index == point)
			return &changes->changes[i];
	return NULL;
}

static void note_change(const struct nb_history_change *change, char *text, size_t size)
{
	char ratio[24];

	nb_compare_change(ratio, sizeof(ratio), change->ratio);
	snprintf(text, size, "<- %s, %s", ratio,
		 change->verdict == NB_SAME ? "within the margin"
					    : nb_verdict_name(change->verdict));
}

static void fill_point(const struct nb_history_report *report, size_t index, size_t point,
		       struct point_texts *text, const char **cells)
{
	const struct nb_history_series *series = &report->input->series[index];
	const struct nb_history_point *at = &series->points[point];
	const struct nb_timeline_session *session = nb_history_session(report, at->session);
	const struct nb_history_change *change = change_at(&report->history->series[index], point);
	char id[NB_ULID_SIZE];

	/* As much of the id as tells one session from the next, which show takes, too. */
	snprintf(id, sizeof(id), "%.*s", ID_SHOWN, session->id);
	nb_report_plain(text->session, sizeof(text->session), id);
	nb_history_minute(text->started, sizeof(text->started), session->started);
	nb_report_value(text->p50, sizeof(text->p50), at->value, series->series.unit,
			NB_REPORT_DIGITS);
	if (point > 0)
		nb_compare_change(text->step, sizeof(text->step),
				  at->value / series->points[point - 1].value);
	nb_history_kernel(text->kernel, sizeof(text->kernel), report, at->session);
	if (change)
		note_change(change, text->note, sizeof(text->note));
	cells[SESSION] = text->session;
	cells[STARTED] = text->started;
	cells[P50] = text->p50;
	cells[STEP] = text->step;
	cells[KERNEL] = text->kernel;
	cells[NOTE] = text->note;
}

static int print_points(FILE *stream, const struct nb_history_report *report, size_t index,
			bool all, struct nb_error *error)
{
	static const char *const header[COLUMNS] = { "session", "started (UTC)", "p50",
						     "step",	"kernel",	 "" };
	const struct nb_history_series *series = &report->input->series[index];
	size_t shown = all || series->count < SESSIONS_SHOWN ? series->count : SESSIONS_SHOWN;
	struct point_texts *texts = calloc(shown + 1, sizeof(*texts));
	const char **cells = calloc((shown + 1) * COLUMNS, sizeof(*cells));
	size_t first = series->count - shown;
	int status;

	if (texts && cells) {
		memcpy(cells, header, sizeof(header));
		for (size_t i = 0; i < shown; i++)
			fill_point(report, index, first + i, &texts[i], cells + (i + 1) * COLUMNS);
		status = nb_report_grid(stream, "<<>><<", cells, shown + 1, error);
	} else {
		status = nb_error_set(error, ENOMEM, "no memory for %zu sessions", shown);
	}
	if (first > 0)
		fprintf(stream, "%zu older session%s not shown (--all shows %s)\n", first,
			first == 1 ? " is" : "s are", first == 1 ? "it" : "them");
	free(texts);
	free(cells);
	return status;
}

static void print_left_out(FILE *stream, const struct nb_history_left_out *left_out)
{
	char text[128] = "", part[64];

	if (left_out->disturbed > 0) {
		snprintf(part, sizeof(part), "%zu disturbed (--include-invalid keeps them)",
			 left_out->disturbed);
		nb_report_join(text, sizeof(text), ", ", part);
	}
	if (left_out->unmeasured > 0) {
		snprintf(part, sizeof(part), "%zu without a value", left_out->unmeasured);
		nb_report_join(text, sizeof(text), ", ", part);
	}
	if (left_out->other_batch > 0) {
		snprintf(part, sizeof(part), "%zu timed in other batches", left_out->other_batch);
		nb_report_join(text, sizeof(text), ", ", part);
	}
	if (text[0])
		fprintf(stream, "left out: %s\n", text);
}

static void print_heading(FILE *stream, const struct nb_history_series *series,
			  const struct nb_report_style *style)
{
	char name[NB_COMPARE_NAME_SIZE], where[24], title[NB_COMPARE_NAME_SIZE + 96];

	nb_report_series(name, sizeof(name), &series->series);
	nb_report_where(where, sizeof(where), &series->series, series->level);
	snprintf(title, sizeof(title), "%s, %s: %zu session%s, %s is better", name, where,
		 series->count, series->count == 1 ? "" : "s",
		 series->series.lower_is_better ? "lower" : "higher");
	fprintf(stream, "%s%s%s\n", style->colour ? "\033[1m" : "", title,
		style->colour ? "\033[0m" : "");
}

/* What is printed, and how. */
struct view {
	FILE *stream;
	const struct nb_history_report *report;
	const struct nb_report_style *style;
	bool all, blocks;
};

static int print_table(const struct view *view, size_t index, struct nb_error *error)
{
	const struct nb_history_series *series = &view->report->input->series[index];
	char picture[PICTURE_SIZE];
	int status = 0;

	if (index > 0)
		fputc('\n', view->stream);
	print_heading(view->stream, series, view->style);
	if (series->count > 0) {
		draw(picture, series, PICTURE_WIDE, view->blocks);
		fprintf(view->stream, "%s\n", picture);
		status = print_points(view->stream, view->report, index, view->all, error);
	}
	print_left_out(view->stream, &view->report->input->left_out[index]);
	if (view->report->history->series[index].count > 0)
		fputc('\n', view->stream);
	nb_history_print_changes(view->stream, view->report, index, view->style);
	return status;
}

enum { NAME, WHERE, COUNT, PICTURE, FIRST, LAST, CHANGES, LINE_COLUMNS };

struct line_texts {
	char name[NB_COMPARE_NAME_SIZE], where[24], count[24], picture[PICTURE_SIZE];
	char first[NB_REPORT_VALUE_SIZE], last[NB_REPORT_VALUE_SIZE], changes[64];
};

static void fill_line(const struct nb_history_report *report, size_t index, bool blocks,
		      struct line_texts *text, const char **cells)
{
	const struct nb_history_series *series = &report->input->series[index];
	const struct nb_history_changes *changes = &report->history->series[index];
	const char *unit = series->series.unit;

	nb_report_series(text->name, sizeof(text->name), &series->series);
	nb_report_where(text->where, sizeof(text->where), &series->series, series->level);
	snprintf(text->count, sizeof(text->count), "%zu", series->count);
	draw(text->picture, series, PICTURE_NARROW, blocks);
	if (series->count > 0) {
		nb_report_value(text->first, sizeof(text->first), series->points[0].value, unit,
				NB_REPORT_DIGITS);
		nb_report_value(text->last, sizeof(text->last),
				series->points[series->count - 1].value, unit, NB_REPORT_DIGITS);
	}
	if (changes->count > 0)
		snprintf(text->changes, sizeof(text->changes), "%zu, last %s", changes->count,
			 nb_verdict_name(changes->changes[changes->count - 1].verdict));
	cells[NAME] = text->name;
	cells[WHERE] = text->where;
	cells[COUNT] = text->count;
	cells[PICTURE] = text->picture;
	cells[FIRST] = text->first;
	cells[LAST] = text->last;
	cells[CHANGES] = text->changes[0] ? text->changes : "-";
}

static int print_lines(FILE *stream, const struct nb_history_report *report, bool blocks,
		       struct nb_error *error)
{
	static const char *const header[LINE_COLUMNS] = { "benchmark",	   "where", "sessions",
							  "p50 over time", "first", "last",
							  "changes" };
	size_t count = report->input->count;
	struct line_texts *texts = calloc(count + 1, sizeof(*texts));
	const char **cells = calloc((count + 1) * LINE_COLUMNS, sizeof(*cells));
	int status;

	if (texts && cells) {
		memcpy(cells, header, sizeof(header));
		for (size_t i = 0; i < count; i++)
			fill_line(report, i, blocks, &texts[i], cells + (i + 1) * LINE_COLUMNS);
		status = nb_report_grid(stream, "<<><>><", cells, count + 1, error);
	} else {
		status = nb_error_set(error, ENOMEM, "no memory for %zu series", count);
	}
	free(texts);
	free(cells);
	return status;
}

static int print_overview(const struct view *view, struct nb_error *error)
{
	const struct nb_history_report *report = view->report;
	int status = print_lines(view->stream, report, view->blocks, error);

	for (size_t i = 0; status == 0 && i < report->input->count; i++) {
		if (report->history->series[i].count == 0)
			continue;
		fputc('\n', view->stream);
		print_heading(view->stream, &report->input->series[i], view->style);
		nb_history_print_changes(view->stream, report, i, view->style);
	}
	return status;
}

static void print_sum(FILE *stream, const struct nb_history_report *report)
{
	size_t counts[NB_INVALID + 1] = { 0 };
	size_t needed = nb_stats_changes_needed(report->options->alpha, report->options->segment);
	size_t short_ones = 0, changes;

	for (size_t i = 0; i < report->input->count; i++) {
		short_ones += report->input->series[i].count < needed;
		for (size_t j = 0; j < report->history->series[i].count; j++)
			counts[report->history->series[i].changes[j].verdict]++;
	}
	changes = counts[NB_REGRESSED] + counts[NB_IMPROVED] + counts[NB_SAME];
	fprintf(stream, "\n%zu change%s in %zu series", changes, changes == 1 ? "" : "s",
		report->input->count);
	if (changes > 0)
		fprintf(stream, ": %zu regressed, %zu improved, %zu within the margin of %.3g %%",
			counts[NB_REGRESSED], counts[NB_IMPROVED], counts[NB_SAME],
			100 * report->options->margin);
	if (short_ones > 0)
		fprintf(stream, "; %zu series %s too few sessions to find any (%zu at least)",
			short_ones, short_ones == 1 ? "has" : "have", needed);
	fputc('\n', stream);
}

int nb_report_history(FILE *stream, const struct nb_history_report *report,
		      const struct nb_history_look *look, const struct nb_report_style *style,
		      struct nb_error *error)
{
	const struct view view = { stream, report, style, look->all, look->blocks };
	bool tables = look->all || report->input->count <= TABLES_MAX;
	int status = 0;

	for (size_t i = 0; tables && status == 0 && i < report->input->count; i++)
		status = print_table(&view, i, error);
	if (!tables)
		status = print_overview(&view, error);
	print_sum(stream, report);
	return status < 0 ? status : nb_report_finish(stream, error);
}
