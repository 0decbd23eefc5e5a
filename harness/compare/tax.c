/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nestbench/digest.h"
#include "nestbench/stats.h"

#include "tax_private.h"

/* The sessions that count, and room for one value of each. */
struct work {
	const struct nb_record **records;
	size_t count;
	double *values[NB_TAX_PLACES], *ratios[NB_TAX_PLACES - 1];
};

static bool measured(const struct nb_result *result)
{
	return result->outcome == NB_OK && isfinite(result->p50);
}

/* An exit has a time of its own; what software ran has not, and none is not to be divided by. */
static bool divisible(const struct nb_result *result)
{
	return measured(result) && result->evidence != NB_EMULATED && result->p50 > 0 &&
	       !(result->ci_low <= 0);
}

/* The record's result of a cell; an outcome of NB_SKIP where it has none. */
static int summarise(const struct nb_record *record, const struct nb_tax_cell *cell,
		     struct nb_result *result, struct nb_error *error)
{
	const struct nb_series_rounds *found = NULL;

	*result = (struct nb_result){ .outcome = NB_SKIP };
	if (cell->series.benchmark[0])
		found = nb_record_find(record, &cell->series, 0);
	return found ? nb_record_summarise(&record->session, found, result, error) : 0;
}

static void add_value(const struct nb_result *result, double *values, struct nb_tax_cell *cell)
{
	if (!measured(result))
		return;
	values[cell->sessions++] = result->p50;
	if (result->evidence > cell->evidence)
		cell->evidence = result->evidence;
}

static void add_ratio(const struct nb_result *upper, const struct nb_result *deeper, double *ratios,
		      struct nb_tax_step *step)
{
	if (!divisible(upper) || !divisible(deeper))
		return;
	ratios[step->sessions++] = deeper->p50 / upper->p50;
	step->low = deeper->ci_low / upper->ci_high;
	step->high = deeper->ci_high / upper->ci_low;
}

static int add_session(struct work *work, const struct nb_record *record, struct nb_tax_row *row,
		       struct nb_error *error)
{
	struct nb_result *results = calloc(NB_TAX_PLACES, sizeof(*results));
	int status = 0;

	if (!results)
		return nb_error_set(error, ENOMEM, "no memory for the nesting tax");
	for (int place = 0; status == 0 && place < NB_TAX_PLACES; place++)
		status = summarise(record, &row->cells[place], &results[place], error);
	for (int place = 0; status == 0 && place < NB_TAX_PLACES; place++) {
		add_value(&results[place], work->values[place], &row->cells[place]);
		if (place > 0)
			add_ratio(&results[place - 1], &results[place], work->ratios[place - 1],
				  &row->steps[place - 1]);
	}
	free(results);
	return status;
}

/* NAN of none. */
static double middle(double *values, size_t count)
{
	nb_stats_sort(values, count);
	return nb_stats_quantile(values, count, 0.5);
}

static void finish_step(double *ratios, struct nb_tax_step *step)
{
	step->ratio = middle(ratios, step->sessions);
	if (step->sessions > 1) {
		step->low = ratios[0];
		step->high = ratios[step->sessions - 1];
	}
	/* One end is no interval. */
	if (step->sessions == 0 || !isfinite(step->low) || !isfinite(step->high))
		step->low = step->high = NAN;
}

static int fill_row(struct work *work, size_t index, struct nb_tax_row *row, struct nb_error *error)
{
	int status = 0;

	*row = (struct nb_tax_row){ 0 };
	nb_tax_operation(index, row);
	for (int place = 0; place < NB_TAX_PLACES; place++)
		nb_tax_choose(index, (enum nb_tax_place)place, work->records, work->count,
			      &row->cells[place].series);
	for (size_t i = 0; status == 0 && i < work->count; i++)
		status = add_session(work, work->records[i], row, error);
	for (int place = 0; place < NB_TAX_PLACES; place++)
		row->cells[place].p50 = middle(work->values[place], row->cells[place].sessions);
	for (int step = 0; step < NB_TAX_PLACES - 1; step++)
		finish_step(work->ratios[step], &row->steps[step]);
	return status;
}

/* One level alone has nothing to be held against. */
static bool is_worth_a_row(const struct nb_tax_row *row)
{
	int levels = 0;

	for (int place = 0; place < NB_TAX_PLACES; place++)
		levels += row->cells[place].sessions > 0 ? 1 : 0;
	return levels > 1;
}

static int fill(struct work *work, struct nb_tax *tax, struct nb_error *error)
{
	int status = nb_tax_look(work->records, work->count, tax, error);

	tax->level = work->records[0]->session.level;
	tax->sessions = work->count;
	for (size_t i = 0; status == 0 && i < nb_tax_operations(); i++) {
		status = fill_row(work, i, &tax->rows[tax->count], error);
		tax->count += is_worth_a_row(&tax->rows[tax->count]) ? 1 : 0;
	}
	return status;
}

static bool has_nested(const struct nb_record *record)
{
	for (size_t i = 0; i < record->count; i++) {
		const struct nb_series_rounds *series = &record->series[i];

		if (nb_record_depth(&series->series) == NB_TAX_NESTED && nb_tax_measured(series))
			return true;
	}
	return false;
}

static int make(struct work *work, struct nb_tax **tax, struct nb_error *error)
{
	double *room = calloc((2 * NB_TAX_PLACES - 1) * work->count, sizeof(*room));
	struct nb_tax *made = calloc(1, sizeof(*made));
	int status;

	if (room && made) {
		for (size_t i = 0; i < NB_TAX_PLACES; i++)
			work->values[i] = room + i * work->count;
		for (size_t i = 0; i + 1 < NB_TAX_PLACES; i++)
			work->ratios[i] = room + (NB_TAX_PLACES + i) * work->count;
		status = fill(work, made, error);
	} else {
		status = nb_error_set(error, ENOMEM, "no memory for the nesting tax");
	}
	free(room);
	if (status < 0)
		free(made);
	else
		*tax = made;
	return status;
}

int nb_tax_make(const struct nb_record *const *records, size_t count, bool include_invalid,
		struct nb_tax **tax, struct nb_error *error)
{
	struct work work = { .records = calloc(count + 1, sizeof(const struct nb_record *)) };
	bool nested = false;
	int status = 0;

	if (!work.records)
		return nb_error_set(error, ENOMEM, "no memory for the nesting tax");
	for (size_t i = 0; i < count; i++) {
		if (!include_invalid && !nb_record_valid(records[i]))
			continue;
		work.records[work.count++] = records[i];
		nested = nested || has_nested(records[i]);
	}
	if (nested)
		status = make(&work, tax, error);
	else
		*tax = NULL;
	free(work.records);
	return status;
}

void nb_tax_place_name(const struct nb_tax *tax, enum nb_tax_place place, char *text, size_t size)
{
	static const char *const names[] = { "user", "guest", "nested" };

	if (tax->level == NB_LEVEL_UNKNOWN)
		snprintf(text, size, "%s", names[place]);
	else
		snprintf(text, size, "L%d", tax->level + (int)place);
}

bool nb_tax_has(const struct nb_tax *tax, enum nb_tax_place place)
{
	for (size_t i = 0; i < tax->count; i++)
		if (tax->rows[i].cells[place].sessions > 0)
			return true;
	return false;
}

bool nb_tax_doubtful(const struct nb_tax_cell *cell)
{
	return cell->sessions > 0 &&
	       (cell->evidence == NB_UNVERIFIED || cell->evidence == NB_EMULATED);
}
