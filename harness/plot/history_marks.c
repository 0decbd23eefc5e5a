/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "plot_history.h"

/*
 * Listed below the picture; the place of a change is not exact, so that one change of the
 * environment is found at sessions near each other; numbers nearer than a part of the axis share
 * a label.
 */
enum { MARKS_MAX = 30, SAME_PLACE = 5 };
static const double label_part = 0.07;

struct mark {
	double x;
	bool event;
	size_t before; /* session before it */
	char text[NB_PLOT_NOTE_SIZE];
};

struct marks {
	struct mark *marks;
	size_t count, passed_over;
};

void nb_plot_mark(FILE *stream, const char *kind, const char *text, double x)
{
	char cell[NB_PLOT_NOTE_SIZE];

	nb_plot_cell(cell, sizeof(cell), text);
	/* Seconds since 1970 need more digits than other numbers. */
	if (isfinite(x))
		fprintf(stream, "%s\t%s\t%.13g\n", kind, cell, x);
	else
		fprintf(stream, "%s\t%s\tnan\n", kind, cell);
}

/* "2026-11-21 07:04  " of a time in ISO 8601. */
static void print_minute(char *text, size_t size, const char *time)
{
	snprintf(text, size, "%.10s %.5s  ", time, strlen(time) > 11 ? time + 11 : "");
}

/* "kernel: 6.1 | 6.12" reads "kernel: 6.1 → 6.12". */
static void add_difference(char *text, size_t size, const char *difference)
{
	const char *bar = strstr(difference, " | ");
	size_t used = strlen(text);

	snprintf(text + used, size - used, "%s%.*s%s%s", used > 0 ? "; " : "",
		 bar ? (int)(bar - difference) : (int)strlen(difference), difference,
		 bar ? " → " : "", bar ? bar + 3 : "");
}

/* Without the time before it. */
static const char *what(const struct mark *mark)
{
	const char *text = strstr(mark->text, "  ");

	return text ? text : mark->text;
}

static bool is_known(const struct marks *marks, const struct mark *mark)
{
	for (size_t i = 0; i < marks->count; i++) {
		const struct mark *other = &marks->marks[i];
		size_t apart = mark->before > other->before ? mark->before - other->before
							    : other->before - mark->before;

		if (!other->event && apart <= SAME_PLACE && strcmp(what(mark), what(other)) == 0)
			return true;
	}
	return false;
}

static void add_change(const struct nb_history_report *report, const struct nb_plot_scale *scale,
		       const struct nb_history_change *change, struct marks *marks)
{
	struct mark *mark = &marks->marks[marks->count];
	char *rest;

	if (change->difference_count == 0)
		return;
	*mark = (struct mark){ .before = change->before };
	mark->x = (nb_plot_scale_session(scale, change->before) +
		   nb_plot_scale_session(scale, change->after)) /
		  2;
	print_minute(mark->text, sizeof(mark->text),
		     report->timeline->sessions[change->after].started);
	rest = mark->text + strlen(mark->text);
	for (size_t i = 0; i < change->difference_count; i++)
		add_difference(rest, sizeof(mark->text) - (size_t)(rest - mark->text),
			       change->differences[i]);
	if (!is_known(marks, mark))
		marks->count++;
}

static void add_event(const struct nb_plot_scale *scale, const struct nb_history_event *event,
		      struct marks *marks)
{
	struct mark *mark = &marks->marks[marks->count];

	*mark = (struct mark){ .event = true, .x = nb_plot_scale_event(scale, event->time) };
	print_minute(mark->text, sizeof(mark->text), event->time);
	nb_base_copy(mark->text + strlen(mark->text), sizeof(mark->text) - strlen(mark->text),
		     event->text);
	if (isnan(mark->x))
		marks->passed_over++;
	else
		marks->count++;
}

static void collect(const struct nb_history_report *report, const struct nb_plot_scale *scale,
		    struct marks *marks)
{
	for (size_t i = 0; i < report->input->count; i++)
		for (size_t j = 0; j < report->history->series[i].count; j++)
			add_change(report, scale, &report->history->series[i].changes[j], marks);
	for (size_t i = 0; i < report->input->event_count; i++)
		add_event(scale, &report->input->events[i], marks);
}

/* Changes of the environment are kept, and the latest events. */
static int by_worth(const void *a, const void *b)
{
	const struct mark *left = a, *right = b;

	if (left->event != right->event)
		return left->event ? 1 : -1;
	return (left->x < right->x) - (left->x > right->x);
}

static int by_time(const void *a, const void *b)
{
	const struct mark *left = a, *right = b;

	if (left->x != right->x)
		return left->x > right->x ? 1 : -1;
	return strcmp(left->text, right->text);
}

/* Numbers that stand too close together are one label at the first of them: "2–4". */
static void write_labels(FILE *stream, const struct nb_plot_scale *scale, const struct marks *marks)
{
	double width = (scale->high - scale->low) * label_part;

	for (size_t i = 0, next; i < marks->count; i = next) {
		char text[48];

		for (next = i + 1; next < marks->count; next++)
			if (marks->marks[next].x - marks->marks[i].x > width)
				break;
		if (next == i + 1)
			snprintf(text, sizeof(text), "%zu", next);
		else
			snprintf(text, sizeof(text), "%zu–%zu", i + 1, next);
		nb_plot_mark(stream, "label", text, marks->marks[i].x);
	}
}

static void write_marks(FILE *stream, const struct nb_plot_scale *scale, struct marks *marks)
{
	size_t more = marks->count > MARKS_MAX ? marks->count - MARKS_MAX : 0;
	char text[80];

	qsort(marks->marks, marks->count, sizeof(*marks->marks), by_worth);
	marks->count -= more;
	qsort(marks->marks, marks->count, sizeof(*marks->marks), by_time);
	for (size_t i = 0; i < marks->count; i++)
		nb_plot_mark(stream, marks->marks[i].event ? "event" : "environment",
			     marks->marks[i].text, marks->marks[i].x);
	write_labels(stream, scale, marks);
	if (more > 0) {
		snprintf(text, sizeof(text), "%zu more events and changes are not shown", more);
		nb_plot_mark(stream, "more", text, NAN);
	}
	if (marks->passed_over > 0) {
		snprintf(text, sizeof(text),
			 "%zu event%s before the first or after the last session",
			 marks->passed_over, marks->passed_over == 1 ? "" : "s");
		nb_plot_mark(stream, "more", text, NAN);
	}
}

void nb_plot_marks(FILE *stream, const struct nb_history_report *report,
		   const struct nb_plot_scale *scale)
{
	struct marks marks = { 0 };
	size_t most = report->input->event_count + 1;

	for (size_t i = 0; i < report->input->count; i++)
		most += report->history->series[i].count;
	marks.marks = calloc(most, sizeof(*marks.marks));
	if (!marks.marks) {
		nb_plot_mark(stream, "more", "no memory for events", NAN);
		return;
	}
	collect(report, scale, &marks);
	write_marks(stream, scale, &marks);
	free(marks.marks);
}
