/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "nestbench/chain.h"

#define KIB UINT64_C(1024)
#define MIB (1024 * KIB)
#define GIB (1024 * MIB)

struct built {
	struct nb_chain chain;
	uint32_t *scratch;
	uint64_t first;
};

/* The shapes that benchmarks use, and the smallest ones. Only what is touched takes memory. */
static const struct nb_chain shapes[] = {
	{ .size = 16 * MIB, .span = 64 * MIB, .stride = 4 * KIB },
	{ .size = 64 * MIB, .span = 32 * GIB, .stride = 2 * MIB },
	{ .size = 1 * GIB, .span = 256 * GIB, .stride = 16 * MIB },
	{ .size = 1 * MIB, .span = 1 * MIB, .stride = 64 },
	{ .size = 16 * KIB, .span = 16 * KIB, .stride = 4 * KIB },
	{ .size = 64 * MIB, .span = 64 * MIB, .stride = 4 * KIB },
	{ .size = 4 * KIB, .span = 256 * KIB, .stride = 4 * KIB },
	{ .size = 64, .span = 64, .stride = 64 },
};

enum { SHAPES = sizeof(shapes) / sizeof(shapes[0]) };

static struct built build(const struct nb_chain *shape)
{
	struct built built = { .chain = *shape };

	assert_true(nb_chain_valid(shape));
	built.chain.memory = calloc(1, shape->size);
	built.chain.address = UINT64_C(0x10000000000);
	built.scratch = calloc(nb_chain_count(shape), sizeof(built.scratch[0]));
	assert_non_null(built.chain.memory);
	assert_non_null(built.scratch);
	built.first = nb_chain_build(&built.chain, built.scratch);
	return built;
}

static void drop(struct built *built)
{
	free(built->chain.memory);
	free(built->scratch);
}

static uint64_t follow(const struct nb_chain *chain, uint64_t address)
{
	uint64_t next;

	assert_in_range(address, chain->address, chain->address + chain->span - 8);
	memcpy(&next, chain->memory + (address - chain->address) % chain->size, sizeof(next));
	return next;
}

static void a_chain_visits_every_stride_once_and_comes_back(void **state)
{
	(void)state;
	for (size_t i = 0; i < SHAPES; i++) {
		struct built built = build(&shapes[i]);
		uint64_t count = nb_chain_count(&shapes[i]);
		uint8_t *seen = calloc(count, 1);
		uint64_t at = built.first;

		assert_non_null(seen);
		for (uint64_t n = 0; n < count; n++) {
			uint64_t stride = (at - built.chain.address) / shapes[i].stride;

			assert_int_equal(seen[stride]++, 0);
			at = follow(&built.chain, at);
		}
		assert_true(at == built.first);
		free(seen);
		drop(&built);
	}
}

static void lines_that_share_memory_are_different_ones(void **state)
{
	(void)state;
	for (size_t i = 0; i < SHAPES; i++) {
		uint64_t lines = shapes[i].size / NB_CHAIN_LINE;
		uint8_t *used = calloc(lines, 1);

		assert_non_null(used);
		for (uint64_t n = 0; n < nb_chain_count(&shapes[i]); n++) {
			uint64_t at = nb_chain_offset(&shapes[i], n) % shapes[i].size;

			assert_int_equal(at % NB_CHAIN_LINE, 0);
			assert_int_equal(used[at / NB_CHAIN_LINE]++, 0);
			assert_true(nb_chain_line(&shapes[i], n) < nb_chain_reach(&shapes[i]));
		}
		free(used);
	}
}

static void check_sets(const struct nb_chain *chain, uint64_t sets)
{
	uint32_t lines[2048] = { 0 };
	uint64_t count = nb_chain_count(chain);

	for (uint64_t n = 0; n < count; n++)
		lines[nb_chain_offset(chain, n) % chain->size / NB_CHAIN_LINE % sets]++;
	for (uint64_t set = 0; set < sets; set++)
		assert_int_equal(lines[set], count / sets);
}

/* Caches of 64 to 2048 sets: as many lines in each as there are on average. */
static void every_set_of_a_cache_gets_as_many_lines(void **state)
{
	enum { BIG = 4 };

	(void)state;
	for (size_t i = 0; i < BIG; i++) {
		for (uint64_t sets = 64; sets <= 2048; sets *= 2)
			check_sets(&shapes[i], sets);
	}
}

static void few_pages_do_not_crowd_into_one_set(void **state)
{
	const struct nb_chain chain = { .size = 256 * KIB, .span = 256 * KIB, .stride = 4 * KIB };
	uint8_t lines[64] = { 0 };

	(void)state;
	for (uint64_t n = 0; n < nb_chain_count(&chain); n++)
		assert_int_equal(lines[nb_chain_line(&chain, n) / NB_CHAIN_LINE]++, 0);
}

/* A random cycle goes on to a stride nearby about as often as it should: seldom. */
static void the_order_is_no_stride(void **state)
{
	struct built built = build(&shapes[0]);
	uint64_t count = nb_chain_count(&shapes[0]);
	uint64_t near = 0;

	(void)state;
	for (uint64_t n = 0; n < count; n++) {
		uint64_t distance = (built.scratch[n] + count - n) % count;

		near += distance <= 8 || count - distance <= 8;
	}
	assert_in_range(near, 1, 64); /* 16 are expected */
	drop(&built);
}

static void the_same_chain_is_built_every_time(void **state)
{
	struct built one = build(&shapes[0]);
	struct built other = build(&shapes[0]);

	(void)state;
	assert_memory_equal(one.chain.memory, other.chain.memory, shapes[0].size);
	drop(&one);
	drop(&other);
}

static void what_cannot_be_built_is_not_valid(void **state)
{
	static const struct nb_chain bad[] = {
		{ .size = 3 * MIB, .span = 4 * MIB, .stride = 4 * KIB },
		{ .size = 4 * MIB, .span = 2 * MIB, .stride = 4 * KIB },
		{ .size = 4 * KIB, .span = 4 * KIB, .stride = 8 * KIB },
		{ .size = 4 * KIB, .span = 512 * KIB, .stride = 4 * KIB }, /* 128 in 64 lines */
		{ .size = 4 * KIB, .span = 4 * KIB, .stride = 32 },
		{ .size = 4 * KIB, .span = 4 * KIB, .stride = 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(nb_chain_valid(&bad[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_chain_visits_every_stride_once_and_comes_back),
		cmocka_unit_test(lines_that_share_memory_are_different_ones),
		cmocka_unit_test(every_set_of_a_cache_gets_as_many_lines),
		cmocka_unit_test(few_pages_do_not_crowd_into_one_set),
		cmocka_unit_test(the_order_is_no_stride),
		cmocka_unit_test(the_same_chain_is_built_every_time),
		cmocka_unit_test(what_cannot_be_built_is_not_valid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
