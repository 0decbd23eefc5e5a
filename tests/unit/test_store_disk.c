/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>

#include "store_fixture.h"

/*
 * A disk that is really full, and one that really cannot be written, also not by root: small file
 * systems in memory, mounted where only this process sees them.
 */
static void write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	/* What cannot be written shows itself when mounting fails. */
	if (write(fd, text, strlen(text)) < 0)
		print_message("cannot write %s\n", path);
	close(fd);
}

static bool enter_namespace(void)
{
	uid_t user = getuid();
	gid_t group = getgid();
	char map[64];

	if (unshare(CLONE_NEWNS) < 0) {
		if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0)
			return false;
		write_text("/proc/self/setgroups", "deny");
		snprintf(map, sizeof(map), "0 %u 1", user);
		write_text("/proc/self/uid_map", map);
		snprintf(map, sizeof(map), "0 %u 1", group);
		write_text("/proc/self/gid_map", map);
	}
	return mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}

static int setup(void **state)
{
	static bool entered;
	struct fixture *fixture;

	if (fixture_setup(state) < 0)
		return -1;
	fixture = *state;
	entered = entered || enter_namespace();
	if (entered && mount("none", fixture->folder, "tmpfs", 0, "size=400k") == 0)
		return 0;
	print_message("skipped: this process may not mount anything here\n");
	fixture->path[0] = '\0';
	return 0;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	(void)umount2(fixture->folder, MNT_DETACH);
	return fixture_teardown(state);
}

static void remount(const struct fixture *fixture, unsigned long flags, const char *options)
{
	assert_int_equal(mount("none", fixture->folder, NULL, MS_REMOUNT | flags, options), 0);
}

static int add(struct fixture *fixture, struct nb_store *store, const char *id, int ordinal)
{
	struct nb_series series;
	struct nb_round round;
	int status;

	fixture_series(&series, 0);
	fixture_round(&round, &series, ordinal, 600, &fixture->random);
	status = nb_store_add_round(store, id, &series, 0, &round, &fixture->error);
	nb_stats_histogram_free(&round.histogram);
	return status;
}

static void expect_rounds(struct fixture *fixture, int rounds)
{
	struct nb_record record = { 0 };
	struct nb_store *store;

	assert_success(fixture,
		       nb_store_open(&store, fixture->path, NB_STORE_READ, &fixture->error));
	assert_success(fixture, nb_store_load(store, NULL, &record, &fixture->error));
	assert_int_equal(record.series[0].count, rounds);
	nb_record_free(&record);
	nb_store_close(store);
}

static void a_full_disk_keeps_what_was_finished(void **state)
{
	struct fixture *fixture = *state;
	struct nb_session session;
	struct nb_store *store;
	int rounds = 0, status;

	if (fixture->path[0] == '\0')
		skip();
	fixture_session(&session, 1);
	assert_success(fixture,
		       nb_store_open(&store, fixture->path, NB_STORE_WRITE, &fixture->error));
	assert_success(fixture, nb_store_begin_session(store, &session, &fixture->error));
	while ((status = add(fixture, store, session.id, rounds)) == 0 && rounds < 10000)
		rounds++;
	assert_int_equal(status, -ENOSPC);
	assert_true(rounds > 10);
	expect_rounds(fixture, rounds);
	nb_store_close(store);
	expect_rounds(fixture, rounds);
	remount(fixture, 0, "size=3m");
	assert_success(fixture,
		       nb_store_open(&store, fixture->path, NB_STORE_WRITE, &fixture->error));
	assert_success(fixture, add(fixture, store, session.id, rounds));
	nb_store_close(store);
	expect_rounds(fixture, rounds + 1);
	assert_int_equal(fixture_files(fixture), 1);
}

static void a_disk_too_small_for_a_database_says_so(void **state)
{
	struct fixture *fixture = *state;
	struct nb_store *store = NULL;

	if (fixture->path[0] == '\0')
		skip();
	remount(fixture, 0, "size=60k");
	assert_int_equal(nb_store_open(&store, fixture->path, NB_STORE_WRITE, &fixture->error),
			 -ENOSPC);
	assert_null(store);
	remount(fixture, 0, "size=600k");
	assert_success(fixture,
		       nb_store_open(&store, fixture->path, NB_STORE_WRITE, &fixture->error));
	nb_store_close(store);
}

static void make(struct fixture *fixture)
{
	struct nb_session session;
	struct nb_store *store;

	fixture_session(&session, 1);
	assert_success(fixture,
		       nb_store_open(&store, fixture->path, NB_STORE_WRITE, &fixture->error));
	assert_success(fixture, nb_store_begin_session(store, &session, &fixture->error));
	assert_success(fixture, add(fixture, store, session.id, 0));
	nb_store_close(store);
}

static void a_file_that_cannot_be_written_can_be_read(void **state)
{
	struct fixture *fixture = *state;
	struct nb_store *store = NULL;
	char *path = fixture->path;

	if (fixture->path[0] == '\0')
		skip();
	make(fixture);
	remount(fixture, MS_RDONLY, "");
	expect_rounds(fixture, 1);
	assert_int_equal(nb_store_open(&store, path, NB_STORE_WRITE, &fixture->error), -EROFS);
	snprintf(path, sizeof(fixture->path), "%s/new.db", fixture->folder);
	assert_int_equal(nb_store_open(&store, path, NB_STORE_WRITE, &fixture->error), -EROFS);
	snprintf(path, sizeof(fixture->path), "%s/a/new.db", fixture->folder);
	assert_int_equal(nb_store_open(&store, path, NB_STORE_WRITE, &fixture->error), -EROFS);
	assert_null(store);
}

/* What a process that is killed now would leave: all three files. */
static void add_and_leave(struct fixture *fixture)
{
	static const char *const suffixes[] = { "", "-wal", "-shm" };
	char path[FIXTURE_PATH_SIZE + 8];
	struct nb_session session;
	struct nb_store *store;
	char *bytes[3];
	size_t sizes[3];

	fixture_session(&session, 1);
	assert_success(fixture,
		       nb_store_open(&store, fixture->path, NB_STORE_WRITE, &fixture->error));
	assert_success(fixture, add(fixture, store, session.id, 1));
	for (size_t i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s%s", fixture->path, suffixes[i]);
		bytes[i] = fixture_read(path, &sizes[i]);
	}
	nb_store_close(store);
	for (size_t i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s%s", fixture->path, suffixes[i]);
		fixture_write(path, bytes[i], sizes[i]);
		free(bytes[i]);
	}
}

/* The index may be there, be missing as only file and WAL were copied, or the file be alone. */
static void a_wal_on_a_disk_that_cannot_be_written_is_read(void **state)
{
	static const char *const lost[] = { "", "-shm", "-wal" };
	struct fixture *fixture = *state;

	if (fixture->path[0] == '\0')
		skip();
	remount(fixture, 0, "size=3m");
	make(fixture);
	add_and_leave(fixture);
	for (size_t i = 0; i < 3; i++) {
		char path[FIXTURE_PATH_SIZE + 8];

		snprintf(path, sizeof(path), "%s%s", fixture->path, lost[i]);
		if (lost[i][0] != '\0')
			assert_int_equal(unlink(path), 0);
		remount(fixture, MS_RDONLY, "");
		expect_rounds(fixture, i < 2 ? 2 : 1);
		remount(fixture, 0, "");
	}
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_full_disk_keeps_what_was_finished),
		TEST(a_disk_too_small_for_a_database_says_so),
		TEST(a_file_that_cannot_be_written_can_be_read),
		TEST(a_wal_on_a_disk_that_cannot_be_written_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
