/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "../../harness/store/store_private.h"
#include "store_fixture.h"

/* A later nestbench, whose version 4 has one more column and one more table. */
enum { OLDER = 3, LATER = 4 };

static struct nb_embedded later_scripts[] = {
	{ 0 }, /* the real versions */
	{ 0 },
	{ 0 },
	{ .text = "ALTER TABLE event ADD COLUMN kind TEXT; CREATE TABLE extra (id INTEGER PRIMARY KEY) STRICT;"
		  "INSERT INTO extra VALUES (42);" },
};
static struct nb_store_schema later = { .scripts = later_scripts, .version = LATER };

static int setup(void **state)
{
	if (nb_store_schema.version != OLDER)
		return -1;
	for (int i = 0; i < OLDER; i++)
		later_scripts[i] = nb_store_schema.scripts[i];
	return fixture_setup(state);
}

static void make_older(struct fixture *fixture, struct nb_record *record)
{
	struct nb_store *store;
	bool added;

	fixture_record(record, 1, 3, 3, 100);
	assert_success(fixture,
		       nb_store_open(&store, fixture->path, NB_STORE_WRITE, &fixture->error));
	assert_success(fixture, nb_store_import(store, record, &added, &fixture->error));
	nb_store_close(store);
}

static void expect_record(struct fixture *fixture, struct nb_store *store,
			  const struct nb_record *record)
{
	struct nb_record loaded = { 0 };

	assert_success(fixture, nb_store_load(store, NULL, &loaded, &fixture->error));
	assert_records_equal(record, &loaded);
	nb_record_free(&loaded);
}

static void expect_older(struct fixture *fixture, const char *path, const struct nb_record *record)
{
	struct nb_store *store;

	assert_success(fixture, nb_store_open(&store, path, NB_STORE_READ, &fixture->error));
	expect_record(fixture, store, record);
	nb_store_close(store);
}

static int64_t pragma(const char *path, const char *name)
{
	sqlite3 *db;
	int64_t value;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(nb_store_pragma(db, name, &value), SQLITE_OK);
	sqlite3_close(db);
	return value;
}

static void backup_path(const struct fixture *fixture, char path[FIXTURE_PATH_SIZE + 8])
{
	snprintf(path, FIXTURE_PATH_SIZE + 8, "%s.bak-v%d", fixture->path, OLDER);
}

static void upgrade(struct fixture *fixture, const struct nb_record *record)
{
	struct nb_store *store;

	assert_success(fixture, nb_store_open_schema(&store, fixture->path, NB_STORE_WRITE, &later,
						     &fixture->error));
	expect_record(fixture, store, record);
	nb_store_close(store);
	assert_int_equal(pragma(fixture->path, "user_version"), LATER);
}

static void an_older_file_is_upgraded_after_a_backup(void **state)
{
	struct fixture *fixture = *state;
	char backup[FIXTURE_PATH_SIZE + 8];
	struct nb_store *store = NULL;
	struct nb_record record;

	make_older(fixture, &record);
	upgrade(fixture, &record);
	backup_path(fixture, backup);
	expect_older(fixture, backup, &record);
	assert_int_equal(fixture_files(fixture), 2);
	/* To the nestbench of the version before it is now a newer one. */
	assert_int_equal(nb_store_open(&store, fixture->path, NB_STORE_WRITE, &fixture->error),
			 -ENOTSUP);
	/* The second time there is nothing to do. */
	assert_int_equal(unlink(backup), 0);
	upgrade(fixture, &record);
	assert_int_equal(fixture_files(fixture), 1);
	nb_record_free(&record);
}

static void a_new_file_gets_all_scripts_and_no_backup(void **state)
{
	struct fixture *fixture = *state;
	struct nb_store *store;

	assert_success(fixture, nb_store_open_schema(&store, fixture->path, NB_STORE_WRITE, &later,
						     &fixture->error));
	nb_store_close(store);
	assert_int_equal(pragma(fixture->path, "user_version"), LATER);
	assert_int_equal(fixture_files(fixture), 1);
}

