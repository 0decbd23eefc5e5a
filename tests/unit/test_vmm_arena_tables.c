/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "nestbench/chain.h"

#include "../../harness/vmm/arena.h"

#define KIB NB_ARENA_KIB
#define MIB NB_ARENA_MIB
#define GIB NB_ARENA_GIB

enum { PRESENT = 1 << 0, LARGE = 1 << 7, FLAGS = 0x67 };
#define ADDRESS UINT64_C(0x000ffffffffff000)

static const struct nb_arena shapes[] = {
	{ .memory = 16 * MIB, .span = 64 * MIB, .page = 4 * KIB, .stride = 4 * KIB },
	{ .memory = 64 * MIB, .span = 32 * GIB, .page = 2 * MIB, .huge = 1, .stride = 2 * MIB },
	{ .memory = 1 * GIB, .span = 256 * GIB, .page = 1 * GIB, .stride = 16 * MIB },
	{ .memory = 1 * GIB, .page = 4 * KIB, .huge = 1, .stride = 4 * KIB },
	{ .memory = 16 * KIB, .page = 4 * KIB, .huge = 1, .stride = 4 * KIB },
	{ .memory = 64 * MIB, .page = 2 * MIB, .huge = 1, .cold = 1 },
	{ .memory = 4 * MIB, .page = 4 * KIB },
};

enum { SHAPES = sizeof(shapes) / sizeof(shapes[0]) };

struct built {
	struct nb_arena_plan plan;
	uint64_t *tables;
};

static struct built build(const struct nb_arena *arena)
{
	struct built built;

	nb_arena_plan(arena, &built.plan);
	built.tables = calloc(1, built.plan.tables);
	assert_non_null(built.tables);
	nb_arena_tables_build(&built.plan, built.tables);
	return built;
}

/* The table that an entry points to, inside of what was built. */
static const uint64_t *table_at(const struct built *built, uint64_t entry)
{
	uint64_t offset = (entry & ADDRESS) - NB_ABI_ARENA_TABLES;

	assert_in_range(offset, 0, built->plan.tables - NB_ARENA_PAGE);
	return built->tables + offset / sizeof(uint64_t);
}

/* As a CPU walks; 0 where nothing is mapped. */
static uint64_t walk(const struct built *built, uint64_t offset, uint64_t *page)
{
	const uint64_t *table = built->tables;
	uint64_t entry;

	for (unsigned shift = 30;; shift -= 9) {
		entry = table[offset >> shift & 511];
		if (!(entry & PRESENT))
			return 0;
		assert_int_equal(entry & FLAGS, FLAGS);
		*page = UINT64_C(1) << shift;
		if (shift == 12 || entry & LARGE)
			return (entry & ADDRESS) | (offset & (*page - 1));
		table = table_at(built, entry);
	}
}

static void every_page_leads_to_its_memory(void **state)
{
	(void)state;
	for (size_t i = 0; i < SHAPES; i++) {
		struct built built = build(&shapes[i]);
		uint64_t span = built.plan.arena.span;
		uint64_t page = 0;

		for (uint64_t at = 0; at < span; at += shapes[i].page) {
			uint64_t expected = NB_ABI_ARENA + at % shapes[i].memory + 8;

			assert_true(walk(&built, at + 8, &page) == expected);
			assert_true(page == shapes[i].page);
		}
		free(built.tables);
	}
}

static void the_dense_chain_has_memory_of_its_own(void **state)
{
	(void)state;
	for (size_t i = 0; i < SHAPES; i++) {
		struct built built = build(&shapes[i]);
		const struct nb_arena_plan *plan = &built.plan;
		uint64_t page;

		for (uint64_t at = 0; at < plan->near; at += NB_CHAIN_PAGE)
			assert_true(walk(&built, plan->arena.span + at, &page) ==
				    NB_ABI_ARENA + shapes[i].memory + at);
		assert_true(plan->slot >= shapes[i].memory + plan->near);
		free(built.tables);
	}
}

static void nothing_is_mapped_behind_the_end(void **state)
{
	(void)state;
	for (size_t i = 0; i < SHAPES; i++) {
		struct built built = build(&shapes[i]);
		uint64_t end = built.plan.arena.span + built.plan.near_space;
		uint64_t page;

		assert_true(walk(&built, end - 8, &page) != 0);
		assert_true(walk(&built, end, &page) == 0);
		free(built.tables);
	}
}

static void huge_pages_are_wholly_inside_of_the_slot(void **state)
{
	(void)state;
	for (size_t i = 0; i < SHAPES; i++) {
		struct nb_arena_plan plan;

		nb_arena_plan(&shapes[i], &plan);
		if (shapes[i].huge)
			assert_int_equal(plan.slot % NB_ARENA_HUGE, 0);
	}
}

/* A GiB that is touched here and there does not have to be there. */
static void only_what_is_touched_is_asked_for(void **state)
{
	const struct nb_arena sparse = shapes[2];
	struct nb_arena huge = sparse;
	struct nb_arena_plan plan;

	(void)state;
	nb_arena_plan(&sparse, &plan);
	assert_true(plan.touched == 17 * MIB + plan.tables);
	huge.huge = 1;
	nb_arena_plan(&huge, &plan);
	assert_true(plan.touched == 130 * MIB + plan.tables);
	nb_arena_plan(&shapes[3], &plan);
	assert_true(plan.touched >= 1 * GIB);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_page_leads_to_its_memory),
		cmocka_unit_test(the_dense_chain_has_memory_of_its_own),
		cmocka_unit_test(nothing_is_mapped_behind_the_end),
		cmocka_unit_test(huge_pages_are_wholly_inside_of_the_slot),
		cmocka_unit_test(only_what_is_touched_is_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
