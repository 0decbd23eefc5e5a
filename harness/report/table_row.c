/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "nestbench/digest.h"

#include "report_table.h"

static const double wide_interval = 0.05; /* half width, relative to p50 */

static bool is_time(const struct nb_result *result)
{
	return strcmp(result->series.unit, "ns") == 0;
}

/* The row of the empty operation itself, which shows the overhead as it is. */
static bool is_null(const struct nb_result *result)
{
	const char *dot = strrchr(result->series.benchmark, '.');

	return dot && strcmp(dot, ".null") == 0;
}

/* Nanoseconds per operation that one tick of the clock stands for; 0 where unknown. */
static double resolution(const struct nb_series_rounds *series)
{
	for (size_t i = 0; i < series->count; i++) {
		const struct nb_round *round = &series->rounds[i];

		if (round->outcome == NB_OK && round->tick_hz > 0 && round->batch > 0)
			return 1e9 / round->tick_hz / (double)round->batch;
	}
	return 0;
}

/* It would read as a precise or even a negative figure, which an operation cannot take. */
bool nb_table_vanishes(const struct nb_table *table, size_t index)
{
	const struct nb_result *result = &table->results[index];

	if (!is_time(result) || is_null(result) || !isfinite(result->p50))
		return false;
	if (result->ci_low <= 0 && result->ci_high >= 0)
		return true;
	return result->p50 < resolution(&table->record->series[index]);
}

static void fill_value(struct nb_table *table, char *text, double value, const char *unit)
{
	if (!isfinite(value))
		table->marks |= NB_MARK_FEW;
	nb_report_value(text, NB_REPORT_VALUE_SIZE, value, unit, NB_REPORT_DIGITS);
}

/* As fill_value(), but a time that is not above zero reads "~0 ns" with its mark. */
static void fill_time(struct nb_table *table, size_t index, char *text, double value)
{
	const struct nb_result *result = &table->results[index];

	if (!is_time(result) || !(value <= 0)) {
		fill_value(table, text, value, result->series.unit);
		return;
	}
	table->marks |= NB_MARK_ZERO;
	nb_base_copy(text, NB_REPORT_VALUE_SIZE, "~0 ns");
}

static void fill_values(struct nb_table *table, size_t index, struct nb_table_row *row)
{
	const struct nb_result *result = &table->results[index];
	bool zero = nb_table_vanishes(table, index);

	fill_time(table, index, row->p50, zero ? 0 : result->p50);
	fill_time(table, index, row->p99, result->p99);
	if (!isfinite(result->ci_low))
		table->marks |= NB_MARK_FEW;
	nb_report_interval(row->interval, sizeof(row->interval), result->ci_low, result->ci_high,
			   result->series.unit);
	if (!is_null(result))
		table->marks |= NB_MARK_NULL;
}

static void fill_count(char *text, size_t size, double count)
{
	if (isfinite(count))
		snprintf(text, size, "%.*f", fabs(count) < 1000 ? 2 : 0, count);
	else
		nb_base_copy(text, size, "-");
}

static bool expected_differs(const struct nb_result *result)
{
	return isfinite(result->expected) && isfinite(result->exits_per_op) &&
	       result->evidence != NB_VERIFIED;
}

static void fill_evidence(const struct nb_result *result, struct nb_table_row *row)
{
	fill_count(row->exits, sizeof(row->exits), result->exits_per_op);
	if (expected_differs(result))
		fill_count(row->expected, sizeof(row->expected), result->expected);
}

/* Index of the user-mode series of the same benchmark without parameters; count if none. */
static size_t find_user(const struct nb_table *table, const struct nb_result *guest)
{
	for (size_t i = 0; i < table->count; i++) {
		const struct nb_series *series = &table->results[i].series;

		if (series->vantage == NB_USER && series->params[0] == '\0' &&
		    strcmp(series->benchmark, guest->series.benchmark) == 0 &&
		    strcmp(series->metric, guest->series.metric) == 0)
			return i;
	}
	return table->count;
}