static void an_older_file_is_read_without_being_written(void **state)
{
	struct fixture *fixture = *state;
	struct nb_store *store;
	struct nb_record record;
	size_t size, size_after;
	char *before, *after;

	make_older(fixture, &record);
	before = fixture_read(fixture->path, &size);
	assert_success(fixture, nb_store_open_schema(&store, fixture->path, NB_STORE_READ, &later,
						     &fixture->error));
	expect_record(fixture, store, &record);
	nb_store_close(store);
	after = fixture_read(fixture->path, &size_after);
	assert_int_equal(size, size_after);
	assert_memory_equal(before, after, size);
	assert_int_equal(fixture_files(fixture), 1);
	free(before);
	free(after);
	nb_record_free(&record);
}

static void an_upgrade_that_fails_leaves_the_older_file(void **state)
{
	static const char *const faults[] = {
		"CREATE TABLE extra (id INTEGER PRIMARY KEY); INSERT INTO nowhere VALUES (1);",
		"DELETE FROM machine;",
	};
	struct fixture *fixture = *state;
	const char *right = later_scripts[OLDER].text;
	struct nb_record record;

	make_older(fixture, &record);
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		struct nb_store *store = NULL;

		later_scripts[OLDER].text = faults[i];
		assert_int_equal(nb_store_open_schema(&store, fixture->path, NB_STORE_WRITE, &later,
						      &fixture->error),
				 -EBADMSG);
		assert_null(store);
		expect_older(fixture, fixture->path, &record);
		assert_int_equal(fixture_files(fixture), 1);
		assert_int_equal(pragma(fixture->path, "user_version"), OLDER);
	}
	later_scripts[OLDER].text = right;
	upgrade(fixture, &record);
	nb_record_free(&record);
}

static void without_a_backup_there_is_no_upgrade(void **state)
{
	struct fixture *fixture = *state;
	char backup[FIXTURE_PATH_SIZE + 8], inside[FIXTURE_PATH_SIZE + 16];
	struct nb_store *store = NULL;
	struct nb_record record;
	size_t size, size_after;
	char *before, *after;

	make_older(fixture, &record);
	before = fixture_read(fixture->path, &size);
	backup_path(fixture, backup);
	snprintf(inside, sizeof(inside), "%s/x", backup);
	assert_int_equal(mkdir(backup, 0777), 0);
	fixture_write(inside, "x", 1);
	assert_true(nb_store_open_schema(&store, fixture->path, NB_STORE_WRITE, &later,
					 &fixture->error) < 0);
	after = fixture_read(fixture->path, &size_after);
	assert_int_equal(size, size_after);
	assert_memory_equal(before, after, size);
	assert_int_equal(fixture_files(fixture), 2);
	free(before);
	free(after);
	nb_record_free(&record);
}

/* What a killed nestbench of the older version left in its WAL belongs to both, upgrade and backup.
 */
static void the_wal_of_a_killed_process_is_upgraded_too(void **state)
{
	struct fixture *fixture = *state;
	char wal[FIXTURE_PATH_SIZE + 8], backup[FIXTURE_PATH_SIZE + 8];
	struct nb_record record;
	size_t size, wal_size;
	char *bytes, *wal_bytes;
	sqlite3 *db;

	make_older(fixture, &record);
	nb_base_copy(record.session.profile, sizeof(record.session.profile), "quick");
	snprintf(wal, sizeof(wal), "%s-wal", fixture->path);
	assert_int_equal(sqlite3_open(fixture->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "PRAGMA journal_mode = WAL", NULL, NULL, NULL), 0);
	assert_int_equal(sqlite3_exec(db, "UPDATE session SET profile = 'quick'", NULL, NULL, NULL),
			 0);
	bytes = fixture_read(fixture->path, &size);
	wal_bytes = fixture_read(wal, &wal_size);
	sqlite3_close(db);
	fixture_write(fixture->path, bytes, size);
	fixture_write(wal, wal_bytes, wal_size);
	upgrade(fixture, &record);
	backup_path(fixture, backup);
	expect_older(fixture, backup, &record);
	assert_int_equal(fixture_files(fixture), 2);
	free(bytes);
	free(wal_bytes);
	nb_record_free(&record);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		TEST(an_older_file_is_upgraded_after_a_backup),
		TEST(a_new_file_gets_all_scripts_and_no_backup),
		TEST(an_older_file_is_read_without_being_written),
		TEST(an_upgrade_that_fails_leaves_the_older_file),
		TEST(without_a_backup_there_is_no_upgrade),
		TEST(the_wal_of_a_killed_process_is_upgraded_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
