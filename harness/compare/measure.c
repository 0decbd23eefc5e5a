/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "nestbench/inference.h"

#include "compare_private.h"

/* The middle of sorted logarithms, as a value: of two, the mean of the values. */
static double median_of(const double *logs, size_t count)
{
	if (count == 0)
		return NAN;
	return (exp(logs[(count - 1) / 2]) + exp(logs[count / 2])) / 2;
}

void nb_compare_note(struct nb_compare_row *row, const char *words, ...)
{
	size_t length = strlen(row->note);
	va_list arguments;

	if (length > 0 && length + 3 < sizeof(row->note)) {
		memcpy(row->note + length, "; ", 3);
		length += 2;
	}
	va_start(arguments, words);
	vsnprintf(row->note + length, sizeof(row->note) - length, words, arguments);
	va_end(arguments);
}

void nb_compare_note_side(const char *name, const struct nb_compare_values *values,
			  struct nb_compare_row *row)
{
	if (values->failed > 0)
		nb_compare_note(row, "%s: error in %zu: %.80s", name, values->failed,
				values->failure ? values->failure : "no reason told");
	if (values->skipped > 0)
		nb_compare_note(row, "%s: skipped in %zu: %.80s", name, values->skipped,
				values->skip ? values->skip : "no reason told");
	if (values->other_level > 0)
		nb_compare_note(row, "%s: %zu at other levels", name, values->other_level);
	if (values->other_batch > 0)
		nb_compare_note(row, "%s: %zu measured in other batches", name,
				values->other_batch);
	if (values->below_null > 0)
		nb_compare_note(row, "%s: not to be told from the empty operation in %zu", name,
				values->below_null);
	if (values->unverified > 0)
		nb_compare_note(row, "%s: unverified", name);
	if (values->emulated > 0)
		nb_compare_note(row, "%s: emulated", name);
}

struct nb_compare_side nb_compare_describe(const struct nb_compare_values *values)
{
	return (struct nb_compare_side){
		.sessions = values->count,
		.level = values->level,
		.p50 = median_of(values->medians, values->count),
		.p99 = median_of(values->tails, values->tail_count),
		.deviation = nb_stats_pooled_deviation(values->medians, values->count, NULL, 0),
	};
}

static double above_zero(double value)
{
	return value > 0 ? value : NAN;
}

/* One session a side: all that is known of their spread is that within them. */
static void compare_two_sessions(const struct nb_compare_pair *pair, struct nb_compare_row *row)
{
	const struct nb_digest_row *base = pair->base.only;
	const struct nb_digest_row *candidate = pair->candidate.only;

	row->indicative = true;
	row->ratio = candidate->p50 / base->p50;
	row->low = above_zero(candidate->ci_low) / above_zero(base->ci_high);
	row->high = above_zero(candidate->ci_high) / above_zero(base->ci_low);
	if (isnan(row->low) || isnan(row->high)) {
		row->low = NAN;
		row->high = NAN;
	}
	if (pair->base.tail_count && pair->candidate.tail_count)
		row->tail_ratio = exp(pair->candidate.tails[0] - pair->base.tails[0]);
}

static int compare_medians(const struct nb_compare_pair *pair,
			   const struct nb_compare_options *options, struct nb_compare_row *row,
			   struct nb_error *error)
{
	const struct nb_compare_values *base = &pair->base, *candidate = &pair->candidate;
	struct nb_error reason = { 0 };
	struct nb_shift shift = { NAN, NAN, NAN };
	int result = nb_stats_mann_whitney(
		(struct nb_group){ base->medians, base->count },
		(struct nb_group){ candidate->medians, candidate->count }, &row->p, &reason);

	if (result == 0)
		result = nb_stats_shift((struct nb_group){ base->medians, base->count },
					(struct nb_group){ candidate->medians, candidate->count },
					options->confidence, &shift, &reason);
	/* Too few for an interval is no failure: shift is set and its interval is NAN. */
	if (result < 0 && result != -ENODATA)
		return nb_error_set(error, -result, "%s: %s", row->series.benchmark, reason.text);
	row->ratio = exp(shift.shift);
	row->low = exp(shift.low);
	row->high = exp(shift.high);
	row->p_adjusted = row->p;
	return 0;
}

/* Sessions whole, as one value each: what a bootstrap of clusters draws. */
static int compare_tails(const struct nb_compare_pair *pair,
			 const struct nb_compare_options *options, struct nb_compare_row *row,
			 struct nb_error *error)
{
	const struct nb_compare_values *base = &pair->base, *candidate = &pair->candidate;
	struct nb_shift shift = { NAN, NAN, NAN };
	int result;

	if (base->tail_count < 2 || candidate->tail_count < 2 || options->permutations == 0)
		return 0;
	result = nb_stats_permutation((struct nb_group){ base->tails, base->tail_count },
				      (struct nb_group){ candidate->tails, candidate->tail_count },
				      (struct nb_draws){ options->permutations, options->seed },
				      &row->tail_p_adjusted, error);
	if (result == 0)
		result = nb_stats_cluster_shift(
			&(struct nb_clusters){ base->tails, NULL, base->tail_count },
			&(struct nb_clusters){ candidate->tails, NULL, candidate->tail_count },
			(struct nb_draws){ options->replicates, options->seed },
			options->confidence, &shift, error);
	if (result < 0)
		return result;
	row->tail_ratio = exp(shift.shift);
	row->tail_low = exp(shift.low);
	row->tail_high = exp(shift.high);
	return 0;
}

struct nb_compare_row nb_compare_row_empty(const struct nb_series *series, double margin)
{
	static const struct nb_compare_side nothing = {
		.level = NB_LEVEL_UNKNOWN,
		.p50 = NAN,
		.p99 = NAN,
		.deviation = NAN,
	};

	return (struct nb_compare_row){
		.series = *series,
		.level = NB_LEVEL_UNKNOWN,
		.base = nothing,
		.candidate = nothing,
		.ratio = NAN,
		.low = NAN,
		.high = NAN,
		.p = NAN,
		.p_adjusted = NAN,
		.margin = margin,
		.mde = NAN,
		.tail_ratio = NAN,
		.tail_low = NAN,
		.tail_high = NAN,
		.tail_p_adjusted = NAN,
		.tail = NB_INCONCLUSIVE,
		.verdict = NB_INCONCLUSIVE,
		.more_sessions = -1,
	};
}

/* Of the side that has any; the two may differ on purpose, and then none is the row's. */
static int level_of(const struct nb_compare_pair *pair)
{
	if (!nb_compare_has(&pair->base) || pair->base.level == pair->candidate.level)
		return pair->candidate.level;
	return nb_compare_has(&pair->candidate) ? NB_LEVEL_UNKNOWN : pair->base.level;
}

int nb_compare_measure(const struct nb_compare_pair *pair, const struct nb_compare_options *options,
		       struct nb_compare_row *row, struct nb_error *error)
{
	int result;

	*row = nb_compare_row_empty(pair->series, nb_compare_margin_of(options, pair->series));
	row->level = level_of(pair);
	row->base = nb_compare_describe(&pair->base);
	row->candidate = nb_compare_describe(&pair->candidate);
	nb_compare_note_side("base", &pair->base, row);
	nb_compare_note_side("candidate", &pair->candidate, row);
	if (row->base.sessions == 0 || row->candidate.sessions == 0)
		return 0;
	if (row->base.sessions == 1 && row->candidate.sessions == 1) {
		compare_two_sessions(pair, row);
		return 0;
	}
	result = compare_medians(pair, options, row, error);
	if (result == 0)
		result = compare_tails(pair, options, row, error);
	return result;
}
