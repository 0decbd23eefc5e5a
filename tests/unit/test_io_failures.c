/* SPDX-License-Identifier: Apache-2.0 */
#include <liburing.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/statvfs.h>

#include "io_place.h"

/*
 * The N-th system call fails, for N = 1, 2, ... until none is left to fail: every failure is
 * reported with its errno and a text, or is one that can be done without; no folder, file,
 * process, thread or mapping is left behind.
 */

enum { CALLS_MAX = 300, DEPTH = 4, COUNT = 24 };

/* Small, for it is written hundreds of times. */
static const struct nb_io_plan plan = { .file_bytes = 256 << 10 };

static int calls_left; /* before the one that fails; 0: none fails */
static int injected;   /* errno */
static const char *failed;
static bool cqe_fails;

static bool fails_now(const char *call)
{
	if (calls_left == 0 || --calls_left > 0)
		return false;
	failed = call;
	errno = injected;
	return true;
}

#define WRAP(type, failure, name, parameters, arguments)                       \
	type __real_##name parameters;                                         \
	type __wrap_##name parameters;                                         \
	type __wrap_##name parameters                                          \
	{                                                                      \
		return fails_now(#name) ? (failure) : __real_##name arguments; \
	}

WRAP(int, -1, mkdirat, (int folder, const char *name, mode_t mode), (folder, name, mode))
WRAP(int, -1, pipe2, (int *ends, int flags), (ends, flags))
WRAP(int, -1, fsync, (int fd), (fd))
WRAP(int, -1, fstat, (int fd, struct stat *facts), (fd, facts))
WRAP(int, -1, fstatvfs, (int fd, struct statvfs *facts), (fd, facts))
WRAP(pid_t, -1, fork, (void), ())
WRAP(ssize_t, -1, pread, (int fd, void *to, size_t size, off_t at), (fd, to, size, at))
WRAP(ssize_t, -1, pwrite, (int fd, const void *from, size_t size, off_t at), (fd, from, size, at))
WRAP(ssize_t, -1, write, (int fd, const void *from, size_t size), (fd, from, size))
WRAP(void *, MAP_FAILED, mmap,
     (void *at, size_t size, int protection, int flags, int fd, off_t offset),
     (at, size, protection, flags, fd, offset))
WRAP(void *, NULL, aligned_alloc, (size_t align, size_t size), (align, size))
/* These two say it by what they return. */
WRAP(int, injected, pthread_create,
     (pthread_t * thread, const pthread_attr_t *how, void *(*live)(void *), void *argument),
     (thread, how, live, argument))
WRAP(int, -injected, io_uring_queue_init, (unsigned entries, struct io_uring *ring, unsigned flags),
     (entries, ring, flags))
WRAP(int, -injected, io_uring_submit_and_wait, (struct io_uring * ring, unsigned count),
     (ring, count))

int __real_openat(int folder, const char *name, int flags, ...);
int __wrap_openat(int folder, const char *name, int flags, ...);
int __real_open(const char *name, int flags, ...);
int __wrap_open(const char *name, int flags, ...);

int __wrap_openat(int folder, const char *name, int flags, ...)
{
	return fails_now("openat") ? -1 : __real_openat(folder, name, flags, 0600);
}

int __wrap_open(const char *name, int flags, ...)
{
	return fails_now("open") ? -1 : __real_open(name, flags, 0600);
}

unsigned __real_io_uring_peek_batch_cqe(struct io_uring *ring, struct io_uring_cqe **done,
					unsigned count);
unsigned __wrap_io_uring_peek_batch_cqe(struct io_uring *ring, struct io_uring_cqe **done,
					unsigned count);

/* The disk's own error, as it comes back in the middle of a queue. */
unsigned __wrap_io_uring_peek_batch_cqe(struct io_uring *ring, struct io_uring_cqe **done,
					unsigned count)
{
	unsigned found = __real_io_uring_peek_batch_cqe(ring, done, count);

	if (found > 0 && cqe_fails) {
		done[0]->res = -EIO;
		cqe_fails = false;
	}
	return found;
}

static int mappings(void)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	char line[512];
	int count = 0;

	assert_non_null(maps);
	while (fgets(line, sizeof(line), maps))
		count += strstr(line, ".nestbench-") || strstr(line, "io_uring");
	fclose(maps);
	return count;
}

