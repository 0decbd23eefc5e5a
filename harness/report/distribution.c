/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "nestbench/stats.h"

#include "report_bins.h"
#include "report_table.h"

enum { BAR_WIDTH = 50, MEDIANS_PER_LINE = 8, LABEL_SIZE = 10, TEXT_SIZE = 256 };

/* Everything about the one series that is shown. */
struct view {
	FILE *stream;
	const struct nb_record *record;
	const struct nb_series_rounds *series;
	const struct nb_report_style *style;
	struct nb_result result;
	struct nb_point *points;
	size_t count;
	uint64_t samples; /* of all points */
};

/* Whatever it is, it may come out of a file of somebody else. */
static void print_line(const struct view *view, const char *label, const char *text)
{
	char plain[TEXT_SIZE];

	nb_report_plain(plain, sizeof(plain), text);
	fprintf(view->stream, "%-*s%s\n", LABEL_SIZE, label, plain);
}

static void print_value(const struct view *view, const char *label, double value)
{
	char text[NB_REPORT_VALUE_SIZE];

	nb_report_value(text, sizeof(text), value, view->series->series.unit, NB_REPORT_DIGITS);
	print_line(view, label, text);
}

static double value_at(const struct view *view, double q)
{
	uint64_t rank = nb_stats_rank(view->samples, q);
	size_t i = 0;

	while (rank > view->points[i].count) {
		rank -= view->points[i].count;
		i++;
	}
	return view->points[i].value;
}

static void print_percentile(const struct view *view, const char *label, double q)
{
	size_t needed = nb_stats_samples_needed(q);
	char text[TEXT_SIZE];

	if (view->samples >= needed) {
		print_value(view, label, value_at(view, q));
		return;
	}
	snprintf(text, sizeof(text), "n/a, needs %zu samples", needed);
	print_line(view, label, text);
}

static void print_interval(const struct view *view)
{
	char text[2 * NB_REPORT_VALUE_SIZE];

	print_value(view, "median", view->result.p50);
	if (isfinite(view->result.ci_low))
		nb_report_interval(text, sizeof(text), view->result.ci_low, view->result.ci_high,
				   view->series->series.unit);
	else
		snprintf(text, sizeof(text), "n/a, needs %zu rounds", nb_stats_samples_needed(0.5));
	print_line(view, "95 % CI", text);
}

static void print_samples(const struct view *view)
{
	char null[NB_REPORT_VALUE_SIZE];
	char text[TEXT_SIZE];

	snprintf(text, sizeof(text), "%llu in %lld rounds, batch %lld",
		 (unsigned long long)view->samples, (long long)view->result.rounds,
		 (long long)view->result.batch);
	print_line(view, "samples", text);
	nb_report_value(null, sizeof(null), view->result.null_p50, view->series->series.unit,
			NB_REPORT_DIGITS);
	snprintf(text, sizeof(text), "%s per operation, subtracted", null);
	print_line(view, "null", text);
}

static void print_evidence(const struct view *view)
{
	const struct nb_result *result = &view->result;
	char text[TEXT_SIZE] = "";
	char part[TEXT_SIZE];

	if (isfinite(result->exits_per_op)) {
		snprintf(part, sizeof(part), "%.3g exits/op", result->exits_per_op);
		nb_report_join(text, sizeof(text), ", ", part);
	}
	if (isfinite(result->expected)) {
		snprintf(part, sizeof(part), "%.3g expected", result->expected);
		nb_report_join(text, sizeof(text), ", ", part);
	}
	nb_report_join(text, sizeof(text), ": ", nb_record_evidence_name(result->evidence));
	print_line(view, "evidence", text);
	for (size_t i = 0; i < result->kind_count; i++) {
		if (result->kinds[i].count == 0)
			continue;
		snprintf(part, sizeof(part), "%s %lld", result->kinds[i].name,
			 (long long)result->kinds[i].count);
		print_line(view, "", part);
	}
}

/* Medians in the order in which the rounds ran, so that a drift or a step shows. */
static void print_medians(const struct view *view)
{
	const char *label = "rounds";
	char line[TEXT_SIZE] = "";
	size_t in_line = 0;

	for (size_t i = 0; i < view->series->count; i++) {
		const struct nb_round *round = &view->series->rounds[i];
		char median[NB_REPORT_VALUE_SIZE];

		if (round->outcome != NB_OK)
			continue;
		nb_report_value(median, sizeof(median), round->p50, view->series->series.unit,
				NB_REPORT_DIGITS);
		nb_report_join(line, sizeof(line), ", ", median);
		if (round->guards.tags != 0)
			nb_report_join(line, sizeof(line), "", "*");
		if (++in_line < MEDIANS_PER_LINE)
			continue;
		print_line(view, label, line);
		label = "";
		line[0] = '\0';
		in_line = 0;
	}
	if (in_line > 0)
		print_line(view, label, line);
}

static void print_guards(const struct view *view)
{
	char tags[128];
	char text[TEXT_SIZE];

	if (view->result.tagged_rounds == 0)
		return;
	nb_report_tags(tags, sizeof(tags), ", ", view->result.tags);
	snprintf(text, sizeof(text), "* disturbed: %s (%lld of %lld rounds)", tags,
		 (long long)view->result.tagged_rounds, (long long)view->result.rounds);
	print_line(view, "noisy", text);
}

