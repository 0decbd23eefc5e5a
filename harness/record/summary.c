/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "nestbench/record.h"

#include "record_summary.h"
#include "record_unit.h"

static const double confidence = 0.95;

/* Counts from a file may be anything: negative is unknown, and a sum stops at its limit. */
static int64_t add_counts(int64_t a, int64_t b)
{
	if (b < 0)
		return a;
	return a > INT64_MAX - b ? INT64_MAX : a + b;
}

static const struct nb_round *first_measured(const struct nb_series_rounds *series)
{
	for (size_t i = 0; i < series->count; i++)
		if (series->rounds[i].outcome == NB_OK)
			return &series->rounds[i];
	return NULL;
}

/* The worst outcome, with the reason of the first round that had it. */
static void find_outcome(const struct nb_series_rounds *series, struct nb_result *result)
{
	if (series->count == 0) {
		result->outcome = NB_ERROR;
		nb_base_copy(result->reason, sizeof(result->reason), "no round was measured");
	}
	for (size_t i = 0; i < series->count; i++) {
		const struct nb_round *round = &series->rounds[i];

		if (round->outcome <= result->outcome)
			continue;
		result->outcome = round->outcome;
		nb_base_copy(result->reason, sizeof(result->reason), round->reason);
	}
}

/* What is the same in all rounds of a series, from the first one that measured something. */
static void copy_constants(const struct nb_series_rounds *series, struct nb_result *result)
{
	const struct nb_round *first = first_measured(series);

	result->batch = first ? first->batch : -1;
	result->expected = first ? first->expected : NAN;
	if (!first && series->count > 0)
		first = &series->rounds[0];
	result->clock = first ? first->clock : NB_CLOCK_HOST;
}

static void sum_samples(const struct nb_series_rounds *series, struct nb_result *result)
{
	result->min = NAN;
	result->max = NAN;
	for (size_t i = 0; i < series->count; i++) {
		const struct nb_round *round = &series->rounds[i];

		if (round->outcome != NB_OK)
			continue;
		result->rounds++;
		result->samples = add_counts(result->samples, round->samples);
		result->min = fmin(result->min, round->min);
		result->max = fmax(result->max, round->max);
		result->tagged_rounds += round->guards.tags != 0;
		result->tags |= round->guards.tags;
	}
	if (result->rounds == 0)
		result->rounds = (int64_t)series->count;
}

/* A kind that finds no room is left out; rounds of one series all have the same few kinds. */
static void add_kind(struct nb_result *result, const struct nb_exit_kind *kind)
{
	size_t i = 0;

	while (i < result->kind_count && strcmp(result->kinds[i].name, kind->name) != 0)
		i++;
	if (i == NB_KIND_MAX)
		return;
	if (i == result->kind_count) {
		nb_base_copy(result->kinds[i].name, sizeof(result->kinds[i].name), kind->name);
		result->kind_count++;
	}
	result->kinds[i].count = add_counts(result->kinds[i].count, kind->count);
}

/* Largest first; kinds of equal count stay in the order in which they came up. */
static void sort_kinds(struct nb_exit_kind *kinds, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		struct nb_exit_kind kind = kinds[i];
		size_t j = i;

		for (; j > 0 && kinds[j - 1].count < kind.count; j--)
			kinds[j] = kinds[j - 1];
		kinds[j] = kind;
	}
}

/* Exits, or only other things, as of storage. */
static bool counted(const struct nb_round *round)
{
	return round->kind_count > 0 || !isnan(round->exits_per_op);
}

