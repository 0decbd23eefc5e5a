/* SPDX-License-Identifier: Apache-2.0 */
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "io_place.h"

/* Both engines in turn: the threads are what the queue is where there is no io_uring. */

enum { COUNT = 500, FIRST = 4, UNSET = 0 };

struct stage {
	struct nb_place place;
	struct nb_io_workspace workspace;
	struct nb_io io;
	int files, threads;
};

static void open_stage(struct stage *stage, const struct nb_io_plan *plan, bool uring)
{
	stage->files = nb_place_files();
	stage->threads = nb_place_threads();
	stage->place = nb_place_make();
	assert_int_equal(nb_io_workspace_make(&stage->workspace, stage->place.path, plan, NULL), 0);
	stage->workspace.uring = stage->workspace.uring && uring;
	assert_int_equal(nb_io_open(&stage->io, &stage->workspace, plan, NULL), 0);
}

/* A thread that was joined may still be seen for a moment. */
static bool threads_become(int count)
{
	static const struct timespec delay = { .tv_nsec = 1000000 };

	for (int i = 0; i < 5000 && nb_place_threads() != count; i++)
		nanosleep(&delay, NULL);
	return nb_place_threads() == count;
}

static void close_stage(struct stage *stage)
{
	nb_io_close(&stage->io);
	nb_io_close(&stage->io); /* twice is fine */
	assert_int_equal(nb_io_workspace_remove(&stage->workspace, NULL), 0);
	assert_int_equal(nb_place_files(), stage->files);
	assert_true(threads_become(stage->threads));
	nb_place_no_children();
	nb_place_remove(&stage->place);
}

static void run_and_check(struct nb_io *io, const struct nb_io_queue *queue, uint64_t count)
{
	uint64_t ticks[COUNT + 1] = { UNSET };

	assert_in_range(count, 1, COUNT);
	assert_int_equal(nb_io_ring_open(io, queue->depth), 0);
	assert_int_equal(nb_io_ring_run(io, queue, ticks, count), 0);
	for (uint64_t i = 0; i < count; i++)
		assert_in_range(ticks[i], 1, UINT64_MAX / 2);
	for (uint64_t i = count; i <= COUNT; i++)
		assert_int_equal(ticks[i], UNSET);
}

static void run_all_shapes(bool uring)
{
	static const struct nb_io_queue queues[] = {
		{ .depth = 1, .size = NB_IO_BLOCK },
		{ .depth = 32, .size = NB_IO_BLOCK },
		{ .depth = 7, .size = (uint64_t)16 * NB_IO_BLOCK, .write = true },
		{ .depth = 32, .size = NB_IO_BLOCK, .write = true },
		{ .depth = 4, .size = NB_IO_BUFFER },
	};
	struct stage stage;

	open_stage(&stage, &nb_place_plan, uring);
	for (size_t i = 0; i < sizeof(queues) / sizeof(queues[0]); i++) {
		run_and_check(&stage.io, &queues[i], 1);
		run_and_check(&stage.io, &queues[i], 33);
		run_and_check(&stage.io, &queues[i], queues[i].size > NB_IO_BLOCK ? 40 : COUNT);
	}
	/* Less deep than what is open, and of another size. */
	assert_int_equal(nb_io_ring_open(&stage.io, 32), 0);
	assert_int_equal(nb_io_ring_run(&stage.io, &queues[2], (uint64_t[40]){ 0 }, 40), 0);
	close_stage(&stage);
}

static void each_io_of_a_queue_has_its_time(void **state)
{
	(void)state;
	run_all_shapes(true);
	run_all_shapes(false);
}

