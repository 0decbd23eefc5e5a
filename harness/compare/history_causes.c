/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "history_private.h"

enum { NEIGHBOURS = 5, COLUMNS_MAX = 32 };

/* What the sessions on one side of a change are, column by column: kept, since asking is dear. */
struct neighbours {
	char text[NEIGHBOURS][COLUMNS_MAX][NB_COMPARE_VALUE_SIZE];
	size_t count;
};

static void read_columns(const struct nb_session *session, struct neighbours *side)
{
	for (size_t column = 0; column < nb_compare_columns(); column++)
		nb_compare_column_text(column, session, side->text[side->count][column]);
	side->count++;
}

/* Points first .. end - 1 of the series. */
static void read_side(const struct nb_history_input *input, const struct nb_history_series *series,
		      size_t first, size_t end, struct neighbours *side)
{
	side->count = 0;
	for (size_t i = first; i < end; i++) {
		const struct nb_session *session =
			input->session(input->context, series->points[i].session);

		if (session)
			read_columns(session, side);
	}
}

/* The value that more than half of a side has; NULL: there is none. */
static const char *most(const struct neighbours *side, size_t column)
{
	for (size_t i = 0; i < side->count; i++) {
		size_t same = 0;

		for (size_t j = 0; j < side->count; j++)
			same += strcmp(side->text[i][column], side->text[j][column]) == 0 ? 1 : 0;
		if (2 * same > side->count)
			return side->text[i][column];
	}
	return NULL;
}

static int add_difference(struct nb_history_change *change, size_t column, const char *left,
			  const char *right, struct nb_error *error)
{
	size_t count = change->difference_count;
	char(*grown)[NB_HISTORY_DIFFERENCE_SIZE];

	if (count == NB_HISTORY_DIFFERENCES)
		return 0;
	grown = reallocarray(change->differences, count + 1, sizeof(*grown));
	if (!grown)
		return nb_error_set(error, ENOMEM, "no memory for what changed");
	nb_compare_difference(column, left, right, grown[count]);
	change->differences = grown;
	change->difference_count++;
	return 0;
}

static int find_differences(const struct neighbours sides[2], struct nb_history_change *change,
			    struct nb_error *error)
{
	int result = 0;

	for (size_t column = 0; result == 0 && column < nb_compare_columns(); column++) {
		const char *left = most(&sides[0], column), *right = most(&sides[1], column);

		if (left && right && strcmp(left, right) != 0)
			result = add_difference(change, column, left, right, error);
	}
	return result;
}

/* Times are ISO 8601 in UTC: their order is that of their letters. */
static void find_events(const struct nb_history_input *input, struct nb_history_change *change)
{
	const struct nb_session *session = input->session(input->context, change->before);
	char from[NB_TIMESTAMP_SIZE], to[NB_TIMESTAMP_SIZE];

	nb_base_copy(from, sizeof(from), session ? session->started : "");
	session = input->session(input->context, change->after);
	nb_base_copy(to, sizeof(to), session ? session->started : "");
	while (change->first_event < input->event_count &&
	       strcmp(input->events[change->first_event].time, from) <= 0)
		change->first_event++;
	while (change->first_event + change->event_count < input->event_count &&
	       strcmp(input->events[change->first_event + change->event_count].time, to) <= 0)
		change->event_count++;
}

/* No further than the changes next to this one. */
static size_t first_neighbour(const struct nb_history_changes *changes, size_t i)
{
	size_t index = changes->changes[i].index;
	size_t limit = i > 0 ? changes->changes[i - 1].index : 0;

	return index - limit > NEIGHBOURS ? index - NEIGHBOURS : limit;
}

static size_t last_neighbour(const struct nb_history_changes *changes, size_t i, size_t count)
{
	size_t index = changes->changes[i].index;
	size_t limit = i + 1 < changes->count ? changes->changes[i + 1].index : count;

	return limit - index > NEIGHBOURS ? index + NEIGHBOURS : limit;
}

static int explain_series(const struct nb_history_input *input,
			  const struct nb_history_series *series,
			  struct nb_history_changes *changes, struct neighbours sides[2],
			  struct nb_error *error)
{
	int result = 0;

	for (size_t i = 0; result == 0 && i < changes->count; i++) {
		struct nb_history_change *change = &changes->changes[i];

		read_side(input, series, first_neighbour(changes, i), change->index, &sides[0]);
		read_side(input, series, change->index, last_neighbour(changes, i, series->count),
			  &sides[1]);
		result = find_differences(sides, change, error);
		find_events(input, change);
	}
	return result;
}

int nb_history_explain(const struct nb_history_input *input, struct nb_history *history,
		       struct nb_error *error)
{
	struct neighbours *sides;
	int result = 0;

	assert(nb_compare_columns() <= COLUMNS_MAX);
	if (!input->session)
		return 0;
	sides = calloc(2, sizeof(*sides));
	if (!sides)
		return nb_error_set(error, ENOMEM, "no memory for sessions");
	for (size_t i = 0; result == 0 && i < history->count; i++)
		result =
			explain_series(input, &input->series[i], &history->series[i], sides, error);
	free(sides);
	return result;
}
