/* SPDX-License-Identifier: Apache-2.0 */
#include <linux/memfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include "nestbench/bench.h"

#include "memory.h"

/*
 * The first write to a page that is mapped but shared: a page fault in which the kernel copies it.
 * The page is one of a file in memory (memfd), mapped privately and read before; after a fork the
 * same happens to anonymous pages (paging.fork_touch).
 */

enum { PAGES = 1024 };
#define SIZE ((uint64_t)PAGES * NB_MEMORY_4K)

enum kept { KEPT_MEMORY, KEPT_NEXT };

static void read_all(const volatile uint8_t *memory)
{
	for (uint64_t at = 0; at < SIZE; at += NB_MEMORY_4K)
		(void)memory[at];
}

/* The file's own pages, which nobody writes to again. */
static int fill(int fd)
{
	static const uint8_t page[NB_MEMORY_4K] = { 1 };

	for (uint64_t i = 0; i < PAGES; i++) {
		if (write(fd, page, sizeof(page)) != sizeof(page))
			return -1;
	}
	return 0;
}

static const char *setup(struct nb_loop *loop)
{
	int fd;
	uint8_t *memory;

	if (loop->kept[KEPT_MEMORY])
		return NULL;
	nb_memory_unlock_later();
	fd = memfd_create("nestbench", MFD_CLOEXEC);
	if (fd < 0 || fill(fd) < 0)
		return "cannot make a file in memory (memfd_create)";
	memory = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	(void)close(fd);
	if (memory == MAP_FAILED)
		return "cannot map a file in memory";
	(void)madvise(memory, SIZE, MADV_NOHUGEPAGE);
	read_all(memory);
	loop->kept[KEPT_MEMORY] = (uintptr_t)memory;
	return NULL;
}

static void prepare(struct nb_loop *loop)
{
	uint8_t *memory = (uint8_t *)loop->kept[KEPT_MEMORY];

	if (loop->kept[KEPT_NEXT] < PAGES)
		return;
	if (nb_memory_drop(memory, SIZE) < 0)
		nb_bench_fail(loop, "copies that could not be taken away", PAGES, PAGES);
	read_all(memory);
	loop->kept[KEPT_NEXT] = 0;
}

static inline void op(struct nb_loop *loop)
{
	uint64_t next = loop->kept[KEPT_NEXT]++;

	*(volatile uint8_t *)(loop->kept[KEPT_MEMORY] + next * NB_MEMORY_4K) = 2;
}

NB_BENCH_DEFINE(user, paging_fault_cow, op, prepare, .setup = setup, .batch = 1);
