/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "store_fixture.h"

static struct nb_store *open_store(struct fixture *fixture, enum nb_store_mode mode)
{
	struct nb_store *store = NULL;

	assert_success(fixture, nb_store_open(&store, fixture->path, mode, &fixture->error));
	return store;
}

static void begin(struct fixture *fixture, struct nb_store *store, unsigned number)
{
	struct nb_session session;

	fixture_session(&session, number);
	assert_success(fixture, nb_store_begin_session(store, &session, &fixture->error));
}

/* Adds round ordinal of series number; returns what the store says to it. */
static int add(struct fixture *fixture, struct nb_store *store, unsigned session_number,
	       unsigned number, int ordinal)
{
	struct nb_session session;
	struct nb_series series;
	struct nb_round round;
	int status;

	fixture_session(&session, session_number);
	fixture_series(&series, number);
	fixture_round(&round, &series, ordinal, 50, &fixture->random);
	status = nb_store_add_round(store, session.id, &series, (int)number, &round,
				    &fixture->error);
	nb_stats_histogram_free(&round.histogram);
	return status;
}

static void end(struct fixture *fixture, struct nb_store *store, unsigned number, bool partial)
{
	struct nb_session session;

	fixture_session(&session, number);
	assert_success(fixture,
		       nb_store_end_session(store, session.id, partial, true, &fixture->error));
}

static void load(struct fixture *fixture, const char *selector, struct nb_record *record)
{
	struct nb_store *store = open_store(fixture, NB_STORE_READ);

	assert_success(fixture, nb_store_load(store, selector, record, &fixture->error));
	nb_store_close(store);
}

static void a_session_is_partial_until_it_ends(void **state)
{
	struct fixture *fixture = *state;
	struct nb_store *store = open_store(fixture, NB_STORE_WRITE);
	struct nb_record record = { 0 };

	begin(fixture, store, 1);
	assert_success(fixture, add(fixture, store, 1, 0, 0));
	load(fixture, NULL, &record);
	assert_true(record.session.partial);
	nb_record_free(&record);
	end(fixture, store, 1, false);
	load(fixture, NULL, &record);
	assert_false(record.session.partial);
	nb_record_free(&record);
	nb_store_close(store);
	assert_int_equal(fixture_files(fixture), 1);
}

static void series_come_back_in_report_order(void **state)
{
	static const unsigned order[] = { 2, 0, 3, 1 };
	struct fixture *fixture = *state;
	struct nb_store *store = open_store(fixture, NB_STORE_WRITE);
	struct nb_record record = { 0 };

	begin(fixture, store, 1);
	for (int ordinal = 0; ordinal < 2; ordinal++)
		for (size_t i = 0; i < 4; i++)
			assert_success(fixture, add(fixture, store, 1, order[i], ordinal));
	nb_store_close(store);
	load(fixture, NULL, &record);
	assert_int_equal(record.count, 4);
	for (unsigned i = 0; i < 4; i++) {
		struct nb_series series;

		fixture_series(&series, i);
		assert_string_equal(record.series[i].series.benchmark, series.benchmark);
		assert_int_equal(record.series[i].series.vantage, series.vantage);
		assert_int_equal(record.series[i].count, 2);
	}
	nb_record_free(&record);
}

static void what_cannot_be_stored_leaves_nothing_behind(void **state)
{
	struct fixture *fixture = *state;
	struct nb_store *store = open_store(fixture, NB_STORE_WRITE);
	struct nb_record record = { 0 };
	struct nb_session session;
	struct nb_series series;
	struct nb_round round;

	begin(fixture, store, 1);
	fixture_session(&session, 1);
	fixture_series(&series, 5);
	assert_int_equal(nb_store_begin_session(store, &session, &fixture->error), -EEXIST);
	fixture_round(&round, &series, 0, 50, &fixture->random);
	round.guards.tags = 0;
	round.kinds[3].count = INT64_MAX;
	assert_int_equal(nb_store_add_round(store, session.id, &series, 0, &round, &fixture->error),
			 -EINVAL);
	round.kinds[3].count = 0;
	round.outcome = NB_SKIP;
	assert_int_equal(nb_store_add_round(store, session.id, &series, 0, &round, &fixture->error),
			 -EINVAL);
	nb_stats_histogram_free(&round.histogram);
	load(fixture, NULL, &record);
	assert_int_equal(record.count, 0);
	nb_record_free(&record);
	assert_int_equal(add(fixture, store, 2, 0, 0), -ENOENT);
	assert_success(fixture, add(fixture, store, 1, 0, 0));
	assert_int_equal(add(fixture, store, 1, 0, 0), -EEXIST);
	nb_store_close(store);
	load(fixture, NULL, &record);
	assert_int_equal(record.count, 1);
	assert_int_equal(record.series[0].count, 1);
	nb_record_free(&record);
}

