/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "nestbench/base.h"
#include "nestbench/chain.h"

#include "arena.h"

/* Memory of this process, in pages of a size that is asked for and checked. */

static int failed(const char *what, struct nb_error *error)
{
	int code = errno;

	nb_error_set(error, code, "%s: %s", what, strerror(code));
	return code > 0 ? -code : -EIO;
}

/* A line "NAME:   123 kB" of a file in /proc. */
static bool read_kib(const char *line, const char *name, unsigned long long *kib)
{
	size_t length = strlen(name);

	if (strncmp(line, name, length) != 0)
		return false;
	*kib = strtoull(line + length, NULL, 10);
	return true;
}

/* False where this kernel does not tell. */
static bool available_kib(unsigned long long *kib)
{
	FILE *file = fopen("/proc/meminfo", "re");
	char line[128];
	bool found = false;

	if (!file)
		return false;
	while (!found && fgets(line, sizeof(line), file))
		found = read_kib(line, "MemAvailable:", kib);
	fclose(file);
	return found;
}

/* A tenth is left to everybody else: nothing shall be swapped out or killed for a measurement. */
int nb_arena_memory_check(uint64_t bytes, struct nb_error *error)
{
	unsigned long long needed = (bytes + bytes / 10) / NB_ARENA_KIB;
	unsigned long long kib;

	if (!available_kib(&kib) || kib >= needed)
		return 0;
	nb_error_set(error, ENOMEM, "needs %llu MiB of free memory, and %llu MiB are there",
		     needed / 1024 + 1, kib / 1024);
	return -ENOMEM;
}

/*
 * The runner locks all memory to come, which would populate this and forbid MADV_DONTNEED: memory
 * that nobody may touch is not populated, and then it is unlocked. What lies around it keeps
 * other mappings from being merged with it.
 */
static int prepare(struct nb_arena_memory *memory, bool huge, struct nb_error *error)
{
	uintptr_t start = (uintptr_t)memory->mapping + NB_ARENA_PAGE;

	start = (start + NB_ARENA_HUGE - 1) / NB_ARENA_HUGE * NB_ARENA_HUGE;
	memory->bytes = (uint8_t *)memory->mapping + (start - (uintptr_t)memory->mapping);
	if (munlock(memory->mapping, memory->mapping_size) < 0)
		return failed("munlock", error);
	if (mprotect(memory->bytes, memory->size, PROT_READ | PROT_WRITE) < 0)
		return failed("mprotect", error);
	/* A kernel without transparent huge pages knows neither: that is found out later. */
	(void)madvise(memory->bytes, memory->size, huge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
	return 0;
}

int nb_arena_memory_open(struct nb_arena_memory *memory, uint64_t size, bool huge,
			 struct nb_error *error)
{
	struct nb_arena_memory opened = { .size = size,
					  .mapping_size = size + 2 * (size_t)NB_ARENA_HUGE };
	int result;

	opened.mapping = mmap(NULL, opened.mapping_size, PROT_NONE,
			      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (opened.mapping == MAP_FAILED && errno == EAGAIN) {
		nb_error_set(error, ENOMEM,
			     "needs %llu MiB of memory, which is more than this user may lock: see "
			     "\"ulimit -l\"",
			     (unsigned long long)(size / NB_ARENA_MIB));
		return -ENOMEM;
	}
	if (opened.mapping == MAP_FAILED)
		return failed("no memory for the benchmark", error);
	result = prepare(&opened, huge, error);
	if (result < 0) {
		nb_arena_memory_close(&opened);
		return result;
	}
	*memory = opened;
	return 0;
}

void nb_arena_memory_close(struct nb_arena_memory *memory)
{
	if (memory->mapping)
		munmap(memory->mapping, memory->mapping_size);
	memset(memory, 0, sizeof(*memory));
}

/*
 * Writes and reads not: what is read first may get the huge page of zeroes, which kernels split at
 * the write that follows. A chain's lines are used in their first bytes only.
 */
void nb_arena_memory_touch(const struct nb_arena_memory *memory, bool huge)
{
	size_t step = huge ? NB_ARENA_HUGE : NB_ARENA_PAGE;
	volatile uint8_t *bytes = memory->bytes;

	for (size_t at = 0; at < memory->size; at += step)
		bytes[at + NB_CHAIN_LINE - 1] = 0;
}

/* KiB that a mapping has in memory, and of those in huge pages. */
struct residence {
	unsigned long long all, huge;
};

/* Whether the line is the head of a mapping, "5581f0-5591f0 rw-p ...", and then of that one. */
static void read_head(const char *line, unsigned long address, bool *inside)
{
	char *rest;
	unsigned long first = strtoul(line, &rest, 16);
	unsigned long end;

	if (*rest != '-')
		return;
	end = strtoul(rest + 1, &rest, 16);
	if (*rest == ' ')
		*inside = address >= first && address < end;
}

static void read_residence(FILE *file, unsigned long address, struct residence *residence)
{
	bool inside = false;
	char line[512];

	while (fgets(line, sizeof(line), file)) {
		read_head(line, address, &inside);
		if (inside && !read_kib(line, "Rss:", &residence->all))
			(void)read_kib(line, "AnonHugePages:", &residence->huge);
	}
}

/* A few small pages do not shift a median; a tenth might. */
int nb_arena_memory_check_huge(const struct nb_arena_memory *memory, struct nb_error *error)
{
	FILE *file = fopen("/proc/self/smaps", "re");
	struct residence residence = { 0 };
	char mode[64];

	if (!file)
		return failed("/proc/self/smaps", error);
	read_residence(file, (unsigned long)(uintptr_t)memory->bytes, &residence);
	fclose(file);
	if (residence.huge > 0 && residence.huge >= residence.all - residence.all / 10)
		return 0;
	if (nb_base_read_line("/sys/kernel/mm/transparent_hugepage/enabled", mode, sizeof(mode)) <
	    0)
		nb_base_copy(mode, sizeof(mode), "nothing");
	nb_error_set(error, ENOMEM,
		     "no transparent huge pages here: %llu of %llu MiB came as such "
		     "(/sys/kernel/mm/transparent_hugepage/enabled says %s)",
		     residence.huge / 1024, residence.all / 1024, mode);
	return -ENOMEM;
}

int nb_arena_memory_drop(const struct nb_arena_memory *memory, struct nb_error *error)
{
	if (madvise(memory->bytes, memory->size, MADV_DONTNEED) < 0)
		return failed("MADV_DONTNEED", error);
	return 0;
}

/*
 * Memory that must not be touched has no place in KVM's tables (Linux, virt/kvm/kvm_main.c,
 * kvm_mmu_notifier_invalidate_range_start). Afterwards it is all as before but for that; the
 * touch makes it writable at once where the kernel would wait for a write.
 */
int nb_arena_memory_hide(const struct nb_arena_memory *memory, bool huge, struct nb_error *error)
{
	if (mprotect(memory->bytes, memory->size, PROT_NONE) < 0 ||
	    mprotect(memory->bytes, memory->size, PROT_READ | PROT_WRITE) < 0)
		return failed("mprotect", error);
	nb_arena_memory_touch(memory, huge);
	return 0;
}
