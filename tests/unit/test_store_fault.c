/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include <sqlite3.h>

#include "store_faults.h"
#include "store_fixture.h"

/*
 * The N-th change of a file fails, for N = 1, 2, ... until all succeed. After each failure the
 * file must be sound and hold every round that was reported as added. The failures come from
 * store_faults.h.
 */
enum { ROUNDS = 3, ATTEMPTS_MAX = 1000 };

static int setup(void **state)
{
	faulty_register();
	faults = (struct faults){ 0 };
	return fixture_setup(state);
}

/* What the store said had been done. */
struct progress {
	bool opened, begun, ended;
	int rounds;
};

static int write_rounds(struct nb_store *store, const struct nb_record *record,
			struct progress *progress, struct nb_error *error)
{
	const struct nb_series_rounds *series = &record->series[0];

	for (int i = 0; i < ROUNDS; i++) {
		int status = nb_store_add_round(store, record->session.id, &series->series, 0,
						&series->rounds[i], error);

		if (status < 0)
			return status;
		progress->rounds++;
	}
	return nb_store_end_session(store, record->session.id, false, true, error);
}

static int write_session(const char *path, const struct nb_record *record,
			 struct progress *progress, struct nb_error *error)
{
	struct nb_store *store;
	int status = nb_store_open(&store, path, NB_STORE_WRITE, error);

	if (status < 0)
		return status;
	progress->opened = true;
	status = nb_store_begin_session(store, &record->session, error);
	if (status == 0) {
		progress->begun = true;
		status = write_rounds(store, record, progress, error);
		progress->ended = status == 0;
	}
	nb_store_close(store);
	return status;
}

static void expect_integrity(const struct fixture *fixture)
{
	sqlite3_stmt *statement;
	sqlite3 *db;

	assert_int_equal(sqlite3_open(fixture->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &statement, NULL), 0);
	assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
	assert_string_equal(sqlite3_column_text(statement, 0), "ok");
	sqlite3_finalize(statement);
	sqlite3_close(db);
}

/* Everything that was reported is there, whole; what was not may be there, but whole as well. */
static void expect_progress(struct fixture *fixture, struct nb_store *store,
			    const struct nb_record *record, const struct progress *progress)
{
	struct nb_record loaded = { 0 };
	int status = nb_store_load(store, record->session.id, &loaded, &fixture->error);

	if (!progress->begun && status == -ENOENT)
		return;
	assert_success(fixture, status);
	if (progress->ended)
		assert_false(loaded.session.partial);
	if (progress->rounds > 0)
		assert_int_equal(loaded.count, 1);
	if (loaded.count > 0)
		assert_true(loaded.series[0].count >= (size_t)progress->rounds);
	for (size_t i = 0; loaded.count > 0 && i < loaded.series[0].count; i++)
		assert_rounds_equal(&record->series[0].rounds[i], &loaded.series[0].rounds[i]);
	nb_record_free(&loaded);
}

/* The next start works, too. */
static void expect_sound(struct fixture *fixture, const struct nb_record *records,
			 const struct progress *progress, bool existing)
{
	const struct progress all = { true, true, true, ROUNDS };
	struct progress next = { 0 };
	struct nb_store *store;

	assert_success(fixture, write_session(fixture->path, &records[2], &next, &fixture->error));
	expect_integrity(fixture);
	assert_success(fixture,
		       nb_store_open(&store, fixture->path, NB_STORE_READ, &fixture->error));
	if (existing)
		expect_progress(fixture, store, &records[0], &all);
	expect_progress(fixture, store, &records[1], progress);
	expect_progress(fixture, store, &records[2], &next);
	nb_store_close(store);
	assert_int_equal(fixture_files(fixture), 1);
}

static void remove_files(const struct fixture *fixture)
{
	static const char *const suffixes[] = { "", "-wal", "-shm", "-journal" };
	char path[FIXTURE_PATH_SIZE + 16];

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		snprintf(path, sizeof(path), "%s%s", fixture->path, suffixes[i]);
		(void)unlink(path);
	}
}

