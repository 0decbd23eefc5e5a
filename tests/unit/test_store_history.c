/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "store_digests.h"

enum { SERIES = 7, ROUNDS = 6, SESSIONS = 6 };

/* Sessions in another order than time's, as after a merge; 5 is invalid, 6 still runs. */
static struct nb_store *make(struct fixture *fixture)
{
	static const unsigned order[SESSIONS] = { 3, 1, 6, 4, 2, 5 };
	struct nb_store *store = open_store(fixture, fixture->path, NB_STORE_WRITE);

	for (size_t i = 0; i < SESSIONS; i++) {
		struct nb_record record;
		struct nb_machine *machine;

		make_record(&record, order[i], order[i] == 2 ? SERIES - 1 : SERIES, ROUNDS);
		machine = &record.session.machine;
		snprintf(machine->boot_id, sizeof(machine->boot_id), "boot %u", order[i] / 2);
		if (order[i] == 4)
			nb_base_copy(machine->kernel, sizeof(machine->kernel), "6.12.113");
		record.session.label_count = order[i] - 1;
		for (size_t j = 0; j < record.session.label_count; j++) {
			snprintf(record.session.labels[j].key, 32, "key%zu", j);
			snprintf(record.session.labels[j].value, 96, "%u", order[i]);
		}
		record.session.partial = order[i] == 3;
		write_rounds(fixture, store, &record);
		if (order[i] != 6)
			assert_success(fixture,
				       nb_store_end_session(store, record.session.id, order[i] == 3,
							    order[i] != 5, &fixture->error));
		nb_record_free(&record);
	}
	return store;
}

static void expect_session(const struct nb_timeline *timeline, size_t index)
{
	const struct nb_timeline_session *session = &timeline->sessions[index];
	const struct nb_machine *machine = &timeline->machines[session->machine];
	unsigned number = (unsigned)index + 1;
	struct nb_session expected;

	fixture_session(&expected, number);
	assert_string_equal(session->id, expected.id);
	assert_string_equal(session->started, expected.started);
	assert_string_equal(session->version, expected.version);
	assert_string_equal(session->profile, expected.profile);
	assert_int_equal(session->level, expected.level);
	assert_int_equal(session->partial, number == 3);
	assert_int_equal(session->valid, number != 5);
	if (number == 4)
		nb_base_copy(expected.machine.kernel, 160, "6.12.113");
	expected.machine.boot_id[0] = '\0';
	assert_machines_equal(machine, &expected.machine);
	assert_int_equal(session->label_count, index);
	for (size_t i = 0; i < index; i++) {
		char key[32];

		snprintf(key, sizeof(key), "key%zu", i);
		assert_string_equal(session->labels[i].key, key);
		assert_int_equal(atoi(session->labels[i].value), number);
	}
}

static void the_sessions_of_a_timeline_are_in_order_of_time(void **state)
{
	struct fixture *fixture = *state;
	struct nb_store *store = make(fixture);
	struct nb_timeline timeline;

	assert_success(fixture, nb_store_history(store, NULL, 0, &timeline, &fixture->error));
	assert_int_equal(timeline.session_count, SESSIONS - 1);
	assert_int_equal(timeline.machine_count, 2);
	for (size_t i = 0; i < timeline.session_count; i++)
		expect_session(&timeline, i);
	nb_store_free_timeline(&timeline);
	nb_store_free_timeline(&timeline);
	nb_store_close(store);
}

static void expect_point(const struct nb_timeline_series *series, size_t index,
			 const struct nb_digest *digest)
{
	const struct nb_timeline_point *point = &series->points[index];
	const struct nb_digest_row *row = NULL;

	for (size_t i = 0; i < digest->count; i++)
		if (strcmp(digest->rows[i].series.benchmark, series->series.benchmark) == 0 &&
		    digest->rows[i].series.vantage == series->series.vantage)
			row = &digest->rows[i];
	assert_non_null(row);
	assert_reals_equal(series->p50[index], row->p50);
	assert_reals_equal(point->ci_low, row->ci_low);
	assert_reals_equal(point->ci_high, row->ci_high);
	assert_reals_equal(point->p99, row->p99);
	assert_int_equal(point->level, row->level);
	assert_int_equal(point->outcome, row->outcome);
	assert_int_equal(point->evidence, row->evidence);
	assert_int_equal(point->rounds, row->rounds);
	assert_int_equal(point->tagged_rounds, row->tagged_rounds);
	assert_int_equal(point->batch, row->batch);
}

static void points_are_those_of_the_digests(void **state)
{
	struct fixture *fixture = *state;
	struct nb_store *store = make(fixture);
	struct nb_timeline timeline;

	assert_success(fixture, nb_store_history(store, NULL, 0, &timeline, &fixture->error));
	assert_int_equal(timeline.count, SERIES);
	for (size_t i = 0; i < SERIES; i++) {
		const struct nb_timeline_series *series = &timeline.series[i];
		bool last = strcmp(series->series.benchmark, "exit.number_3") == 0;

		/* Session 2 has not got the last one. */
		assert_int_equal(series->count, last ? SESSIONS - 2 : SESSIONS - 1);
		for (size_t j = 0; j < series->count; j++) {
			size_t session = series->points[j].session;
			struct nb_digest *digest;
			size_t count;

			assert_int_equal(session, j + (last && j > 0));
			assert_success(fixture,
				       nb_store_digests(store, timeline.sessions[session].id,
							&digest, &count, &fixture->error));
			expect_point(series, j, digest);
			nb_store_free_digests(digest, count);
		}
	}
	nb_store_free_timeline(&timeline);
	nb_store_close(store);
}