static void an_impossible_session_is_refused(void **state)
{
	struct fixture *fixture = *state;
	struct nb_store *store = open_store(fixture, NB_STORE_WRITE);
	struct nb_session session;

	fixture_session(&session, 1);
	nb_base_copy(session.id, sizeof(session.id), "not a ULID");
	assert_int_equal(nb_store_begin_session(store, &session, &fixture->error), -EINVAL);
	fixture_session(&session, 1);
	session.label_count = NB_LABEL_MAX + 1;
	assert_int_equal(nb_store_begin_session(store, &session, &fixture->error), -EINVAL);
	fixture_session(&session, 1);
	memset(session.profile, 'x', sizeof(session.profile));
	assert_int_equal(nb_store_begin_session(store, &session, &fixture->error), -EINVAL);
	assert_int_equal(nb_store_end_session(store, session.id, false, true, &fixture->error),
			 -ENOENT);
	nb_store_close(store);
}

static void a_session_is_found_by_the_beginning_of_its_id(void **state)
{
	static const struct {
		const char *selector;
		int status;
		const char *id;
	} cases[] = {
		{ NULL, 0, "01JD0000000000000000000020" },
		{ "latest", 0, "01JD0000000000000000000020" },
		{ "01JD0000000000000000000003", 0, "01JD0000000000000000000003" },
		{ "01JD000000000000000000000", -EEXIST, NULL },
		{ "01JD000000000000000000002", 0, "01JD0000000000000000000020" },
		{ "01jd000000000000000000002", 0, "01JD0000000000000000000020" },
		{ "01JD", -EEXIST, NULL },
		{ "01J", -ENOENT, NULL },
		{ "", -ENOENT, NULL },
		{ "01JE", -ENOENT, NULL },
		{ "01JD%", -ENOENT, NULL },
		{ "01JD00000000000000000000030", -ENOENT, NULL },
		{ "01JD00000000000000000000030123456789", -ENOENT, NULL },
	};
	struct fixture *fixture = *state;
	struct nb_store *store = open_store(fixture, NB_STORE_WRITE);
	struct nb_record record = { 0 };

	assert_int_equal(nb_store_load(store, NULL, &record, &fixture->error), -ENOENT);
	begin(fixture, store, 3);
	begin(fixture, store, 20);
	begin(fixture, store, 4);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int status = nb_store_load(store, cases[i].selector, &record, &fixture->error);

		assert_int_equal(status, cases[i].status);
		if (status == 0)
			assert_string_equal(record.session.id, cases[i].id);
		nb_record_free(&record);
	}
	nb_store_close(store);
}

static void the_list_tells_each_session_newest_first(void **state)
{
	struct fixture *fixture = *state;
	struct nb_store *store = open_store(fixture, NB_STORE_WRITE);
	struct nb_store_entry *entries = NULL;
	struct nb_session session;
	size_t count = 99;

	assert_success(fixture, nb_store_list(store, &entries, &count, &fixture->error));
	assert_int_equal(count, 0);
	free(entries);
	for (unsigned number = 1; number <= 40; number++)
		begin(fixture, store, number);
	assert_success(fixture, add(fixture, store, 39, 0, 0));
	assert_success(fixture, add(fixture, store, 39, 0, 1));
	assert_success(fixture, add(fixture, store, 39, 1, 0));
	end(fixture, store, 39, false);
	assert_success(fixture, nb_store_list(store, &entries, &count, &fixture->error));
	assert_int_equal(count, 40);
	fixture_session(&session, 39);
	assert_sessions_equal(&entries[1].session, &session);
	assert_true(entries[1].valid);
	assert_int_equal(entries[1].series, 2);
	assert_int_equal(entries[1].rounds, 3);
	assert_true(entries[0].session.partial);
	assert_false(entries[0].valid);
	assert_int_equal(entries[0].series, 0);
	assert_int_equal(entries[0].rounds, 0);
	free(entries);
	nb_store_close(store);
}

