/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "store_digests.h"

enum { SERIES = 2, ROUNDS = 2 };

static void other_path(const struct fixture *fixture, char path[FIXTURE_PATH_SIZE])
{
	snprintf(path, FIXTURE_PATH_SIZE, "%s/other.db", fixture->folder);
}

/* Sessions first..last, whose label "group" is odd or even. */
static struct nb_store *make(struct fixture *fixture, const char *path, unsigned first,
			     unsigned last)
{
	struct nb_store *store = open_store(fixture, path, NB_STORE_WRITE);

	for (unsigned number = first; number <= last; number++) {
		struct nb_record record;

		make_record(&record, number, SERIES, ROUNDS);
		nb_base_copy(record.session.labels[0].key, 32, "group");
		nb_base_copy(record.session.labels[0].value, 96, number % 2 ? "odd" : "even");
		import_record(fixture, store, &record);
		nb_record_free(&record);
	}
	return store;
}

static int save(struct fixture *fixture, struct nb_store *store, const char *name,
		const char *selector, bool replace)
{
	struct nb_store_freeze freeze = { .name = name,
					  .provenance = "measured on a D4s_v5, 2026-11-21",
					  .selector = selector,
					  .replace = replace };
	size_t count = 0;
	int status = nb_store_save_baseline(store, &freeze, &count, &fixture->error);

	return status < 0 ? status : (int)count;
}

static void expect_members(struct fixture *fixture, struct nb_store *store, const char *name,
			   unsigned first, size_t expected)
{
	struct nb_store_entry *entries;
	char selector[80];
	size_t count;

	assert_success(fixture,
		       nb_store_show_baseline(store, name, &entries, &count, &fixture->error));
	assert_int_equal(count, expected);
	for (size_t i = 0; i < count; i++) {
		struct nb_session session;

		fixture_session(&session, first + 2 * (unsigned)i);
		assert_string_equal(entries[i].session.id, session.id);
		assert_int_equal(entries[i].series, SERIES);
	}
	free(entries);
	snprintf(selector, sizeof(selector), "baseline:%s", name);
	expect_digests(fixture, store, selector, expected);
}

static void a_baseline_is_saved_listed_shown_and_removed(void **state)
{
	struct fixture *fixture = *state;
	struct nb_store *store = make(fixture, fixture->path, 1, 9);
	struct nb_store_baseline *baselines;
	size_t count;

	assert_success(fixture,
		       nb_store_list_baselines(store, &baselines, &count, &fixture->error));
	assert_int_equal(count, 0);
	free(baselines);
	assert_int_equal(save(fixture, store, "main-6.1", "label:group=odd", false), 5);
	assert_int_equal(save(fixture, store, "d4s", "label:group=even", false), 4);
	assert_success(fixture,
		       nb_store_list_baselines(store, &baselines, &count, &fixture->error));
	assert_int_equal(count, 2);
	assert_string_equal(baselines[0].name, "d4s");
	assert_string_equal(baselines[1].name, "main-6.1");
	assert_string_equal(baselines[1].provenance, "measured on a D4s_v5, 2026-11-21");
	assert_int_equal(baselines[1].created[4], '-');
	assert_int_equal(baselines[1].sessions, 5);
	free(baselines);
	expect_members(fixture, store, "main-6.1", 1, 5);
	expect_members(fixture, store, "d4s", 2, 4);
	assert_success(fixture, nb_store_remove_baseline(store, "d4s", &fixture->error));
	assert_int_equal(nb_store_remove_baseline(store, "d4s", &fixture->error), -ENOENT);
	assert_non_null(strstr(fixture->error.text, "there are: main-6.1)"));
	nb_store_close(store);
	assert_int_equal(query(fixture->path, "SELECT count(*) FROM baseline_session"), 5);
	assert_int_equal(query(fixture->path, "SELECT count(*) FROM session"), 9);
}