/* Each block written is one that storage has not seen yet, wherever it lands. */
static void writes_are_no_copies_of_each_other(void **state)
{
	static const struct nb_io_queue queue = { .depth = 4, .size = NB_IO_BLOCK, .write = true };
	static uint8_t data[NB_PLACE_FILE];
	struct stage stage;

	(void)state;
	for (int uring = 0; uring < 2; uring++) {
		open_stage(&stage, &nb_place_plan, uring);
		run_and_check(&stage.io, &queue, COUNT);
		assert_int_equal(pread(stage.io.buffered, data, sizeof(data), 0), sizeof(data));
		for (size_t i = 0; i < sizeof(data); i += NB_IO_BLOCK) {
			for (size_t k = 0; k < i; k += NB_IO_BLOCK)
				assert_memory_not_equal(data + i, data + k, 16);
		}
		close_stage(&stage);
	}
}

static void what_makes_no_sense_is_refused(void **state)
{
	static const struct nb_io_queue refused[] = {
		{ .depth = 0, .size = NB_IO_BLOCK },
		{ .depth = FIRST + 1, .size = NB_IO_BLOCK },
		{ .depth = 1, .size = 0 },
		{ .depth = 1, .size = 100 },
		{ .depth = 1, .size = NB_IO_BUFFER + NB_IO_BLOCK },
	};
	uint64_t ticks[4];
	struct stage stage;

	(void)state;
	for (int uring = 0; uring < 2; uring++) {
		open_stage(&stage, &nb_place_plan, uring);
		assert_int_equal(nb_io_ring_run(&stage.io, &refused[0], ticks, 1), -EBADF);
		assert_int_equal(nb_io_ring_open(&stage.io, 0), -EINVAL);
		assert_int_equal(nb_io_ring_open(&stage.io, NB_IO_DEPTH_MAX + 1), -EINVAL);
		assert_int_equal(nb_io_ring_open(&stage.io, FIRST), 0);
		for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
			assert_int_equal(nb_io_ring_run(&stage.io, &refused[i], ticks, 4), -EINVAL);
		close_stage(&stage);
	}
}

/* The data file loses its second half: what is read there is cut short, and then works again. */
static void a_short_read_is_an_error_and_not_the_end(void **state)
{
	static const struct nb_io_queue queue = { .depth = 32, .size = NB_IO_BLOCK };
	uint64_t ticks[COUNT];
	struct stage stage;

	(void)state;
	for (int uring = 0; uring < 2; uring++) {
		open_stage(&stage, &nb_place_plan, uring);
		assert_int_equal(nb_io_ring_open(&stage.io, 32), 0);
		assert_int_equal(ftruncate(stage.io.buffered, NB_PLACE_FILE / 2), 0);
		assert_int_equal(nb_io_ring_run(&stage.io, &queue, ticks, COUNT), -EIO);
		assert_int_equal(ftruncate(stage.io.buffered, NB_PLACE_FILE), 0);
		run_and_check(&stage.io, &queue, COUNT);
		close_stage(&stage);
	}
}

