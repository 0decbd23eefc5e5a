/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include <sqlite3.h>

#include "store_fixture.h"

/*
 * A process that writes rounds is killed at a random moment, again and again on the same file. The
 * moments follow from a seed, which is printed; NB_TEST_SEED repeats it as far as a race can be.
 */
enum { KILLS = 20, ROUNDS_MAX = 400, DELAY_MAX_US = 120000 };

static uint64_t choose_seed(void)
{
	const char *text = getenv("NB_TEST_SEED");
	uint64_t seed = text ? strtoull(text, NULL, 10) : (uint64_t)time(NULL);

	print_message("NB_TEST_SEED=%llu\n", (unsigned long long)seed);
	return seed;
}

/* Reports each thing done with a byte: the session's beginning, then each round. Never returns. */
static void write_until_killed(const char *path, unsigned number, const struct nb_round *rounds,
			       int report)
{
	struct nb_session session;
	struct nb_series series;
	struct nb_store *store;

	fixture_session(&session, number);
	fixture_series(&series, 1);
	if (nb_store_open(&store, path, NB_STORE_WRITE, NULL) < 0)
		_exit(1);
	if (nb_store_begin_session(store, &session, NULL) < 0 || write(report, "s", 1) != 1)
		_exit(2);
	for (int i = 0; i < ROUNDS_MAX; i++)
		if (nb_store_add_round(store, session.id, &series, 0, &rounds[i], NULL) < 0 ||
		    write(report, "r", 1) != 1)
			_exit(3);
	pause();
	_exit(4);
}

/* Returns how many bytes the killed process had sent. */
static int run_and_kill(const struct fixture *fixture, unsigned number,
			const struct nb_round *rounds, uint32_t delay_us)
{
	const struct timespec delay = { 0, (long)delay_us * 1000 };
	char bytes[ROUNDS_MAX + 1];
	int count = 0, ends[2], status;
	pid_t child;

	assert_int_equal(pipe(ends), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		close(ends[0]);
		write_until_killed(fixture->path, number, rounds, ends[1]);
	}
	close(ends[1]);
	nanosleep(&delay, NULL);
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	for (ssize_t got = 1; got > 0; count += (int)got)
		got = read(ends[0], bytes + count, sizeof(bytes) - (size_t)count);
	close(ends[0]);
	return count;
}

/* Reading does not repair: it sees what the killed process had finished, from its WAL. */
static void expect_rounds(struct fixture *fixture, const char *path, unsigned number,
			  const struct nb_round *rounds, int reported)
{
	struct nb_record record = { 0 };
	struct nb_session session;
	struct nb_store *store;
	int status = nb_store_open(&store, path, NB_STORE_READ, &fixture->error);

	if (status == -ENOENT && reported == 0)
		return;
	/* Killed while the file was made: the next writer takes that back, but a copy lacks how. */
	if (reported == 0 &&
	    (status == -EIO || (status == -EBADMSG && strcmp(path, fixture->path) != 0)))
		return;
	assert_success(fixture, status);
	fixture_session(&session, number);
	status = nb_store_load(store, session.id, &record, &fixture->error);
	nb_store_close(store);
	if (status == -ENOENT && reported == 0)
		return;
	assert_success(fixture, status);
	assert_true(record.session.partial);
	if (reported > 1)
		assert_int_equal(record.count, 1);
	if (record.count > 0)
		assert_true(record.series[0].count + 1 >= (size_t)reported);
	for (size_t i = 0; record.count > 0 && i < record.series[0].count; i++)
		assert_rounds_equal(&rounds[i], &record.series[0].rounds[i]);
	nb_record_free(&record);
}

static void copy_file(const struct fixture *fixture, const char *suffix, const char *to)
{
	char from[FIXTURE_PATH_SIZE + 8], target[FIXTURE_PATH_SIZE + 16];
	size_t size;
	char *bytes;

	snprintf(from, sizeof(from), "%s%s", fixture->path, suffix);
	snprintf(target, sizeof(target), "%s/%s%s", fixture->folder, to, suffix);
	(void)unlink(target);
	if (access(from, F_OK) < 0)
		return;
	bytes = fixture_read(from, &size);
	fixture_write(target, bytes, size);
	free(bytes);
}

/* Somebody saves the file and its WAL, but not the index beside them. */
static void expect_rounds_in_copy(struct fixture *fixture, unsigned number,
				  const struct nb_round *rounds, int reported)
{
	char path[FIXTURE_PATH_SIZE];
	size_t files;

	snprintf(path, sizeof(path), "%s/copy", fixture->folder);
	copy_file(fixture, "", "copy");
	copy_file(fixture, "-wal", "copy");
	files = fixture_files(fixture);
	expect_rounds(fixture, path, number, rounds, reported);
	assert_int_equal(fixture_files(fixture), files);
}