static void a_name_is_taken_again_only_where_that_is_asked_for(void **state)
{
	struct fixture *fixture = *state;
	struct nb_store *store = make(fixture, fixture->path, 1, 4);

	assert_int_equal(save(fixture, store, "main", "label:group=odd", false), 2);
	assert_int_equal(save(fixture, store, "main", "label:group=even", false), -EEXIST);
	assert_non_null(strstr(fixture->error.text, "a baseline main already"));
	expect_members(fixture, store, "main", 1, 2);
	assert_int_equal(save(fixture, store, "main", "label:group=even", true), 2);
	expect_members(fixture, store, "main", 2, 2);
	/* Its own members, and a selector that finds nothing. */
	assert_int_equal(save(fixture, store, "main", "baseline:main", true), 2);
	assert_int_equal(save(fixture, store, "main", "label:group=none", true), -ENOENT);
	expect_members(fixture, store, "main", 2, 2);
	nb_store_close(store);
}

static void names_and_provenance_are_checked(void **state)
{
	static const char *const wrong[] = {
		"",
		"-a",
		".a",
		"_a",
		"Main",
		"a b",
		"a/b",
		"a\n",
		"\xc3\xa4",
		"a=b",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", /* 65 */
	};
	static const char *const right[] = {
		"a", "0", "azure-d4s_v5.2",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", /* 64 */
	};
	struct fixture *fixture = *state;
	struct nb_store *store = make(fixture, fixture->path, 1, 1);
	struct nb_store_freeze freeze = { .name = "x", .provenance = "a\tb" };
	size_t count = 7;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		if (save(fixture, store, wrong[i], NULL, false) != -EINVAL)
			fail_msg("%s was taken", wrong[i]);
	for (size_t i = 0; i < sizeof(right) / sizeof(right[0]); i++)
		assert_int_equal(save(fixture, store, right[i], NULL, false), 1);
	assert_int_equal(nb_store_save_baseline(store, &freeze, &count, &fixture->error), -EINVAL);
	freeze.provenance = "";
	assert_int_equal(nb_store_save_baseline(store, &freeze, &count, &fixture->error), -EINVAL);
	assert_int_equal(count, 7);
	nb_store_close(store);
}

static void a_session_that_has_not_ended_is_not_frozen(void **state)
{
	struct fixture *fixture = *state;
	struct nb_store *store = make(fixture, fixture->path, 1, 1);
	struct nb_record running;

	make_record(&running, 2, SERIES, ROUNDS);
	write_rounds(fixture, store, &running);
	assert_int_equal(save(fixture, store, "x", running.session.id, false), -EINVAL);
	assert_non_null(strstr(fixture->error.text, "not ended"));
	assert_int_equal(save(fixture, store, "x", "latest", false), 1);
	expect_members(fixture, store, "x", 1, 1);
	nb_store_close(store);
	nb_record_free(&running);
}

static void a_store_that_is_read_takes_no_baseline(void **state)
{
	struct fixture *fixture = *state;
	struct nb_store *store;

	nb_store_close(make(fixture, fixture->path, 1, 1));
	store = open_store(fixture, fixture->path, NB_STORE_READ);
	assert_int_equal(save(fixture, store, "x", NULL, false), -EROFS);
	assert_int_equal(nb_store_remove_baseline(store, "x", &fixture->error), -EROFS);
	nb_store_close(store);
}

/* A partial session would be replaced by more of itself; one that is frozen is not. */
static void what_is_frozen_is_not_replaced(void **state)
{
	struct fixture *fixture = *state;
	struct nb_store *store = open_store(fixture, fixture->path, NB_STORE_WRITE);
	struct nb_record part, whole;
	char other[FIXTURE_PATH_SIZE];
	size_t added = 7, known = 7;
	bool news = true;

	make_record(&part, 1, SERIES, ROUNDS);
	part.session.partial = true;
	import_record(fixture, store, &part);
	assert_int_equal(save(fixture, store, "x", "latest", false), 1);
	make_record(&whole, 1, SERIES, ROUNDS + 3);
	assert_success(fixture, nb_store_import(store, &whole, &news, &fixture->error));
	assert_false(news);
	other_path(fixture, other);
	nb_store_close(make(fixture, other, 1, 1));
	assert_success(fixture, nb_store_merge(store, other, &added, &known, &fixture->error));
	assert_int_equal(added, 0);
	assert_int_equal(known, 1);
	expect_members(fixture, store, "x", 1, 1);
	assert_success(fixture, nb_store_remove_baseline(store, "x", &fixture->error));
	import_record(fixture, store, &whole);
	nb_store_close(store);
	nb_record_free(&part);
	nb_record_free(&whole);
}

