/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nestbench/inference.h"

#include "compare_private.h"

const struct nb_compare_options nb_compare_defaults = {
	.margin = 0.03,
	.rate = 0.05,
	.confidence = 0.95,
	.permutations = 9999,
	.replicates = 2000,
	.seed = 1,
};

const char *nb_verdict_name(enum nb_verdict verdict)
{
	static const char *const names[] = {
		[NB_SAME] = "same",	      [NB_IMPROVED] = "improved",
		[NB_REGRESSED] = "regressed", [NB_INCONCLUSIVE] = "inconclusive",
		[NB_INVALID] = "invalid",
	};

	return names[verdict];
}

static int measure_pairs(const struct nb_compare_pairs *pairs,
			 const struct nb_compare_options *options, struct nb_comparison *comparison,
			 struct nb_error *error)
{
	size_t room = pairs->count + 1;
	int result = 0;

	comparison->rows = calloc(room, sizeof(*comparison->rows));
	comparison->only_base = calloc(room, sizeof(*comparison->only_base));
	comparison->only_candidate = calloc(room, sizeof(*comparison->only_candidate));
	if (!comparison->rows || !comparison->only_base || !comparison->only_candidate)
		return nb_error_set(error, ENOMEM, "no memory for %zu rows", pairs->count);
	for (size_t i = 0; result == 0 && i < pairs->count; i++) {
		bool base = nb_compare_has(&pairs->pairs[i].base);
		bool candidate = nb_compare_has(&pairs->pairs[i].candidate);
		struct nb_compare_row row;

		result = nb_compare_measure(&pairs->pairs[i], options, &row, error);
		/* A side that failed is no side that lacks the series: it gets a verdict. */
		if (base && candidate)
			comparison->rows[comparison->count++] = row;
		else if (base)
			comparison->only_base[comparison->only_base_count++] = row;
		else if (candidate)
			comparison->only_candidate[comparison->only_candidate_count++] = row;
		/* Skipped on both sides: there is nothing to tell of it here. */
	}
	return result;
}

typedef double *(*p_of_row)(struct nb_compare_row *row);

static double *median_p(struct nb_compare_row *row)
{
	return &row->p_adjusted;
}

static double *tail_p(struct nb_compare_row *row)
{
	return &row->tail_p_adjusted;
}

/* Medians and tails are two suites of questions: each is adjusted by itself. */
static int adjust(struct nb_comparison *comparison, p_of_row p_of, struct nb_error *error)
{
	double *p = calloc(comparison->count + 1, sizeof(*p));
	int result;

	if (!p)
		return nb_error_set(error, ENOMEM, "no memory for %zu p values", comparison->count);
	for (size_t i = 0; i < comparison->count; i++)
		p[i] = *p_of(&comparison->rows[i]);
	result = nb_stats_adjust(p, comparison->count, error);
	for (size_t i = 0; i < comparison->count; i++)
		*p_of(&comparison->rows[i]) = p[i];
	free(p);
	return result;
}

static struct nb_compare_suite suite_of(const struct nb_comparison *comparison,
					const struct nb_compare_options *options)
{
	struct nb_compare_suite suite = { 0 };

	for (size_t i = 0; i < comparison->count; i++) {
		suite.tested += isnan(comparison->rows[i].p_adjusted) ? 0 : 1;
		suite.called += comparison->rows[i].p_adjusted <= options->rate ? 1 : 0;
	}
	return suite;
}

static size_t family_length(const char *benchmark)
{
	return strcspn(benchmark, ".");
}

static double size_of_change(const struct nb_compare_row *row)
{
	return isnan(row->ratio) || row->ratio <= 0 ? -1 : fabs(log(row->ratio));
}

