/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../bench/user/tlb.h"

/* How many TLB entries CPUs say that they have, by the layouts that their manuals give. */

static const struct nb_tlb_leaf nothing;

/* An AMD EPYC of the third generation, as its leaf 0x80000006 reads. */
static struct nb_tlb_leaf read_amd(uint32_t leaf, uint32_t subleaf)
{
	(void)subleaf;
	if (leaf == 0)
		return (struct nb_tlb_leaf){ .a = 0x10 };
	if (leaf == 0x80000000)
		return (struct nb_tlb_leaf){ .a = 0x80000021 };
	if (leaf == 0x80000006)
		return (struct nb_tlb_leaf){ .a = 0x48002200, .b = 0x68004200 };
	return nothing;
}

/* The field for 2 MiB says 512 entries and no associativity: switched off. */
static struct nb_tlb_leaf read_amd_small(uint32_t leaf, uint32_t subleaf)
{
	if (leaf == 0x80000006)
		return (struct nb_tlb_leaf){ .a = 0x02000000, .b = 0x42000000 };
	return read_amd(leaf, subleaf);
}

/*
 * Types 1 (data), 2 (instructions), 3 (both): 16 x 4 for 4 KiB, 128 x 8 of instructions for both,
 * 12 x 128 for both.
 */
static struct nb_tlb_leaf read_intel(uint32_t leaf, uint32_t subleaf)
{
	static const struct nb_tlb_leaf tlbs[] = {
		{ .a = 3, .b = 0, .c = 0, .d = 0 },
		{ .b = 4 << 16 | 1, .c = 16, .d = 1 << 5 | 1 },
		{ .b = 8 << 16 | 3, .c = 1024, .d = 1 << 5 | 2 },
		{ .b = 12 << 16 | 3, .c = 128, .d = 2 << 5 | 3 },
	};

	if (leaf == 0)
		return (struct nb_tlb_leaf){ .a = 0x1b };
	if (leaf == 0x18 && subleaf < sizeof(tlbs) / sizeof(tlbs[0]))
		return tlbs[subleaf];
	if (leaf == 0x80000000)
		return (struct nb_tlb_leaf){ .a = 0x80000008 };
	return nothing;
}

/* As many a hypervisor shows it. */
static struct nb_tlb_leaf read_hidden(uint32_t leaf, uint32_t subleaf)
{
	const struct nb_tlb_leaf first = { .a = 0x1b };

	(void)subleaf;
	return leaf == 0 ? first : nothing;
}

static struct nb_tlb_leaf read_endless(uint32_t leaf, uint32_t subleaf)
{
	(void)subleaf;
	if (leaf == 0x18)
		return (struct nb_tlb_leaf){ .a = UINT32_MAX, .b = 1 << 16 | 1, .c = 7, .d = 1 };
	return read_hidden(leaf, subleaf);
}

static void amd_says_it_for_each_page_size(void **state)
{
	(void)state;
	assert_int_equal(nb_tlb_entries(NB_TLB_2M, read_amd), 0x800);
	assert_int_equal(nb_tlb_entries(NB_TLB_4K, read_amd), 0x800);
	assert_int_equal(nb_tlb_entries(NB_TLB_4K, read_amd_small), 0x200);
}

static void a_tlb_that_is_off_has_no_entries(void **state)
{
	(void)state;
	assert_int_equal(nb_tlb_entries(NB_TLB_2M, read_amd_small), 2048);
}

static void intels_largest_for_data_counts(void **state)
{
	(void)state;
	assert_int_equal(nb_tlb_entries(NB_TLB_4K, read_intel), 12 * 128);
	assert_int_equal(nb_tlb_entries(NB_TLB_2M, read_intel), 12 * 128);
}

static void what_is_hidden_is_taken_for_many(void **state)
{
	(void)state;
	assert_int_equal(nb_tlb_entries(NB_TLB_4K, read_hidden), 2048);
	assert_int_equal(nb_tlb_entries(NB_TLB_2M, read_hidden), 2048);
}

static void a_list_without_end_ends(void **state)
{
	(void)state;
	assert_int_equal(nb_tlb_entries(NB_TLB_4K, read_endless), 7);
}

static void this_cpu_has_some(void **state)
{
	(void)state;
	assert_true(nb_tlb_entries(NB_TLB_2M, nb_tlb_cpuid) > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(amd_says_it_for_each_page_size),
		cmocka_unit_test(a_tlb_that_is_off_has_no_entries),
		cmocka_unit_test(intels_largest_for_data_counts),
		cmocka_unit_test(what_is_hidden_is_taken_for_many),
		cmocka_unit_test(a_list_without_end_ends),
		cmocka_unit_test(this_cpu_has_some),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
