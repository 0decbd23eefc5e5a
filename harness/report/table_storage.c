/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "report_storage.h"
#include "report_table.h"

enum {
	BENCHMARK,
	WHERE,
	P50,
	P99,
	INTERVAL,
	RATE,
	CPU,
	SWITCHES,
	INTERRUPTS,
	VERSUS,
	NOTES,
	COLUMNS
};
enum { WORD_SIZE = 48 };

static const char remote_mode[] = "guest-direct-remote";

bool nb_table_is_storage(const struct nb_result *result)
{
	return strncmp(result->series.benchmark, "io.", 3) == 0;
}

/* The working directory is what everybody has; else the first place that was measured. */
void nb_table_storage_begin(struct nb_table *table)
{
	char first[sizeof(table->reference)] = "";
	char name[sizeof(table->reference)];
	bool several = false, cwd = false;

	for (size_t i = 0; i < table->count; i++) {
		if (!nb_table_is_storage(&table->results[i]) ||
		    !nb_storage_param(table->results[i].series.params, "target", name,
				      sizeof(name)))
			continue;
		if (!first[0])
			nb_base_copy(first, sizeof(first), name);
		several = several || strcmp(first, name) != 0;
		cwd = cwd || strcmp(name, "cwd") == 0;
	}
	if (several)
		nb_base_copy(table->reference, sizeof(table->reference), cwd ? "cwd" : first);
}

/* "cwd ext4 direct", "c 9p-fd direct-remote uring"; the rest of the parameters is the name's. */
static void fill_where(struct nb_table *table, const struct nb_series *series,
		       struct nb_table_row *row)
{
	static const char *const keys[] = { "target", "fs", "mode", "engine" };
	char word[WORD_SIZE];

	row->where[0] = '\0';
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		/* One read after another needs no engine; it goes without saying. */
		if (!nb_storage_param(series->params, keys[i], word, sizeof(word)) ||
		    strcmp(word, "psync") == 0)
			continue;
		if (strcmp(word, remote_mode) == 0) {
			nb_base_copy(word, sizeof(word), "direct-remote");
			table->marks |= NB_MARK_REMOTE;
		}
		nb_report_join(row->where, sizeof(row->where), " ", word);
	}
}

static void fill_name(const struct nb_series *series, struct nb_table_row *row)
{
	char name[sizeof(row->benchmark)];
	char own[sizeof(series->params)];

	nb_storage_own_params(series->params, own, sizeof(own));
	nb_base_copy(name, sizeof(name), series->benchmark);
	if (own[0])
		nb_report_join(name, sizeof(name), " ", own);
	nb_report_plain(row->benchmark, sizeof(row->benchmark), name);
}

/* Index of the row that this one is held against; count if there is none. */
static size_t find_reference(const struct nb_table *table, const struct nb_series *series)
{
	char name[sizeof(table->reference)];

	for (size_t i = 0; i < table->count; i++) {
		const struct nb_result *result = &table->results[i];

		if (result->outcome == NB_OK && nb_storage_same(&result->series, series) &&
		    nb_storage_param(result->series.params, "target", name, sizeof(name)) &&
		    strcmp(name, table->reference) == 0)
			return i;
	}
	return table->count;
}

static bool differs(const struct nb_series *a, const struct nb_series *b, const char *key)
{
	char left[WORD_SIZE], right[WORD_SIZE];

	nb_storage_param(a->params, key, left, sizeof(left));
	nb_storage_param(b->params, key, right, sizeof(right));
	return strcmp(left, right) != 0;
}

static void fill_ratio(struct nb_table_row *row, double ratio)
{
	if (ratio == 1)
		nb_base_copy(row->versus, sizeof(row->versus), "1");
	else if (ratio < 0.1)
		snprintf(row->versus, sizeof(row->versus), "%.2g", ratio);
	else
		nb_report_value(row->versus, sizeof(row->versus), ratio, "", NB_REPORT_DIGITS);
	nb_report_join(row->versus, sizeof(row->versus), "", "x");
}

static void fill_versus(struct nb_table *table, size_t index, struct nb_table_row *row)
{
	const struct nb_result *result = &table->results[index];
	size_t reference = find_reference(table, &result->series);
	const struct nb_series *other;
	double ratio;

	if (reference == table->count || nb_table_vanishes(table, index) ||
	    nb_table_vanishes(table, reference))
		return;
	ratio = result->p50 / table->results[reference].p50;
	if (!isfinite(ratio) || ratio <= 0)
		return;
	fill_ratio(row, reference == index ? 1 : ratio);
	table->marks |= NB_MARK_VERSUS;
	other = &table->results[reference].series;
	if (!differs(&result->series, other, "mode") && !differs(&result->series, other, "engine"))
		return;
	nb_report_join(row->versus, sizeof(row->versus), "", "*");
	table->marks |= NB_MARK_UNLIKE;
}

