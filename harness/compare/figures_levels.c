/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "nestbench/stats.h"

#include "compare_private.h"
#include "figures_private.h"

/* One operation at two levels, of all sessions that have both. */
struct both {
	double *ratios, *deeper, *upper; /* room for one a session */
	size_t count;
	size_t emulated; /* sessions whose deeper one is no exit */
	int level;
};

static bool measured(const struct nb_digest_row *row)
{
	return row && row->outcome == NB_OK && row->p50 > 0;
}

/*
 * The user vantage is ring 3 without saying so. Where the guest's kernel mode is emulated, its
 * ring 3 is the same code one level deeper.
 */
static struct nb_series user_series(const struct nb_series *guest)
{
	struct nb_series user = *guest;
	char *ring = strstr(user.params, "ring=3"), *start, *end;

	user.vantage = NB_USER;
	if (!ring)
		return user;
	/* One of the commas around it goes with it. */
	start = ring > user.params ? ring - 1 : ring;
	end = ring + strlen("ring=3");
	end += start == ring && *end == ',' ? 1 : 0;
	memmove(start, end, strlen(end) + 1);
	return user;
}

static void add_session(const struct nb_digest_row *deeper, const struct nb_digest_row *upper,
			struct both *both)
{
	if (!measured(deeper) || !measured(upper) || deeper->level < both->level)
		return;
	if (deeper->evidence == NB_EMULATED) {
		both->emulated++;
		return;
	}
	/* The deepest level that there is: others would be another thing. */
	if (deeper->level > both->level)
		both->count = 0;
	both->level = deeper->level;
	both->deeper[both->count] = deeper->p50;
	both->upper[both->count] = upper->p50;
	both->ratios[both->count++] = deeper->p50 / upper->p50;
}

static void collect_within(const struct nb_compare_group *group, const struct nb_series *guest,
			   struct both *both)
{
	const struct nb_series user = user_series(guest);

	for (size_t i = 0; i < group->count; i++)
		add_session(nb_compare_row_of(&group->sessions[i], guest, 0),
			    nb_compare_row_of(&group->sessions[i], &user, 0), both);
}

/* Medians of the guest vantages at one level. */
static size_t collect_level(const struct nb_compare_group *group, const struct nb_series *guest,
			    int level, double *values)
{
	size_t count = 0;

	for (size_t i = 0; i < group->count; i++) {
		const struct nb_digest_row *row = nb_compare_row_of(&group->sessions[i], guest, 0);

		if (measured(row) && row->level == level && row->evidence != NB_EMULATED)
			values[count++] = row->p50;
	}
	nb_stats_sort(values, count);
	return count;
}

static double middle(double *values, size_t count)
{
	nb_stats_sort(values, count);
	return nb_stats_quantile(values, count, 0.5);
}

static bool across_sessions(const struct nb_compare_group *group, const struct nb_series *guest,
			    struct both *both, struct nb_level_ratio *row)
{
	enum { DEEPEST = 4 };

	for (int level = DEEPEST; level > 1; level--) {
		size_t deeper = collect_level(group, guest, level, both->deeper);
		size_t upper = collect_level(group, guest, level - 1, both->upper);

		if (deeper == 0 || upper == 0)
			continue;
		row->across = true;
		row->level = level;
		row->deeper_p50 = middle(both->deeper, deeper);
		row->upper_p50 = middle(both->upper, upper);
		row->ratio = row->deeper_p50 / row->upper_p50;
		row->sessions = deeper + upper;
		return true;
	}
	return false;
}

static void within_sessions(struct both *both, struct nb_level_ratio *row)
{
	row->level = both->level;
	row->sessions = both->count;
	row->deeper_p50 = middle(both->deeper, both->count);
	row->upper_p50 = middle(both->upper, both->count);
	row->ratio = middle(both->ratios, both->count);
	if (both->count > 1) {
		row->low = both->ratios[0];
		row->high = both->ratios[both->count - 1];
	}
}

