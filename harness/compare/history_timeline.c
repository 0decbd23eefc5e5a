/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "history_private.h"

/* What an input made of a timeline owns. */
struct own {
	const struct nb_timeline *timeline;
	struct nb_session session; /* the one that was asked for last */
	struct nb_history_series *series;
	struct nb_history_left_out *left_out; /* of each series */
	struct nb_history_point *points;      /* of all series, one after the other */
	size_t count, point_count;
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

static bool has_label(const struct nb_timeline_session *session, const struct nb_label *label)
{
	for (size_t i = 0; i < session->label_count; i++)
		if (strcmp(session->labels[i].key, label->key) == 0)
			return strcmp(session->labels[i].value, label->value) == 0;
	return false;
}

static bool is_chosen(const struct nb_timeline_session *session,
		      const struct nb_history_choice *choice)
{
	for (size_t i = 0; i < choice->label_count; i++)
		if (!has_label(session, &choice->labels[i]))
			return false;
	return true;
}

/* A point that has a value to compare; else why it has none is counted. */
static bool has_value(const struct own *own, const struct nb_history_choice *choice,
		      const struct nb_timeline_series *from, size_t index,
		      struct nb_history_left_out *left_out)
{
	const struct nb_timeline_point *point = &from->points[index];

	if (!own->timeline->sessions[point->session].valid && !choice->include_invalid)
		left_out->disturbed++;
	else if (point->outcome != NB_OK || !(from->p50[index] > 0) || !isfinite(from->p50[index]))
		left_out->unmeasured++;
	else
		return true;
	return false;
}

static bool is_of(const struct own *own, const struct nb_history_choice *choice,
		  const struct nb_timeline_point *point, int level)
{
	return point->level == level && is_chosen(&own->timeline->sessions[point->session], choice);
}

/* The points of one series at one level, of the batch that most of them have. */
static void add_level(struct own *own, const struct nb_history_choice *choice,
		      const struct nb_timeline_series *from, int level)
{
	struct nb_history_left_out left_out = { 0 }, ignored = { 0 };
	struct nb_history_point *points = own->points + own->point_count;
	struct nb_compare_tally batches = { .count = 0 };
	size_t count = 0;
	int64_t usual;

	for (size_t i = 0; i < from->count; i++)
		if (is_of(own, choice, &from->points[i], level) &&
		    has_value(own, choice, from, i, &left_out))
			nb_compare_tally_add(&batches, from->points[i].batch);
	usual = nb_compare_usual(&batches);
	for (size_t i = 0; i < from->count; i++) {
		if (!is_of(own, choice, &from->points[i], level) ||
		    !has_value(own, choice, from, i, &ignored))
			continue;
		if (from->points[i].batch == usual)
			points[count++] =
				(struct nb_history_point){ from->points[i].session, from->p50[i] };
		else
			left_out.other_batch++;
	}
	/* What was never measured has no history. */
	if (count == 0 && left_out.disturbed == 0)
		return;
	own->series[own->count] = (struct nb_history_series){ from->series, level, points, count };
	own->left_out[own->count++] = left_out;
	own->point_count += count;
}

static void add_series(struct own *own, const struct nb_history_choice *choice,
		       const struct nb_timeline_series *from)
{
	struct nb_compare_tally levels = { .count = 0 };

	for (size_t i = 0; i < from->count; i++)
		nb_compare_tally_add(&levels, from->points[i].level);
	for (size_t i = 0; i < levels.count; i++)
		add_level(own, choice, from, (int)levels.value[i]);
}

static void own_free(struct own *own)
{
	free(own->series);
	free(own->left_out);
	free(own->points);
	free(own);
}

int nb_history_input_make(const struct nb_timeline *timeline,
			  const struct nb_history_choice *choice, struct nb_history_input *input,
			  struct nb_error *error)
{
	struct own *own = calloc(1, sizeof(*own));
	size_t points = 0, levels = timeline->count * NB_COMPARE_TALLY;

	if (!own)
		return nb_error_set(error, ENOMEM, "no memory for a history");
	for (size_t i = 0; i < timeline->count; i++)
		points += timeline->series[i].count;
	own->timeline = timeline;
	own->series = calloc(levels + 1, sizeof(*own->series));
	own->left_out = calloc(levels + 1, sizeof(*own->left_out));
	own->points = calloc(points + 1, sizeof(*own->points));
	if (!own->series || !own->left_out || !own->points) {
		own_free(own);
		return nb_error_set(error, ENOMEM, "no memory for %zu points", points);
	}
	for (size_t i = 0; i < timeline->count; i++)
		add_series(own, choice, &timeline->series[i]);
	*input = (struct nb_history_input){ .series = own->series,
					    .left_out = own->left_out,
					    .count = own->count,
					    .session = session_of,
					    .context = own };
	return 0;
}

void nb_history_input_free(struct nb_history_input *input)
{
	if (input->context)
		own_free(input->context);
	*input = (struct nb_history_input){ 0 };
}
