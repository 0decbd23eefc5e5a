/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "report_history.h"
#include "report_json.h"

static json_t *point_tree(const struct nb_history_report *report,
			  const struct nb_history_point *point)
{
	const struct nb_timeline_session *session = nb_history_session(report, point->session);
	json_t *tree = json_object();
	int bad = nb_json_put_text(tree, "session", session->id);

	bad |= nb_json_put_text(tree, "started", session->started);
	bad |= nb_json_put_number(tree, "p50", point->value);
	bad |= nb_json_put_flag(tree, "valid", session->valid);
	return nb_json_complete(tree, bad);
}

static json_t *event_tree(const struct nb_history_event *event)
{
	json_t *tree = json_object();
	int bad = nb_json_put_text(tree, "at", event->time);

	bad |= nb_json_put_text(tree, "text", event->text);
	return nb_json_complete(tree, bad);
}

static json_t *change_tree(const struct nb_history_report *report,
			   const struct nb_history_change *change)
{
	json_t *tree = json_object(), *differences = json_array(), *events = json_array();
	const struct nb_timeline_session *after = nb_history_session(report, change->after);
	int bad = nb_json_put_count(tree, "index", (int64_t)change->index);

	bad |= nb_json_put_text(tree, "at", after->started);
	bad |= nb_json_put_text(tree, "before", nb_history_session(report, change->before)->id);
	bad |= nb_json_put_text(tree, "after", after->id);
	bad |= nb_json_put_number(tree, "ratio", change->ratio);
	bad |= json_object_set_new(tree, "ci95",
				   nb_compare_interval_tree(change->low, change->high));
	bad |= nb_json_put_number(tree, "p", change->p);
	bad |= nb_json_put_number(tree, "p_adjusted", change->p_adjusted);
	bad |= nb_json_put_text(tree, "verdict", nb_verdict_name(change->verdict));
	for (size_t i = 0; i < change->difference_count; i++) {
		char plain[NB_HISTORY_DIFFERENCE_SIZE];

		nb_report_plain(plain, sizeof(plain), change->differences[i]);
		bad |= json_array_append_new(differences, json_string(plain));
	}
	for (size_t i = 0; i < change->event_count; i++)
		bad |= json_array_append_new(
			events, event_tree(&report->input->events[change->first_event + i]));
	bad |= json_object_set_new(tree, "differences", differences);
	bad |= json_object_set_new(tree, "events", events);
	return nb_json_complete(tree, bad);
}

static json_t *series_tree(const struct nb_history_report *report, size_t index)
{
	const struct nb_history_series *series = &report->input->series[index];
	const struct nb_history_left_out *left_out = &report->input->left_out[index];
	const struct nb_history_changes *changes = &report->history->series[index];
	json_t *tree = json_object(), *points = json_array(), *list = json_array();
	int bad = nb_json_put_series(tree, &series->series, series->level);

	for (size_t i = 0; i < series->count; i++)
		bad |= json_array_append_new(points, point_tree(report, &series->points[i]));
	for (size_t i = 0; i < changes->count; i++)
		bad |= json_array_append_new(list, change_tree(report, &changes->changes[i]));
	bad |= json_object_set_new(tree, "points", points);
	bad |= nb_json_put_count(tree, "disturbed", (int64_t)left_out->disturbed);
	bad |= nb_json_put_count(tree, "unmeasured", (int64_t)left_out->unmeasured);
	bad |= nb_json_put_count(tree, "other_batch", (int64_t)left_out->other_batch);
	bad |= json_object_set_new(tree, "changes", list);
	return nb_json_complete(tree, bad);
}

static json_t *options_tree(const struct nb_history_options *options)
{
	json_t *tree = json_object();
	int bad = nb_json_put_number(tree, "alpha", options->alpha);

	bad |= nb_json_put_number(tree, "rate", options->rate);
	bad |= nb_json_put_count(tree, "permutations", options->permutations);
	bad |= nb_json_put_count(tree, "segment", (int64_t)options->segment);
	bad |= nb_json_put_number(tree, "margin", options->margin);
	bad |= nb_json_put_count(tree, "seed", (int64_t)options->seed);
	return nb_json_complete(tree, bad);
}

int nb_report_history_json(FILE *stream, const struct nb_history_report *report,
			   struct nb_error *error)
{
	json_t *tree = json_object(), *list = json_array(), *events = json_array();
	int bad = nb_json_put_text(tree, "schema", NB_JSON_SCHEMA);

	for (size_t i = 0; i < report->input->count; i++)
		bad |= json_array_append_new(list, series_tree(report, i));
	for (size_t i = 0; i < report->input->event_count; i++)
		bad |= json_array_append_new(events, event_tree(&report->input->events[i]));
	bad |= json_object_set_new(tree, "options", options_tree(report->options));
	bad |= json_object_set_new(tree, "series", list);
	bad |= json_object_set_new(tree, "events", events);
	tree = nb_json_complete(tree, bad);
	if (!tree)
		return nb_error_set(error, ENOMEM, "no memory for the history as JSON");
	return nb_json_print(stream, tree, error);
}