static void patterns_are_globs_on_benchmark_and_parameters(void **state)
{
	/* The series are number_0 ring=3 | number_0, number_1, number_1 ring=3, number_2 twice,
	 * number_3 ring=3. */
	static const struct {
		const char *patterns[3];
		size_t count, found;
	} cases[] = {
		{ { NULL }, 0, 7 },
		{ { "*" }, 1, 7 },
		{ { "exit.number_0" }, 1, 1 },
		{ { "exit.number_0*" }, 1, 2 },
		{ { "exit.number_0 ring=3" }, 1, 1 },
		{ { "exit.number_[12]" }, 1, 3 },
		{ { "* ring=?" }, 1, 3 },
		{ { "exit.number_2", "exit.number_0*", "exit.*_2" }, 3, 4 },
	};
	struct fixture *fixture = *state;
	struct nb_store *store = make(fixture);

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct nb_timeline timeline;

		assert_success(fixture, nb_store_history(store, cases[i].patterns, cases[i].count,
							 &timeline, &fixture->error));
		if (timeline.count != cases[i].found)
			fail_msg("case %zu: %zu series", i, timeline.count);
		nb_store_free_timeline(&timeline);
	}
	nb_store_close(store);
}

static void a_pattern_that_matches_nothing_is_told_with_the_nearest_name(void **state)
{
	static const char *const patterns[] = { "exit.*", "exit.numbr_3 ring=3", "exit.number_0" };
	struct fixture *fixture = *state;
	struct nb_store *store = make(fixture);
	struct nb_timeline timeline = { 0 };

	assert_int_equal(nb_store_history(store, patterns, 3, &timeline, &fixture->error), -ENOENT);
	assert_non_null(strstr(fixture->error.text, "matches exit.numbr_3"));
	assert_non_null(strstr(fixture->error.text, "the nearest is \"exit.number_3 ring=3\""));
	assert_null(timeline.series);
	nb_store_close(store);
}

static void a_file_without_sessions_has_an_empty_history(void **state)
{
	static const char *const pattern = "exit.cpuid";
	struct fixture *fixture = *state;
	struct nb_store *store = open_store(fixture, fixture->path, NB_STORE_WRITE);
	struct nb_timeline timeline;
	struct nb_store_series *series;
	size_t count = 7;

	assert_success(fixture, nb_store_history(store, NULL, 0, &timeline, &fixture->error));
	assert_int_equal(timeline.count, 0);
	assert_int_equal(timeline.session_count, 0);
	nb_store_free_timeline(&timeline);
	assert_int_equal(nb_store_history(store, &pattern, 1, &timeline, &fixture->error), -ENOENT);
	assert_success(fixture, nb_store_series_list(store, &series, &count, &fixture->error));
	assert_int_equal(count, 0);
	free(series);
	nb_store_close(store);
}

static void the_list_of_series_is_that_of_the_history(void **state)
{
	struct fixture *fixture = *state;
	struct nb_store *store = make(fixture);
	struct nb_store_series *series;
	struct nb_timeline timeline;
	size_t count;

	assert_success(fixture, nb_store_series_list(store, &series, &count, &fixture->error));
	assert_success(fixture, nb_store_history(store, NULL, 0, &timeline, &fixture->error));
	assert_int_equal(count, timeline.count);
	for (size_t i = 0; i < count; i++) {
		assert_string_equal(series[i].series.benchmark,
				    timeline.series[i].series.benchmark);
		assert_int_equal(series[i].series.vantage, timeline.series[i].series.vantage);
		assert_int_equal(series[i].sessions, timeline.series[i].count);
		if (i > 0)
			assert_true(strcmp(series[i - 1].series.benchmark,
					   series[i].series.benchmark) <= 0);
	}
	free(series);
	nb_store_free_timeline(&timeline);
	nb_store_close(store);
}

static void one_session_is_read_without_its_series(void **state)
{
	struct fixture *fixture = *state;
	struct nb_store *store = open_store(fixture, fixture->path, NB_STORE_WRITE);
	struct nb_record record;
	struct nb_session session;

	make_record(&record, 5, SERIES, ROUNDS);
	import_record(fixture, store, &record);
	assert_success(fixture,
		       nb_store_session(store, record.session.id, &session, &fixture->error));
	assert_sessions_equal(&session, &record.session);
	assert_int_equal(nb_store_session(store, "01JD", &session, &fixture->error), -ENOENT);
	nb_store_close(store);
	nb_record_free(&record);
}

static void a_timeline_with_missing_parts_is_refused(void **state)
{
	static const char *const faults[] = {
		"DELETE FROM environment",
		"UPDATE environment SET alike = 99",
		"UPDATE label SET key = hex(zeroblob(40))",
		"UPDATE session SET started = 'x' || hex(zeroblob(40))",
	};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		struct nb_store *store;
		struct nb_timeline timeline;

		(void)unlink(fixture->path);
		nb_store_close(make(fixture));
		execute(fixture->path, faults[i]);
		store = open_store(fixture, fixture->path, NB_STORE_READ);
		if (nb_store_history(store, NULL, 0, &timeline, &fixture->error) != -EBADMSG)
			fail_msg("%s: %s", faults[i], fixture->error.text);
		nb_store_close(store);
	}
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		TEST(the_sessions_of_a_timeline_are_in_order_of_time),
		TEST(points_are_those_of_the_digests),
		TEST(patterns_are_globs_on_benchmark_and_parameters),
		TEST(a_pattern_that_matches_nothing_is_told_with_the_nearest_name),
		TEST(a_file_without_sessions_has_an_empty_history),
		TEST(the_list_of_series_is_that_of_the_history),
		TEST(one_session_is_read_without_its_series),
		TEST(a_timeline_with_missing_parts_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
