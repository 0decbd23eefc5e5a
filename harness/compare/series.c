/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "nestbench/stats.h"

#include "compare_private.h"

bool nb_compare_same_series(const struct nb_series *a, const struct nb_series *b)
{
	return nb_record_same_series(a, b) && strcmp(a->unit, b->unit) == 0;
}

/* Sessions of one profile have their rows in the same places, so that most looks are the first. */
const struct nb_digest_row *nb_compare_row_of(const struct nb_digest *digest,
					      const struct nb_series *series, size_t hint)
{
	if (hint < digest->count && nb_compare_same_series(&digest->rows[hint].series, series))
		return &digest->rows[hint];
	for (size_t i = 0; i < digest->count; i++)
		if (nb_compare_same_series(&digest->rows[i].series, series))
			return &digest->rows[i];
	return NULL;
}

static bool known(const struct nb_compare_pairs *pairs, const struct nb_series *series, size_t hint)
{
	if (hint < pairs->count && nb_compare_same_series(pairs->pairs[hint].series, series))
		return true;
	for (size_t i = 0; i < pairs->count; i++)
		if (nb_compare_same_series(pairs->pairs[i].series, series))
			return true;
	return false;
}

static int add_pairs(struct nb_compare_pairs *pairs, const struct nb_digest *session)
{
	for (size_t i = 0; i < session->count; i++) {
		struct nb_compare_pair *grown;

		if (known(pairs, &session->rows[i].series, i))
			continue;
		grown = reallocarray(pairs->pairs, pairs->count + 1, sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		pairs->pairs = grown;
		grown[pairs->count++] =
			(struct nb_compare_pair){ .series = &session->rows[i].series };
	}
	return 0;
}

static int add_group(struct nb_compare_pairs *pairs, const struct nb_compare_group *group)
{
	int result = 0;

	for (size_t i = 0; result == 0 && i < group->count; i++)
		result = add_pairs(pairs, &group->sessions[i]);
	return result;
}

/* Only sessions that are like most others count: in batch on both sides, in level on their own. */
static void count_usual(const struct nb_compare_group *group, const struct nb_series *series,
			size_t hint, struct nb_compare_tally *batches,
			struct nb_compare_tally *levels)
{
	for (size_t i = 0; i < group->count; i++) {
		const struct nb_digest_row *row =
			nb_compare_row_of(&group->sessions[i], series, hint);

		if (!row || isnan(row->p50))
			continue;
		nb_compare_tally_add(batches, row->batch);
		nb_compare_tally_add(levels, row->level);
	}
}

/* False, and counted, where this session has no value to compare. */
static bool counts(const struct nb_digest_row *row, int64_t batch, struct nb_compare_values *values)
{
	if (row->outcome == NB_ERROR) {
		values->failed++;
		values->failure = row->reason[0] ? row->reason : values->failure;
	} else if (row->outcome == NB_SKIP || isnan(row->p50)) {
		values->skipped++;
		values->skip = row->reason[0] ? row->reason : values->skip;
	} else if (row->level != values->level) {
		values->other_level++;
	} else if (row->batch != batch) {
		values->other_batch++;
	} else if (row->p50 <= 0) {
		values->below_null++;
	} else {
		return true;
	}
	return false;
}

static int collect(const struct nb_compare_group *group, const struct nb_series *series,
		   size_t hint, int64_t batch, struct nb_compare_values *values)
{
	values->medians = calloc(group->count + 1, sizeof(*values->medians));
	values->tails = calloc(group->count + 1, sizeof(*values->tails));
	if (!values->medians || !values->tails)
		return -ENOMEM;
	for (size_t i = 0; i < group->count; i++) {
		const struct nb_digest_row *row =
			nb_compare_row_of(&group->sessions[i], series, hint);

		if (!row || !counts(row, batch, values))
			continue;
		if (values->count == 0)
			values->only = row;
		values->unverified += row->evidence == NB_UNVERIFIED;
		values->emulated += row->evidence == NB_EMULATED;
		values->medians[values->count++] = log(row->p50);
		if (row->p99 > 0)
			values->tails[values->tail_count++] = log(row->p99);
	}
	/* Shuffles start from this order: it must not be that in which sessions were named. */
	nb_stats_sort(values->medians, values->count);
	nb_stats_sort(values->tails, values->tail_count);
	return 0;
}

static int collect_pair(const struct nb_compare_group *base,
			const struct nb_compare_group *candidate, size_t hint,
			struct nb_compare_pair *pair)
{
	struct nb_compare_tally batches = { .count = 0 }, left = { .count = 0 },
				right = { .count = 0 };
	int result;

	count_usual(base, pair->series, hint, &batches, &left);
	count_usual(candidate, pair->series, hint, &batches, &right);
	pair->base.level = (int)nb_compare_usual(&left);
	pair->candidate.level = (int)nb_compare_usual(&right);
	result = collect(base, pair->series, hint, nb_compare_usual(&batches), &pair->base);
	if (result == 0)
		result = collect(candidate, pair->series, hint, nb_compare_usual(&batches),
				 &pair->candidate);
	return result;
}

int nb_compare_pairs_make(const struct nb_compare_group *base,
			  const struct nb_compare_group *candidate, struct nb_compare_pairs *pairs,
			  struct nb_error *error)
{
	struct nb_compare_pairs made = { 0 };
	int result = add_group(&made, base);

	if (result == 0)
		result = add_group(&made, candidate);
	for (size_t i = 0; result == 0 && i < made.count; i++)
		result = collect_pair(base, candidate, i, &made.pairs[i]);
	if (result < 0) {
		nb_compare_pairs_free(&made);
		return nb_error_set(error, ENOMEM, "no memory to compare");
	}
	*pairs = made;
	return 0;
}

void nb_compare_pairs_free(struct nb_compare_pairs *pairs)
{
	for (size_t i = 0; i < pairs->count; i++) {
		free(pairs->pairs[i].base.medians);
		free(pairs->pairs[i].base.tails);
		free(pairs->pairs[i].candidate.medians);
		free(pairs->pairs[i].candidate.tails);
	}
	free(pairs->pairs);
	*pairs = (struct nb_compare_pairs){ 0 };
}

bool nb_compare_has(const struct nb_compare_values *values)
{
	return values->count + values->failed + values->other_batch + values->other_level +
		       values->below_null >
	       0;
}
