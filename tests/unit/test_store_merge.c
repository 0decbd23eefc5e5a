/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "store_fixture.h"

enum { SERIES = 3, ROUNDS = 2, SAMPLES = 50 };

static void other_path(const struct fixture *fixture, char path[FIXTURE_PATH_SIZE])
{
	snprintf(path, FIXTURE_PATH_SIZE, "%s/other.db", fixture->folder);
}

static struct nb_store *open_store(struct fixture *fixture, const char *path,
				   enum nb_store_mode mode)
{
	struct nb_store *store = NULL;

	assert_success(fixture, nb_store_open(&store, path, mode, &fixture->error));
	return store;
}

/* A database of the sessions first..last. */
static void make(struct fixture *fixture, const char *path, unsigned first, unsigned last)
{
	struct nb_store *store = open_store(fixture, path, NB_STORE_WRITE);

	for (unsigned number = first; number <= last; number++) {
		struct nb_record record;
		bool added;

		fixture_record(&record, number, SERIES, ROUNDS, SAMPLES);
		assert_success(fixture, nb_store_import(store, &record, &added, &fixture->error));
		assert_true(added);
		nb_record_free(&record);
	}
	nb_store_close(store);
}

static void merge(struct fixture *fixture, const char *into, const char *from, size_t added,
		  size_t known)
{
	struct nb_store *store = open_store(fixture, into, NB_STORE_WRITE);
	size_t got_added = 99, got_known = 99;

	assert_success(fixture,
		       nb_store_merge(store, from, &got_added, &got_known, &fixture->error));
	assert_int_equal(got_added, added);
	assert_int_equal(got_known, known);
	nb_store_close(store);
}

static void expect_sessions(struct fixture *fixture, const char *path, unsigned first,
			    unsigned last)
{
	struct nb_store *store = open_store(fixture, path, NB_STORE_READ);
	struct nb_store_entry *entries;
	size_t count;

	assert_success(fixture, nb_store_list(store, &entries, &count, &fixture->error));
	assert_int_equal(count, last - first + 1);
	for (unsigned number = first; number <= last; number++) {
		struct nb_record expected, loaded = { 0 };

		fixture_record(&expected, number, SERIES, ROUNDS, SAMPLES);
		assert_string_equal(entries[last - number].session.id, expected.session.id);
		assert_success(fixture,
			       nb_store_load(store, expected.session.id, &loaded, &fixture->error));
		assert_records_equal(&expected, &loaded);
		nb_record_free(&expected);
		nb_record_free(&loaded);
	}
	free(entries);
	nb_store_close(store);
}

static void two_files_merge_both_ways_without_duplicates(void **state)
{
	struct fixture *fixture = *state;
	char other[FIXTURE_PATH_SIZE];

	other_path(fixture, other);
	make(fixture, fixture->path, 1, 5);
	make(fixture, other, 4, 9);
	merge(fixture, fixture->path, other, 4, 2);
	expect_sessions(fixture, fixture->path, 1, 9);
	expect_sessions(fixture, other, 4, 9);
	merge(fixture, other, fixture->path, 3, 6);
	expect_sessions(fixture, other, 1, 9);
	merge(fixture, fixture->path, other, 0, 9);
	expect_sessions(fixture, fixture->path, 1, 9);
	assert_int_equal(fixture_files(fixture), 2);
}

static void merging_a_file_into_itself_is_harmless(void **state)
{
	struct fixture *fixture = *state;

	make(fixture, fixture->path, 1, 3);
	merge(fixture, fixture->path, fixture->path, 0, 3);
	expect_sessions(fixture, fixture->path, 1, 3);
	assert_int_equal(fixture_files(fixture), 1);
}

static void the_other_file_is_not_written(void **state)
{
	struct fixture *fixture = *state;
	char other[FIXTURE_PATH_SIZE];
	char *before, *after;
	size_t size, size_after;

	other_path(fixture, other);
	make(fixture, other, 1, 2);
	before = fixture_read(other, &size);
	merge(fixture, fixture->path, other, 2, 0);
	after = fixture_read(other, &size_after);
	assert_int_equal(size, size_after);
	assert_memory_equal(before, after, size);
	free(before);
	free(after);
}

static void a_file_in_use_can_be_merged(void **state)
{
	struct fixture *fixture = *state;
	char other[FIXTURE_PATH_SIZE];
	struct nb_store *writer;
	struct nb_record record;
	bool added;

	other_path(fixture, other);
	make(fixture, other, 1, 2);
	writer = open_store(fixture, other, NB_STORE_WRITE);
	fixture_record(&record, 3, SERIES, ROUNDS, SAMPLES);
	assert_success(fixture, nb_store_import(writer, &record, &added, &fixture->error));
	merge(fixture, fixture->path, other, 3, 0);
	nb_store_close(writer);
	expect_sessions(fixture, fixture->path, 1, 3);
	nb_record_free(&record);
}

