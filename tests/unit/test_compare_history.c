/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "nestbench/history.h"

#include "compare_sample.h"

enum { LENGTH = 40, STEP = 24, SERIES = 5 };

/* A machine over 40 sessions, whose kernel and one benchmark change at the 25th. */
struct past {
	struct nb_session sessions[LENGTH];
	struct nb_history_point points[SERIES][LENGTH];
	struct nb_history_series series[SERIES];
	struct nb_history_event events[3];
	struct nb_history_input input;
	size_t asked;
};

static const struct nb_session *session_of(void *context, size_t number)
{
	struct past *past = context;

	past->asked++;
	assert_in_range(number, 0, LENGTH - 1);
	return &past->sessions[number];
}

static void name_sessions(struct past *past)
{
	for (size_t i = 0; i < LENGTH; i++) {
		sample_name(&past->sessions[i], i);
		snprintf(past->sessions[i].started, sizeof(past->sessions[i].started),
			 "2026-%02zu-%02zuT03:00:00.000Z", 1 + i / 20, 1 + i % 20);
		nb_base_copy(past->sessions[i].machine.kernel, 160,
			     i < STEP ? "6.1.192" : "6.12.113");
		/* Something that is never the same twice explains nothing. */
		snprintf(past->sessions[i].machine.kernel_cmdline, 64, "boot=%zu", i);
	}
}

static struct past *past_make(double step)
{
	struct past *past = calloc(1, sizeof(*past));
	struct nb_random random;

	assert_non_null(past);
	nb_random_seed(&random, 11);
	name_sessions(past);
	for (size_t i = 0; i < SERIES; i++) {
		struct nb_digest_row row;

		sample_row(&row, i);
		for (size_t j = 0; j < LENGTH; j++) {
			double noise = nb_random_next(&random) / 4294967296.0 - 0.5;
			double after = i == 2 && j >= STEP ? 1 + step : 1;

			past->points[i][j] =
				(struct nb_history_point){ j, 1000 * after * exp(0.05 * noise) };
		}
		past->series[i] =
			(struct nb_history_series){ row.series, 2, past->points[i], LENGTH };
	}
	past->input = (struct nb_history_input){ .series = past->series,
						 .count = SERIES,
						 .session = session_of,
						 .context = past,
						 .events = past->events };
	return past;
}

static struct nb_history find(const struct past *past, const struct nb_history_options *options)
{
	struct nb_history history;
	struct nb_error error;
	int result = nb_history_find(&past->input, options ? options : &nb_history_defaults,
				     &history, &error);

	if (result < 0)
		fail_msg("%s", error.text);
	return history;
}

static void a_change_is_told_with_what_came_with_it(void **state)
{
	struct past *past = past_make(0.10);
	struct nb_history history = find(past, NULL);
	const struct nb_history_change *change = history.series[2].changes;

	(void)state;
	assert_int_equal(history.count, SERIES);
	assert_int_equal(history.series[2].count, 1);
	assert_int_equal(change->index, STEP);
	assert_int_equal(change->before, STEP - 1);
	assert_int_equal(change->after, STEP);
	assert_near(change->ratio, 1.1, 0.02);
	assert_true(change->low > 1.05 && change->low < change->ratio &&
		    change->high > change->ratio && change->high < 1.15);
	assert_true(change->p <= change->p_adjusted && change->p_adjusted <= 0.05);
	assert_int_equal(change->verdict, NB_REGRESSED);
	assert_int_equal(change->difference_count, 1);
	assert_string_equal(change->differences[0], "kernel: 6.1.192 | 6.12.113");
	for (size_t i = 0; i < SERIES; i++)
		if (i != 2)
			assert_int_equal(history.series[i].count, 0);
	nb_history_free(&history);
	assert_null(history.series);
	free(past);
}

static void events_between_the_sessions_are_told(void **state)
{
	static const char *const times[] = { "2026-02-04T02:59:59.000Z", "2026-02-04T12:00:00.000Z",
					     "2026-02-05T03:00:01.000Z" };
	struct past *past = past_make(0.10);
	struct nb_history history;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		nb_base_copy(past->events[i].time, NB_TIMESTAMP_SIZE, times[i]);
		past->events[i].text = "something";
	}
	past->input.event_count = 3;
	history = find(past, NULL);
	assert_int_equal(history.series[2].changes[0].first_event, 1);
	assert_int_equal(history.series[2].changes[0].event_count, 1);
	nb_history_free(&history);
	free(past);
}

/* The kernel came a session before the step: neighbours vote, so that it is named all the same. */
static void the_place_of_a_change_need_not_be_exact(void **state)
{
	struct past *past = past_make(0.10);
	struct nb_history history;

	(void)state;
	nb_base_copy(past->sessions[STEP - 1].machine.kernel, 160, "6.12.113");
	history = find(past, NULL);
	assert_int_equal(history.series[2].changes[0].difference_count, 1);
	assert_string_equal(history.series[2].changes[0].differences[0],
			    "kernel: 6.1.192 | 6.12.113");
	nb_history_free(&history);
	free(past);
}

