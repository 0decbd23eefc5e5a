/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "plot_script.h"
#include "view_sample.h"

/* A control character, a colour of terminals, bytes that are not UTF-8. */
#define GARBLED "a\x7f\x1b[31m\xff\xc3"

enum { CELLS = 9, SESSIONS = 12, SERIES_MAX = 40 };

/* A history made by hand: every series steps up by half at the seventh session. */
static struct {
	struct view_sample view;
	struct nb_timeline_session sessions[SESSIONS];
	struct nb_machine machine;
	struct nb_timeline_point from[SESSIONS];
	double p50[SESSIONS];
	struct nb_timeline_series timeline_series;
	struct nb_timeline timeline;
	struct nb_history_point points[SERIES_MAX][SESSIONS];
	struct nb_history_series series[SERIES_MAX];
	struct nb_history_left_out left_out[SERIES_MAX];
	struct nb_history_event events[4];
	struct nb_history_input input;
	char differences[1][NB_HISTORY_DIFFERENCE_SIZE];
	struct nb_history_change changes[SERIES_MAX];
	struct nb_history_changes found[SERIES_MAX];
	struct nb_history history;
	struct nb_history_report report;
} past;

/* When the sessions were; the last two are no times that anybody could place. */
enum times { DAILY, AT_ONCE, UNKNOWN, WRONG };

static void write_time(char text[NB_TIMESTAMP_SIZE], enum times times, size_t number)
{
	if (times == DAILY)
		snprintf(text, NB_TIMESTAMP_SIZE, "2026-01-%02zuT00:00:00.000Z", number);
	else if (times == AT_ONCE)
		nb_base_copy(text, NB_TIMESTAMP_SIZE, "2026-01-01T00:00:00.000Z");
	else if (times == WRONG)
		snprintf(text, NB_TIMESTAMP_SIZE, "2026-13-%02zuT00:00:00.000Z", number);
	else
		text[0] = '\0';
}

static void make_sessions(enum times times)
{
	for (size_t i = 0; i < SESSIONS; i++) {
		past.sessions[i] = (struct nb_timeline_session){ .level = 1, .valid = true };
		write_time(past.sessions[i].started, times, i + 1);
	}
	past.timeline = (struct nb_timeline){ .sessions = past.sessions,
					      .session_count = SESSIONS,
					      .machines = &past.machine,
					      .machine_count = 1,
					      .series = &past.timeline_series,
					      .count = 1 };
}

static void make_series(size_t index, size_t count)
{
	for (size_t i = 0; i < SESSIONS; i++)
		past.points[index][i] = (struct nb_history_point){ i, i < 6 ? 1000 : 1500 };
	past.series[index] = (struct nb_history_series){ .series = view_series(index, count),
							 .level = 2,
							 .points = past.points[index],
							 .count = SESSIONS };
	past.changes[index] = (struct nb_history_change){ .index = 6,
							  .before = 5,
							  .after = 6,
							  .ratio = 1.5,
							  .low = 1.4,
							  .high = 1.6,
							  .verdict = NB_REGRESSED,
							  .differences = past.differences,
							  .difference_count = 1 };
	past.found[index] = (struct nb_history_changes){ &past.changes[index], 1 };
}

static void make(size_t count, enum times times)
{
	memset(&past, 0, sizeof(past));
	view_sample_make(&past.view, 1, 1);
	make_sessions(times);
	for (size_t i = 0; i < count; i++)
		make_series(i, count);
	snprintf(past.differences[0], NB_HISTORY_DIFFERENCE_SIZE, "kernel: 6.1 | 6.12 \"#\"");
	past.input = (struct nb_history_input){ .series = past.series,
						.left_out = past.left_out,
						.count = count,
						.events = past.events };
	past.history = (struct nb_history){ past.found, count };
	past.report = (struct nb_history_report){ .timeline = &past.timeline,
						  .input = &past.input,
						  .history = &past.history,
						  .options = &nb_history_defaults };
	past.view.view.history = &past.report;
}

static void add_event(const char *time, const char *text)
{
	struct nb_history_event *event = &past.events[past.input.event_count++];

	nb_base_copy(event->time, sizeof(event->time), time);
	event->text = text;
}

static char *data_of(const char *pattern, struct nb_error *error)
{
	return plot_data(NB_PLOT_HISTORY, &past.view.view, pattern, error);
}

static int clean_up(void **state)
{
	(void)state;
	view_sample_free(&past.view);
	return 0;
}

static void a_panel_has_points_segments_and_changes(void **state)
{
	char *data;

	(void)state;
	make(1, DAILY);
	data = data_of(NULL, NULL);
	assert_non_null(data);
	assert_non_null(strstr(data, "\nscale\ttime\tnan\n"));
	assert_int_equal(
		plot_lines(data, "exit.op0 match=data,size=0k (guest L2)\tns\tpoint\t", CELLS),
		SESSIONS);
	assert_non_null(strstr(data, "\tpoint\t1767225600\t1000\tnan\t\t\t0\n"));
	assert_non_null(strstr(data, "\tsegment\t1767225600\t1000\t1767657600\t\t\t0\n"));
	assert_non_null(strstr(data, "\tsegment\t1767744000\t1500\t1768176000\t\t\t0\n"));
	assert_non_null(strstr(data, "\tchange\t1767700800\tnan\tnan\t+50.0 %\tregressed\t0\n"));
	plot_is_clean(data);
	free(data);
}