/* As when somebody merges or exports while the session is being measured. */
static void make_unfinished(struct fixture *fixture, const char *path, unsigned number)
{
	struct nb_store *store = open_store(fixture, path, NB_STORE_WRITE);
	struct nb_series_rounds *first;
	struct nb_record record;
	bool added;

	fixture_record(&record, number, SERIES, ROUNDS, SAMPLES);
	record.session.partial = true;
	first = &record.series[0];
	nb_stats_histogram_free(&first->rounds[--first->count].histogram);
	assert_success(fixture, nb_store_import(store, &record, &added, &fixture->error));
	assert_true(added);
	nb_record_free(&record);
	nb_store_close(store);
}

static void the_rest_of_a_session_replaces_the_part_that_was_copied(void **state)
{
	struct fixture *fixture = *state;
	char other[FIXTURE_PATH_SIZE];

	other_path(fixture, other);
	make_unfinished(fixture, fixture->path, 1);
	make(fixture, other, 1, 1);
	merge(fixture, fixture->path, other, 1, 0);
	expect_sessions(fixture, fixture->path, 1, 1);
	merge(fixture, fixture->path, other, 0, 1);
	expect_sessions(fixture, fixture->path, 1, 1);
}

/* One that runs there is not taken for one that has ended here. */
static void a_session_that_runs_is_merged_as_one_that_runs(void **state)
{
	struct fixture *fixture = *state;
	char other[FIXTURE_PATH_SIZE];
	struct nb_digest *digests;
	struct nb_session session;
	struct nb_store *store;
	size_t count;

	other_path(fixture, other);
	store = open_store(fixture, other, NB_STORE_WRITE);
	fixture_session(&session, 1);
	assert_success(fixture, nb_store_begin_session(store, &session, &fixture->error));
	for (size_t i = 0; i < 2; i++) {
		merge(fixture, fixture->path, other, 1, 0);
		if (i == 0)
			assert_success(fixture, nb_store_end_session(store, session.id, false, true,
								     &fixture->error));
	}
	nb_store_close(store);
	(void)unlink(other);
	store = open_store(fixture, other, NB_STORE_WRITE);
	fixture_session(&session, 2);
	assert_success(fixture, nb_store_begin_session(store, &session, &fixture->error));
	nb_store_close(store);
	merge(fixture, fixture->path, other, 1, 0);
	store = open_store(fixture, fixture->path, NB_STORE_READ);
	assert_success(fixture, nb_store_digests(store, "label:host=a b\"c'd", &digests, &count,
						 &fixture->error));
	assert_int_equal(count, 1);
	assert_string_equal(digests[0].session.id, "01JD0000000000000000000001");
	nb_store_free_digests(digests, count);
	nb_store_close(store);
}

static void a_part_does_not_replace_the_whole(void **state)
{
	struct fixture *fixture = *state;
	char other[FIXTURE_PATH_SIZE];

	other_path(fixture, other);
	make(fixture, fixture->path, 1, 1);
	make_unfinished(fixture, other, 1);
	merge(fixture, fixture->path, other, 0, 1);
	expect_sessions(fixture, fixture->path, 1, 1);
}

static void a_file_that_is_refused_changes_nothing(void **state)
{
	struct fixture *fixture = *state;
	char other[FIXTURE_PATH_SIZE];
	struct nb_store *store;
	size_t added = 7, known = 7;

	other_path(fixture, other);
	make(fixture, fixture->path, 1, 2);
	store = open_store(fixture, fixture->path, NB_STORE_WRITE);
	assert_int_equal(nb_store_merge(store, other, &added, &known, &fixture->error), -ENOENT);
	fixture_write(other, "nonsense", 8);
	assert_int_equal(nb_store_merge(store, other, &added, &known, &fixture->error), -EBADMSG);
	assert_int_equal(added, 7);
	assert_int_equal(known, 7);
	nb_store_close(store);
	expect_sessions(fixture, fixture->path, 1, 2);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		TEST(two_files_merge_both_ways_without_duplicates),
		TEST(merging_a_file_into_itself_is_harmless),
		TEST(the_other_file_is_not_written),
		TEST(a_file_in_use_can_be_merged),
		TEST(the_rest_of_a_session_replaces_the_part_that_was_copied),
		TEST(a_session_that_runs_is_merged_as_one_that_runs),
		TEST(a_part_does_not_replace_the_whole),
		TEST(a_file_that_is_refused_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
