/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include <sqlite3.h>

#include "store_fixture.h"

/* Files that are not to be touched: they stay as they are and nothing appears beside them. */

static void make_database(struct fixture *fixture)
{
	struct nb_record record;
	struct nb_store *store;
	bool added;

	fixture_record(&record, 1, 6, 6, 200);
	assert_success(fixture,
		       nb_store_open(&store, fixture->path, NB_STORE_WRITE, &fixture->error));
	assert_success(fixture, nb_store_import(store, &record, &added, &fixture->error));
	nb_store_close(store);
	nb_record_free(&record);
}

static void execute(struct fixture *fixture, const char *text)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(fixture->path, &db), SQLITE_OK);
	if (sqlite3_exec(db, text, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s", sqlite3_errmsg(db));
	sqlite3_close(db);
}

static void expect_refusal(struct fixture *fixture, enum nb_store_mode mode, int expected,
			   const char *words)
{
	struct nb_store *store = NULL;
	size_t files = fixture_files(fixture);
	size_t size, size_after;
	char *before = fixture_read(fixture->path, &size);
	char *after;

	memset(&fixture->error, 0, sizeof(fixture->error));
	assert_int_equal(nb_store_open(&store, fixture->path, mode, &fixture->error), expected);
	assert_null(store);
	assert_int_equal(fixture->error.code, -expected);
	if (!strstr(fixture->error.text, words) || !strstr(fixture->error.text, fixture->path))
		fail_msg("this message lacks \"%s\" or the path: %s", words, fixture->error.text);
	after = fixture_read(fixture->path, &size_after);
	assert_int_equal(size, size_after);
	assert_memory_equal(before, after, size);
	assert_int_equal(fixture_files(fixture), files);
	free(before);
	free(after);
}

static void expect_both_refusals(struct fixture *fixture, int expected, const char *words)
{
	expect_refusal(fixture, NB_STORE_READ, expected, words);
	expect_refusal(fixture, NB_STORE_WRITE, expected, words);
}

static void a_file_that_is_no_database_is_refused(void **state)
{
	char bytes[5000];

	memset(bytes, 'x', sizeof(bytes));
	fixture_write(((struct fixture *)*state)->path, bytes, sizeof(bytes));
	expect_both_refusals(*state, -EBADMSG, "not a nestbench database");
	fixture_write(((struct fixture *)*state)->path, "SQLite format 3", 16);
	expect_both_refusals(*state, -EBADMSG, "not a nestbench database");
	fixture_write(((struct fixture *)*state)->path, "x", 1);
	expect_both_refusals(*state, -EBADMSG, "not a nestbench database");
}

static void a_database_of_another_program_is_refused(void **state)
{
	execute(*state, "CREATE TABLE session (id INTEGER PRIMARY KEY); "
			"INSERT INTO session VALUES (1)");
	expect_both_refusals(*state, -EBADMSG, "another program");
	execute(*state, "PRAGMA application_id = 12345; PRAGMA user_version = 1");
	expect_both_refusals(*state, -EBADMSG, "another program");
	execute(*state, "PRAGMA journal_mode = WAL");
	expect_both_refusals(*state, -EBADMSG, "another program");
}

/* The main file with its WAL, as a killed process leaves them; FILE-shm is not there. */
static void leave_wal(struct fixture *fixture, const char *text)
{
	char wal[FIXTURE_PATH_SIZE + 8], kept[FIXTURE_PATH_SIZE + 8];
	size_t size, wal_size;
	char *bytes, *wal_bytes;
	sqlite3 *db;

	snprintf(wal, sizeof(wal), "%s-wal", fixture->path);
	assert_int_equal(sqlite3_open(fixture->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "PRAGMA journal_mode = WAL", NULL, NULL, NULL), 0);
	assert_int_equal(sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK);
	bytes = fixture_read(fixture->path, &size);
	wal_bytes = fixture_read(wal, &wal_size);
	sqlite3_close(db);
	fixture_write(fixture->path, bytes, size);
	fixture_write(wal, wal_bytes, wal_size);
	snprintf(kept, sizeof(kept), "%s-shm", fixture->path);
	assert_int_equal(access(kept, F_OK), -1);
	free(bytes);
	free(wal_bytes);
}

static void another_programs_wal_is_left_alone(void **state)
{
	leave_wal(*state, "CREATE TABLE session (id INTEGER PRIMARY KEY)");
	assert_int_equal(fixture_files(*state), 2);
	expect_both_refusals(*state, -EBADMSG, "another program");
}

static void a_newer_database_is_refused_with_the_version_needed(void **state)
{
	make_database(*state);
	execute(*state, "PRAGMA user_version = 99; UPDATE session SET version = '9.8.7'");
	expect_both_refusals(*state, -ENOTSUP, "nestbench 9.8.7");
	execute(*state, "PRAGMA journal_mode = WAL");
	expect_both_refusals(*state, -ENOTSUP, "nestbench 9.8.7");
	execute(*state, "UPDATE session SET version = char(27) || '[31m'");
	expect_both_refusals(*state, -ENOTSUP, "a newer nestbench");
	execute(*state, "PRAGMA foreign_keys = OFF; DROP TABLE session");
	expect_both_refusals(*state, -ENOTSUP, "a newer nestbench");
	execute(*state, "PRAGMA user_version = -1");
	expect_both_refusals(*state, -ENOTSUP, "a newer nestbench");
}

static void a_newer_database_with_a_wal_is_left_alone(void **state)
{
	make_database(*state);
	execute(*state, "PRAGMA user_version = 99");
	leave_wal(*state, "UPDATE session SET version = '9.8.7'");
	expect_both_refusals(*state, -ENOTSUP, "nestbench 9.8.7");
}

static void a_database_whose_tables_are_not_ours_is_refused(void **state)
{
	execute(*state, "PRAGMA application_id = 0x6e737462; PRAGMA user_version = 1; "
			"CREATE TABLE session (id INTEGER PRIMARY KEY)");
	expect_both_refusals(*state, -EBADMSG, "damaged");
	execute(*state, "PRAGMA user_version = 0");
	expect_both_refusals(*state, -EBADMSG, "no version");
}

static void a_database_that_was_cut_is_refused(void **state)
{
	struct fixture *fixture = *state;
	size_t size;
	char *bytes;

	make_database(fixture);
	bytes = fixture_read(fixture->path, &size);
	for (size_t kept = 4096; kept < size; kept += 3 * 4096 + 500) {
		fixture_write(fixture->path, bytes, kept);
		expect_both_refusals(fixture, -EBADMSG, "damaged");
	}
	free(bytes);
}

/* Reading may notice it only at the damaged page: then loading says so. */
static void read_damaged(struct fixture *fixture)
{
	struct nb_record record = { 0 };
	struct nb_store *store;
	int status = nb_store_open(&store, fixture->path, NB_STORE_READ, &fixture->error);

	if (status == 0) {
		status = nb_store_load(store, NULL, &record, &fixture->error);
		nb_record_free(&record);
		nb_store_close(store);
	}
	assert_true(status == 0 || status == -EBADMSG || status == -ENOENT);
}

static void a_page_that_was_overwritten_is_noticed_before_writing(void **state)
{
	struct fixture *fixture = *state;
	size_t size;
	char *bytes, *damaged;

	make_database(fixture);
	bytes = fixture_read(fixture->path, &size);
	damaged = malloc(size);
	assert_non_null(damaged);
	for (size_t page = 1; page < size / 4096; page++) {
		memcpy(damaged, bytes, size);
		memset(damaged + page * 4096, 0x5a, 4096);
		fixture_write(fixture->path, damaged, size);
		expect_refusal(fixture, NB_STORE_WRITE, -EBADMSG, "damaged");
		read_damaged(fixture);
	}
	free(bytes);
	free(damaged);
}

/* No checksum guards the content: a flipped bit may go unnoticed, but must not do harm. */
static void flipped_bits_never_do_harm(void **state)
{
	struct fixture *fixture = *state;
	size_t size;
	char *bytes;

	make_database(fixture);
	bytes = fixture_read(fixture->path, &size);
	for (int i = 0; i < 200; i++) {
		uint32_t place = nb_random_below(&fixture->random, (uint32_t)size);
		uint32_t bit = nb_random_below(&fixture->random, 8);

		bytes[place] = (char)(bytes[place] ^ (1 << bit));
		fixture_write(fixture->path, bytes, size);
		bytes[place] = (char)(bytes[place] ^ (1 << bit));
		read_damaged(fixture);
	}
	free(bytes);
}

static void what_cannot_be_opened_says_why(void **state)
{
	struct fixture *fixture = *state;
	struct nb_store *store = NULL;
	struct nb_error *error = &fixture->error;
	char below[FIXTURE_PATH_SIZE + 8];

	assert_int_equal(nb_store_open(&store, fixture->path, NB_STORE_READ, error), -ENOENT);
	assert_int_equal(nb_store_open(&store, "", NB_STORE_WRITE, error), -ENOENT);
	assert_int_equal(nb_store_open(&store, fixture->folder, NB_STORE_READ, error), -EBADMSG);
	assert_int_equal(nb_store_open(&store, fixture->folder, NB_STORE_WRITE, error), -EBADMSG);
	assert_int_equal(nb_store_open(&store, "/dev/null", NB_STORE_WRITE, error), -EBADMSG);
	fixture_write(fixture->path, "x", 1);
	snprintf(below, sizeof(below), "%s/below", fixture->path);
	assert_int_equal(nb_store_open(&store, below, NB_STORE_WRITE, error), -ENOTDIR);
	/* Nobody can make files there, not even root. */
	assert_true(nb_store_open(&store, "/proc/nestbench.db", NB_STORE_WRITE, error) < 0);
	assert_true(nb_store_open(&store, "/proc/none/nestbench.db", NB_STORE_WRITE, error) < 0);
	assert_null(store);
	assert_int_equal(fixture_files(fixture), 1);
}

static void an_empty_file_is_a_new_database(void **state)
{
	struct fixture *fixture = *state;
	struct nb_store *store = NULL;

	fixture_write(fixture->path, "", 0);
	expect_refusal(fixture, NB_STORE_READ, -ENOENT, "no database");
	make_database(fixture);
	assert_success(fixture,
		       nb_store_open(&store, fixture->path, NB_STORE_READ, &fixture->error));
	nb_store_close(store);
}

static void missing_folders_are_made_and_links_followed(void **state)
{
	struct fixture *fixture = *state;
	char folder[sizeof(fixture->folder)], link[FIXTURE_PATH_SIZE];
	struct nb_store *store = NULL;

	nb_base_copy(folder, sizeof(folder), fixture->folder);
	snprintf(fixture->path, sizeof(fixture->path), "%s/a b/c?d#e%%20/test.db", folder);
	make_database(fixture);
	snprintf(link, sizeof(link), "%s/link", folder);
	assert_int_equal(symlink(fixture->path, link), 0);
	assert_success(fixture, nb_store_open(&store, link, NB_STORE_WRITE, &fixture->error));
	assert_int_equal(fixture_files(fixture), 2);
	nb_store_close(store);
	execute(fixture, "PRAGMA journal_mode = WAL");
	assert_success(fixture, nb_store_open(&store, link, NB_STORE_READ, &fixture->error));
	nb_store_close(store);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_file_that_is_no_database_is_refused),
		TEST(a_database_of_another_program_is_refused),
		TEST(another_programs_wal_is_left_alone),
		TEST(a_newer_database_is_refused_with_the_version_needed),
		TEST(a_newer_database_with_a_wal_is_left_alone),
		TEST(a_database_whose_tables_are_not_ours_is_refused),
		TEST(a_database_that_was_cut_is_refused),
		TEST(a_page_that_was_overwritten_is_noticed_before_writing),
		TEST(flipped_bits_never_do_harm),
		TEST(what_cannot_be_opened_says_why),
		TEST(an_empty_file_is_a_new_database),
		TEST(missing_folders_are_made_and_links_followed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
