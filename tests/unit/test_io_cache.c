/* SPDX-License-Identifier: Apache-2.0 */
#include <sys/mman.h>

#include "io_place.h"

enum { LENGTH = 3 << 20, PAGE = NB_IO_BLOCK };

struct stage {
	struct nb_place place;
	struct nb_io_workspace workspace;
	struct nb_io io;
};

static void open_stage(struct stage *stage)
{
	assert_int_equal(
		nb_io_workspace_make(&stage->workspace, stage->place.path, &nb_place_plan, NULL),
		0);
	assert_int_equal(nb_io_open(&stage->io, &stage->workspace, &nb_place_plan, NULL), 0);
}

static void close_stage(struct stage *stage)
{
	nb_io_close(&stage->io);
	assert_int_equal(nb_io_workspace_remove(&stage->workspace, NULL), 0);
	nb_place_remove(&stage->place);
}

/* Counted in another way than by what is tested: through a mapping that could be read. */
static int cached(int fd, off_t offset, size_t length)
{
	unsigned char pages[LENGTH / PAGE];
	void *mapping = mmap(NULL, length, PROT_READ, MAP_SHARED, fd, offset);
	int count = 0;

	assert_ptr_not_equal(mapping, MAP_FAILED);
	assert_int_equal(mincore(mapping, length, pages), 0);
	munmap(mapping, length);
	for (size_t i = 0; i < length / PAGE; i++)
		count += pages[i] & 1;
	return count;
}

static void check_both_ways(int fd)
{
	assert_int_equal(nb_io_cache_fill(fd, 0, LENGTH), 0);
	assert_int_equal(cached(fd, 0, LENGTH), LENGTH / PAGE);
	assert_int_equal(nb_io_cache_drop(fd, 0, LENGTH), 0);
	assert_int_equal(cached(fd, 0, LENGTH), 0);
}

static void the_cache_becomes_what_is_asked_for(void **state)
{
	struct stage stage = { .place = nb_place_make() };

	(void)state;
	if (nb_place_mount_ext4(&stage.place)) {
		open_stage(&stage);
		check_both_ways(stage.io.buffered);
		close_stage(&stage);
	} else {
		nb_place_remove(&stage.place);
	}
}

/* The round's condition, under which a mapping is read in as it is made. */
static void looking_does_not_touch_even_where_memory_is_locked(void **state)
{
	struct stage stage = { .place = nb_place_make() };
	int fd;

	(void)state;
	if (!nb_place_mount_ext4(&stage.place)) {
		nb_place_remove(&stage.place);
		return;
	}
	open_stage(&stage);
	fd = stage.io.buffered;
	if (mlockall(MCL_FUTURE) == 0) {
		assert_int_equal(nb_io_cache_drop(fd, 0, LENGTH), 0);
		munlockall();
		assert_int_equal(cached(fd, 0, LENGTH), 0);
	} else {
		print_message("skipped: memory cannot be locked: %s\n", strerror(errno));
	}
	close_stage(&stage);
}

static void dirty_pages_are_written_and_dropped(void **state)
{
	struct stage stage = { .place = nb_place_make() };
	uint8_t block[PAGE] = { 1 };

	(void)state;
	if (!nb_place_mount_ext4(&stage.place)) {
		nb_place_remove(&stage.place);
		return;
	}
	open_stage(&stage);
	assert_int_equal(pwrite(stage.io.buffered, block, sizeof(block), PAGE), PAGE);
	assert_int_equal(nb_io_cache_drop(stage.io.buffered, PAGE, 1), 0);
	assert_int_equal(cached(stage.io.buffered, PAGE, PAGE), 0);
	close_stage(&stage);
}

static void part_of_a_page_means_all_of_it(void **state)
{
	struct stage stage = { .place = nb_place_make() };

	(void)state;
	if (!nb_place_mount_ext4(&stage.place)) {
		nb_place_remove(&stage.place);
		return;
	}
	open_stage(&stage);
	assert_int_equal(nb_io_cache_fill(stage.io.buffered, PAGE - 1, 2), 0);
	assert_int_equal(cached(stage.io.buffered, 0, (size_t)2 * PAGE), 2);
	assert_int_equal(nb_io_cache_drop(stage.io.buffered, PAGE - 1, 2), 0);
	assert_int_equal(cached(stage.io.buffered, 0, (size_t)2 * PAGE), 0);
	close_stage(&stage);
}

static void what_is_nothing_but_cache_cannot_be_dropped(void **state)
{
	struct stage stage = { .place = nb_place_make() };

	(void)state;
	if (!nb_place_mount_tmpfs(&stage.place, "size=16m")) {
		nb_place_remove(&stage.place);
		return;
	}
	open_stage(&stage);
	assert_int_equal(nb_io_cache_drop(stage.io.buffered, 0, PAGE), -EAGAIN);
	assert_int_equal(nb_io_cache_fill(stage.io.buffered, 0, LENGTH), 0);
	close_stage(&stage);
}

static void what_cannot_be_read_is_an_error(void **state)
{
	struct stage stage = { .place = nb_place_make() };

	(void)state;
	open_stage(&stage);
	assert_int_equal(nb_io_cache_fill(stage.io.buffered, NB_PLACE_FILE, PAGE), -EINVAL);
	assert_int_equal(nb_io_cache_fill(-1, 0, PAGE), -EBADF);
	assert_int_equal(nb_io_cache_drop(-1, 0, PAGE), -EBADF);
	close_stage(&stage);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_cache_becomes_what_is_asked_for),
		cmocka_unit_test(looking_does_not_touch_even_where_memory_is_locked),
		cmocka_unit_test(dirty_pages_are_written_and_dropped),
		cmocka_unit_test(part_of_a_page_means_all_of_it),
		cmocka_unit_test(what_is_nothing_but_cache_cannot_be_dropped),
		cmocka_unit_test(what_cannot_be_read_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