/* A session that was killed never stored whether it is valid. */
static void validity_of_an_unended_session_is_that_of_its_rounds(void **state)
{
	struct fixture *fixture = *state;
	struct nb_store *store = open_store(fixture, NB_STORE_WRITE);
	struct nb_store_entry *entries = NULL;
	struct nb_session session;
	struct nb_series series;
	size_t count;

	begin(fixture, store, 1);
	fixture_session(&session, 1);
	fixture_series(&series, 0);
	for (int tagged = 1; tagged >= -4; tagged--) {
		struct nb_record record = { 0 };
		struct nb_round round;

		fixture_round(&round, &series, 1 - tagged, 10, &fixture->random);
		round.guards.tags = tagged > 0 ? NB_TAG_STALL : 0;
		assert_success(fixture, nb_store_add_round(store, session.id, &series, 0, &round,
							   &fixture->error));
		nb_stats_histogram_free(&round.histogram);
		assert_success(fixture, nb_store_load(store, NULL, &record, &fixture->error));
		assert_success(fixture, nb_store_list(store, &entries, &count, &fixture->error));
		assert_int_equal(entries[0].valid, nb_record_valid(&record));
		assert_int_equal(entries[0].valid, tagged <= -3);
		free(entries);
		nb_record_free(&record);
	}
	nb_store_close(store);
}

static void a_store_opened_for_reading_is_not_written(void **state)
{
	struct fixture *fixture = *state;
	struct nb_store *store = open_store(fixture, NB_STORE_WRITE);
	struct nb_session session;
	char *before, *after;
	size_t size, size_after;

	begin(fixture, store, 1);
	nb_store_close(store);
	before = fixture_read(fixture->path, &size);
	store = open_store(fixture, NB_STORE_READ);
	fixture_session(&session, 2);
	assert_int_equal(nb_store_begin_session(store, &session, &fixture->error), -EROFS);
	assert_int_equal(add(fixture, store, 1, 0, 0), -EROFS);
	nb_store_close(store);
	after = fixture_read(fixture->path, &size_after);
	assert_int_equal(size, size_after);
	assert_memory_equal(before, after, size);
	assert_int_equal(fixture_files(fixture), 1);
	free(before);
	free(after);
}

static void two_writers_take_turns_and_the_last_one_tidies_up(void **state)
{
	struct fixture *fixture = *state;
	struct nb_store *first = open_store(fixture, NB_STORE_WRITE);
	struct nb_store *second = open_store(fixture, NB_STORE_WRITE);
	struct nb_record record = { 0 };

	begin(fixture, first, 1);
	begin(fixture, second, 2);
	assert_success(fixture, add(fixture, first, 1, 0, 0));
	assert_success(fixture, add(fixture, second, 2, 0, 0));
	nb_store_close(first);
	assert_success(fixture, add(fixture, second, 2, 0, 1));
	nb_store_close(second);
	assert_int_equal(fixture_files(fixture), 1);
	load(fixture, "latest", &record);
	assert_int_equal(record.series[0].count, 2);
	nb_record_free(&record);
}

static void closing_nothing_is_fine(void **state)
{
	(void)state;
	nb_store_close(NULL);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_session_is_partial_until_it_ends),
		TEST(series_come_back_in_report_order),
		TEST(what_cannot_be_stored_leaves_nothing_behind),
		TEST(an_impossible_session_is_refused),
		TEST(a_session_is_found_by_the_beginning_of_its_id),
		TEST(the_list_tells_each_session_newest_first),
		TEST(validity_of_an_unended_session_is_that_of_its_rounds),
		TEST(a_store_opened_for_reading_is_not_written),
		TEST(two_writers_take_turns_and_the_last_one_tidies_up),
		TEST(closing_nothing_is_fine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
