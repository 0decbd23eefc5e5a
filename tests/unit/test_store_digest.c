/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "../../harness/store/store_private.h"
#include "store_digests.h"

enum { SERIES = 7, ROUNDS = 8 };

static void digests_are_those_of_the_loaded_records(void **state)
{
	struct fixture *fixture = *state;
	struct nb_store *store = open_store(fixture, fixture->path, NB_STORE_WRITE);

	for (unsigned number = 1; number <= 4; number++) {
		struct nb_record record;

		make_record(&record, number, SERIES, (int)number * 2);
		record.session.level = (int)number - 2;
		if (number % 2 == 0)
			import_record(fixture, store, &record);
		else {
			write_rounds(fixture, store, &record);
			assert_success(fixture, nb_store_end_session(
							store, record.session.id, false,
							nb_record_valid(&record), &fixture->error));
		}
		nb_record_free(&record);
	}
	expect_digests(fixture, store, "label:host=a b\"c'd", 4);
	expect_digests(fixture, store, "01JD0000000000000000000003", 1);
	expect_digests(fixture, store, NULL, 1);
	nb_store_close(store);
	assert_int_equal(query(fixture->path, "SELECT count(*) FROM summary"), 4 * SERIES);
}

static void a_session_that_has_not_ended_is_summed_up_only_by_its_id(void **state)
{
	struct fixture *fixture = *state;
	struct nb_store *store = open_store(fixture, fixture->path, NB_STORE_WRITE);
	struct nb_record ended, running;
	struct nb_digest *digests = NULL;
	size_t count;

	make_record(&ended, 1, SERIES, ROUNDS);
	make_record(&running, 2, SERIES, ROUNDS);
	write_rounds(fixture, store, &running);
	assert_int_equal(nb_store_digests(store, "latest", &digests, &count, &fixture->error),
			 -ENOENT);
	assert_non_null(strstr(fixture->error.text, "no session that has ended"));
	assert_int_equal(
		nb_store_digests(store, "label:host=a b\"c'd", &digests, &count, &fixture->error),
		-ENOENT);
	assert_non_null(strstr(fixture->error.text, "by its id"));
	import_record(fixture, store, &ended);
	expect_digests(fixture, store, "latest", 1);
	expect_digests(fixture, store, "label:host=a b\"c'd", 1);
	expect_digests(fixture, store, running.session.id, 1);
	assert_int_equal(query(fixture->path, "SELECT count(*) FROM summary"), SERIES);
	nb_store_close(store);
	nb_record_free(&ended);
	nb_record_free(&running);
}

static void ids_with_commas_between_are_put_in_order_of_time(void **state)
{
	static const char list[] =
		"01JD0000000000000000000003,01jd0000000000000000000001,01JD0000000000000000000003,latest";
	struct fixture *fixture = *state;
	struct nb_store *store = open_store(fixture, fixture->path, NB_STORE_WRITE);
	struct nb_digest *digests;
	size_t count;

	for (unsigned number = 1; number <= 4; number++) {
		struct nb_record record;

		make_record(&record, number, 2, 2);
		if (number == 3)
			write_rounds(fixture, store, &record);
		else
			import_record(fixture, store, &record);
		nb_record_free(&record);
	}
	expect_digests(fixture, store, list, 3);
	assert_int_equal(nb_store_digests(store, "latest,", &digests, &count, &fixture->error),
			 -ENOENT);
	assert_int_equal(nb_store_digests(store, ",", &digests, &count, &fixture->error), -ENOENT);
	assert_int_equal(nb_store_digests(store, "latest,01JD", &digests, &count, &fixture->error),
			 -EEXIST);
	nb_store_close(store);
}

