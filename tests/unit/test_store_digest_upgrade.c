/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "../../harness/store/store_private.h"
#include "store_digests.h"
#include "store_faults.h"

/* Files of version 1, which had no summaries, and of version 2, which had no targets. */
enum { SERIES = 6, ROUNDS = 7, ATTEMPTS_MAX = 2000 };

static int setup(void **state)
{
	faulty_register();
	faults = (struct faults){ 0 };
	return fixture_setup(state);
}

static void newer_path(const struct fixture *fixture, char path[FIXTURE_PATH_SIZE])
{
	snprintf(path, FIXTURE_PATH_SIZE, "%s/newer.db", fixture->folder);
}

/* Two sessions that ended and one that was killed, by this nestbench. */
static void make_newer(struct fixture *fixture, const char *path)
{
	struct nb_store *store = open_store(fixture, path, NB_STORE_WRITE);

	for (unsigned number = 1; number <= 3; number++) {
		struct nb_record record;

		make_record(&record, number, SERIES, ROUNDS);
		snprintf(record.session.machine.boot_id, 40, "boot %u", number);
		if (number == 2)
			nb_base_copy(record.session.machine.kernel, 160, "another kernel");
		if (number < 3)
			import_record(fixture, store, &record);
		else
			write_rounds(fixture, store, &record);
		nb_record_free(&record);
	}
	nb_store_close(store);
}

/* The same in a file that the first scripts made. */
static void make_version(struct fixture *fixture, int version)
{
	static const struct {
		int since;
		const char *name;
	} tables[] = {
		{ 1, "machine" },  { 1, "session" },	    { 1, "label" },
		{ 1, "series" },   { 1, "session_series" }, { 1, "round" },
		{ 1, "guard" },	   { 1, "exit_kind" },	    { 1, "exit_count" },
		{ 1, "baseline" }, { 1, "event" },	    { 1, "baseline_session" },
		{ 2, "summary" },  { 2, "environment" },
	};
	char newer[FIXTURE_PATH_SIZE], text[FIXTURE_PATH_SIZE + 256];

	newer_path(fixture, newer);
	make_newer(fixture, newer);
	(void)unlink(fixture->path);
	for (int i = 0; i < version; i++)
		execute(fixture->path, nb_store_schema.scripts[i].text);
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		snprintf(text, sizeof(text),
			 "ATTACH '%s' AS newer; INSERT INTO main.%s SELECT * FROM newer.%s", newer,
			 tables[i].name, tables[i].name);
		if (tables[i].since <= version)
			execute(fixture->path, text);
	}
	snprintf(text, sizeof(text), "PRAGMA user_version = %d", version);
	execute(fixture->path, text);
	assert_int_equal(unlink(newer), 0);
}

static void make_first_version(struct fixture *fixture)
{
	make_version(fixture, 1);
}

static void expect_summaries(struct fixture *fixture, struct nb_store *store)
{
	struct nb_timeline timeline;

	expect_digests(fixture, store, "label:host=a b\"c'd", 2);
	expect_digests(fixture, store, "01JD0000000000000000000003", 1);
	assert_success(fixture, nb_store_history(store, NULL, 0, &timeline, &fixture->error));
	assert_int_equal(timeline.session_count, 2);
	assert_int_equal(timeline.machine_count, 2);
	assert_int_equal(timeline.count, SERIES);
	assert_int_equal(timeline.series[0].count, 2);
	nb_store_free_timeline(&timeline);
}

static void a_file_of_version_1_gets_its_summaries(void **state)
{
	struct fixture *fixture = *state;
	struct nb_store *store;

	make_first_version(fixture);
	store = open_store(fixture, fixture->path, NB_STORE_WRITE);
	expect_summaries(fixture, store);
	nb_store_close(store);
	assert_int_equal(query(fixture->path, "PRAGMA user_version"), 3);
	assert_int_equal(query(fixture->path, "SELECT count(*) FROM summary"), 2 * SERIES);
	assert_int_equal(query(fixture->path, "SELECT count(*) FROM environment"), 3);
	assert_int_equal(
		query(fixture->path, "SELECT alike FROM environment ORDER BY machine DESC LIMIT 1"),
		1);
	assert_int_equal(fixture_files(fixture), 2);
}

