/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_USER_TLB_H
#define NB_USER_TLB_H

#include <stdint.h>

/* Page sizes as bits of CPUID leaf 0x18. */
enum nb_tlb_page { NB_TLB_4K = 1 << 0, NB_TLB_2M = 1 << 1 };

/* EAX to EDX. */
struct nb_tlb_leaf {
	uint32_t a, b, c, d;
};
typedef struct nb_tlb_leaf (*nb_tlb_read)(uint32_t leaf, uint32_t subleaf);

/*
 * Entries of the largest TLB for data of that page size, as CPUID has it: Intel's leaf 0x18, AMD's
 * 0x80000006. Hypervisors often hide these, and Intel CPUs before Ice Lake had none: then 2048,
 * more than those have.
 */
uint64_t nb_tlb_entries(enum nb_tlb_page page, nb_tlb_read read);
/* Of this CPU. */
struct nb_tlb_leaf nb_tlb_cpuid(uint32_t leaf, uint32_t subleaf);

#endif
