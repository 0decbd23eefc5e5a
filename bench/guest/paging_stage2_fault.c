/* SPDX-License-Identifier: Apache-2.0 */
#include "paging.h"

/*
 * A write to a page of which the second level of translation knows nothing. cold: the machine
 * has no memory behind it yet and must find and zero some; warm: the memory is there, and only
 * its mapping for the VM has gone. In the guest's user mode, so that it is a fault, too, where
 * kernel mode is interpreted. Of small pages, one in eight: KVM may map the rest of such a group
 * with it (Linux, arch/x86/kvm/mmu/mmu.c, direct_pte_prefetch).
 */
enum { APART = 8 * PAGING_PAGE };

#define ARENA(pages, size, is_cold)                                                                \
	{                                                                                          \
		.memory = UINT64_C(pages) * (size), .page = (size), .huge = (size) == PAGING_HUGE, \
		.cold = is_cold                                                                    \
	}

static const char *setup(struct nb_loop *loop)
{
	loop->state[0] = nb_guest_mailbox()->arena_memory / loop->arg - 1;
	return 0;
}

/* In turn: a command never has more samples than there are places. */
static inline void op(struct nb_loop *loop)
{
	paging_store(NB_ABI_ARENA_VIRTUAL + (loop->state[1]++ & loop->state[0]) * loop->arg, 1);
}

/* EPT violations and nested page faults are KVM's pf_taken (Linux, arch/x86/kvm/mmu). */
NB_BENCH_DEFINE(guest, paging_stage2_fault, op, nb_bench_no_prepare,
		.expect = NB_EXPECT_STAT("pf_taken", 1), .setup = setup, .rings = NB_RING_3,
		.host = NB_HOST_COLD, .batch = 1, .samples_max = 32,
		.variants = { { .params = "page=2m,state=cold",
				.arg = PAGING_HUGE,
				.arena = ARENA(32, PAGING_HUGE, 1) },
			      { .params = "page=2m,state=warm",
				.arg = PAGING_HUGE,
				.arena = ARENA(32, PAGING_HUGE, 0) },
			      { .params = "page=4k,state=cold",
				.arg = APART,
				.arena = ARENA(1024, PAGING_PAGE, 1) },
			      { .params = "page=4k,state=warm",
				.arg = APART,
				.arena = ARENA(1024, PAGING_PAGE, 0) } },
		.variant_count = 4);
