/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_BENCH_IO_MAPPING_H
#define NB_BENCH_IO_MAPPING_H

#include <sys/mman.h>

#include "storage.h"

/*
 * A mapping of the data file whose pages are not mapped yet, for a loop to touch: each command of
 * the loop takes the next of them, in a fixed scattered order. A fault on a cached page maps the
 * 64 KiB around it as well (fault_around_bytes), so that the touched ones lie so far apart.
 */
enum { NB_MAPPING_COLD, NB_MAPPING_WARM };
enum { NB_MAPPING_AT, NB_MAPPING_NEXT, NB_MAPPING_ROOM }; /* words of state */
enum { NB_MAPPING_SAMPLES = 64, NB_MAPPING_PAGES = 256, NB_MAPPING_STEP = 16 };
enum { NB_MAPPING_BYTES = NB_MAPPING_PAGES * NB_MAPPING_STEP * NB_IO_BLOCK };
enum { NB_MAPPING_HUGE = 2 << 20, NB_MAPPING_ROOM_BYTES = NB_MAPPING_BYTES + 2 * NB_MAPPING_HUGE };

/*
 * One page beside where a large page of the page cache would fit: mapped as one, it would take
 * the other faults away with the first.
 */
static inline void *nb_mapping_map(struct nb_loop *loop)
{
	uint8_t *room =
		mmap(NULL, NB_MAPPING_ROOM_BYTES, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uintptr_t skew;

	if (room == MAP_FAILED)
		return MAP_FAILED;
	loop->state[NB_MAPPING_ROOM] = (uintptr_t)room;
	skew = NB_MAPPING_HUGE - (uintptr_t)room % NB_MAPPING_HUGE + NB_IO_BLOCK;
	return mmap(room + skew, NB_MAPPING_BYTES, PROT_READ, MAP_SHARED | MAP_FIXED,
		    nb_storage(loop)->buffered, 0);
}

static inline void nb_mapping_teardown(struct nb_loop *loop)
{
	if (loop->state[NB_MAPPING_ROOM])
		munmap((void *)loop->state[NB_MAPPING_ROOM], NB_MAPPING_ROOM_BYTES);
}

static inline const char *nb_mapping_refuse(struct nb_loop *loop, int kind, int code)
{
	const char *what = kind == NB_MAPPING_COLD ? "let go of" : "keep";

	if (code == EAGAIN) /* tmpfs is one */
		return nb_reason("the page cache does not %s the file, as one that is the storage",
				 what);
	return nb_storage_refuse(
		loop, code,
		nb_reason("the page cache does not %s the file: %s", what, strerror(code)));
}

static inline const char *nb_mapping_setup(struct nb_loop *loop, int kind)
{
	struct nb_io *io = nb_storage(loop);
	void *area;
	int result;

	/* Locking what is mapped from now on would map it; touching it first is what is measured.
	 */
	munlockall();
	result = kind == NB_MAPPING_COLD ? nb_io_cache_drop(io->buffered, 0, NB_MAPPING_BYTES)
					 : nb_io_cache_fill(io->buffered, 0, NB_MAPPING_BYTES);
	if (result < 0)
		return nb_mapping_refuse(loop, kind, -result);
	area = nb_mapping_map(loop);
	if (area == MAP_FAILED) {
		result = errno;
		nb_mapping_teardown(loop);
		return nb_storage_refuse(
			loop, result,
			nb_reason("this file system cannot map a file: %s", strerror(result)));
	}
	madvise(area, NB_MAPPING_BYTES, MADV_RANDOM);
	loop->state[NB_MAPPING_AT] = (uintptr_t)area;
	return 0;
}

/* 97 is prime to the number of pages: every page comes once before any comes again. */
static inline void nb_mapping_touch(struct nb_loop *loop)
{
	uint64_t page = loop->state[NB_MAPPING_NEXT]++ * 97 % NB_MAPPING_PAGES;
	const volatile uint8_t *area = (const uint8_t *)loop->state[NB_MAPPING_AT];

	(void)area[page * NB_MAPPING_STEP * NB_IO_BLOCK];
	nb_storage(loop)->bytes += NB_IO_BLOCK;
}

#endif
