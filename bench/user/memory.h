/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_USER_MEMORY_H
#define NB_USER_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Memory for benchmarks of paging. A round's process locks all of its memory where it may, later
 * mappings included, and would so find every page there already: call nb_memory_unlock_later()
 * before mapping what is to fault. All of it is given back when the round's process ends. Functions
 * that return a text return NULL or why this cannot be done here.
 */
enum { NB_MEMORY_4K = 4096, NB_MEMORY_2M = 2 << 20 };

/* What is mapped already stays locked. */
void nb_memory_unlock_later(void);

/*
 * Private anonymous memory, aligned to 2 MiB, with no page behind it yet; page: NB_MEMORY_4K
 * forbids transparent huge pages, NB_MEMORY_2M asks for them and tries one out. Settings of the
 * system are left alone.
 */
const char *nb_memory_map(uint64_t size, uint64_t page, uint8_t **memory);

/* Takes the pages away. */
int nb_memory_drop(uint8_t *memory, uint64_t size);

/* Of memory that was touched only at its start: whether it is one page of 2 MiB. */
bool nb_memory_is_huge(uint8_t *start);

/* Touches every page, of the size that nb_memory_map() was told; limited in time. */
const char *nb_memory_fill(uint8_t *memory, uint64_t size, uint64_t page);

/* Whether so many bytes are free, to this process's cgroup as well. */
const char *nb_memory_need(uint64_t size);

/*
 * A page of 4 KiB, writable, between two that are not accessible: changes of its protection and
 * its absence neither merge nor split a mapping, nor do they free a page table.
 */
const char *nb_memory_fenced_page(uint8_t **page);
int nb_memory_map_page(uint8_t *page); /* again, after munmap() */
void nb_memory_free_fenced_page(uint8_t *page);

#endif
