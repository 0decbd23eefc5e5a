/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "store_digests.h"
#include "store_faults.h"

/*
 * The N-th change of a file fails, for N = 1, 2, ..., while a session is ended, frozen, told about
 * and compared, and while all that is merged into another file. What was reported as done is there
 * whole, and of the rest nothing is there by half.
 */
enum { SERIES = 3, ROUNDS = 2, ATTEMPTS_MAX = 3000 };

static int setup(void **state)
{
	faulty_register();
	faults = (struct faults){ 0 };
	return fixture_setup(state);
}

static void path_of(const struct fixture *fixture, const char *name, char path[FIXTURE_PATH_SIZE])
{
	snprintf(path, FIXTURE_PATH_SIZE, "%s/%s", fixture->folder, name);
}

/* What the store said had been done. */
struct progress {
	bool ended, saved, replaced, told, judged, merged;
};

static int save(struct nb_store *store, const char *selector, struct nb_error *error)
{
	struct nb_store_freeze freeze = {
		.name = "x", .provenance = "a test", .selector = selector, .replace = true
	};
	size_t count;

	return nb_store_save_baseline(store, &freeze, &count, error);
}

static int judge(struct nb_store *store, struct nb_error *error)
{
	struct nb_store_verdict rows[SERIES] = { 0 };
	struct nb_store_verdicts verdicts = { .rows = rows, .count = SERIES };

	for (unsigned i = 0; i < SERIES; i++) {
		fixture_series(&rows[i].series, i + 50);
		nb_base_copy(rows[i].verdict, sizeof(rows[i].verdict), "same");
	}
	return nb_store_add_verdicts(store, &verdicts, error);
}

/* Session 1 is there and has ended; 2 has its rounds. */
static int work(const char *path, struct progress *progress, struct nb_error *error)
{
	struct nb_session session;
	struct nb_store *store;
	int status = nb_store_open(&store, path, NB_STORE_WRITE, error);

	if (status < 0)
		return status;
	fixture_session(&session, 2);
	status = nb_store_end_session(store, session.id, false, true, error);
	progress->ended = status == 0;
	if (status == 0)
		status = save(store, "01JD0000000000000000000001", error);
	progress->saved = status == 0;
	if (status == 0)
		status = save(store, "label:host=a b\"c'd", error);
	progress->replaced = status == 0;
	if (status == 0)
		status = nb_store_add_event(store, NULL, "something", NULL, error);
	progress->told = status == 0;
	if (status == 0)
		status = judge(store, error);
	progress->judged = status == 0;
	nb_store_close(store);
	return status;
}

static void expect_archive(struct fixture *fixture, struct nb_store *store,
			   const struct progress *progress)
{
	struct nb_store_verdicts *verdicts;
	struct nb_event *events;
	struct nb_digest *digests = NULL;
	size_t count = 0;
	int status = nb_store_digests(store, "baseline:x", &digests, &count, &fixture->error);

	if (status < 0)
		assert_true(status == -ENOENT && !progress->saved);
	else
		assert_true(count == 2 || (count == 1 && !progress->replaced));
	nb_store_free_digests(digests, count);
	assert_success(fixture, nb_store_list_events(store, &events, &count, &fixture->error));
	assert_true(count == 1 || (count == 0 && !progress->told));
	free(events);
	assert_success(fixture, nb_store_list_verdicts(store, &verdicts, &count, &fixture->error));
	assert_true((count == 1 && verdicts[0].count == SERIES) ||
		    (count == 0 && !progress->judged));
	nb_store_free_verdicts(verdicts, count);
}

static void expect_progress(struct fixture *fixture, const char *path,
			    const struct progress *progress)
{
	struct nb_store *store = open_store(fixture, path, NB_STORE_WRITE);
	int64_t summaries;

	expect_digests(fixture, store, "01JD0000000000000000000001", 1);
	expect_digests(fixture, store, "01JD0000000000000000000002", 1);
	expect_archive(fixture, store, progress);
	nb_store_close(store);
	assert_int_equal(query(path, "SELECT count(*) FROM pragma_integrity_check "
				     "WHERE integrity_check <> 'ok'"),
			 0);
	summaries = query(path, "SELECT count(*) FROM summary");
	assert_int_equal(summaries, SERIES * query(path, "SELECT count(valid) FROM session"));
	if (progress->ended)
		assert_int_equal(summaries, 2 * SERIES);
}