/* False where there is nothing to tell of this series. */
static bool measure(const struct nb_compare_group *group, const struct nb_series *guest,
		    struct both *both, struct nb_level_ratio *row)
{
	*row = (struct nb_level_ratio){
		.level = NB_LEVEL_UNKNOWN,
		.ratio = NAN,
		.low = NAN,
		.high = NAN,
		.deeper_p50 = NAN,
		.upper_p50 = NAN,
		.band_low = NAN,
		.band_high = NAN,
	};
	nb_base_copy(row->benchmark, sizeof(row->benchmark), guest->benchmark);
	nb_base_copy(row->params, sizeof(row->params), guest->params);
	nb_base_copy(row->unit, sizeof(row->unit), guest->unit);
	both->count = 0;
	both->emulated = 0;
	both->level = NB_LEVEL_UNKNOWN;
	collect_within(group, guest, both);
	if (both->count > 0) {
		within_sessions(both, row);
		return true;
	}
	if (across_sessions(group, guest, both, row))
		return true;
	if (both->emulated > 0)
		nb_base_copy(row->note, sizeof(row->note),
			     "emulated: the time is no exit's, so no ratio is known");
	return both->emulated > 0;
}

static enum nb_band place(double ratio, double low, double high)
{
	if (isnan(ratio) || isnan(low))
		return NB_BAND_UNKNOWN;
	if (ratio < low)
		return NB_BAND_BELOW;
	return ratio > high ? NB_BAND_ABOVE : NB_BAND_WITHIN;
}

static void look_up(const struct nb_published *published, const struct nb_level_table *table,
		    struct nb_level_ratio *row)
{
	row->published =
		nb_published_find(published, row->benchmark, row->level, &row->published_count);
	nb_published_band(row->published, row->published_count, &row->band_low, &row->band_high);
	/* Few have published any one exit; exits are alike enough to be measured by all of them. */
	if (row->published && nb_published_is_exit(row->published))
		row->band = place(row->ratio, table->any_low, table->any_high);
	else
		row->band = place(row->ratio, row->band_low, row->band_high);
}

static void find_any(const struct nb_published *published, struct nb_level_table *table)
{
	table->any_low = NAN;
	table->any_high = NAN;
	for (size_t i = 0; i < published->count; i++) {
		double low, high;

		if (!nb_published_is_exit(&published->ratios[i]))
			continue;
		nb_published_band(&published->ratios[i], 1, &low, &high);
		table->any_low = fmin(table->any_low, low);
		table->any_high = fmax(table->any_high, high);
	}
}

static int fill(const struct nb_compare_group *group, struct both *both,
		struct nb_level_table *table, struct nb_error *error)
{
	struct nb_compare_pairs pairs;
	int result = nb_compare_pairs_make(group, &(struct nb_compare_group){ 0 }, &pairs, error);

	if (result < 0)
		return result;
	table->rows = calloc(pairs.count + 1, sizeof(*table->rows));
	if (!table->rows) {
		nb_compare_pairs_free(&pairs);
		return nb_error_set(error, ENOMEM, "no memory for %zu rows", pairs.count);
	}
	for (size_t i = 0; i < pairs.count; i++) {
		struct nb_level_ratio *row = &table->rows[table->count];

		if (pairs.pairs[i].series->vantage != NB_GUEST ||
		    !measure(group, pairs.pairs[i].series, both, row))
			continue;
		look_up(table->own, table, row);
		table->count++;
	}
	nb_compare_pairs_free(&pairs);
	return 0;
}

static int fill_group(const struct nb_compare_group *group, struct nb_level_table *table,
		      struct nb_error *error)
{
	double *room = calloc(3 * group->count, sizeof(*room));
	struct both both = { 0 };
	int result;

	if (!room)
		return nb_error_set(error, ENOMEM, "no memory for %zu sessions", group->count);
	both.ratios = room;
	both.deeper = room + group->count;
	both.upper = room + 2 * group->count;
	result = fill(group, &both, table, error);
	free(room);
	return result;
}

int nb_figures_levels(const struct nb_compare_group *sessions,
		      const struct nb_compare_options *options, struct nb_level_table *table,
		      struct nb_error *error)
{
	struct nb_published *published = calloc(1, sizeof(*published));
	struct nb_level_table made = { .own = published };
	struct nb_compare_counted counted = { 0 };
	int result;

	if (!published)
		return nb_error_set(error, ENOMEM, "no memory for published figures");
	result = nb_published_make(published, error);
	if (result == 0)
		result = nb_compare_leave_out(sessions, "candidate", options->include_invalid,
					      &counted, error);
	if (result == 0) {
		find_any(published, &made);
		result = fill_group(&counted.group, &made, error);
	}
	free(counted.kept);
	if (result < 0)
		nb_level_table_free(&made);
	else
		*table = made;
	return result;
}

void nb_level_table_free(struct nb_level_table *table)
{
	struct nb_published *published = table->own;

	free(table->rows);
	if (published)
		nb_published_free(published);
	free(published);
	*table = (struct nb_level_table){ 0 };
}