static void fill_ratio(struct nb_table *table, size_t index, struct nb_table_row *row)
{
	const struct nb_result *guest = &table->results[index];
	size_t user;
	double ratio;

	nb_base_copy(row->ratio, sizeof(row->ratio), "-");
	if (guest->series.vantage != NB_GUEST || nb_table_vanishes(table, index))
		return;
	user = find_user(table, guest);
	if (user == table->count || nb_table_vanishes(table, user))
		return;
	ratio = guest->p50 / table->results[user].p50;
	if (!isfinite(ratio) || ratio <= 0)
		return;
	nb_report_value(row->ratio, sizeof(row->ratio), ratio, "", NB_REPORT_DIGITS);
	nb_report_join(row->ratio, sizeof(row->ratio), "", "x");
	table->marks |= NB_MARK_RATIO;
}

static void note(struct nb_table_row *row, const char *text)
{
	nb_report_join(row->notes, sizeof(row->notes), "; ", text);
}

static void note_evidence(struct nb_table *table, const struct nb_result *result,
			  struct nb_table_row *row)
{
	char text[96];

	if (result->evidence == NB_EMULATED) {
		note(row, "emulated");
		table->marks |= NB_MARK_EMULATED;
	}
	if (result->evidence != NB_UNVERIFIED)
		return;
	table->marks |= NB_MARK_UNVERIFIED;
	if (expected_differs(result))
		snprintf(text, sizeof(text), "unverified (%.3g exits/op, expected %.3g)",
			 result->exits_per_op, result->expected);
	else
		nb_base_copy(text, sizeof(text), "unverified");
	note(row, text);
}

static void note_guards(struct nb_table *table, const struct nb_result *result,
			struct nb_table_row *row)
{
	char tags[128];
	char text[192];

	if (result->tagged_rounds <= 0)
		return;
	nb_report_tags(tags, sizeof(tags), ", ", result->tags);
	snprintf(text, sizeof(text), "noisy: %s (%lld of %lld rounds)", tags,
		 (long long)result->tagged_rounds, (long long)result->rounds);
	note(row, text);
	table->marks |= NB_MARK_NOISY;
}

static void note_width(struct nb_table *table, size_t index, struct nb_table_row *row)
{
	const struct nb_result *result = &table->results[index];
	double half = (result->ci_high - result->ci_low) / 2 / fabs(result->p50);
	char text[48];

	if (!isfinite(half) || half <= wide_interval || nb_table_vanishes(table, index))
		return;
	snprintf(text, sizeof(text), "CI ±%.0f %%", half * 100);
	note(row, text);
	table->marks |= NB_MARK_WIDE;
}

static void note_reason(const struct nb_result *result, struct nb_table_row *row)
{
	char reason[sizeof(result->reason)];

	nb_report_plain(reason, sizeof(reason), result->reason);
	if (result->outcome != NB_OK)
		snprintf(row->notes, sizeof(row->notes), "%s: %s",
			 nb_record_outcome_name(result->outcome), reason);
	else if (reason[0])
		note(row, reason);
}

static void fill_name(const struct nb_series *series, struct nb_table_row *row)
{
	char name[sizeof(row->benchmark)];

	nb_record_series_name(name, sizeof(name), series);
	nb_report_plain(row->benchmark, sizeof(row->benchmark), name);
}

void nb_table_row_fill(struct nb_table *table, size_t index, struct nb_table_row *row)
{
	const struct nb_result *result = &table->results[index];

	*row = (struct nb_table_row){
		.p50 = "-", .p99 = "-", .interval = "-", .exits = "-", .ratio = "-"
	};
	fill_name(&result->series, row);
	note_reason(result, row);
	if (result->outcome == NB_OK)
		fill_values(table, index, row);
	if (nb_table_is_storage(result)) {
		nb_table_storage_fill(table, index, row);
		note_guards(table, result, row);
		return;
	}
	if (result->outcome != NB_OK)
		return;
	fill_evidence(result, row);
	fill_ratio(table, index, row);
	note_evidence(table, result, row);
	if (result->series.vantage == NB_GUEST && result->clock == NB_CLOCK_HOST) {
		note(row, "timed by the host");
		table->marks |= NB_MARK_OUTSIDE;
	}
	note_guards(table, result, row);
	note_width(table, index, row);
}