/* True if no change failed any more. */
static bool attempt(struct fixture *fixture, const struct nb_record *records,
		    const struct faults *wanted, bool existing)
{
	struct progress first = { 0 }, progress = { 0 };
	int status;
	bool happened;

	remove_files(fixture);
	if (existing)
		assert_success(fixture,
			       write_session(fixture->path, &records[0], &first, &fixture->error));
	faults = *wanted;
	fixture->error = (struct nb_error){ 0 };
	status = write_session(fixture->path, &records[1], &progress, &fixture->error);
	happened = faults.happened;
	faults = (struct faults){ 0 };
	if (status < 0) {
		assert_true(happened);
		assert_int_equal(fixture->error.code, -status);
		assert_true(fixture->error.text[0] != '\0');
	}
	expect_sound(fixture, records, &progress, existing);
	return !happened;
}

static void fail_each_change(struct fixture *fixture, int code, bool lasting, bool existing)
{
	struct nb_record records[3];
	int attempts = 0;

	for (unsigned i = 0; i < 3; i++)
		fixture_record(&records[i], i + 1, 1, ROUNDS, 50);
	do {
		struct faults wanted = { .remaining = ++attempts, .code = code };

		wanted.lasting = lasting;
		assert_true(attempts < ATTEMPTS_MAX);
		if (attempt(fixture, records, &wanted, existing))
			break;
	} while (true);
	/* A run that changes nothing would prove nothing. */
	assert_true(attempts > 20);
	print_message("%d changes failed, one at a time\n", attempts - 1);
	for (int i = 0; i < 3; i++)
		nb_record_free(&records[i]);
}

static void a_failing_write_loses_no_finished_round(void **state)
{
	fail_each_change(*state, SQLITE_IOERR_WRITE, false, false);
	fail_each_change(*state, SQLITE_IOERR_WRITE, false, true);
}

static void a_full_disk_loses_no_finished_round(void **state)
{
	fail_each_change(*state, SQLITE_FULL, true, false);
	fail_each_change(*state, SQLITE_FULL, true, true);
}

static void a_failed_round_can_be_added_again(void **state)
{
	struct fixture *fixture = *state;
	const struct progress all = { true, true, true, ROUNDS };
	struct nb_record record;
	struct nb_store *store;
	struct nb_series_rounds *series;

	fixture_record(&record, 1, 1, ROUNDS, 50);
	series = &record.series[0];
	assert_success(fixture,
		       nb_store_open(&store, fixture->path, NB_STORE_WRITE, &fixture->error));
	assert_success(fixture, nb_store_begin_session(store, &record.session, &fixture->error));
	for (int i = 0; i < ROUNDS; i++) {
		faults = (struct faults){ .remaining = 1 + i, .code = SQLITE_FULL };
		assert_int_equal(nb_store_add_round(store, record.session.id, &series->series, 0,
						    &series->rounds[i], &fixture->error),
				 -ENOSPC);
		faults = (struct faults){ 0 };
		assert_success(fixture,
			       nb_store_add_round(store, record.session.id, &series->series, 0,
						  &series->rounds[i], &fixture->error));
	}
	assert_success(fixture, nb_store_end_session(store, record.session.id, false, true,
						     &fixture->error));
	expect_progress(fixture, store, &record, &all);
	nb_store_close(store);
	expect_integrity(fixture);
	nb_record_free(&record);
}

static void a_file_system_without_shared_memory_will_do(void **state)
{
	struct fixture *fixture = *state;
	const struct progress all = { true, true, true, ROUNDS };
	struct progress progress = { 0 };
	struct nb_record records[2];
	struct nb_store *store;

	faults.no_shared_memory = true;
	for (unsigned i = 0; i < 2; i++) {
		fixture_record(&records[i], i + 1, 1, ROUNDS, 50);
		assert_success(fixture, write_session(fixture->path, &records[i], &progress,
						      &fixture->error));
		assert_int_equal(fixture_files(fixture), 1);
	}
	assert_success(fixture,
		       nb_store_open(&store, fixture->path, NB_STORE_READ, &fixture->error));
	for (int i = 0; i < 2; i++) {
		expect_progress(fixture, store, &records[i], &all);
		nb_record_free(&records[i]);
	}
	nb_store_close(store);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_failing_write_loses_no_finished_round),
		TEST(a_full_disk_loses_no_finished_round),
		TEST(a_failed_round_can_be_added_again),
		TEST(a_file_system_without_shared_memory_will_do),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
