/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli_history.h"

void nb_cli_past_free(struct nb_cli_past *past)
{
	nb_store_free_timeline(&past->timeline);
	free(past->events);
	free(past->series);
	free(past->points);
	free(past->left_out);
	free(past->told);
	*past = (struct nb_cli_past){ 0 };
}

static bool has_label(const struct nb_timeline_session *session, const struct nb_label *label)
{
	for (size_t i = 0; i < session->label_count; i++)
		if (strcmp(session->labels[i].key, label->key) == 0)
			return strcmp(session->labels[i].value, label->value) == 0;
	return false;
}

static bool is_chosen(const struct nb_timeline_session *session,
		      const struct nb_cli_past_choice *choice)
{
	for (size_t i = 0; i < choice->label_count; i++)
		if (!has_label(session, &choice->labels[i]))
			return false;
	return true;
}

/* The level of the first point behind "from" that no earlier point had; false: there is none. */
static bool next_level(const struct nb_timeline_series *source, size_t *from, int *level)
{
	for (; *from < source->count; (*from)++) {
		bool seen = false;

		for (size_t i = 0; i < *from && !seen; i++)
			seen = source->points[i].level == source->points[*from].level;
		if (!seen) {
			*level = source->points[(*from)++].level;
			return true;
		}
	}
	return false;
}

/* A point that counts; else why it does not is counted. */
static bool takes(const struct nb_cli_past *past, const struct nb_cli_past_choice *choice,
		  const struct nb_timeline_series *source, size_t index,
		  struct nb_history_left_out *left_out)
{
	const struct nb_timeline_point *point = &source->points[index];

	if (!past->timeline.sessions[point->session].valid && !choice->include_invalid)
		left_out->disturbed++;
	else if (point->outcome != NB_OK || !(source->p50[index] > 0) ||
		 !isfinite(source->p50[index]))
		left_out->unmeasured++;
	else
		return true;
	return false;
}

/* The points of one series at one level; returns how many it has. */
static size_t collect(const struct nb_cli_past *past, const struct nb_cli_past_choice *choice,
		      const struct nb_timeline_series *source, struct nb_history_series *series,
		      struct nb_history_point *points, struct nb_history_left_out *left_out)
{
	size_t count = 0;

	for (size_t i = 0; i < source->count; i++) {
		size_t session = source->points[i].session;

		if (source->points[i].level != series->level ||
		    !is_chosen(&past->timeline.sessions[session], choice) ||
		    !takes(past, choice, source, i, left_out))
			continue;
		points[count++] = (struct nb_history_point){ session, source->p50[i] };
	}
	series->points = points;
	series->count = count;
	return count;
}

/* Room for as many series and points as there can be at most: each level is a series. */
static int make_room(struct nb_cli_past *past, struct nb_error *error)
{
	size_t points = 0, series = 0;

	for (size_t i = 0; i < past->timeline.count; i++) {
		size_t from = 0;
		int level;

		points += past->timeline.series[i].count;
		while (next_level(&past->timeline.series[i], &from, &level))
			series++;
	}
	past->series = calloc(series + 1, sizeof(*past->series));
	past->left_out = calloc(series + 1, sizeof(*past->left_out));
	past->points = calloc(points + 1, sizeof(*past->points));
	past->told = calloc(past->event_count + 1, sizeof(*past->told));
	if (!past->series || !past->left_out || !past->points || !past->told)
		return nb_error_set(error, ENOMEM, "no memory for %zu series", series);
	return 0;
}

static void split(struct nb_cli_past *past, const struct nb_cli_past_choice *choice)
{
	struct nb_history_point *points = past->points;

	for (size_t i = 0; i < past->timeline.count; i++) {
		const struct nb_timeline_series *source = &past->timeline.series[i];
		size_t from = 0;
		int level;

		while (next_level(source, &from, &level)) {
			struct nb_history_series *series = &past->series[past->count];
			struct nb_history_left_out *left_out = &past->left_out[past->count];

			*series = (struct nb_history_series){ .series = source->series,
							      .level = level };
			*left_out = (struct nb_history_left_out){ 0 };
			points += collect(past, choice, source, series, points, left_out);
			/* What was never measured has no history. */
			past->count += series->count > 0 || left_out->disturbed > 0;
		}
	}
}

static void take_events(struct nb_cli_past *past)
{
	for (size_t i = 0; i < past->event_count; i++) {
		nb_base_copy(past->told[i].time, sizeof(past->told[i].time), past->events[i].at);
		past->told[i].text = past->events[i].text;
	}
}

int nb_cli_past_read(struct nb_store *store, const struct nb_cli_past_choice *choice,
		     struct nb_cli_past *past, struct nb_error *error)
{
	int status = nb_store_history(store, choice->patterns, choice->pattern_count,
				      &past->timeline, error);

	if (status == 0)
		status = nb_store_list_events(store, &past->events, &past->event_count, error);
	if (status == 0)
		status = make_room(past, error);
	if (status < 0)
		return status;
	split(past, choice);
	take_events(past);
	return 0;
}

/* A session as comparisons see it, put together again. */
static const struct nb_session *session_of(void *context, size_t number)
{
	struct nb_cli_past *past = context;
	const struct nb_timeline_session *known = &past->timeline.sessions[number];
	struct nb_session *session = &past->session;

	*session = (struct nb_session){ .level = known->level,
					.partial = known->partial,
					.machine = past->timeline.machines[known->machine] };
	nb_base_copy(session->id, sizeof(session->id), known->id);
	nb_base_copy(session->started, sizeof(session->started), known->started);
	nb_base_copy(session->version, sizeof(session->version), known->version);
	nb_base_copy(session->profile, sizeof(session->profile), known->profile);
	while (session->label_count < known->label_count && session->label_count < NB_LABEL_MAX) {
		session->labels[session->label_count] = known->labels[session->label_count];
		session->label_count++;
	}
	return session;
}

struct nb_history_input nb_cli_past_input(struct nb_cli_past *past)
{
	return (struct nb_history_input){ .series = past->series,
					  .count = past->count,
					  .session = session_of,
					  .context = past,
					  .events = past->told,
					  .event_count = past->event_count };
}
