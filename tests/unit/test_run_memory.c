/* SPDX-License-Identifier: Apache-2.0 */
#include <linux/memfd.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../bench/user/memory.h"
#include "../../bench/user/room.h"
#include "../../bench/user/walk.h"

/* Memory for the benchmarks of paging, and the chains in it. */

enum { PLACES = 16 };

static bool is_there(void *page)
{
	unsigned char present = 0;

	assert_int_equal(mincore(page, NB_MEMORY_4K, &present), 0);
	return present & 1;
}

static void new_memory_has_no_pages_even_where_all_is_locked(void **state)
{
	uint8_t *memory;
	pid_t pid = fork();
	int status;

	(void)state;
	if (pid == 0) {
		(void)mlockall(MCL_CURRENT | MCL_FUTURE);
		nb_memory_unlock_later();
		if (nb_memory_map(NB_MEMORY_2M, NB_MEMORY_4K, &memory))
			_exit(2);
		_exit((uintptr_t)memory % NB_MEMORY_2M != 0 || is_there(memory));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void filled_memory_is_there_until_it_is_dropped(void **state)
{
	uint8_t *memory;

	(void)state;
	assert_null(nb_memory_map(NB_MEMORY_2M, NB_MEMORY_4K, &memory));
	assert_null(nb_memory_fill(memory, NB_MEMORY_2M, NB_MEMORY_4K));
	for (size_t at = 0; at < NB_MEMORY_2M; at += NB_MEMORY_4K)
		assert_true(is_there(memory + at));
	assert_int_equal(nb_memory_drop(memory, NB_MEMORY_2M), 0);
	assert_false(is_there(memory));
}

static void a_small_page_is_not_taken_for_a_huge_one(void **state)
{
	uint8_t *memory;

	(void)state;
	assert_null(nb_memory_map(NB_MEMORY_2M, NB_MEMORY_4K, &memory));
	memory[0] = 1;
	assert_false(nb_memory_is_huge(memory));
}

static void huge_pages_come_or_a_reason_does(void **state)
{
	uint8_t *memory;
	const char *reason = nb_memory_map((uint64_t)2 * NB_MEMORY_2M, NB_MEMORY_2M, &memory);

	(void)state;
	if (reason) {
		print_message("%s\n", reason);
		skip();
	}
	assert_false(is_there(memory));
	memory[NB_MEMORY_2M] = 1;
	assert_true(nb_memory_is_huge(memory + NB_MEMORY_2M));
	assert_false(nb_memory_is_huge(memory));
}

static void too_much_memory_is_refused_with_the_amounts(void **state)
{
	const char *reason = nb_memory_need(UINT64_C(1) << 60);

	(void)state;
	assert_non_null(reason);
	assert_non_null(strstr(reason, "needs 1236950581248 MiB of free memory, "));
	free((void *)(uintptr_t)reason);
	assert_null(nb_memory_need(NB_MEMORY_4K));
	assert_true(nb_room_free_mib() > 0);
}

/* The kernel finds out whether this can be written to, without a fault of ours. */
static bool is_writable(uint8_t *page)
{
	char byte = 1;
	int ends[2];
	bool written;

	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], &byte, 1), 1);
	written = read(ends[0], page, 1) == 1;
	close(ends[0]);
	close(ends[1]);
	return written;
}

static void a_fenced_page_stands_alone_and_can_come_again(void **state)
{
	uint8_t *page;

	(void)state;
	assert_null(nb_memory_fenced_page(&page));
	assert_true(is_writable(page));
	assert_false(is_writable(page - 1));
	assert_false(is_writable(page + NB_MEMORY_4K));
	assert_int_equal(munmap(page, NB_MEMORY_4K), 0);
	assert_false(is_writable(page));
	assert_int_equal(nb_memory_map_page(page), 0);
	assert_true(is_writable(page));
	nb_memory_free_fenced_page(page);
}

/* Follows a chain; true if it is back after count lines and not before, one in each stride. */
static bool goes_round(uint64_t first, const uint8_t *start, uint64_t stride, uint64_t count)
{
	uint8_t *seen = calloc(count, 1);
	uint64_t at = first;
	bool once = true;

	assert_non_null(seen);
	for (uint64_t i = 0; i < count; i++) {
		uint64_t place = (at - (uintptr_t)start) / stride;

		once = once && place < count && seen[place]++ == 0;
		at = *(const uint64_t *)at;
	}
	free(seen);
	return once && at == first;
}

/* paging.walk_1g in small: the same memory at many addresses. */
static void a_chain_goes_through_shared_memory_at_every_address(void **state)
{
	struct nb_loop loop = { .failure = NULL };
	int fd = memfd_create("test", MFD_CLOEXEC);
	uint64_t span = (uint64_t)PLACES * NB_MEMORY_2M;
	uint8_t *start;

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, NB_MEMORY_2M), 0);
	start = mmap(NULL, span, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	assert_ptr_not_equal(start, MAP_FAILED);
	for (uint64_t i = 0; i < PLACES; i++)
		assert_ptr_not_equal(mmap(start + i * NB_MEMORY_2M, NB_MEMORY_2M,
					  PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0),
				     MAP_FAILED);
	assert_null(nb_walk_prepare_shared(&loop, start, NB_MEMORY_2M, span));
	assert_true(goes_round(loop.kept[0], start, NB_MEMORY_2M, PLACES));
	close(fd);
	munmap(start, span);
}

static void the_loop_follows_the_far_chain_or_the_near_one(void **state)
{
	uint64_t samples[2] = { 0, 0 };
	struct nb_loop loop = { .samples = samples, .count = 2, .batch = 3 };
	uint64_t far, near;

	(void)state;
	assert_null(nb_walk_prepare(&loop, UINT64_C(64) * NB_MEMORY_4K, NB_MEMORY_4K));
	far = loop.kept[0];
	near = loop.kept[1];
	for (int i = 0; i < 6; i++)
		far = *(const uint64_t *)far;
	nb_walk_timed(&loop);
	assert_int_equal(loop.kept[0], far);
	assert_int_equal(loop.kept[1], near);
	loop.null = 1;
	nb_walk_timed(&loop);
	assert_int_equal(loop.kept[0], far);
	assert_int_not_equal(loop.kept[1], near);
	assert_true(samples[0] > 0 && samples[1] > 0);
	assert_null(nb_walk_prepare(&loop, UINT64_C(64) * NB_MEMORY_4K, NB_MEMORY_4K));
	assert_int_equal(loop.kept[0], far);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(new_memory_has_no_pages_even_where_all_is_locked),
		cmocka_unit_test(filled_memory_is_there_until_it_is_dropped),
		cmocka_unit_test(a_small_page_is_not_taken_for_a_huge_one),
		cmocka_unit_test(huge_pages_come_or_a_reason_does),
		cmocka_unit_test(too_much_memory_is_refused_with_the_amounts),
		cmocka_unit_test(a_fenced_page_stands_alone_and_can_come_again),
		cmocka_unit_test(a_chain_goes_through_shared_memory_at_every_address),
		cmocka_unit_test(the_loop_follows_the_far_chain_or_the_near_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