/* By family, then the largest change first; names settle what is equal. */
static int compare_rows(const void *a, const void *b)
{
	const struct nb_compare_row *x = a, *y = b;
	size_t length = family_length(x->series.benchmark);
	double x_size = size_of_change(x), y_size = size_of_change(y);
	int order = length == family_length(y->series.benchmark)
			    ? strncmp(x->series.benchmark, y->series.benchmark, length)
			    : strcmp(x->series.benchmark, y->series.benchmark);

	if (order == 0)
		order = (x_size < y_size) - (x_size > y_size);
	if (order == 0)
		order = strcmp(x->series.benchmark, y->series.benchmark);
	if (order == 0)
		order = (int)x->series.vantage - (int)y->series.vantage;
	if (order == 0)
		order = strcmp(x->series.params, y->series.params);
	return order ? order : strcmp(x->series.metric, y->series.metric);
}

static void sum_up(struct nb_comparison *comparison)
{
	/* What decides over all: the first of these that occurs. */
	static const enum nb_verdict order[] = { NB_REGRESSED, NB_INVALID, NB_INCONCLUSIVE,
						 NB_IMPROVED, NB_SAME };

	comparison->indicative = comparison->count > 0;
	comparison->more_sessions = -1;
	for (size_t i = 0; i < comparison->count; i++) {
		const struct nb_compare_row *row = &comparison->rows[i];

		comparison->verdicts[row->verdict]++;
		comparison->indicative = comparison->indicative && row->indicative;
		comparison->settled += row->more_sessions > 0;
		if (row->more_sessions > comparison->more_sessions)
			comparison->more_sessions = row->more_sessions;
	}
	comparison->verdict = NB_INCONCLUSIVE;
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		if (comparison->verdicts[order[i]] > 0) {
			comparison->verdict = order[i];
			break;
		}
	}
}

static int compare_counted(const struct nb_compare_group *base,
			   const struct nb_compare_group *candidate,
			   const struct nb_compare_options *options,
			   struct nb_comparison *comparison, struct nb_error *error)
{
	struct nb_compare_suite suite;
	struct nb_compare_pairs pairs;
	int result = nb_compare_pairs_make(base, candidate, &pairs, error);

	if (result < 0)
		return result;
	result = measure_pairs(&pairs, options, comparison, error);
	nb_compare_pairs_free(&pairs);
	if (result == 0)
		result = adjust(comparison, median_p, error);
	if (result == 0)
		result = adjust(comparison, tail_p, error);
	if (result < 0)
		return result;
	suite = suite_of(comparison, options);
	for (size_t i = 0; i < comparison->count; i++)
		nb_compare_judge(options, &suite, &comparison->rows[i]);
	qsort(comparison->rows, comparison->count, sizeof(*comparison->rows), compare_rows);
	sum_up(comparison);
	nb_compare_differences(base, candidate, options, comparison);
	return 0;
}

int nb_compare(const struct nb_compare_group *base, const struct nb_compare_group *candidate,
	       const struct nb_compare_options *options, struct nb_comparison *comparison,
	       struct nb_error *error)
{
	struct nb_compare_counted first = { 0 }, second = { 0 };
	struct nb_comparison *made = calloc(1, sizeof(*made));
	bool all = options->include_invalid;
	int result;

	if (!made)
		return nb_error_set(error, ENOMEM, "no memory to compare");
	result = nb_compare_leave_out(base, "base", all, &first, error);
	if (result == 0)
		result = nb_compare_leave_out(candidate, "candidate", all, &second, error);
	if (result == 0)
		result = compare_counted(&first.group, &second.group, options, made, error);
	free(first.kept);
	free(second.kept);
	nb_compare_name_invalid(base, "base", all, made->left_out, &made->left_out_count);
	nb_compare_name_invalid(candidate, "candidate", all, made->left_out, &made->left_out_count);
	if (result == 0)
		*comparison = *made;
	else
		nb_comparison_free(made);
	free(made);
	return result;
}

void nb_comparison_free(struct nb_comparison *comparison)
{
	free(comparison->rows);
	free(comparison->only_base);
	free(comparison->only_candidate);
	*comparison = (struct nb_comparison){ 0 };
}