static void expect_integrity(const char *path)
{
	sqlite3_stmt *statement;
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &statement, NULL), 0);
	assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
	assert_string_equal(sqlite3_column_text(statement, 0), "ok");
	sqlite3_finalize(statement);
	sqlite3_close(db);
}

static void a_killed_process_loses_no_finished_round(void **state)
{
	static struct nb_round rounds[ROUNDS_MAX];
	struct fixture *fixture = *state;
	struct nb_random moments;
	struct nb_series series;
	int total = 0;

	fixture_series(&series, 1);
	for (int i = 0; i < ROUNDS_MAX; i++)
		fixture_round(&rounds[i], &series, i, 100, &fixture->random);
	nb_random_seed(&moments, choose_seed());
	for (unsigned number = 1; number <= KILLS; number++) {
		uint32_t delay = nb_random_below(&moments, DELAY_MAX_US);
		int reported = run_and_kill(fixture, number, rounds, delay);

		expect_rounds(fixture, fixture->path, number, rounds, reported);
		expect_rounds_in_copy(fixture, number, rounds, reported);
		total += reported;
	}
	print_message("%d things done before %d kills\n", total, KILLS);
	assert_true(total > 0);
	expect_integrity(fixture->path);
	for (int i = 0; i < ROUNDS_MAX; i++)
		nb_stats_histogram_free(&rounds[i].histogram);
}

/* The file and the journal of a process that was killed between the two steps of a commit. */
static void leave_hot_journal(struct fixture *fixture)
{
	char journal[FIXTURE_PATH_SIZE + 16];
	char *bytes, *journal_bytes;
	size_t size, journal_size;
	sqlite3 *db;

	snprintf(journal, sizeof(journal), "%s-journal", fixture->path);
	assert_int_equal(sqlite3_open(fixture->path, &db), SQLITE_OK);
	/* With hardly any cache, pages are written before the commit. */
	assert_int_equal(sqlite3_exec(db,
				      "PRAGMA cache_size = 2; PRAGMA cache_spill = 1; BEGIN; "
				      "UPDATE round SET p50 = 0, reason = hex(zeroblob(100)); "
				      "UPDATE guard SET wall_ms = 0;",
				      NULL, NULL, NULL),
			 SQLITE_OK);
	bytes = fixture_read(fixture->path, &size);
	journal_bytes = fixture_read(journal, &journal_size);
	sqlite3_close(db);
	fixture_write(fixture->path, bytes, size);
	fixture_write(journal, journal_bytes, journal_size);
	free(bytes);
	free(journal_bytes);
}

static void a_change_half_made_is_undone_by_the_next_writer(void **state)
{
	struct fixture *fixture = *state;
	struct nb_record record, loaded = { 0 };
	struct nb_store *store;
	size_t size, size_after;
	char *before, *after;
	bool added;

	fixture_record(&record, 1, 5, 10, 100);
	assert_success(fixture,
		       nb_store_open(&store, fixture->path, NB_STORE_WRITE, &fixture->error));
	assert_success(fixture, nb_store_import(store, &record, &added, &fixture->error));
	nb_store_close(store);
	leave_hot_journal(fixture);
	before = fixture_read(fixture->path, &size);
	assert_int_equal(nb_store_open(&store, fixture->path, NB_STORE_READ, &fixture->error),
			 -EIO);
	assert_non_null(strstr(fixture->error.text, "killed"));
	after = fixture_read(fixture->path, &size_after);
	assert_int_equal(size, size_after);
	assert_memory_equal(before, after, size);
	assert_int_equal(fixture_files(fixture), 2);
	assert_success(fixture,
		       nb_store_open(&store, fixture->path, NB_STORE_WRITE, &fixture->error));
	assert_success(fixture, nb_store_load(store, NULL, &loaded, &fixture->error));
	assert_records_equal(&record, &loaded);
	nb_store_close(store);
	assert_int_equal(fixture_files(fixture), 1);
	free(before);
	free(after);
	nb_record_free(&record);
	nb_record_free(&loaded);
}

static void while_another_process_writes_the_store_is_busy(void **state)
{
	struct fixture *fixture = *state;
	struct nb_session session;
	struct nb_store *store;
	sqlite3 *db;

	assert_success(fixture,
		       nb_store_open(&store, fixture->path, NB_STORE_WRITE, &fixture->error));
	assert_int_equal(sqlite3_open(fixture->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	fixture_session(&session, 1);
	assert_int_equal(nb_store_begin_session(store, &session, &fixture->error), -EBUSY);
	assert_non_null(strstr(fixture->error.text, "another nestbench is writing"));
	assert_int_equal(sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
	assert_success(fixture, nb_store_begin_session(store, &session, &fixture->error));
	sqlite3_close(db);
	nb_store_close(store);
	assert_int_equal(fixture_files(fixture), 1);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_killed_process_loses_no_finished_round),
		TEST(a_change_half_made_is_undone_by_the_next_writer),
		TEST(while_another_process_writes_the_store_is_busy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
