/* SPDX-License-Identifier: Apache-2.0 */
#include "nestbench/history.h"

#include "compare_sample.h"

enum { LENGTH = 30 };

/* What the store gives: one series over sessions of two machines. */
struct stored {
	struct nb_timeline_session sessions[LENGTH];
	struct nb_machine machines[2];
	double p50[LENGTH];
	struct nb_timeline_point points[LENGTH];
	struct nb_timeline_series series;
	struct nb_timeline timeline;
};

static struct stored *stored_make(void)
{
	struct stored *stored = calloc(1, sizeof(*stored));
	struct nb_digest_row row;

	assert_non_null(stored);
	sample_row(&row, 0);
	nb_base_copy(stored->machines[0].kernel, 160, "6.1.192");
	nb_base_copy(stored->machines[1].kernel, 160, "6.12.113");
	for (size_t i = 0; i < LENGTH; i++) {
		struct nb_timeline_session *session = &stored->sessions[i];

		snprintf(session->started, sizeof(session->started), "2026-01-%02zuT03:00:00.000Z",
			 1 + i);
		session->valid = true;
		session->level = 1;
		session->machine = i < 15 ? 0 : 1;
		stored->p50[i] = (i < 15 ? 1000 : 1200) + (double)(i * 7 % 11);
		stored->points[i] =
			(struct nb_timeline_point){ .session = i, .level = 2, .batch = 1 };
	}
	stored->series =
		(struct nb_timeline_series){ row.series, stored->p50, stored->points, LENGTH };
	stored->timeline = (struct nb_timeline){ .sessions = stored->sessions,
						 .session_count = LENGTH,
						 .machines = stored->machines,
						 .machine_count = 2,
						 .series = &stored->series,
						 .count = 1 };
	return stored;
}

static struct nb_history_input input_of(const struct stored *stored, bool include_invalid)
{
	const struct nb_history_choice choice = { .include_invalid = include_invalid };
	struct nb_history_input input;
	struct nb_error error;

	if (nb_history_input_make(&stored->timeline, &choice, &input, &error) < 0)
		fail_msg("%s", error.text);
	return input;
}

static void a_stored_series_is_searched_for_changes(void **state)
{
	struct stored *stored = stored_make();
	struct nb_history_input input = input_of(stored, false);
	struct nb_history history;
	struct nb_error error;

	(void)state;
	assert_int_equal(input.count, 1);
	assert_int_equal(input.series[0].count, LENGTH);
	assert_int_equal(input.series[0].level, 2);
	assert_int_equal(nb_history_find(&input, &nb_history_defaults, &history, &error), 0);
	assert_int_equal(history.series[0].count, 1);
	assert_int_equal(history.series[0].changes[0].index, 15);
	assert_int_equal(history.series[0].changes[0].difference_count, 1);
	assert_string_equal(history.series[0].changes[0].differences[0],
			    "kernel: 6.1.192 | 6.12.113");
	nb_history_free(&history);
	nb_history_input_free(&input);
	nb_history_input_free(&input);
	free(stored);
}

static void only_values_that_can_be_compared_are_points(void **state)
{
	struct stored *stored = stored_make();
	struct nb_history_input input;

	(void)state;
	stored->sessions[0].valid = false;
	stored->p50[1] = NAN;
	stored->p50[2] = -1;
	stored->points[3].outcome = NB_ERROR;
	stored->points[4].batch = 16;
	input = input_of(stored, false);
	assert_int_equal(input.series[0].count, LENGTH - 5);
	assert_int_equal(input.series[0].points[0].session, 5);
	assert_int_equal(input.left_out[0].disturbed, 1);
	assert_int_equal(input.left_out[0].unmeasured, 3);
	assert_int_equal(input.left_out[0].other_batch, 1);
	nb_history_input_free(&input);
	input = input_of(stored, true);
	assert_int_equal(input.series[0].count, LENGTH - 4);
	assert_int_equal(input.series[0].points[0].session, 0);
	nb_history_input_free(&input);
	free(stored);
}

/* A VM and its host in one database are not one history. */
static void every_level_is_a_series_of_its_own(void **state)
{
	struct stored *stored = stored_make();
	struct nb_history_input input;

	(void)state;
	for (size_t i = 0; i < LENGTH; i += 3)
		stored->points[i].level = 1;
	input = input_of(stored, false);
	assert_int_equal(input.count, 2);
	assert_int_equal(input.series[0].level, 1);
	assert_int_equal(input.series[0].count, 10);
	assert_int_equal(input.series[0].points[9].session, 27);
	assert_int_equal(input.series[1].level, 2);
	assert_int_equal(input.series[1].count, 20);
	assert_int_equal(input.series[1].points[0].session, 1);
	nb_history_input_free(&input);
	free(stored);
}

static void only_sessions_with_all_the_labels_count(void **state)
{
	const struct nb_label labels[] = { { "vm", "a" }, { "disk", "fast" } };
	const struct nb_history_choice choice = { .labels = labels, .label_count = 2 };
	struct stored *stored = stored_make();
	struct nb_history_input input;
	struct nb_error error;

	(void)state;
	for (size_t i = 0; i < 4; i++)
		stored->sessions[i].labels = labels;
	stored->sessions[0].label_count = 1;
	stored->sessions[1].label_count = 2;
	stored->sessions[2].label_count = 2;
	assert_int_equal(nb_history_input_make(&stored->timeline, &choice, &input, &error), 0);
	assert_int_equal(input.count, 1);
	assert_int_equal(input.series[0].count, 2);
	assert_int_equal(input.series[0].points[0].session, 1);
	nb_history_input_free(&input);
	free(stored);
}

static void an_empty_store_has_no_series(void **state)
{
	const struct nb_timeline nothing = { 0 };
	const struct nb_history_choice choice = { 0 };
	struct nb_history_input input;
	struct nb_history history;
	struct nb_error error;

	(void)state;
	assert_int_equal(nb_history_input_make(&nothing, &choice, &input, &error), 0);
	assert_int_equal(input.count, 0);
	assert_int_equal(nb_history_find(&input, &nb_history_defaults, &history, &error), 0);
	assert_int_equal(history.count, 0);
	nb_history_free(&history);
	nb_history_input_free(&input);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stored_series_is_searched_for_changes),
		cmocka_unit_test(only_values_that_can_be_compared_are_points),
		cmocka_unit_test(every_level_is_a_series_of_its_own),
		cmocka_unit_test(only_sessions_with_all_the_labels_count),
		cmocka_unit_test(an_empty_store_has_no_series),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