static void sum_evidence(const struct nb_series_rounds *series, struct nb_result *result)
{
	double exits = 0, ops = 0;
	bool measured = false;

	result->evidence = NB_VERIFIED;
	for (size_t i = 0; i < series->count; i++) {
		const struct nb_round *round = &series->rounds[i];

		if (round->outcome != NB_OK)
			continue;
		measured = true;
		if (round->evidence > result->evidence)
			result->evidence = round->evidence;
		for (size_t j = 0; j < round->kind_count; j++)
			add_kind(result, &round->kinds[j]);
		if (round->ops < 1 || !counted(round))
			continue;
		result->ops = add_counts(result->ops, round->ops);
		if (isnan(round->exits_per_op))
			continue;
		exits += round->exits_per_op * (double)round->ops;
		ops += (double)round->ops;
	}
	if (!measured)
		result->evidence = NB_UNAVAILABLE;
	if (result->ops == 0)
		result->ops = -1;
	result->exits_per_op = ops > 0 ? exits / ops : NAN;
	sort_kinds(result->kinds, result->kind_count);
}

/* What was subtracted from each operation: a sample of no ticks at all is worth minus the null. */
static double null_value(const struct nb_series *series, const struct nb_round *round)
{
	if (nb_record_units_per_second(series->unit) <= 0)
		return NAN;
	return 0 - nb_record_value(series, round, 0);
}

static double p50_value(const struct nb_series *series, const struct nb_round *round)
{
	(void)series;
	return round->p50;
}

size_t nb_record_collect(const struct nb_series_rounds *series, double *values,
			 nb_record_value_of value_of)
{
	size_t count = 0;

	for (size_t i = 0; i < series->count; i++) {
		const struct nb_round *round = &series->rounds[i];
		double value = round->outcome == NB_OK ? value_of(&series->series, round) : NAN;

		if (!isnan(value))
			values[count++] = value;
	}
	nb_stats_sort(values, count);
	return count;
}

static int find_medians(const struct nb_series_rounds *series, struct nb_result *result,
			struct nb_error *error)
{
	double *values = calloc(series->count + 1, sizeof(*values));
	size_t count;

	if (!values)
		return nb_error_set(error, ENOMEM, "no memory for the medians of %s",
				    series->series.benchmark);
	count = nb_record_collect(series, values, null_value);
	result->null_p50 = nb_stats_quantile(values, count, 0.5);
	count = nb_record_collect(series, values, p50_value);
	result->p50 = nb_stats_quantile(values, count, 0.5);
	if (nb_stats_median_interval(values, count, confidence, &result->ci_low, &result->ci_high) <
	    0) {
		result->ci_low = NAN;
		result->ci_high = NAN;
	}
	free(values);
	return 0;
}

/* Nearest rank among all samples; NAN where they are too few to say anything about q. */
static double percentile(const struct nb_point *points, size_t count, double q)
{
	uint64_t samples = 0, rank;

	for (size_t i = 0; i < count; i++)
		samples += points[i].count;
	if (samples < nb_stats_samples_needed(q))
		return NAN;
	rank = nb_stats_rank(samples, q);
	while (rank > points->count) {
		rank -= points->count;
		points++;
	}
	return points->value;
}

static int find_percentiles(const struct nb_series_rounds *series, struct nb_result *result,
			    struct nb_error *error)
{
	struct nb_point *points;
	size_t count;
	int status = nb_record_distribution(series, &points, &count, error);

	if (status < 0)
		return status;
	result->p95 = percentile(points, count, 0.95);
	result->p99 = percentile(points, count, 0.99);
	result->p999 = percentile(points, count, 0.999);
	free(points);
	return 0;
}

int nb_record_summarise_columns(const struct nb_session *session,
				const struct nb_series_rounds *series, struct nb_result *result,
				struct nb_error *error)
{
	*result = (struct nb_result){ .series = series->series };
	result->level = nb_record_level(session, &series->series);
	find_outcome(series, result);
	copy_constants(series, result);
	sum_samples(series, result);
	sum_evidence(series, result);
	return find_medians(series, result, error);
}

int nb_record_summarise(const struct nb_session *session, const struct nb_series_rounds *series,
			struct nb_result *result, struct nb_error *error)
{
	struct nb_result summed;
	int status = nb_record_summarise_columns(session, series, &summed, error);

	if (status == 0)
		status = find_percentiles(series, &summed, error);
	if (status == 0)
		*result = summed;
	return status;
}