static void a_selector_that_finds_nothing_says_what_there_is(void **state)
{
	static const struct {
		const char *selector;
		int status;
		const char *words;
	} cases[] = {
		{ "01JE", -ENOENT, "no session 01JE" },
		{ "nosuch", -ENOENT, "no session nosuch in" },
		{ "01JD", -EEXIST, "several sessions" },
		{ "label:", -EINVAL, "label:KEY=VALUE" },
		{ "label:host", -EINVAL, "label:KEY=VALUE" },
		{ "label:=x", -EINVAL, "label:KEY=VALUE" },
		{ "label:host=", -ENOENT, "there are: run=4, " },
		{ "label:run=44", -ENOENT, "there are: run=4, " },
		{ "label:ru=1", -ENOENT, "run=3" },
		{ "baseline:", -ENOENT, "no baseline  in" },
		{ "baseline:nothing", -ENOENT, "there are: a, b)" },
	};
	struct fixture *fixture = *state;
	struct nb_store *store = open_store(fixture, fixture->path, NB_STORE_WRITE);
	struct nb_digest *digests = NULL;
	size_t count = 7;

	assert_int_equal(nb_store_digests(store, "baseline:x", &digests, &count, &fixture->error),
			 -ENOENT);
	assert_int_equal(nb_store_digests(store, "label:a=b", &digests, &count, &fixture->error),
			 -ENOENT);
	for (unsigned number = 1; number <= 4; number++) {
		struct nb_record record = { 0 };

		fixture_session(&record.session, number);
		nb_base_copy(record.session.labels[0].key, 32, "run");
		snprintf(record.session.labels[0].value, 96, "%u", number);
		import_record(fixture, store, &record);
	}
	for (size_t i = 0; i < 2; i++) {
		struct nb_store_freeze freeze = { .name = i == 0 ? "b" : "a",
						  .provenance = "a test",
						  .selector = "latest" };

		assert_success(fixture,
			       nb_store_save_baseline(store, &freeze, &count, &fixture->error));
	}
	count = 7;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(nb_store_digests(store, cases[i].selector, &digests, &count,
						  &fixture->error),
				 cases[i].status);
		if (!strstr(fixture->error.text, cases[i].words))
			fail_msg("%s: %s", cases[i].selector, fixture->error.text);
	}
	assert_int_equal(count, 7);
	assert_null(digests);
	nb_store_close(store);
}

static void a_message_names_a_few_labels_and_none_that_harms(void **state)
{
	struct fixture *fixture = *state;
	struct nb_store *store = open_store(fixture, fixture->path, NB_STORE_WRITE);
	struct nb_record record = { 0 };
	struct nb_digest *digests;
	size_t count;

	fixture_session(&record.session, 1);
	record.session.label_count = NB_LABEL_MAX;
	for (size_t i = 0; i < NB_LABEL_MAX; i++) {
		snprintf(record.session.labels[i].key, 32, "key%02zu", i);
		memset(record.session.labels[i].value, 'x', 90);
	}
	import_record(fixture, store, &record);
	execute(fixture->path, "UPDATE label SET value = char(27) || '[31m' WHERE key = 'key00'");
	assert_int_equal(nb_store_digests(store, "label:a=b", &digests, &count, &fixture->error),
			 -ENOENT);
	assert_null(strchr(fixture->error.text, '\x1b'));
	assert_non_null(strstr(fixture->error.text, "key01="));
	assert_non_null(strstr(fixture->error.text, ", ...)"));
	nb_store_close(store);
}

/* All histograms are made unreadable: nothing but loading a session notices. */
static void no_histogram_is_read(void **state)
{
	struct fixture *fixture = *state;
	struct nb_store *store = open_store(fixture, fixture->path, NB_STORE_WRITE);
	struct nb_record ended, running, loaded = { 0 };
	struct nb_digest *digests;
	struct nb_timeline timeline;
	size_t count;

	make_record(&ended, 1, SERIES, ROUNDS);
	make_record(&running, 2, SERIES, ROUNDS);
	import_record(fixture, store, &ended);
	write_rounds(fixture, store, &running);
	execute(fixture->path, "UPDATE round SET histogram = x'ff'");
	assert_int_equal(nb_store_load(store, NULL, &loaded, &fixture->error), -EBADMSG);
	for (int i = 0; i < 2; i++) {
		const char *id = i == 0 ? ended.session.id : running.session.id;

		assert_success(fixture,
			       nb_store_digests(store, id, &digests, &count, &fixture->error));
		assert_int_equal(digests[0].count, SERIES);
		nb_store_free_digests(digests, count);
	}
	assert_success(fixture, nb_store_end_session(store, running.session.id, false, true,
						     &fixture->error));
	assert_success(fixture, nb_store_history(store, NULL, 0, &timeline, &fixture->error));
	assert_int_equal(timeline.count, SERIES);
	assert_int_equal(timeline.series[0].count, 2);
	nb_store_free_timeline(&timeline);
	nb_store_close(store);
	nb_record_free(&ended);
	nb_record_free(&running);
}

static void nothing_is_added_to_a_session_that_has_ended(void **state)
{
	struct fixture *fixture = *state;
	struct nb_store *store = open_store(fixture, fixture->path, NB_STORE_WRITE);
	struct nb_record record;
	struct nb_round *round;

	make_record(&record, 1, 2, 3);
	write_rounds(fixture, store, &record);
	for (int i = 0; i < 2; i++)
		assert_success(fixture, nb_store_end_session(store, record.session.id, i == 0, true,
							     &fixture->error));
	round = &record.series[0].rounds[0];
	round->ordinal = 3;
	assert_int_equal(nb_store_add_round(store, record.session.id, &record.series[0].series, 0,
					    round, &fixture->error),
			 -EINVAL);
	expect_digests(fixture, store, NULL, 1);
	nb_store_close(store);
	nb_record_free(&record);
}