/* What it lacked is empty, and can be filled from then on. */
static void expect_targets(struct fixture *fixture)
{
	struct nb_store *store = open_store(fixture, fixture->path, NB_STORE_WRITE);
	struct nb_record added, loaded = { 0 };
	struct nb_store_entry *entries;
	size_t count;

	make_record(&added, 4, SERIES, ROUNDS);
	import_record(fixture, store, &added);
	assert_success(fixture, nb_store_load(store, added.session.id, &loaded, &fixture->error));
	assert_records_equal(&added, &loaded);
	assert_success(fixture, nb_store_list(store, &entries, &count, &fixture->error));
	assert_int_equal(count, 4);
	assert_int_equal(entries[0].session.target_count, 2);
	for (size_t i = 1; i < count; i++)
		assert_int_equal(entries[i].session.target_count, 0);
	free(entries);
	nb_record_free(&added);
	nb_record_free(&loaded);
	nb_store_close(store);
}

static void files_of_all_versions_take_targets(void **state)
{
	struct fixture *fixture = *state;

	for (int version = 1; version < nb_store_schema.version; version++) {
		struct nb_store *store;

		make_version(fixture, version);
		store = open_store(fixture, fixture->path, NB_STORE_WRITE);
		expect_summaries(fixture, store);
		nb_store_close(store);
		assert_int_equal(query(fixture->path, "PRAGMA user_version"), 3);
		assert_int_equal(query(fixture->path, "SELECT count(*) FROM target"), 0);
		assert_int_equal(query(fixture->path, "SELECT count(*) FROM summary"), 2 * SERIES);
		/* A backup of each version. */
		assert_int_equal(fixture_files(fixture), (size_t)version + 1);
		expect_targets(fixture);
	}
}

static void expect_read_only(struct fixture *fixture)
{
	struct nb_store *store;
	size_t size, size_after;
	char *before, *after;

	before = fixture_read(fixture->path, &size);
	store = open_store(fixture, fixture->path, NB_STORE_READ);
	expect_summaries(fixture, store);
	nb_store_close(store);
	after = fixture_read(fixture->path, &size_after);
	assert_int_equal(size, size_after);
	assert_memory_equal(before, after, size);
	assert_int_equal(fixture_files(fixture), 1);
	free(before);
	free(after);
}

static void older_files_are_read_without_being_written(void **state)
{
	for (int version = 1; version < nb_store_schema.version; version++) {
		make_version(*state, version);
		expect_read_only(*state);
	}
}

static void a_round_that_cannot_be_summed_up_leaves_the_file_as_it_was(void **state)
{
	struct fixture *fixture = *state;
	struct nb_store *store = NULL;
	size_t size, size_after;
	char *before, *after;

	make_first_version(fixture);
	execute(fixture->path, "UPDATE guard SET switches = -1 WHERE round = 5");
	before = fixture_read(fixture->path, &size);
	for (int mode = NB_STORE_READ; mode <= NB_STORE_WRITE; mode++) {
		assert_int_equal(nb_store_open(&store, fixture->path, (enum nb_store_mode)mode,
					       &fixture->error),
				 -EBADMSG);
		assert_non_null(strstr(fixture->error.text, "switches"));
	}
	after = fixture_read(fixture->path, &size_after);
	assert_int_equal(size, size_after);
	assert_memory_equal(before, after, size);
	assert_int_equal(fixture_files(fixture), 1);
	free(before);
	free(after);
}

/* True if no change failed any more. */
static bool attempt(struct fixture *fixture, const char *first, size_t size, int number)
{
	struct nb_store *store = NULL;
	bool happened;
	int status;

	fixture_write(fixture->path, first, size);
	faults = (struct faults){ .remaining = number, .code = SQLITE_FULL, .lasting = true };
	status = nb_store_open(&store, fixture->path, NB_STORE_WRITE, &fixture->error);
	nb_store_close(store);
	happened = faults.happened;
	faults = (struct faults){ 0 };
	if (status < 0)
		assert_true(happened && fixture->error.text[0] != '\0');
	/* As it was or upgraded, but nothing between: the next one can use it. */
	store = open_store(fixture, fixture->path, NB_STORE_WRITE);
	expect_summaries(fixture, store);
	nb_store_close(store);
	return !happened;
}

static void an_upgrade_that_is_cut_short_is_made_by_the_next(void **state)
{
	struct fixture *fixture = *state;
	size_t size;
	char *first;
	int number = 1;

	make_first_version(fixture);
	first = fixture_read(fixture->path, &size);
	while (!attempt(fixture, first, size, number))
		assert_true(++number < ATTEMPTS_MAX);
	print_message("%d changes failed, one at a time\n", number - 1);
	assert_true(number > 20);
	free(first);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_file_of_version_1_gets_its_summaries),
		TEST(files_of_all_versions_take_targets),
		TEST(older_files_are_read_without_being_written),
		TEST(a_round_that_cannot_be_summed_up_leaves_the_file_as_it_was),
		TEST(an_upgrade_that_is_cut_short_is_made_by_the_next),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