static void events_and_changes_of_the_environment_are_numbered_once(void **state)
{
	char *data;

	(void)state;
	make(3, DAILY);
	add_event("2025-01-01T00:00:00.000Z", "long before");
	add_event("2026-01-02T12:00:00.000Z", VIEW_HOSTILE);
	add_event("2026-01-02T18:00:00.000Z", GARBLED);
	data = data_of(NULL, NULL);
	assert_non_null(data);
	assert_int_equal(plot_lines(data, "event\t2026-01-02 12:00  <script>", 3), 1);
	assert_int_equal(plot_lines(data, "event\t2026-01-02 18:00  a", 3), 1);
	/* All three series changed there, for one reason. */
	assert_int_equal(plot_lines(data, "environment\t2026-01-07 00:00  kernel: 6.1 → 6.12 ", 3),
			 1);
	assert_int_equal(plot_lines(data, "label\t", 3), 2);
	assert_int_equal(plot_lines(data, "label\t1–2\t1767355200", 3), 1);
	assert_int_equal(plot_lines(data, "label\t3\t1767700800", 3), 1);
	assert_int_equal(plot_lines(data, "more\t1 event before the first", 3), 1);
	plot_is_clean(data);
	free(data);
}

static void sessions_of_one_time_or_of_none_are_numbered(void **state)
{
	char *data;

	(void)state;
	for (enum times times = AT_ONCE; times <= WRONG; times++) {
		make(1, times);
		data = data_of(NULL, NULL);
		assert_non_null(data);
		assert_non_null(strstr(data, "\nscale\tsessions\tnan\n"));
		assert_non_null(strstr(data, "\tpoint\t1\t1000\t"));
		assert_non_null(strstr(data, "\tchange\t6.5\t"));
		free(data);
		view_sample_free(&past.view);
	}
}

static void disturbed_sessions_are_told_apart(void **state)
{
	char *data;

	(void)state;
	make(1, DAILY);
	past.sessions[3].valid = false;
	for (size_t i = 0; i < SESSIONS; i++) {
		past.from[i] = (struct nb_timeline_point){ .session = i, .level = 2 };
		past.p50[i] = 1234;
	}
	past.timeline_series =
		(struct nb_timeline_series){ past.series[0].series, past.p50, past.from, SESSIONS };
	memmove(&past.points[0][3], &past.points[0][4], 8 * sizeof(past.points[0][0]));
	past.series[0].count = SESSIONS - 1;
	past.changes[0].index = 5;
	past.left_out[0].disturbed = 1;
	data = data_of(NULL, NULL);
	assert_non_null(data);
	assert_non_null(strstr(data, "\tdisturbed\t1767484800\t1234\tnan\t\t\t0\n"));
	free(data);
	/* One was passed over for its labels, too: which, nobody knows. */
	past.left_out[0].disturbed = 0;
	data = data_of(NULL, NULL);
	assert_non_null(data);
	assert_null(strstr(data, "\tdisturbed\t"));
	free(data);
}

static void series_with_changes_come_first_where_there_are_many(void **state)
{
	char *data;
	size_t panels = 0;

	(void)state;
	make(SERIES_MAX, DAILY);
	for (size_t i = 0; i < SERIES_MAX; i++)
		past.found[i].count = i == SERIES_MAX - 1 ? 1 : 0;
	data = data_of(NULL, NULL);
	assert_non_null(data);
	for (const char *at = data; (at = strstr(at, "\n\n\n")); at++)
		panels++;
	assert_int_equal(panels, 24);
	assert_non_null(strstr(data, "\nio.op39 "));
	assert_non_null(strstr(data, "\nexit.op0 "));
	assert_non_null(strstr(data, "\nmore\t16 more series without a change are not shown\tnan"));
	free(data);
}

static void one_session_is_no_history(void **state)
{
	struct nb_error error = { 0 };

	(void)state;
	make(1, DAILY);
	past.series[0].count = 1;
	past.found[0].count = 0;
	assert_null(data_of(NULL, &error));
	assert_non_null(strstr(error.text, "two sessions"));
	past.view.view.history = NULL;
	assert_null(data_of(NULL, &error));
	assert_non_null(strstr(error.text, "no history"));
}

static void gnuplot_draws_one_series_and_forty(void **state)
{
	char *data;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		make(i ? SERIES_MAX : 1, i ? UNKNOWN : DAILY);
		if (i == 0) {
			add_event("2026-01-02T12:00:00.000Z", VIEW_HOSTILE);
			add_event("2026-01-02T18:00:00.000Z", GARBLED);
		} else {
			/* Nothing changed, but one that needs a logarithmic axis. */
			past.changes[0].difference_count = 0;
			for (size_t j = 1; j < SERIES_MAX; j++)
				past.found[j].count = 0;
			past.points[0][7].value = 1e6;
		}
		data = data_of(NULL, NULL);
		assert_non_null(data);
		plot_script_draws("history", data);
		free(data);
		view_sample_free(&past.view);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(a_panel_has_points_segments_and_changes, clean_up),
		cmocka_unit_test_teardown(events_and_changes_of_the_environment_are_numbered_once,
					  clean_up),
		cmocka_unit_test_teardown(sessions_of_one_time_or_of_none_are_numbered, clean_up),
		cmocka_unit_test_teardown(disturbed_sessions_are_told_apart, clean_up),
		cmocka_unit_test_teardown(series_with_changes_come_first_where_there_are_many,
					  clean_up),
		cmocka_unit_test_teardown(one_session_is_no_history, clean_up),
		cmocka_unit_test_teardown(gnuplot_draws_one_series_and_forty, clean_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
