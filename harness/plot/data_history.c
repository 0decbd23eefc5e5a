/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "nestbench/stats.h"

#include "plot_history.h"

/* Panels of one picture; ratios are written in so many lines above each other, as they fit. */
enum { PANELS_MAX = 24, SLOTS = 3 };
static const double ratio_part = 0.15;

struct panel {
	size_t series; /* of the input */
	double size;   /* of its largest change, as |log ratio|; -1: none */
};

struct panels {
	struct panel *panels;
	size_t count, changed;
};

static void collect(const struct nb_plot_query *query, struct panels *panels)
{
	const struct nb_history_report *report = query->view->history;

	for (size_t i = 0; i < report->input->count; i++) {
		const struct nb_history_series *series = &report->input->series[i];
		const struct nb_history_changes *changes = &report->history->series[i];
		struct panel *panel = &panels->panels[panels->count];

		/* One session is no history. */
		if (!nb_plot_wants(query, &series->series) || series->count < 2)
			continue;
		*panel = (struct panel){ .series = i, .size = -1 };
		for (size_t j = 0; j < changes->count; j++)
			panel->size = fmax(panel->size, fabs(log(changes->changes[j].ratio)));
		panels->changed += changes->count > 0 ? 1 : 0;
		panels->count++;
	}
}

static int by_place(const void *a, const void *b)
{
	const struct panel *left = a, *right = b;

	return (left->series > right->series) - (left->series < right->series);
}

static int by_size(const void *a, const void *b)
{
	const struct panel *left = a, *right = b;

	if (left->size != right->size)
		return left->size < right->size ? 1 : -1;
	return by_place(a, b);
}

static void write_notes(FILE *stream, const struct nb_history_report *report,
			const struct nb_plot_scale *scale, const struct panels *panels)
{
	char text[120];

	nb_plot_mark(stream, "scale", scale->time ? "time" : "sessions", NAN);
	nb_plot_marks(stream, report, scale);
	if (panels->count <= PANELS_MAX)
		return;
	if (panels->changed > PANELS_MAX)
		snprintf(text, sizeof(text),
			 "%zu more series are not shown, %zu of them with a change",
			 panels->count - PANELS_MAX, panels->changed - PANELS_MAX);
	else
		snprintf(text, sizeof(text), "%zu more series without a change are not shown",
			 panels->count - PANELS_MAX);
	nb_plot_mark(stream, "more", text, NAN);
}

/* One line of a panel's block. */
struct line {
	const char *kind;
	double x, value, end; /* end: of a segment */
	const char *text, *verdict;
	int slot;
};

struct target {
	FILE *stream;
	const struct nb_history_report *report;
	const struct nb_plot_scale *scale;
	const struct nb_history_series *series;
	const struct nb_history_changes *changes;
	char label[NB_PLOT_LABEL_SIZE], unit[16];
};

static void write_line(const struct target *target, const struct line *line)
{
	fprintf(target->stream, "%s\t%s\t%s\t", target->label, target->unit, line->kind);
	/* Seconds since 1970 need more digits than other numbers. */
	if (isfinite(line->x))
		fprintf(target->stream, "%.13g\t", line->x);
	else
		fputs("nan\t", target->stream);
	nb_plot_number(target->stream, line->value);
	if (isfinite(line->end))
		fprintf(target->stream, "\t%.13g", line->end);
	else
		fputs("\tnan", target->stream);
	fprintf(target->stream, "\t%s\t%s\t%d\n", line->text ? line->text : "",
		line->verdict ? line->verdict : "", line->slot);
}

static double middle(const struct nb_history_point *points, size_t count)
{
	double *values = calloc(count + 1, sizeof(*values));
	double value = NAN;

	for (size_t i = 0; values && i < count; i++)
		values[i] = points[i].value;
	if (values && count > 0) {
		nb_stats_sort(values, count);
		value = nb_stats_quantile(values, count, 0.5);
	}
	free(values);
	return value;
}

static void write_points(const struct target *target)
{
	for (size_t i = 0; i < target->series->count; i++) {
		const struct nb_history_point *point = &target->series->points[i];

		write_line(target, &(struct line){ .kind = "point",
						   .x = nb_plot_scale_session(target->scale,
									      point->session),
						   .value = point->value,
						   .end = NAN });
	}
}

/* The level between two changes: the median of its sessions. */
static void write_segments(const struct target *target)
{
	const struct nb_history_series *series = target->series;
	size_t first = 0;

	for (size_t i = 0; i <= target->changes->count; i++) {
		size_t end = i < target->changes->count ? target->changes->changes[i].index
							: series->count;

		if (end <= first || end > series->count)
			continue;
		write_line(target, &(struct line){
					   .kind = "segment",
					   .x = nb_plot_scale_session(
						   target->scale, series->points[first].session),
					   .value = middle(series->points + first, end - first),
					   .end = nb_plot_scale_session(
						   target->scale, series->points[end - 1].session),
				   });
		first = end;
	}
}

/* "+12.3 %", "−4.0 %" up to a factor of two, then "×3.2". */
static void print_ratio(char *text, size_t size, double ratio)
{
	if (ratio >= 2 || ratio <= 0.5)
		snprintf(text, size, "×%.3g", ratio);
	else
		snprintf(text, size, "%s%.1f %%", ratio < 1 ? "−" : "+", 100 * fabs(ratio - 1));
}

