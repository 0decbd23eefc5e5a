/* SPDX-License-Identifier: Apache-2.0 */
#include <linux/memfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include "walk.h"

/*
 * A load that misses the TLB, in pages of 1 GiB, less one that hits it. One such page is mapped at
 * many addresses, each of which needs a translation of its own; it has to be reserved by whoever
 * owns the machine.
 */

#define PAGE_1G (UINT64_C(1) << 30)

static const char *setup(struct nb_loop *loop)
{
	int fd;
	uint8_t *start;

	if (loop->kept[0])
		return NULL;
	fd = memfd_create("nestbench", MFD_CLOEXEC | MFD_HUGETLB | MFD_HUGE_1GB);
	if (fd < 0 || ftruncate(fd, (off_t)PAGE_1G) < 0)
		return "this kernel or CPU has no huge pages of 1 GiB";
	start = mmap(NULL, (NB_WALK_LINES + 1) * PAGE_1G, PROT_NONE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (start == MAP_FAILED)
		return "the address space is limited (ulimit -v): needs 16 TiB of it";
	start += (PAGE_1G - (uintptr_t)start % PAGE_1G) % PAGE_1G;
	for (uint64_t i = 0; i < NB_WALK_LINES; i++) {
		if (mmap(start + i * PAGE_1G, PAGE_1G, PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_FIXED, fd, 0) == MAP_FAILED)
			return "needs a free huge page of 1 GiB; to reserve one, as root: echo 1 > "
			       "/sys/kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages";
	}
	(void)close(fd);
	return nb_walk_prepare_shared(loop, start, PAGE_1G, NB_WALK_LINES * PAGE_1G);
}

NB_WALK_DEFINE(paging_walk_1g, .own_null = 1);