/* All that a session does with a target. The first error ends it. */
static int session(const char *target, bool uring, struct nb_error *error)
{
	static const struct nb_io_queue queue = { .depth = DEPTH, .size = NB_IO_BLOCK };
	struct nb_io_workspace workspace;
	uint64_t ticks[COUNT];
	struct nb_io io;
	int result = nb_io_workspace_make(&workspace, target, &plan, error);

	if (result < 0)
		return result;
	workspace.uring = workspace.uring && uring;
	result = nb_io_open(&io, &workspace, &plan, error);
	if (result == 0) {
		result = nb_io_ring_open(&io, DEPTH);
		if (result == 0)
			result = nb_io_ring_run(&io, &queue, ticks, COUNT);
		if (result < 0)
			nb_error_set(error, -result, "the queue fails");
		nb_io_close(&io);
	}
	assert_int_equal(nb_io_workspace_remove(&workspace, NULL), 0);
	return result;
}

/* What a session can do without: direct I/O may be refused, and io_uring be missing. */
static bool is_optional(const char *call)
{
	return strcmp(call, "io_uring_queue_init") == 0 || strcmp(call, "mmap") == 0 ||
	       strcmp(call, "fstat") == 0;
}

static void check_clean(const struct nb_place *place, int files)
{
	assert_int_equal(nb_place_entries(place->path), 0);
	assert_int_equal(nb_place_files(), files);
	assert_int_equal(mappings(), 0);
	nb_place_no_children();
}

/* The N-th call fails; false once there is none. */
static bool fail_one(const struct nb_place *place, int n, bool uring)
{
	struct nb_error error = { 0 };
	int files = nb_place_files();
	int result;

	failed = NULL;
	calls_left = n;
	result = session(place->path, uring, &error);
	calls_left = 0;
	if (failed && result == 0 && !is_optional(failed))
		fail_msg("call %d, %s, failed unseen", n, failed);
	if (result < 0) {
		assert_non_null(failed);
		if (error.code != injected && strcmp(failed, "aligned_alloc") != 0 &&
		    strcmp(failed, "fstat") != 0)
			fail_msg("%s failed, and that became: %s", failed, error.text);
		assert_int_equal(result, -error.code);
		assert_true(strlen(error.text) > 5);
	}
	check_clean(place, files);
	return failed != NULL;
}

static void fail_all(bool uring)
{
	static const int codes[] = { EIO, ENOSPC };
	struct nb_place place = nb_place_make();

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		int n = 1;

		injected = codes[i];
		while (n < CALLS_MAX && fail_one(&place, n, uring))
			n++;
		print_message("%d calls were made to fail with %s\n", n - 1, strerror(injected));
		assert_in_range(n, 20, CALLS_MAX - 1);
	}
	nb_place_remove(&place);
}

static void every_failure_is_reported_and_leaves_nothing(void **state)
{
	(void)state;
	fail_all(true);
}

static void without_io_uring_neither(void **state)
{
	(void)state;
	fail_all(false);
}

static void an_io_that_fails_in_the_middle_ends_one_run_only(void **state)
{
	static const struct nb_io_queue queue = { .depth = DEPTH, .size = NB_IO_BLOCK };
	struct nb_place place = nb_place_make();
	struct nb_io_workspace workspace;
	uint64_t ticks[COUNT];
	struct nb_io io;

	(void)state;
	assert_int_equal(nb_io_workspace_make(&workspace, place.path, &plan, NULL), 0);
	assert_int_equal(nb_io_open(&io, &workspace, &plan, NULL), 0);
	if (workspace.uring) {
		assert_int_equal(nb_io_ring_open(&io, DEPTH), 0);
		cqe_fails = true;
		assert_int_equal(nb_io_ring_run(&io, &queue, ticks, COUNT), -EIO);
		assert_int_equal(nb_io_ring_run(&io, &queue, ticks, COUNT), 0);
		/* The ring itself is another matter: nobody knows what is still under way. */
		injected = EBADFD;
		calls_left = 3;
		assert_int_equal(nb_io_ring_run(&io, &queue, ticks, COUNT), -EBADFD);
		assert_int_equal(nb_io_ring_run(&io, &queue, ticks, COUNT), -EBADF);
		nb_io_ring_close(&io);
		assert_int_equal(nb_io_ring_open(&io, DEPTH), 0);
		assert_int_equal(nb_io_ring_run(&io, &queue, ticks, COUNT), 0);
	} else {
		print_message("skipped: no io_uring here: %s\n", workspace.no_uring);
	}
	nb_io_close(&io);
	assert_int_equal(nb_io_workspace_remove(&workspace, NULL), 0);
	nb_place_remove(&place);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_failure_is_reported_and_leaves_nothing),
		cmocka_unit_test(without_io_uring_neither),
		cmocka_unit_test(an_io_that_fails_in_the_middle_ends_one_run_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