static void a_change_for_the_better_is_improved(void **state)
{
	struct past *past = past_make(-0.10);
	struct nb_history history = find(past, NULL);

	(void)state;
	assert_int_equal(history.series[2].changes[0].verdict, NB_IMPROVED);
	nb_history_free(&history);
	past->series[2].series.lower_is_better = false;
	history = find(past, NULL);
	assert_int_equal(history.series[2].changes[0].verdict, NB_REGRESSED);
	nb_history_free(&history);
	free(past);
}

static void a_small_change_is_the_same(void **state)
{
	struct nb_history_options options = nb_history_defaults;
	struct past *past = past_make(0.10);
	struct nb_history history;

	(void)state;
	options.margin = 0.2;
	history = find(past, &options);
	assert_int_equal(history.series[2].changes[0].verdict, NB_SAME);
	nb_history_free(&history);
	free(past);
}

/* A p of 1 in 10 000 does among five series and does not where a rate below that is asked for. */
static void changes_are_adjusted_over_all_series(void **state)
{
	struct nb_history_options options = nb_history_defaults;
	struct past *past = past_make(0.10);
	struct nb_history history = find(past, NULL);

	(void)state;
	assert_near(history.series[2].changes[0].p_adjusted, 5 * history.series[2].changes[0].p,
		    1e-9);
	nb_history_free(&history);
	options.rate = 0.0002;
	history = find(past, &options);
	assert_int_equal(history.series[2].count, 0);
	nb_history_free(&history);
	free(past);
}

static void the_number_of_threads_changes_nothing(void **state)
{
	static const unsigned threads[] = { 0, 1, 2, 3, 8, 100 };
	struct nb_history_options options = nb_history_defaults;
	struct past *past = past_make(0.10);

	(void)state;
	for (size_t i = 0; i < sizeof(threads) / sizeof(threads[0]); i++) {
		struct nb_history history;

		options.threads = threads[i];
		history = find(past, &options);
		assert_int_equal(history.series[2].count, 1);
		assert_int_equal(history.series[2].changes[0].index, STEP);
		assert_near(history.series[2].changes[0].p, 0.0001, 1e-9);
		nb_history_free(&history);
	}
	free(past);
}

static void short_and_empty_histories_have_no_changes(void **state)
{
	struct past *past = past_make(0.10);
	struct nb_history history;

	(void)state;
	for (size_t i = 0; i < SERIES; i++)
		past->series[i].count = i;
	history = find(past, NULL);
	for (size_t i = 0; i < SERIES; i++)
		assert_int_equal(history.series[i].count, 0);
	assert_int_equal(past->asked, 0);
	nb_history_free(&history);
	past->input.count = 0;
	history = find(past, NULL);
	assert_int_equal(history.count, 0);
	nb_history_free(&history);
	free(past);
}

/* Sessions are only asked for next to a change: a history of thousands stays quick. */
static void few_sessions_are_asked_for(void **state)
{
	struct past *past = past_make(0.10);
	struct nb_history history = find(past, NULL);

	(void)state;
	assert_in_range(past->asked, 1, 12);
	nb_history_free(&history);
	past->input.session = NULL;
	history = find(past, NULL);
	assert_int_equal(history.series[2].count, 1);
	assert_int_equal(history.series[2].changes[0].difference_count, 0);
	assert_null(history.series[2].changes[0].differences);
	nb_history_free(&history);
	free(past);
}

static void a_value_that_has_no_logarithm_is_refused(void **state)
{
	static const double values[] = { 0, -1, NAN, INFINITY };
	struct past *past = past_make(0.10);
	struct nb_history history = { 0 };
	struct nb_error error;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		past->points[3][7].value = values[i];
		assert_int_equal(
			nb_history_find(&past->input, &nb_history_defaults, &history, &error),
			-EINVAL);
		assert_string_equal(error.text, "exit.b03: a value is not above 0");
		assert_null(history.series);
	}
	free(past);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_change_is_told_with_what_came_with_it),
		cmocka_unit_test(events_between_the_sessions_are_told),
		cmocka_unit_test(the_place_of_a_change_need_not_be_exact),
		cmocka_unit_test(a_change_for_the_better_is_improved),
		cmocka_unit_test(a_small_change_is_the_same),
		cmocka_unit_test(changes_are_adjusted_over_all_series),
		cmocka_unit_test(the_number_of_threads_changes_nothing),
		cmocka_unit_test(short_and_empty_histories_have_no_changes),
		cmocka_unit_test(few_sessions_are_asked_for),
		cmocka_unit_test(a_value_that_has_no_logarithm_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
