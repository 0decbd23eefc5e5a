/* SPDX-License-Identifier: Apache-2.0 */
#include "nested_private.h"

/*
 * Stage 2 of the inner guests (Intel SDM volume 3, section 29.3.2; AMD APM volume 2, section
 * 15.25): all memory and devices one to one in pages of 2 MiB, and a window of single pages that
 * come and go. No page is also part of the inner guest's own page tables: setting accessed and
 * dirty bits there would write to tables that the hypervisor below shadows.
 */

enum {
	PAGE = 4096,
	ENTRIES = 512,
	DIRECTORIES = 5, /* of a GiB: RAM and devices, and the arena at NB_ABI_ARENA */
	WINDOW_DIRECTORY = NB_NESTED_WINDOW >> 30,
};

_Static_assert(NB_ABI_ARENA >> 30 == DIRECTORIES - 1, "the arena's first GiB is mapped");
_Static_assert((int)NB_NESTED_WINDOW_PAGES == (int)ENTRIES, "the window is one page table");

static _Alignas(PAGE) uint64_t root[ENTRIES];
static _Alignas(PAGE) uint64_t pointers[ENTRIES];
static _Alignas(PAGE) uint64_t directories[DIRECTORIES][ENTRIES];
static _Alignas(PAGE) uint64_t window_directory[ENTRIES];
static _Alignas(PAGE) volatile uint64_t window[ENTRIES];

uint64_t nb_nested_stage2_make(const struct nb_nested_engine *engine)
{
	for (uint64_t i = 0; i < (uint64_t)DIRECTORIES * ENTRIES; i++)
		directories[i / ENTRIES][i % ENTRIES] = i << 21 | engine->large;
	for (unsigned i = 0; i < DIRECTORIES; i++)
		pointers[i] = (uint64_t)directories[i] | engine->table;
	window_directory[0] = (uint64_t)window | engine->table;
	pointers[WINDOW_DIRECTORY] = (uint64_t)window_directory | engine->table;
	root[0] = (uint64_t)pointers | engine->table;
	nb_nested_stage2_unmap();
	return (uint64_t)root;
}

static unsigned index_of(uint64_t address)
{
	return (unsigned)((address - NB_NESTED_WINDOW) / PAGE % ENTRIES);
}

void nb_nested_stage2_map(const struct nb_nested_engine *engine, uint64_t address)
{
	unsigned index = index_of(address);

	window[index] = nb_guest_window_memory(index) | engine->page;
}

void nb_nested_stage2_unmap(void)
{
	for (unsigned i = 0; i < ENTRIES; i++)
		window[i] = 0;
}
