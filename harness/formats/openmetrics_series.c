/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "formats_openmetrics.h"
#include "formats_rounds.h"

static const char metric_default[] = "latency"; /* any other is a label */

static void begin_series(struct nb_metric_writer *writer, const struct nb_view_row *row,
			 size_t group)
{
	const struct nb_series *series = &row->series;

	nb_metric_begin(writer);
	nb_metric_label(writer, "group", writer->view->groups[group].name);
	nb_metric_label(writer, "benchmark", series->benchmark);
	nb_metric_label(writer, "vantage", nb_record_vantage_name(series->vantage));
	nb_metric_label(writer, "params", series->params);
	nb_metric_level(writer, row->cells[group].level);
	if (strcmp(series->metric, metric_default) != 0)
		nb_metric_label(writer, "metric", series->metric);
}

/* Families of one number each: where it is, and in what. */
static const struct number {
	struct nb_metric_family family;
	enum { SECONDS, EXITS, RATIO } kind; /* RATIO: offset is one of the verdict's row */
	size_t offset;
} numbers[] = {
	{ { "nestbench_latency_median_seconds", "seconds",
	    "Median time of one operation, net of the empty one." },
	  SECONDS,
	  offsetof(struct nb_view_cell, p50) },
	{ { "nestbench_latency_median_low_seconds", "seconds",
	    "Lower end of the median's 95 % interval; of two to five sessions the least." },
	  SECONDS,
	  offsetof(struct nb_view_cell, low) },
	{ { "nestbench_latency_median_high_seconds", "seconds",
	    "Upper end of the median's 95 % interval; of two to five sessions the largest." },
	  SECONDS,
	  offsetof(struct nb_view_cell, high) },
	{ { "nestbench_latency_p99_seconds", "seconds",
	    "99th percentile of the time of one operation; absent below 368 samples." },
	  SECONDS,
	  offsetof(struct nb_view_cell, p99) },
	{ { "nestbench_exits_per_operation", "",
	    "Exits that KVM counted, per operation; absent where it counts none." },
	  EXITS,
	  offsetof(struct nb_view_cell, exits_per_op) },
	{ { "nestbench_ratio", "ratio", "Median against that of the base; above 1 is more." },
	  RATIO,
	  offsetof(struct nb_compare_row, ratio) },
	{ { "nestbench_ratio_low", "", "Lower end of the ratio's 95 % interval." },
	  RATIO,
	  offsetof(struct nb_compare_row, low) },
	{ { "nestbench_ratio_high", "", "Upper end of the ratio's 95 % interval." },
	  RATIO,
	  offsetof(struct nb_compare_row, high) },
};

/* NAN where the series has none. */
static double find_number(const struct number *number, const struct nb_view_row *row, size_t group)
{
	const struct nb_view_cell *cell = &row->cells[group];
	/* 0 for what is no time: such a series has no latency. */
	double scale = number->kind == SECONDS ? nb_record_nanoseconds(row->series.unit) / 1e9 : 1;
	const void *holder = cell;
	double value;

	if (number->kind == RATIO)
		holder = cell->verdict;
	else if (!nb_formats_measured(cell) || scale <= 0)
		holder = NULL;
	if (!holder)
		return NAN;
	memcpy(&value, (const char *)holder + number->offset, sizeof(value));
	return value * scale;
}

static void put_number(struct nb_metric_writer *writer, const struct number *number)
{
	const struct nb_view *view = writer->view;

	nb_metric_family(writer, &number->family);
	for (size_t i = 0; i < view->row_count * view->count; i++) {
		const struct nb_view_row *row = &view->rows[i / view->count];
		double value = find_number(number, row, i % view->count);

		if (!isfinite(value))
			continue;
		begin_series(writer, row, i % view->count);
		nb_metric_end(writer, value);
	}
}

static void put_rounds(struct nb_metric_writer *writer, const struct nb_view_row *row, size_t group)
{
	begin_series(writer, row, group);
	nb_metric_end(writer, (double)row->cells[group].rounds);
}

static void put_tagged(struct nb_metric_writer *writer, const struct nb_view_row *row, size_t group)
{
	begin_series(writer, row, group);
	nb_metric_end(writer, (double)row->cells[group].tagged_rounds);
}

/* Every state has its line, so that an alert sees the change and not a series that is gone. */
static void put_evidence(struct nb_metric_writer *writer, const struct nb_view_row *row,
			 size_t group)
{
	const struct nb_view_cell *cell = &row->cells[group];

	for (int i = NB_VERIFIED; nb_formats_measured(cell) && i <= NB_UNAVAILABLE; i++) {
		begin_series(writer, row, group);
		nb_metric_label(writer, "evidence", nb_record_evidence_name((enum nb_evidence)i));
		nb_metric_end(writer, (int)cell->evidence == i);
	}
}

static void put_verdict(struct nb_metric_writer *writer, const struct nb_view_row *row,
			size_t group)
{
	const struct nb_compare_row *verdict = row->cells[group].verdict;

	for (int i = NB_SAME; verdict && i <= NB_INVALID; i++) {
		begin_series(writer, row, group);
		nb_metric_label(writer, "verdict", nb_verdict_name((enum nb_verdict)i));
		nb_metric_end(writer, (int)verdict->verdict == i);
	}
}

static const struct lines {
	struct nb_metric_family family;
	void (*put)(struct nb_metric_writer *, const struct nb_view_row *, size_t);
} others[] = {
	{ { "nestbench_evidence", "",
	    "1 for the proof that there is of what was timed, 0 for the others." },
	  put_evidence },
	{ { "nestbench_rounds", "", "Rounds of the series, of all sessions." }, put_rounds },
	{ { "nestbench_tagged_rounds", "", "Rounds that a guard marked as disturbed." },
	  put_tagged },
	{ { "nestbench_verdict", "",
	    "1 for the verdict against the base, 0 for the others; inconclusive where it is only "
	    "indicative." },
	  put_verdict },
};

static void put_lines(struct nb_metric_writer *writer, const struct lines *lines)
{
	const struct nb_view *view = writer->view;

	nb_metric_family(writer, &lines->family);
	for (size_t i = 0; i < view->row_count * view->count; i++) {
		const struct nb_view_row *row = &view->rows[i / view->count];

		if (row->cells[i % view->count].sessions > 0)
			lines->put(writer, row, i % view->count);
	}
}

void nb_metric_all_series(struct nb_metric_writer *writer)
{
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		put_number(writer, &numbers[i]);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		put_lines(writer, &others[i]);
}