static void write_changes(const struct target *target)
{
	const struct nb_plot_scale *scale = target->scale;
	double width = (scale->high - scale->low) * ratio_part;
	double taken[SLOTS] = { -INFINITY, -INFINITY, -INFINITY };

	for (size_t i = 0; i < target->changes->count; i++) {
		const struct nb_history_change *change = &target->changes->changes[i];
		double x = (nb_plot_scale_session(scale, change->before) +
			    nb_plot_scale_session(scale, change->after)) /
			   2;
		char text[24] = "";
		int slot = 0;

		while (slot < SLOTS && taken[slot] > x)
			slot++;
		/* Where there is no room for its text the mark stands alone. */
		if (slot < SLOTS) {
			print_ratio(text, sizeof(text), change->ratio);
			taken[slot] = x + width;
		}
		write_line(target, &(struct line){ .kind = "change",
						   .x = x,
						   .value = NAN,
						   .end = NAN,
						   .text = text,
						   .verdict = nb_verdict_name(change->verdict),
						   .slot = slot % SLOTS });
	}
}

static bool counts(const struct nb_history_series *series, size_t session)
{
	for (size_t i = 0; i < series->count; i++)
		if (series->points[i].session == session)
			return true;
	return false;
}

static bool is_disturbed(const struct target *target, const struct nb_timeline_point *point)
{
	return point->level == target->series->level &&
	       !target->report->timeline->sessions[point->session].valid &&
	       !counts(target->series, point->session);
}

static void write_disturbed(const struct target *target, const struct nb_timeline_series *from)
{
	for (size_t i = 0; i < from->count; i++) {
		struct line line = { .kind = "disturbed", .value = from->p50[i], .end = NAN };

		if (!is_disturbed(target, &from->points[i]) || !(line.value > 0))
			continue;
		line.x = nb_plot_scale_session(target->scale, from->points[i].session);
		write_line(target, &line);
	}
}

/*
 * Sessions that do not count. Which sessions were asked for by label the report does not tell: only
 * where none of the disturbed ones was passed over for its labels they are shown.
 */
static void find_disturbed(const struct target *target, size_t expected)
{
	const struct nb_timeline *timeline = target->report->timeline;
	const struct nb_timeline_series *from = NULL;
	size_t found = 0;

	for (size_t i = 0; i < timeline->count && !from; i++)
		if (nb_record_same_series(&timeline->series[i].series, &target->series->series))
			from = &timeline->series[i];
	for (size_t i = 0; from && i < from->count; i++)
		found += is_disturbed(target, &from->points[i]) ? 1 : 0;
	if (from && found == expected)
		write_disturbed(target, from);
}

static void write_panel(FILE *stream, const struct nb_history_report *report,
			const struct nb_plot_scale *scale, size_t index)
{
	struct target target = {
		.stream = stream,
		.report = report,
		.scale = scale,
		.series = &report->input->series[index],
		.changes = &report->history->series[index],
	};

	nb_plot_label(target.label, sizeof(target.label), &target.series->series,
		      target.series->level);
	nb_plot_cell(target.unit, sizeof(target.unit), target.series->series.unit);
	nb_plot_block(stream, scale->time
				      ? "series\tunit\tkind\tx (s since 1970-01-01 UTC)\tp50 (unit)"
					"\tend (s)\tratio\tverdict\tslot"
				      : "series\tunit\tkind\tx (number of the session)\tp50 (unit)"
					"\tend (number)\tratio\tverdict\tslot");
	write_points(&target);
	write_segments(&target);
	write_changes(&target);
	if (report->input->left_out)
		find_disturbed(&target, report->input->left_out[index].disturbed);
}

static int write_all(FILE *stream, const struct nb_history_report *report, struct panels *panels,
		     struct nb_error *error)
{
	size_t shown = panels->count < PANELS_MAX ? panels->count : PANELS_MAX;
	struct nb_plot_scale scale;

	nb_plot_scale_make(report->timeline, &scale);
	qsort(panels->panels, panels->count, sizeof(*panels->panels), by_size);
	qsort(panels->panels, shown, sizeof(*panels->panels), by_place);
	nb_plot_header(stream, NB_PLOT_HISTORY, "kind\ttext\tx");
	write_notes(stream, report, &scale, panels);
	for (size_t i = 0; i < shown; i++)
		write_panel(stream, report, &scale, panels->panels[i].series);
	return nb_plot_written(stream, error);
}

int nb_plot_data_history(FILE *stream, const struct nb_plot_query *query, struct nb_error *error)
{
	const struct nb_history_report *report = query->view->history;
	struct panels panels = { 0 };
	int result;

	if (!report)
		return nb_plot_nothing(query, "there is no history of these sessions", error);
	panels.panels = calloc(report->input->count + 1, sizeof(*panels.panels));
	if (!panels.panels)
		return nb_error_set(error, ENOMEM, "no memory for %zu series",
				    report->input->count);
	collect(query, &panels);
	if (panels.count == 0)
		result = nb_plot_nothing(query,
					 "no series was measured in two sessions or more: there is "
					 "no history",
					 error);
	else
		result = write_all(stream, report, &panels, error);
	free(panels.panels);
	return result;
}
