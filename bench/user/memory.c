/* SPDX-License-Identifier: Apache-2.0 */
#include "memory.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "moment.h"
#include "reason.h"
#include "room.h"

/*
 * Every round touches its memory anew. Six gigabytes take half a second where the layer below has
 * them at hand; where it first has to find them, one benchmark is not to hold up all the others.
 */
#define FILL_NS_MAX (6 * UINT64_C(1000000000))

/* Without MCL_FUTURE this forgets an earlier MCL_FUTURE, and where it fails there was none. */
void nb_memory_unlock_later(void)
{
	(void)mlockall(MCL_CURRENT);
}

static const char *map_aligned(uint64_t size, uint8_t **memory)
{
	uint8_t *start = mmap(NULL, size + NB_MEMORY_2M, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (start == MAP_FAILED)
		return nb_reason("cannot map %llu MiB: %s", (unsigned long long)(size >> 20),
				 strerror(errno));
	*memory = start + (NB_MEMORY_2M - (uintptr_t)start % NB_MEMORY_2M) % NB_MEMORY_2M;
	return NULL;
}

/* Kernels without transparent huge pages know neither advice. */
static const char *try_huge(uint8_t *memory, uint64_t size)
{
	const char *off = nb_room_huge_pages_off();

	if (off)
		return off;
	if (madvise(memory, size, MADV_HUGEPAGE) < 0)
		return "this kernel has no transparent huge pages";
	*(volatile uint8_t *)memory = 1;
	if (!nb_memory_is_huge(memory))
		return "asked for a page of 2 MiB, the kernel gave a small one: memory is "
		       "fragmented, or hugepages-2048kB/enabled forbids it";
	return nb_memory_drop(memory, size) < 0 ? "cannot take pages away (madvise)" : NULL;
}

const char *nb_memory_map(uint64_t size, uint64_t page, uint8_t **memory)
{
	const char *reason = map_aligned(size, memory);

	if (reason)
		return reason;
	if (page == NB_MEMORY_2M)
		return try_huge(*memory, size);
	(void)madvise(*memory, size, MADV_NOHUGEPAGE);
	return NULL;
}

int nb_memory_drop(uint8_t *memory, uint64_t size)
{
	return madvise(memory, size, MADV_DONTNEED);
}

/* If the page that was touched is a small one (or a few), the last one of them is not there. */
bool nb_memory_is_huge(uint8_t *start)
{
	unsigned char present = 0;

	return mincore(start + NB_MEMORY_2M - NB_MEMORY_4K, NB_MEMORY_4K, &present) == 0 &&
	       (present & 1);
}

const char *nb_memory_fill(uint8_t *memory, uint64_t size, uint64_t page)
{
	uint64_t start = nb_moment_ns();
	uint64_t small = 0;

	for (uint64_t at = 0; at < size; at += page) {
		memory[at] = 1;
		if (page == NB_MEMORY_2M && !nb_memory_is_huge(memory + at))
			small++;
		if (at % NB_MEMORY_2M == 0 && nb_moment_ns() - start > FILL_NS_MAX)
			return nb_reason("touching %llu MiB of memory for the first time takes "
					 "longer than %llu s here: run it again, the machine may "
					 "have that memory by then",
					 (unsigned long long)(size >> 20),
					 (unsigned long long)(FILL_NS_MAX / 1000000000));
	}
	if (small == 0)
		return NULL;
	return nb_reason("memory is fragmented: %llu of %llu pages of 2 MiB came as small ones",
			 (unsigned long long)small, (unsigned long long)(size / page));
}

const char *nb_memory_need(uint64_t size)
{
	uint64_t wanted = (size + size / 8) >> 20; /* the rest of the machine lives, too */
	uint64_t free = nb_room_free_mib();

	if (free >= wanted)
		return NULL;
	return nb_reason("needs %llu MiB of free memory, %llu MiB are there",
			 (unsigned long long)wanted, (unsigned long long)free);
}

const char *nb_memory_fenced_page(uint8_t **page)
{
	uint8_t *start;

	nb_memory_unlock_later();
	start = mmap(NULL, (size_t)3 * NB_MEMORY_4K, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (start == MAP_FAILED || nb_memory_map_page(start + NB_MEMORY_4K) < 0)
		return "cannot map a page";
	*page = start + NB_MEMORY_4K;
	return NULL;
}

int nb_memory_map_page(uint8_t *page)
{
	void *mapped = mmap(page, NB_MEMORY_4K, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);

	return mapped == page ? 0 : -1;
}

void nb_memory_free_fenced_page(uint8_t *page)
{
	(void)munmap(page - NB_MEMORY_4K, (size_t)3 * NB_MEMORY_4K);
}