static void fill_half(struct nb_table *table, size_t index, struct nb_table_row *row)
{
	const struct nb_result *result = &table->results[index];
	double half = (result->ci_high - result->ci_low) / 2 / fabs(result->p50) * 100;

	if (!isfinite(half) || nb_table_vanishes(table, index)) {
		nb_base_copy(row->interval, sizeof(row->interval), "n/a");
		return;
	}
	snprintf(row->interval, sizeof(row->interval), "±%.*f %%", half < 1 ? 1 : 0, half);
	table->marks |= NB_MARK_HALF;
}

static void fill_count(char *text, double count)
{
	if (isfinite(count))
		snprintf(text, NB_REPORT_VALUE_SIZE, "%.*f", count < 100 ? 2 : 0, count);
	else
		nb_base_copy(text, NB_REPORT_VALUE_SIZE, "-");
}

static void fill_costs(struct nb_table *table, size_t index, struct nb_table_row *row)
{
	const struct nb_series_rounds *series = &table->record->series[index];
	struct nb_storage storage;

	if (!nb_storage_of_series(&table->record->session, series, &storage))
		return;
	nb_storage_rate_text(row->rate, sizeof(row->rate),
			     nb_storage_rate(series->series.benchmark), &storage);
	if (row->rate[0] != '-')
		table->marks |= NB_MARK_RATE;
	if (!isfinite(storage.cpu_ns_per_op))
		return;
	nb_report_duration(row->cpu, sizeof(row->cpu), storage.cpu_ns_per_op);
	fill_count(row->switches, storage.switches_per_op);
	fill_count(row->interrupts, storage.interrupts_per_op);
	table->marks |= NB_MARK_COST;
}

void nb_table_storage_fill(struct nb_table *table, size_t index, struct nb_table_row *row)
{
	static const char nothing[] = "-";
	const struct nb_result *result = &table->results[index];

	fill_name(&result->series, row);
	fill_where(table, &result->series, row);
	nb_base_copy(row->rate, sizeof(row->rate), nothing);
	nb_base_copy(row->cpu, sizeof(row->cpu), nothing);
	nb_base_copy(row->switches, sizeof(row->switches), nothing);
	nb_base_copy(row->interrupts, sizeof(row->interrupts), nothing);
	nb_base_copy(row->versus, sizeof(row->versus), nothing);
	if (result->outcome != NB_OK)
		return;
	fill_half(table, index, row);
	fill_costs(table, index, row);
	fill_versus(table, index, row);
}

static void fill_cells(const struct nb_table_row *row, const char **cells)
{
	cells[BENCHMARK] = row->benchmark;
	cells[WHERE] = row->where;
	cells[P50] = row->p50;
	cells[P99] = row->p99;
	cells[INTERVAL] = row->interval;
	cells[RATE] = row->rate;
	cells[CPU] = row->cpu;
	cells[SWITCHES] = row->switches;
	cells[INTERRUPTS] = row->interrupts;
	cells[VERSUS] = row->versus;
	cells[NOTES] = row->notes;
}

/* A column that says nothing in any row is not there. */
static void drop_empty(const char **cells, size_t count, size_t column)
{
	for (size_t i = 1; i <= count; i++)
		if (strcmp(cells[i * COLUMNS + column], "-") != 0)
			return;
	for (size_t i = 0; i <= count; i++)
		cells[i * COLUMNS + column] = "";
}

static void fill_header(const struct nb_table *table, struct nb_table_row *header, size_t count,
			const char **cells)
{
	snprintf(header->versus, sizeof(header->versus), "x %s", table->reference);
	cells[BENCHMARK] = "benchmark";
	cells[WHERE] = "where";
	cells[P50] = "p50";
	cells[P99] = "p99";
	cells[INTERVAL] = "95 % CI";
	cells[RATE] = "rate";
	cells[CPU] = "CPU/op";
	cells[SWITCHES] = "sw/op";
	cells[INTERRUPTS] = "irq/op";
	cells[VERSUS] = header->versus;
	cells[NOTES] = "";
	for (size_t column = RATE; column <= VERSUS; column++)
		drop_empty(cells, count, column);
	for (size_t i = 1; i <= count; i++)
		if (cells[i * COLUMNS + WHERE][0])
			return;
	cells[WHERE] = "";
}

const struct nb_table_layout nb_table_storage = {
	.align = "<<>>>>>>>><",
	.cells = fill_cells,
	.header = fill_header,
};
