/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_ABI_H
#define NB_ABI_H

#include <stddef.h>
#include <stdint.h>

#include "nestbench/descriptor.h"
#include "nestbench/layout.h"
#include "nestbench/nested_reason.h"

/*
 * The contract between the microguest and its VMM: what goes through the mailboxes. Both sides are
 * compiled with this header; only fixed-width fields and pointers of 64 bits cross. Change it and
 * NB_ABI_VERSION together.
 */

#define NB_ABI_MAGIC UINT64_C(0x31747365756762ee) /* "\xee" "bguest1" */

enum { NB_ABI_VERSION = 3 };

/* At the start of the image. Addresses are guest-physical. */
struct nb_abi_header {
	uint64_t magic;
	uint32_t version;
	uint32_t bench_count;
	uint64_t memory_end; /* first byte behind the image and its zeroed data */
	uint64_t entry;	     /* void entry(uint64_t vcpu), 64-bit mode, interrupts off */
	uint64_t page_table; /* for CR3; NB_ABI_ROOTS of them, one page each */
	uint64_t stack_top[NB_ABI_VCPUS];
	const struct nb_bench *const *benches; /* guest vantage, in the order of bench.def */
};

enum { NB_ABI_ROOTS = 2, NB_ABI_NOTE_SIZE = 128 };

enum nb_abi_command {
	NB_ABI_BOOT = 1, /* what the first entry does */
	NB_ABI_SETUP,	 /* select benchmark, variant; zero its state; run setup */
	NB_ABI_RUN,	 /* count samples of batch operations */
	NB_ABI_TEARDOWN,
	NB_ABI_PEER, /* second vCPU: the benchmark's peer, until the first one's RUN is done */
};

enum nb_abi_status {
	NB_ABI_BUSY = 0,
	NB_ABI_DONE = 1,
	NB_ABI_UNAVAILABLE = 2, /* setup said why: reason */
	NB_ABI_FAULT = 3,	/* unexpected exception: fault; the vCPU is lost */
	NB_ABI_WRONG = 4,	/* the operation's own check failed: reason, failed, total */
};

enum nb_abi_flag {
	NB_ABI_RING3 = 1 << 0,
	NB_ABI_UNTIMED = 1 << 1,    /* no sample is written */
	NB_ABI_NULL = 1 << 2,	    /* SETUP: for nb_loop.null */
	NB_ABI_SAME_CLOCK = 1 << 3, /* the guest's time stamp counter is the host's */
};

enum nb_abi_cpu { NB_ABI_CPU_INTEL = 1, NB_ABI_CPU_AMD = 2 }; /* VMCALL or VMMCALL */

struct nb_abi_fault {
	uint64_t vector, error, rip, rsp, cs, rflags, cr2;
};

struct nb_abi_mailbox {
	/* The VMM writes, before it enters the vCPU. */
	uint32_t command, flags;
	uint32_t bench, variant;
	uint64_t count, batch;
	uint64_t cpu;	 /* enum nb_abi_cpu */
	uint64_t tsc_hz; /* of the guest's time stamp counter; 0: KVM does not say */
	/* Of the variant's arena: bytes, and the first lines of its chains (virtual addresses). */
	uint64_t arena_memory, arena_span, chain, chain_near;
	/* The guest writes, before its OUT to NB_ABI_PORT_CONTROL. */
	uint32_t status;
	uint32_t lost_shadows; /* interrupts taken between STI and HLT (an emulator's bug) */
	uint64_t interrupts;   /* handled since boot */
	const char *reason;    /* inside the image */
	uint64_t failed, total;
	struct nb_abi_fault fault;
	uint64_t inner_exits[NB_INNER_REASONS]; /* of the guest's own guest, since boot */
	uint64_t inner_loops;			/* that ran to their end there */
	char note[NB_ABI_NOTE_SIZE];		/* more about reason; "": nothing */
};

/*
 * What vCPUs and the host's thread tell each other while a loop runs; each word has one writer
 * and a cache line of its own. Clocks are time stamp counters.
 */
struct nb_abi_word {
	_Alignas(64) uint64_t value;
};

struct nb_abi_shared {
	struct nb_abi_word peer_ready; /* second vCPU: 1 in its loop */
	struct nb_abi_word stop;       /* first vCPU: its loop is done */
	struct nb_abi_word asked;      /* guest: number of its latest request to the host */
	struct nb_abi_word answered;   /* guest: number of the latest one whose interrupt came */
	struct nb_abi_word acted;      /* host: its clock right before it acted, then ... */
	struct nb_abi_word acted_on;   /* ... the number of the request */
	struct nb_abi_word seen;       /* host: its clock when it saw the answer, then ... */
	struct nb_abi_word seen_of;    /* ... the number */
	struct nb_abi_word resampled;  /* host: so many EOIs reached the resampling eventfd */
	struct nb_abi_word free[7];    /* the benchmark's own, between the vCPUs */
	struct nb_abi_word rest;       /* guest: ticks until the host acts on a request */
};

_Static_assert(sizeof(void *) == 8, "addresses in the ABI have 64 bits");
_Static_assert(sizeof(struct nb_loop) == 136, "loop");
_Static_assert(sizeof(struct nb_bench) == 144 + NB_VARIANT_MAX * 104, "benchmark descriptor");
_Static_assert(sizeof(struct nb_abi_header) == 64, "image header");
_Static_assert(offsetof(struct nb_abi_header, benches) == 56, "image header");
_Static_assert(sizeof(struct nb_abi_fault) == 56, "fault record");
_Static_assert(sizeof(struct nb_abi_mailbox) == 400, "mailbox");
_Static_assert(offsetof(struct nb_abi_mailbox, status) == 80, "mailbox");
_Static_assert(sizeof(struct nb_abi_shared) == 1088, "shared words");
_Static_assert(NB_ABI_SAMPLES + NB_ABI_VCPUS * NB_ABI_SAMPLES_MAX * 8 <= NB_ABI_RAM_SIZE, "map");

#endif
