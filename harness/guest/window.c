/* SPDX-License-Identifier: Apache-2.0 */
#include "guest_private.h"

/* Page tables that benchmarks may load or change. */

enum { PAGE = 4096, ENTRIES = 512, WINDOW_PAGES = 8 };

static _Alignas(PAGE) uint8_t window_memory[WINDOW_PAGES][PAGE];
static bool window_used;

uint64_t nb_guest_page_table(unsigned which)
{
	return (uint64_t)nb_guest_page_tables + (uint64_t)(which % NB_ABI_ROOTS) * PAGE;
}

volatile uint64_t *nb_guest_window_entry(unsigned index)
{
	window_used = true;
	return &nb_guest_window[index % ENTRIES];
}

uint64_t nb_guest_window_memory(unsigned index)
{
	return (uint64_t)window_memory[index % WINDOW_PAGES];
}

void nb_guest_window_clear(void)
{
	if (!window_used)
		return;
	for (unsigned i = 0; i < ENTRIES; i++)
		nb_guest_window[i] = 0;
	window_used = false;
	nb_guest_write_cr3(nb_guest_page_table(0));
}