static void the_rest_of_a_session_brings_its_own_summary(void **state)
{
	struct fixture *fixture = *state;
	struct nb_store *store = open_store(fixture, fixture->path, NB_STORE_WRITE);
	struct nb_record part, whole;

	make_record(&part, 1, 4, 2);
	make_record(&whole, 1, 5, 9);
	part.session.partial = true;
	import_record(fixture, store, &part);
	expect_digests(fixture, store, NULL, 1);
	import_record(fixture, store, &whole);
	expect_digests(fixture, store, NULL, 1);
	nb_store_close(store);
	assert_int_equal(query(fixture->path, "SELECT count(*) FROM summary"), 5);
	nb_record_free(&part);
	nb_record_free(&whole);
}

static void every_impossible_summary_is_refused_with_a_reason(void **state)
{
	static const char *const faults[] = {
		"outcome = 'OK'",
		"outcome = 'skip', reason = ''",
		"level = 77",
		"evidence = 'hearsay'",
		"rounds = -1",
		"rounds = 1 << 40",
		"tagged_rounds = -1",
		"batch = -1",
		"p50 = 9e999",
		"ci_low = -9e999",
		"reason = char(0) || 'x'",
		"reason = hex(zeroblob(200))",
	};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		struct nb_store *store;
		struct nb_record record;
		struct nb_digest *digests;
		struct nb_timeline timeline;
		char text[128];
		size_t count;

		(void)unlink(fixture->path);
		store = open_store(fixture, fixture->path, NB_STORE_WRITE);
		make_record(&record, 1, 1, 1);
		import_record(fixture, store, &record);
		nb_store_close(store);
		nb_record_free(&record);
		snprintf(text, sizeof(text), "UPDATE summary SET %s", faults[i]);
		execute(fixture->path, text);
		store = open_store(fixture, fixture->path, NB_STORE_READ);
		if (nb_store_digests(store, NULL, &digests, &count, &fixture->error) != -EBADMSG ||
		    nb_store_history(store, NULL, 0, &timeline, &fixture->error) != -EBADMSG ||
		    !strstr(fixture->error.text, "damaged"))
			fail_msg("%s: %s", faults[i], fixture->error.text);
		nb_store_close(store);
	}
}

static void expect_looked_up(struct nb_store *store, const char *query_text)
{
	sqlite3_stmt *statement;
	char text[4096];

	snprintf(text, sizeof(text), "EXPLAIN QUERY PLAN %s", query_text);
	assert_int_equal(sqlite3_prepare_v2(store->db, text, -1, &statement, NULL), SQLITE_OK);
	while (sqlite3_step(statement) == SQLITE_ROW) {
		const char *step = (const char *)sqlite3_column_text(statement, 3);
		bool walks = strncmp(step, "SCAN", 4) == 0 && !strstr(step, "session_started");

		if (walks || strstr(step, "AUTOMATIC"))
			fail_msg("%s: %s", query_text, step);
	}
	sqlite3_finalize(statement);
}

/* What grows with the number of sessions is looked up, not searched for. */
static void the_queries_of_many_sessions_use_their_indexes(void **state)
{
	static const enum nb_store_sql queries[] = {
		NB_SQL_SESSION_ENDED_LATEST, NB_SQL_SESSION_LABELLED, NB_SQL_SUMMARY_LIST,
		NB_SQL_TIMELINE_SESSIONS,    NB_SQL_TIMELINE_POINTS,  NB_SQL_ROUND_COLUMNS,
		NB_SQL_MEMBER_ROWS,	     NB_SQL_SUMMARY_DROP,
	};
	struct fixture *fixture = *state;
	struct nb_store *store = open_store(fixture, fixture->path, NB_STORE_WRITE);

	for (size_t i = 0; i < sizeof(queries) / sizeof(queries[0]); i++)
		expect_looked_up(store, nb_store_sql_texts[queries[i]]);
	nb_store_close(store);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		TEST(digests_are_those_of_the_loaded_records),
		TEST(a_session_that_has_not_ended_is_summed_up_only_by_its_id),
		TEST(ids_with_commas_between_are_put_in_order_of_time),
		TEST(a_selector_that_finds_nothing_says_what_there_is),
		TEST(a_message_names_a_few_labels_and_none_that_harms),
		TEST(no_histogram_is_read),
		TEST(nothing_is_added_to_a_session_that_has_ended),
		TEST(the_rest_of_a_session_brings_its_own_summary),
		TEST(every_impossible_summary_is_refused_with_a_reason),
		TEST(the_queries_of_many_sessions_use_their_indexes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
