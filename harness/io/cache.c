/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "io_private.h"

/* The kernel's page; that of x86 is also our block. */
enum { PAGE = NB_IO_BLOCK, WINDOW = 1 << 20, TRIES = 10 };

/* linux/mman.h and the syscall number of Linux 6.5, which the headers may be older than. */
enum { CACHESTAT = 451 };
struct cachestat_range {
	uint64_t offset, length;
};
struct cachestat_result {
	uint64_t cached, dirty, writeback, evicted, recently_evicted;
};

/*
 * A mapping without access is not populated even where all of memory is to be locked, and it shows
 * the page cache all the same; windows keep it below the limit of locked memory.
 */
static int64_t count_window(int fd, uint64_t offset, uint64_t length)
{
	unsigned char pages[WINDOW / PAGE];
	int64_t count = 0;
	void *window = mmap(NULL, length, PROT_NONE, MAP_PRIVATE, fd, (off_t)offset);
	int code;

	if (window == MAP_FAILED)
		return -errno;
	code = mincore(window, length, pages) < 0 ? errno : 0;
	munmap(window, length);
	if (code)
		return -code;
	for (uint64_t i = 0; i < length / PAGE; i++)
		count += pages[i] & 1;
	return count;
}

static int64_t count_mapped(int fd, uint64_t offset, uint64_t length)
{
	int64_t count = 0;

	for (uint64_t at = 0; at < length; at += WINDOW) {
		uint64_t part = length - at < WINDOW ? length - at : WINDOW;
		int64_t found = count_window(fd, offset + at, part);

		if (found < 0)
			return found;
		count += found;
	}
	return count;
}

static int64_t count_asked(int fd, uint64_t offset, uint64_t length)
{
	struct cachestat_range range = { .offset = offset, .length = length };
	struct cachestat_result result = { 0 };

	if (syscall(CACHESTAT, fd, &range, &result, 0) < 0)
		return -errno;
	return (int64_t)result.cached;
}

/* Outwards to whole pages. */
static void round_out(uint64_t *offset, uint64_t *length)
{
	uint64_t end = (*offset + *length + PAGE - 1) / PAGE * PAGE;

	*offset = *offset / PAGE * PAGE;
	*length = end - *offset;
}

/*
 * mincore(2) comes first although cachestat(2) is made for this: on overlayfs the latter looks at
 * the overlay's own mapping, which is always empty, and finds nothing cached ever (Linux 6.18).
 */
int64_t nb_io_cache_count(int fd, uint64_t offset, uint64_t length)
{
	int64_t count;

	round_out(&offset, &length);
	count = count_mapped(fd, offset, length);
	return count < 0 ? count_asked(fd, offset, length) : count;
}

/* 0.1 ms, 0.2 ms, ...: 0.1 s in all, for pages that somebody holds for a moment. */
static void wait_a_little(int try)
{
	struct timespec delay = { .tv_nsec = 100000L << try };

	nanosleep(&delay, NULL);
}

int nb_io_cache_drop(int fd, uint64_t offset, uint64_t length)
{
	round_out(&offset, &length);
	for (int try = 0; try < TRIES; try++) {
		int code = posix_fadvise(fd, (off_t)offset, (off_t)length, POSIX_FADV_DONTNEED);
		int64_t count;

		if (code)
			return -code;
		count = nb_io_cache_count(fd, offset, length);
		if (count <= 0)
			return (int)count;
		/* Dirty pages stay. Flushing first would cost each call a flush of the disk. */
		if (fdatasync(fd) < 0 && errno != EINVAL && errno != ENOSYS)
			return -errno;
		wait_a_little(try);
	}
	return -EAGAIN;
}

static int read_through(int fd, uint64_t offset, uint64_t length)
{
	uint8_t scratch[4 * PAGE];

	for (uint64_t at = 0; at < length;) {
		uint64_t part = length - at < sizeof(scratch) ? length - at : sizeof(scratch);
		ssize_t got = pread(fd, scratch, part, (off_t)(offset + at));

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got < 0 ? -errno : -EINVAL; /* beyond the file's end */
		at += (uint64_t)got;
	}
	return 0;
}

int nb_io_cache_fill(int fd, uint64_t offset, uint64_t length)
{
	uint64_t first = offset, size = length;

	round_out(&first, &size);
	for (int try = 0; try < TRIES; try++) {
		int result = read_through(fd, offset, length);
		int64_t count;

		if (result < 0)
			return result;
		count = nb_io_cache_count(fd, offset, length);
		if (count < 0)
			return (int)count;
		if ((uint64_t)count == size / PAGE)
			return 0;
		wait_a_little(try);
	}
	return -EAGAIN;
}
