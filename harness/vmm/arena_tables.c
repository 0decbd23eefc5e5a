/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>

#include "nestbench/chain.h"

#include "arena.h"

/* Sizes of an arena, and its page tables (Intel SDM volume 3, section 4.5). */

enum {
	/* Present, writable, user; accessed and dirty, so that no walk writes to them. */
	ENTRY = 0x67,
	ENTRY_LARGE = 0xe7,
	ENTRIES = 512,
};

static uint64_t round_up(uint64_t value, uint64_t unit)
{
	return (value + unit - 1) / unit * unit;
}

/* Bytes that the lines of a chain take, in pages of the machine. */
static uint64_t chain_footprint(const struct nb_chain *chain, uint64_t page)
{
	uint64_t each = round_up(nb_chain_reach(chain), page);

	return each < chain->stride ? chain->size / chain->stride * each : chain->size;
}

static uint64_t tables_size(uint64_t space, uint64_t page)
{
	uint64_t count = 1;

	if (page < NB_ARENA_GIB)
		count += round_up(space, NB_ARENA_GIB) / NB_ARENA_GIB;
	if (page < NB_ARENA_HUGE)
		count += round_up(space, NB_ARENA_HUGE) / NB_ARENA_HUGE;
	return count * NB_ARENA_PAGE;
}

void nb_arena_plan(const struct nb_arena *arena, struct nb_arena_plan *plan)
{
	uint64_t unit = arena->huge ? NB_ARENA_HUGE : NB_ARENA_PAGE;
	struct nb_chain chain = { .size = arena->memory,
				  .span = arena->span ? arena->span : arena->memory,
				  .stride = arena->stride };

	*plan = (struct nb_arena_plan){ .arena = *arena };
	plan->arena.span = chain.span;
	assert(arena->memory % arena->page == 0 && chain.span % arena->page == 0);
	plan->touched = round_up(arena->memory, unit);
	if (arena->stride) {
		assert(nb_chain_valid(&chain));
		plan->near = nb_chain_count(&chain) * NB_CHAIN_LINE;
		plan->near_space = round_up(plan->near, arena->page);
		plan->touched = chain_footprint(&chain, unit) + round_up(plan->near, unit);
	}
	assert(chain.span + plan->near_space <= ENTRIES * NB_ARENA_GIB);
	/* KVM maps a huge page only where the slot has all of it. */
	plan->slot = round_up(arena->memory + plan->near_space, unit);
	plan->tables = tables_size(chain.span + plan->near_space, arena->page);
	plan->touched += plan->tables;
}

/* The guest-physical address behind an offset in the span and what follows it. */
static uint64_t behind(const struct nb_arena_plan *plan, uint64_t offset)
{
	const struct nb_arena *arena = &plan->arena;

	if (offset < arena->span)
		return NB_ABI_ARENA + offset % arena->memory;
	return NB_ABI_ARENA + arena->memory + (offset - arena->span);
}

/* Entries for each page of the whole space. */
static void fill_pages(const struct nb_arena_plan *plan, uint64_t *entries)
{
	uint64_t page = plan->arena.page;
	uint64_t space = plan->arena.span + plan->near_space;
	uint64_t kind = page == NB_ARENA_PAGE ? ENTRY : ENTRY_LARGE;

	for (uint64_t offset = 0; offset < space; offset += page)
		*entries++ = behind(plan, offset) | kind;
}

/* Entries that point to count tables, which lie one after the other. */
static void fill_pointers(uint64_t *entries, uint64_t address, uint64_t count)
{
	for (uint64_t i = 0; i < count; i++)
		entries[i] = (address + i * NB_ARENA_PAGE) | ENTRY;
}

void nb_arena_tables_build(const struct nb_arena_plan *plan, uint64_t *tables)
{
	uint64_t space = plan->arena.span + plan->near_space;
	uint64_t directories = round_up(space, NB_ARENA_GIB) / NB_ARENA_GIB;
	uint64_t leaves = round_up(space, NB_ARENA_HUGE) / NB_ARENA_HUGE;
	uint64_t *directory = tables + ENTRIES;
	uint64_t *table = directory + directories * ENTRIES;
	uint64_t address = NB_ABI_ARENA_TABLES + NB_ARENA_PAGE;

	if (plan->arena.page == NB_ARENA_GIB) {
		fill_pages(plan, tables);
		return;
	}
	fill_pointers(tables, address, directories);
	if (plan->arena.page == NB_ARENA_HUGE) {
		fill_pages(plan, directory);
		return;
	}
	fill_pointers(directory, address + directories * NB_ARENA_PAGE, leaves);
	fill_pages(plan, table);
}

uint64_t nb_arena_root_entry(uint64_t address)
{
	return address | ENTRY;
}