static void limit_files(rlim_t size)
{
	struct rlimit limit;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = size;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void an_error_keeps_its_number(void **state)
{
	static const struct nb_io_queue queue = { .depth = 32, .size = NB_IO_BLOCK, .write = true };
	uint64_t ticks[COUNT];
	struct stage stage;

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	for (int uring = 0; uring < 2; uring++) {
		open_stage(&stage, &nb_place_plan, uring);
		assert_int_equal(nb_io_ring_open(&stage.io, 32), 0);
		limit_files(NB_PLACE_FILE / 2);
		assert_int_equal(nb_io_ring_run(&stage.io, &queue, ticks, COUNT), -EFBIG);
		limit_files(RLIM_INFINITY);
		run_and_check(&stage.io, &queue, COUNT);
		close_stage(&stage);
	}
	signal(SIGXFSZ, SIG_DFL);
}

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* A rate is a maximum, so only the lower limit of the time is sure. */
static void a_rate_is_not_exceeded(void **state)
{
	static const struct nb_io_plan plan = { .file_bytes = NB_PLACE_FILE, .rate = 1000 };
	static const struct nb_io_queue queue = { .depth = 8, .size = NB_IO_BLOCK };
	struct stage stage;
	uint64_t start;

	(void)state;
	for (int uring = 0; uring < 2; uring++) {
		open_stage(&stage, &plan, uring);
		start = now_ms();
		run_and_check(&stage.io, &queue, 101);
		assert_true(now_ms() - start >= 99);
		start = now_ms();
		for (int i = 0; i < 51; i++)
			nb_io_pace(&stage.io);
		assert_true(now_ms() - start >= 49);
		close_stage(&stage);
	}
	open_stage(&stage, &nb_place_plan, true);
	for (int i = 0; i < 1000000; i++)
		nb_io_pace(&stage.io); /* no rate, no waiting: else this would not end */
	close_stage(&stage);
}

static void random_blocks_are_whole_and_all_over_the_file(void **state)
{
	enum { BLOCKS = 16, SIZE = 3 * NB_IO_BLOCK };
	struct nb_io io = { .file_bytes = BLOCKS * SIZE + NB_IO_BLOCK, .random = 7 };
	int seen[BLOCKS] = { 0 };

	(void)state;
	for (int i = 0; i < BLOCKS * 1000; i++) {
		uint64_t offset = nb_io_random_block(&io, SIZE);

		assert_int_equal(offset % SIZE, 0);
		assert_in_range(offset / SIZE, 0, BLOCKS - 1);
		seen[offset / SIZE]++;
	}
	for (int i = 0; i < BLOCKS; i++)
		assert_in_range(seen[i], 800, 1200);
}

/* From here on io_uring_setup(2) fails so in this process: as containers and old kernels do. */
static bool forbid_uring(unsigned code)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_io_uring_setup, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | code),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { .len = sizeof(filter) / sizeof(filter[0]), .filter = filter };

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

/* An exit status: 0 fine, 77 no filters here, else which step failed. */
static int queue_without_uring(const char *target, unsigned code, const char *text)
{
	static const struct nb_io_queue queue = { .depth = 8, .size = NB_IO_BLOCK };
	struct nb_io_workspace workspace;
	uint64_t ticks[64];
	struct nb_io io;

	if (!forbid_uring(code))
		return 77;
	if (nb_io_workspace_make(&workspace, target, &nb_place_plan, NULL) < 0)
		return 1;
	if (workspace.uring || !strstr(workspace.no_uring, text))
		return 2;
	if (nb_io_open(&io, &workspace, &nb_place_plan, NULL) < 0)
		return 3;
	if (nb_io_ring_open(&io, 8) < 0 || nb_place_threads() != 9)
		return 4;
	if (nb_io_ring_run(&io, &queue, ticks, 64) < 0)
		return 5;
	nb_io_close(&io);
	return nb_io_workspace_remove(&workspace, NULL) < 0 ? 6 : 0;
}

static void without_io_uring_threads_do_it_and_the_reason_is_kept(void **state)
{
	static const struct {
		unsigned code;
		const char *text;
	} ways[] = {
		{ EPERM, "(EPERM)" },
		{ ENOSYS, "this kernel has none (ENOSYS)" },
		{ ENOMEM, "refused (ENOMEM)" },
	};
	struct nb_place place = nb_place_make();

	(void)state;
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		pid_t pid = fork();
		int status;

		assert_true(pid >= 0);
		if (pid == 0)
			_exit(queue_without_uring(place.path, ways[i].code, ways[i].text));
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFEXITED(status));
		if (WEXITSTATUS(status) == 77)
			print_message("skipped: system calls cannot be filtered here\n");
		else
			assert_int_equal(WEXITSTATUS(status), 0);
	}
	nb_place_remove(&place);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_io_of_a_queue_has_its_time),
		cmocka_unit_test(writes_are_no_copies_of_each_other),
		cmocka_unit_test(what_makes_no_sense_is_refused),
		cmocka_unit_test(a_short_read_is_an_error_and_not_the_end),
		cmocka_unit_test(an_error_keeps_its_number),
		cmocka_unit_test(a_rate_is_not_exceeded),
		cmocka_unit_test(random_blocks_are_whole_and_all_over_the_file),
		cmocka_unit_test(without_io_uring_threads_do_it_and_the_reason_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