static void make(struct fixture *fixture)
{
	struct nb_store *store;

	(void)unlink(fixture->path);
	store = open_store(fixture, fixture->path, NB_STORE_WRITE);
	for (unsigned number = 1; number <= 2; number++) {
		struct nb_record record;

		make_record(&record, number, SERIES, ROUNDS);
		if (number == 1)
			import_record(fixture, store, &record);
		else
			write_rounds(fixture, store, &record);
		nb_record_free(&record);
	}
	nb_store_close(store);
}

/* True if no change failed any more. */
static bool attempt(struct fixture *fixture, const struct faults *wanted)
{
	struct progress progress = { 0 };
	bool happened;
	int status;

	make(fixture);
	faults = *wanted;
	fixture->error = (struct nb_error){ 0 };
	status = work(fixture->path, &progress, &fixture->error);
	happened = faults.happened;
	faults = (struct faults){ 0 };
	if (status < 0)
		assert_true(happened && fixture->error.code == -status &&
			    fixture->error.text[0] != '\0');
	expect_progress(fixture, fixture->path, &progress);
	return !happened;
}

static void fail_each_change(struct fixture *fixture, int code, bool lasting)
{
	struct faults wanted = { .remaining = 1, .code = code, .lasting = lasting };

	while (!attempt(fixture, &wanted))
		assert_true(++wanted.remaining < ATTEMPTS_MAX);
	print_message("%d changes failed, one at a time\n", wanted.remaining - 1);
	assert_true(wanted.remaining > 20);
}

static void a_failing_write_leaves_nothing_by_half(void **state)
{
	fail_each_change(*state, SQLITE_IOERR_WRITE, false);
}

static void a_full_disk_leaves_nothing_by_half(void **state)
{
	fail_each_change(*state, SQLITE_FULL, true);
}

static int merge(const char *path, const char *from, struct progress *progress,
		 struct nb_error *error)
{
	struct nb_store *store;
	size_t added, known;
	int status = nb_store_open(&store, path, NB_STORE_WRITE, error);

	if (status < 0)
		return status;
	status = nb_store_merge(store, from, &added, &known, error);
	progress->merged = status == 0;
	nb_store_close(store);
	return status;
}

static void expect_merged(struct fixture *fixture, const char *path,
			  const struct progress *progress)
{
	int64_t baselines = query(path, "SELECT count(*) FROM baseline");

	assert_int_equal(query(path, "SELECT count(*) FROM event"), baselines);
	assert_int_equal(query(path, "SELECT count(*) FROM baseline_session"), 2 * baselines);
	assert_int_equal(query(path, "SELECT count(*) FROM summary"),
			 SERIES * query(path, "SELECT count(*) FROM session"));
	if (progress->merged)
		assert_int_equal(baselines, 1);
	(void)fixture;
}

static void a_merge_that_fails_is_finished_by_the_next(void **state)
{
	struct fixture *fixture = *state;
	struct progress all = { 0 };
	char to[FIXTURE_PATH_SIZE];
	bool happened = true;
	int number = 0;

	make(fixture);
	assert_success(fixture, work(fixture->path, &all, &fixture->error));
	path_of(fixture, "to.db", to);
	while (happened) {
		struct progress progress = { 0 };

		(void)unlink(to);
		nb_store_close(open_store(fixture, to, NB_STORE_WRITE));
		faults = (struct faults){ .remaining = ++number,
					  .code = SQLITE_FULL,
					  .lasting = true };
		(void)merge(to, fixture->path, &progress, &fixture->error);
		happened = faults.happened;
		faults = (struct faults){ 0 };
		nb_store_close(open_store(fixture, to, NB_STORE_WRITE));
		expect_merged(fixture, to, &progress);
		assert_success(fixture, merge(to, fixture->path, &progress, &fixture->error));
		expect_merged(fixture, to, &progress);
		assert_true(number < ATTEMPTS_MAX);
	}
	print_message("%d changes failed, one at a time\n", number - 1);
	assert_true(number > 20);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_failing_write_leaves_nothing_by_half),
		TEST(a_full_disk_leaves_nothing_by_half),
		TEST(a_merge_that_fails_is_finished_by_the_next),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
