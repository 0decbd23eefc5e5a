/* SPDX-License-Identifier: Apache-2.0 */
#include "nestbench/scorecard.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "nestbench/base.h"
#include "nestbench/inference.h"

#include "compare_private.h"

const size_t nb_scorecard_sizes[NB_SCORECARD_SIZES] = { 1, 5, 10, 20 };

const struct nb_scorecard_options nb_scorecard_defaults = {
	.compare = {
		.margin = 0.03,
		.rate = 0.05,
		.confidence = 0.95,
		.seed = 1,
	},
	.splits = 200,
};

/* Fewer on a side have no interval, and then there is nothing that could be wrong. */
enum { SESSIONS_MIN = 4 };

/* Normal quantiles of 0.975 and 0.8: what shows 4 times in 5, where 19 in 20 without it do not. */
static const double stands_out = 1.959964 + 0.841621;

static void shuffle(struct nb_digest *sessions, size_t count, struct nb_random *random)
{
	for (size_t i = count - 1; i > 0; i--) {
		uint32_t j = nb_random_below(random, (uint32_t)i + 1);
		struct nb_digest kept = sessions[i];

		sessions[i] = sessions[j];
		sessions[j] = kept;
	}
}

static struct nb_scorecard_row *row_of(struct nb_scorecard *card, const struct nb_series *series)
{
	for (size_t i = 0; i < card->count; i++)
		if (nb_compare_same_series(&card->rows[i].series, series))
			return &card->rows[i];
	return NULL;
}

static void count_alarms(const struct nb_comparison *comparison, struct nb_scorecard *card)
{
	size_t before = card->alarms;

	for (size_t i = 0; i < comparison->count; i++) {
		const struct nb_compare_row *compared = &comparison->rows[i];
		struct nb_scorecard_row *row = row_of(card, &compared->series);
		bool changed =
			compared->verdict == NB_REGRESSED || compared->verdict == NB_IMPROVED;

		if (!row || compared->verdict == NB_INVALID)
			continue;
		row->compared++;
		card->compared++;
		row->alarms += changed ? 1 : 0;
		card->alarms += changed ? 1 : 0;
	}
	card->alarmed_splits += card->alarms > before ? 1 : 0;
}

static int compare_halves(struct nb_digest *sessions, size_t count,
			  const struct nb_scorecard_options *options, struct nb_scorecard *card,
			  struct nb_error *error)
{
	struct nb_compare_options compare = options->compare;
	struct nb_random random;
	int result = 0;

	compare.permutations = 0; /* tails have no verdict that could be an alarm */
	compare.include_invalid = true;
	nb_random_seed(&random, options->compare.seed);
	for (unsigned i = 0; result == 0 && i < options->splits; i++) {
		struct nb_comparison comparison;

		shuffle(sessions, count, &random);
		result = nb_compare(
			&(struct nb_compare_group){ sessions, count / 2 },
			&(struct nb_compare_group){ sessions + count / 2, count - count / 2 },
			&compare, &comparison, error);
		if (result < 0)
			break;
		count_alarms(&comparison, card);
		nb_comparison_free(&comparison);
	}
	return result;
}

/*
 * Alone among all series, the first in rank: what an upgrade that hurts one thing looks like. One
 * session a side has no test; its number is the change that stands out of a spread that is known.
 */
static void fill_detectable(const struct nb_compare_options *options, size_t tested,
			    struct nb_scorecard_row *row)
{
	const struct nb_compare_suite suite = { .tested = tested };
	double alpha = nb_compare_threshold(options, &suite, false);
	double margin = nb_compare_margin_of(options, &row->series);

	row->detectable[0] = expm1(stands_out * sqrt(2) * row->spread);
	for (size_t i = 1; i < NB_SCORECARD_SIZES; i++)
		row->detectable[i] = expm1(nb_compare_detectable(
			row->spread, nb_scorecard_sizes[i], nb_scorecard_sizes[i], alpha, margin));
}

/* The group against itself has each series' values on both sides. */
static int fill_rows(const struct nb_compare_group *group,
		     const struct nb_scorecard_options *options, struct nb_scorecard *card,
		     struct nb_error *error)
{
	struct nb_compare_pairs pairs;
	int result = nb_compare_pairs_make(group, group, &pairs, error);
	size_t tested = 0;

	if (result < 0)
		return result;
	card->rows = calloc(pairs.count + 1, sizeof(*card->rows));
	if (!card->rows) {
		nb_compare_pairs_free(&pairs);
		return nb_error_set(error, ENOMEM, "no memory for %zu rows", pairs.count);
	}
	for (size_t i = 0; i < pairs.count; i++) {
		const struct nb_compare_values *values = &pairs.pairs[i].base;
		double middle = nb_stats_quantile(values->medians, values->count, 0.5);

		if (!nb_compare_has(values))
			continue;
		tested += values->count >= 2 ? 1 : 0;
		card->rows[card->count++] = (struct nb_scorecard_row){
			.series = *pairs.pairs[i].series,
			.level = values->level,
			.sessions = values->count,
			.p50 = exp(middle),
			.spread =
				nb_stats_pooled_deviation(values->medians, values->count, NULL, 0),
		};
	}
	nb_compare_pairs_free(&pairs);
	for (size_t i = 0; i < card->count; i++)
		fill_detectable(&options->compare, tested, &card->rows[i]);
	return 0;
}

int nb_scorecard_make(const struct nb_compare_group *sessions,
		      const struct nb_scorecard_options *options, struct nb_scorecard *card,
		      struct nb_error *error)
{
	struct nb_scorecard made = { .splits = options->splits };
	struct nb_compare_counted counted;
	bool all = options->compare.include_invalid;
	int result = nb_compare_leave_out(sessions, "only", all, &counted, error);

	if (result < 0)
		return result;
	made.sessions = counted.group.count;
	if (made.sessions < SESSIONS_MIN)
		result = nb_error_set(error, ENODATA, "%zu sessions: at least %d are needed",
				      made.sessions, SESSIONS_MIN);
	if (result == 0)
		result = fill_rows(&counted.group, options, &made, error);
	if (result == 0)
		result = compare_halves(counted.kept, made.sessions, options, &made, error);
	nb_compare_name_invalid(sessions, "", all, made.left_out, &made.left_out_count);
	free(counted.kept);
	if (result < 0)
		nb_scorecard_free(&made);
	else
		*card = made;
	return result;
}

void nb_scorecard_free(struct nb_scorecard *card)
{
	free(card->rows);
	*card = (struct nb_scorecard){ 0 };
}
