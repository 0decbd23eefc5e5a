/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "history_private.h"

/* What an input made of a timeline owns. */
struct own {
	const struct nb_timeline *timeline;
	struct nb_session session; /* the one that was asked for last */
	struct nb_history_series *series;
	struct nb_history_point *points; /* of all series, one after the other */
};

static const struct nb_session *session_of(void *context, size_t number)
{
	struct own *own = context;
	const struct nb_timeline_session *found = &own->timeline->sessions[number];
	struct nb_session *session = &own->session;

	*session = (struct nb_session){ .level = found->level, .partial = found->partial };
	nb_base_copy(session->id, sizeof(session->id), found->id);
	nb_base_copy(session->started, sizeof(session->started), found->started);
	nb_base_copy(session->version, sizeof(session->version), found->version);
	nb_base_copy(session->profile, sizeof(session->profile), found->profile);
	session->machine = own->timeline->machines[found->machine];
	return session;
}

static bool counts(const struct nb_timeline *timeline, const struct nb_timeline_series *series,
		   size_t point, bool include_invalid)
{
	const struct nb_timeline_point *at = &series->points[point];

	return at->outcome == NB_OK && series->p50[point] > 0 &&
	       (include_invalid || timeline->sessions[at->session].valid);
}

/* The points of one series at one level, of the batch that most of them have. */
static void add_level(struct own *own, const struct nb_timeline_series *from, int level,
		      bool include_invalid, struct nb_history_input *input)
{
	struct nb_compare_tally batches = { .count = 0 };
	struct nb_history_series *series = &own->series[input->count];
	struct nb_history_point *points =
		input->count > 0
			? own->points + (series[-1].points - own->points) + series[-1].count
			: own->points;
	size_t count = 0;

	for (size_t i = 0; i < from->count; i++)
		if (from->points[i].level == level &&
		    counts(own->timeline, from, i, include_invalid))
			nb_compare_tally_add(&batches, from->points[i].batch);
	for (size_t i = 0; i < from->count; i++)
		if (from->points[i].level == level &&
		    from->points[i].batch == nb_compare_usual(&batches) &&
		    counts(own->timeline, from, i, include_invalid))
			points[count++] =
				(struct nb_history_point){ from->points[i].session, from->p50[i] };
	*series = (struct nb_history_series){ from->series, level, points, count };
	input->count++;
}

static void add_series(struct own *own, const struct nb_timeline_series *from, bool include_invalid,
		       struct nb_history_input *input)
{
	struct nb_compare_tally levels = { .count = 0 };

	for (size_t i = 0; i < from->count; i++)
		if (counts(own->timeline, from, i, include_invalid))
			nb_compare_tally_add(&levels, from->points[i].level);
	for (size_t i = 0; i < levels.count; i++)
		add_level(own, from, (int)levels.value[i], include_invalid, input);
}

static void own_free(struct own *own)
{
	free(own->series);
	free(own->points);
	free(own);
}

int nb_history_input_make(const struct nb_timeline *timeline, bool include_invalid,
			  struct nb_history_input *input, struct nb_error *error)
{
	struct nb_history_input made = { .session = session_of };
	struct own *own = calloc(1, sizeof(*own));
	size_t points = 0;

	if (!own)
		return nb_error_set(error, ENOMEM, "no memory for a history");
	for (size_t i = 0; i < timeline->count; i++)
		points += timeline->series[i].count;
	own->timeline = timeline;
	own->series = calloc(timeline->count * NB_COMPARE_TALLY + 1, sizeof(*own->series));
	own->points = calloc(points + 1, sizeof(*own->points));
	if (!own->series || !own->points) {
		own_free(own);
		return nb_error_set(error, ENOMEM, "no memory for %zu points", points);
	}
	for (size_t i = 0; i < timeline->count; i++)
		add_series(own, &timeline->series[i], include_invalid, &made);
	made.series = own->series;
	made.context = own;
	*input = made;
	return 0;
}

void nb_history_input_free(struct nb_history_input *input)
{
	if (input->context)
		own_free(input->context);
	*input = (struct nb_history_input){ 0 };
}
