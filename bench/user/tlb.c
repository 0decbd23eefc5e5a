/* SPDX-License-Identifier: Apache-2.0 */
#include "tlb.h"

#include <cpuid.h>

#define LEAF_TRANSLATION 0x18u /* Intel SDM volume 2, CPUID: deterministic address translation */
#define LEAF_EXTENDED	 0x80000000u /* highest extended leaf */
#define LEAF_L2		 0x80000006u /* AMD APM volume 3, appendix E: L2 cache and TLB */

enum { SUBLEAF_MAX = 64, ENTRIES_UNKNOWN = 2048, TYPE_INSTRUCTION = 2 };

static uint64_t larger(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* EDX[4:0] is the type, 0: none; EBX[3:0] page sizes, EBX[31:16] ways; ECX sets. */
static uint64_t entries_of(const struct nb_tlb_leaf *leaf, enum nb_tlb_page page)
{
	uint32_t type = leaf->d & 0x1f;

	if (type == 0 || type == TYPE_INSTRUCTION || !(leaf->b & (uint32_t)page))
		return 0;
	return (uint64_t)(leaf->b >> 16) * leaf->c;
}

static uint64_t entries_intel(enum nb_tlb_page page, nb_tlb_read read)
{
	uint32_t last;
	uint64_t most = 0;

	if (read(0, 0).a < LEAF_TRANSLATION)
		return 0;
	last = read(LEAF_TRANSLATION, 0).a;
	for (uint32_t i = 0; i <= last && i < SUBLEAF_MAX; i++) {
		struct nb_tlb_leaf leaf = read(LEAF_TRANSLATION, i);

		most = larger(most, entries_of(&leaf, page));
	}
	return most;
}

/* Bits 31 to 28: associativity, 0: no such TLB; bits 27 to 16: entries for data. */
static uint64_t entries_amd(enum nb_tlb_page page, nb_tlb_read read)
{
	struct nb_tlb_leaf leaf;
	uint32_t field;

	if (read(LEAF_EXTENDED, 0).a < LEAF_L2)
		return 0;
	leaf = read(LEAF_L2, 0);
	field = page == NB_TLB_4K ? leaf.b : leaf.a;
	return field >> 28 ? field >> 16 & 0xfff : 0;
}

uint64_t nb_tlb_entries(enum nb_tlb_page page, nb_tlb_read read)
{
	uint64_t entries = larger(entries_intel(page, read), entries_amd(page, read));

	return entries > 0 ? entries : ENTRIES_UNKNOWN;
}

struct nb_tlb_leaf nb_tlb_cpuid(uint32_t leaf, uint32_t subleaf)
{
	struct nb_tlb_leaf found;

	__cpuid_count(leaf, subleaf, found.a, found.b, found.c, found.d);
	return found;
}
