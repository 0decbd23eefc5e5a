/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_HOST_H
#define NB_HOST_H

#include <stdint.h>

/* What a benchmark of the guest vantage may ask of the VMM; part of its descriptor. */

/*
 * Memory beside the microguest's own, made by the VMM at guest-physical NB_ABI_ARENA, mapped for
 * the guest at NB_ABI_ARENA_VIRTUAL; all zero: none. Where span is larger than memory the same
 * memory is mapped again and again, so that many translations need little memory.
 */
struct nb_arena {
	uint64_t memory; /* bytes, a multiple of page */
	uint64_t span;	 /* virtual bytes; 0: as memory */
	uint64_t page;	 /* of the guest's tables: 4 KiB, 2 MiB or 1 GiB */
	uint64_t huge;	 /* behind it: 1 asks for transparent huge pages, 0 forbids them */
	uint64_t stride; /* a chain of lines, one in each stride of the span; 0: none */
	uint64_t cold;	 /* 1: not populated */
};

/* What the VMM does while the microguest's loop runs, or before it, or instead of it. */
enum nb_host_action {
	NB_HOST_NONE,
	/* A thread on another CPU acts upon each nb_guest_ask_host(): */
	NB_HOST_IRQFD, /* rings an irqfd that is routed as an MSI to vCPU 0, NB_VECTOR_HOST */
	NB_HOST_MSI,   /* KVM_SIGNAL_MSI, the same */
	NB_HOST_LEVEL, /* raises IOAPIC pin NB_ABI_PIN by an irqfd that resamples */
	/* Before each command of the loop: */
	NB_HOST_COLD,  /* takes the arena's memory away; of a populated one KVM's mapping alone */
	NB_HOST_DIRTY, /* dirty logging of the arena is on, its log clean */
	/* Each sample is a call of the host; no code of the guest is in it: */
	NB_HOST_DIRTY_FETCH, /* KVM_GET_DIRTY_LOG: all dirty, by the loop; none if arena.cold */
	NB_HOST_MEMSLOT,     /* a memory slot is added and removed */
};

#endif