static void merging_brings_baselines_with_their_sessions(void **state)
{
	struct fixture *fixture = *state;
	struct nb_store *store = make(fixture, fixture->path, 1, 5), *from;
	char other[FIXTURE_PATH_SIZE];
	size_t added, known;

	other_path(fixture, other);
	from = make(fixture, other, 1, 8);
	assert_int_equal(save(fixture, from, "even", "label:group=even", false), 4);
	assert_int_equal(save(fixture, from, "first", "01JD0000000000000000000001", false), 1);
	nb_store_close(from);
	assert_int_equal(save(fixture, store, "first", "01JD0000000000000000000001", false), 1);
	for (int i = 0; i < 2; i++) {
		assert_success(fixture,
			       nb_store_merge(store, other, &added, &known, &fixture->error));
		assert_int_equal(added, i == 0 ? 3 : 0);
		expect_members(fixture, store, "even", 2, 4);
		expect_members(fixture, store, "first", 1, 1);
	}
	assert_success(fixture,
		       nb_store_merge(store, fixture->path, &added, &known, &fixture->error));
	nb_store_close(store);
	assert_int_equal(query(fixture->path, "SELECT count(*) FROM baseline"), 2);
}

static void a_baseline_that_clashes_keeps_a_file_from_being_merged(void **state)
{
	struct fixture *fixture = *state;
	struct nb_store *store = make(fixture, fixture->path, 1, 5), *from;
	char other[FIXTURE_PATH_SIZE];
	size_t added = 7, known = 7;

	other_path(fixture, other);
	from = make(fixture, other, 1, 8);
	assert_int_equal(save(fixture, from, "a", "latest", false), 1);
	assert_int_equal(save(fixture, from, "main", "label:group=even", false), 4);
	nb_store_close(from);
	assert_int_equal(save(fixture, store, "main", "label:group=odd", false), 3);
	assert_int_equal(nb_store_merge(store, other, &added, &known, &fixture->error), -EEXIST);
	assert_non_null(strstr(fixture->error.text, "baseline main"));
	assert_non_null(strstr(fixture->error.text, other));
	assert_int_equal(added, 7);
	nb_store_close(store);
	assert_int_equal(query(fixture->path, "SELECT count(*) FROM session"), 5);
	assert_int_equal(query(fixture->path, "SELECT count(*) FROM baseline"), 1);
}

static void an_impossible_baseline_is_refused_with_a_reason(void **state)
{
	static const char *const faults[] = {
		"UPDATE baseline SET name = 'A B'",
		"UPDATE baseline SET name = hex(zeroblob(40))",
		"UPDATE baseline SET provenance = char(27) || '[31m'",
		"UPDATE baseline SET provenance = hex(zeroblob(300))",
		"UPDATE baseline SET created = hex(zeroblob(40))",
	};
	struct fixture *fixture = *state;
	char other[FIXTURE_PATH_SIZE];

	other_path(fixture, other);
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		struct nb_store_baseline *baselines;
		struct nb_store *store;
		size_t count, known;

		(void)unlink(other);
		store = make(fixture, other, 1, 1);
		assert_int_equal(save(fixture, store, "x", NULL, false), 1);
		nb_store_close(store);
		execute(other, faults[i]);
		store = open_store(fixture, other, NB_STORE_READ);
		if (nb_store_list_baselines(store, &baselines, &count, &fixture->error) != -EBADMSG)
			fail_msg("%s: %s", faults[i], fixture->error.text);
		nb_store_close(store);
		store = open_store(fixture, fixture->path, NB_STORE_WRITE);
		assert_int_equal(nb_store_merge(store, other, &count, &known, &fixture->error),
				 -EBADMSG);
		nb_store_close(store);
	}
	assert_int_equal(query(fixture->path, "SELECT count(*) FROM session"), 0);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_baseline_is_saved_listed_shown_and_removed),
		TEST(a_name_is_taken_again_only_where_that_is_asked_for),
		TEST(names_and_provenance_are_checked),
		TEST(a_session_that_has_not_ended_is_not_frozen),
		TEST(a_store_that_is_read_takes_no_baseline),
		TEST(what_is_frozen_is_not_replaced),
		TEST(merging_brings_baselines_with_their_sessions),
		TEST(a_baseline_that_clashes_keeps_a_file_from_being_merged),
		TEST(an_impossible_baseline_is_refused_with_a_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
