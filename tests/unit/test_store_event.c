/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "store_digests.h"

static void the_time_of_an_event_is_kept_as_utc(void **state)
{
	static const struct {
		const char *at, *kept;
	} cases[] = {
		{ "2026-11-21", "2026-11-21T00:00:00.000Z" },
		{ "2026-11-21T03:12", "2026-11-21T03:12:00.000Z" },
		{ "2026-11-21 03:12", "2026-11-21T03:12:00.000Z" },
		{ "2026-11-21T03:12Z", "2026-11-21T03:12:00.000Z" },
		{ "2026-11-21T03:12:05", "2026-11-21T03:12:05.000Z" },
		{ "2026-11-21T03:12:05.1", "2026-11-21T03:12:05.100Z" },
		{ "2026-11-21T03:12:05.123456Z", "2026-11-21T03:12:05.123Z" },
		{ "2026-11-21T00:30+01:00", "2026-11-20T23:30:00.000Z" },
		{ "2026-12-31T23:30:00-0100", "2027-01-01T00:30:00.000Z" },
		{ "2028-02-29T12:00", "2028-02-29T12:00:00.000Z" },
		{ "1970-01-01", "1970-01-01T00:00:00.000Z" },
	};
	struct fixture *fixture = *state;
	struct nb_store *store = open_store(fixture, fixture->path, NB_STORE_WRITE);

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct nb_event event;

		assert_success(fixture, nb_store_add_event(store, cases[i].at, "x", &event,
							   &fixture->error));
		assert_string_equal(event.at, cases[i].kept);
		assert_true(nb_base_ulid_valid(event.id));
	}
	nb_store_close(store);
}

static void what_is_no_time_is_refused(void **state)
{
	static const char *const cases[] = {
		"",
		"now",
		"2026",
		"2026-11",
		"2026-11-31",
		"2026-00-10",
		"2026-13-01",
		"2027-02-29",
		"2026-11-21T",
		"2026-11-21T3:12",
		"2026-11-21T24:00",
		"2026-11-21T03:60",
		"2026-11-21T03:12:60",
		"2026-11-21T03:12:05.",
		"2026-11-21T03:12:05.1x",
		"2026-11-21T03:12Zulu",
		"2026-11-21T03:12+1",
		"2026-11-21T03:12+01:",
		"2026-11-21T03:12+99:00",
		"2026-11-21T03:12 +01:00",
		" 2026-11-21",
		"2026-11-21\n",
		"-026-11-21",
		"1969-12-31",
		"1970-01-01T00:00+01:00",
		"99999-01-01",
		"\x1b[31m",
	};
	struct fixture *fixture = *state;
	struct nb_store *store = open_store(fixture, fixture->path, NB_STORE_WRITE);
	struct nb_event *events;
	size_t count;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (nb_store_add_event(store, cases[i], "x", NULL, &fixture->error) != -EINVAL)
			fail_msg("'%s' was taken", cases[i]);
		assert_null(strchr(fixture->error.text, '\x1b'));
	}
	assert_success(fixture, nb_store_list_events(store, &events, &count, &fixture->error));
	assert_int_equal(count, 0);
	free(events);
	nb_store_close(store);
}

static void a_text_is_one_line_that_harms_no_terminal(void **state)
{
	static const char *const wrong[] = {
		"",
		" ",
		"a\nb",
		"a\tb",
		"\x1b[2J",
		"a\x7f",
		"\xc2\x9b[2J",
		"\xff",
		"\xc3",
		"\xc0\x80",
		"\xe0\x80\x80",
		"\xed\xa0\x80",
		"\xf4\x90\x80\x80",
		"\xf5\x80\x80\x80",
		"\xe2\x82",
		"a\x80",
	};
	static const char *const right[] = {
		"hypervisor upgraded", "Stra\xc3\x9fz", "\xe2\x82\xac",	    "\xf0\x9f\x98\x80",
		"\xc2\xa0x",	       "\xed\x9f\xbf",	"\xf4\x8f\xbf\xbf",
	};
	struct fixture *fixture = *state;
	struct nb_store *store = open_store(fixture, fixture->path, NB_STORE_WRITE);
	char text[NB_STORE_TEXT_SIZE + 1];

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		if (nb_store_add_event(store, NULL, wrong[i], NULL, &fixture->error) != -EINVAL)
			fail_msg("text %zu was taken", i);
	for (size_t i = 0; i < sizeof(right) / sizeof(right[0]); i++) {
		struct nb_event event;

		assert_success(fixture,
			       nb_store_add_event(store, NULL, right[i], &event, &fixture->error));
		assert_string_equal(event.text, right[i]);
	}
	memset(text, 'x', sizeof(text));
	text[NB_STORE_TEXT_SIZE] = '\0';
	assert_int_equal(nb_store_add_event(store, NULL, text, NULL, &fixture->error), -EINVAL);
	text[NB_STORE_TEXT_SIZE - 1] = '\0';
	assert_success(fixture, nb_store_add_event(store, NULL, text, NULL, &fixture->error));
	nb_store_close(store);
}