/* So many digits that neighbouring edges differ. */
static int edge_digits(const struct nb_bins *bins)
{
	double digits = NB_REPORT_DIGITS;

	for (size_t i = 0; i < bins->count; i++) {
		double step = bins->edges[i + 1] - bins->edges[i];

		if (step > 0)
			digits = fmax(digits, ceil(log10(fabs(bins->edges[i]) / step)) + 1);
	}
	return digits < 9 ? (int)digits : 9;
}

/* A bin that is not empty shows at least a dot, or a rare stall could not be seen. */
static void fill_bar(char bar[BAR_WIDTH + 1], uint64_t count, uint64_t most)
{
	size_t length = (size_t)lround((double)count / (double)most * BAR_WIDTH);

	memset(bar, '#', length);
	bar[length] = '\0';
	if (length == 0 && count > 0)
		memcpy(bar, ".", sizeof("."));
}

struct bin_row {
	char from[NB_REPORT_VALUE_SIZE];
	char bar[BAR_WIDTH + 1];
	char count[24];
	char share[16];
};

enum { BIN_COLUMNS = 4 };

static int print_histogram(const struct view *view, struct nb_error *error)
{
	const char *cells[(NB_BINS_MAX + 2) * BIN_COLUMNS] = { "from", "", "samples", "%" };
	struct bin_row rows[NB_BINS_MAX + 1] = { 0 };
	struct nb_bins bins;
	uint64_t most = 1;
	size_t shown;

	nb_report_bins(&bins, view->points, view->count);
	/* The upper end is a row without a bar; a single value has no other end. */
	shown = bins.count + (bins.edges[bins.count] > bins.edges[0]);
	for (size_t i = 0; i < bins.count; i++)
		most = bins.counts[i] > most ? bins.counts[i] : most;
	for (size_t i = 0; i < shown; i++) {
		const char **row = cells + (i + 1) * BIN_COLUMNS;
		char edge[NB_REPORT_VALUE_SIZE];

		nb_report_value(edge, sizeof(edge), bins.edges[i], view->series->series.unit,
				edge_digits(&bins));
		nb_report_plain(rows[i].from, sizeof(rows[i].from), edge);
		row[0] = rows[i].from;
		if (i == bins.count)
			break;
		fill_bar(rows[i].bar, bins.counts[i], most);
		snprintf(rows[i].count, sizeof(rows[i].count), "%llu",
			 (unsigned long long)bins.counts[i]);
		snprintf(rows[i].share, sizeof(rows[i].share), "%.2f",
			 100.0 * (double)bins.counts[i] / (double)view->samples);
		row[1] = rows[i].bar;
		row[2] = rows[i].count;
		row[3] = rows[i].share;
	}
	fputc('\n', view->stream);
	return nb_report_grid(view->stream, "><>>", cells, shown + 1, error);
}

static void print_title(const struct view *view)
{
	const struct nb_series *series = &view->series->series;
	const struct nb_table frame = { .stream = view->stream, .style = view->style };
	char title[TEXT_SIZE];

	snprintf(title, sizeof(title), "%s, %s%s%s", series->benchmark,
		 nb_record_vantage_name(series->vantage), series->params[0] ? ", " : "",
		 series->params);
	nb_table_print_title(&frame, title);
	snprintf(title, sizeof(title), "%s of %.10s", view->record->session.id,
		 view->record->session.started);
	print_line(view, "session", title);
}

static int print_view(const struct view *view, struct nb_error *error)
{
	print_title(view);
	if (view->result.outcome != NB_OK || view->result.reason[0])
		print_line(view, nb_record_outcome_name(view->result.outcome), view->result.reason);
	if (view->count == 0)
		return nb_report_finish(view->stream, error);
	print_interval(view);
	print_samples(view);
	print_medians(view);
	print_guards(view);
	print_evidence(view);
	fputc('\n', view->stream);
	print_value(view, "min", view->points[0].value);
	print_percentile(view, "p50", 0.50);
	print_percentile(view, "p90", 0.90);
	print_percentile(view, "p95", 0.95);
	print_percentile(view, "p99", 0.99);
	print_percentile(view, "p99.9", 0.999);
	print_value(view, "max", view->points[view->count - 1].value);
	return print_histogram(view, error);
}

int nb_report_distribution(FILE *stream, const struct nb_record *record, size_t series,
			   const struct nb_report_style *style, struct nb_error *error)
{
	struct view view = { .stream = stream, .record = record, .style = style };
	int status;

	assert(series < record->count);
	view.series = &record->series[series];
	status = nb_record_summarise(&record->session, view.series, &view.result, error);
	if (status == 0)
		status = nb_record_distribution(view.series, &view.points, &view.count, error);
	if (status < 0)
		return status;
	for (size_t i = 0; i < view.count; i++)
		view.samples += view.points[i].count;
	status = print_view(&view, error);
	free(view.points);
	return status;
}