static void events_are_listed_in_order_of_time(void **state)
{
	static const char *const days[] = { "2026-11-23", "2026-11-21", "2026-11-22" };
	struct fixture *fixture = *state;
	struct nb_store *store = open_store(fixture, fixture->path, NB_STORE_WRITE);
	char before[NB_TIMESTAMP_SIZE];
	struct nb_event *events, now;
	size_t count;

	for (size_t i = 0; i < 3; i++)
		assert_success(fixture,
			       nb_store_add_event(store, days[i], days[i], NULL, &fixture->error));
	assert_success(fixture, nb_store_list_events(store, &events, &count, &fixture->error));
	assert_int_equal(count, 3);
	assert_string_equal(events[0].text, "2026-11-21");
	assert_string_equal(events[2].text, "2026-11-23");
	free(events);
	nb_base_timestamp(before);
	assert_success(fixture, nb_store_add_event(store, NULL, "now", &now, &fixture->error));
	assert_true(strcmp(now.at, before) >= 0);
	nb_store_close(store);
	store = open_store(fixture, fixture->path, NB_STORE_READ);
	assert_int_equal(nb_store_add_event(store, NULL, "x", NULL, &fixture->error), -EROFS);
	nb_store_close(store);
}

static void merging_brings_events_once(void **state)
{
	struct fixture *fixture = *state;
	struct nb_store *store = open_store(fixture, fixture->path, NB_STORE_WRITE), *from;
	char other[FIXTURE_PATH_SIZE];
	struct nb_event *events, ours, theirs;
	size_t added, known, count;

	snprintf(other, sizeof(other), "%s/other.db", fixture->folder);
	from = open_store(fixture, other, NB_STORE_WRITE);
	assert_success(fixture,
		       nb_store_add_event(store, "2026-01-02", "ours", &ours, &fixture->error));
	assert_success(fixture,
		       nb_store_add_event(from, "2026-01-01", "theirs", &theirs, &fixture->error));
	nb_store_close(from);
	for (int i = 0; i < 2; i++) {
		assert_success(fixture,
			       nb_store_merge(store, other, &added, &known, &fixture->error));
		assert_success(fixture,
			       nb_store_list_events(store, &events, &count, &fixture->error));
		assert_int_equal(count, 2);
		assert_memory_equal(&events[0], &theirs, sizeof(theirs));
		assert_memory_equal(&events[1], &ours, sizeof(ours));
		free(events);
	}
	nb_store_close(store);
}

static void an_impossible_event_is_refused_with_a_reason(void **state)
{
	static const char *const faults[] = {
		"UPDATE event SET ulid = 'x'",
		"UPDATE event SET at = 'yesterday'",
		"UPDATE event SET at = '2026-11-21'",
		"UPDATE event SET text = ''",
		"UPDATE event SET text = char(27)",
		"UPDATE event SET text = char(155)",
		"UPDATE event SET text = CAST(x'ff' AS TEXT)",
		"UPDATE event SET text = hex(zeroblob(300))",
	};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		struct nb_store *store;
		struct nb_event *events;
		size_t count;

		(void)unlink(fixture->path);
		store = open_store(fixture, fixture->path, NB_STORE_WRITE);
		assert_success(fixture,
			       nb_store_add_event(store, NULL, "x", NULL, &fixture->error));
		nb_store_close(store);
		execute(fixture->path, faults[i]);
		store = open_store(fixture, fixture->path, NB_STORE_READ);
		if (nb_store_list_events(store, &events, &count, &fixture->error) != -EBADMSG)
			fail_msg("%s: %s", faults[i], fixture->error.text);
		nb_store_close(store);
	}
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		TEST(the_time_of_an_event_is_kept_as_utc),
		TEST(what_is_no_time_is_refused),
		TEST(a_text_is_one_line_that_harms_no_terminal),
		TEST(events_are_listed_in_order_of_time),
		TEST(merging_brings_events_once),
		TEST(an_impossible_event_is_refused_with_a_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
