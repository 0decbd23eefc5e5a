/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_ABI_H
#define NB_ABI_H

#include <stddef.h>
#include <stdint.h>

#include "nestbench/descriptor.h"

/*
 * The contract between the microguest and its VMM: where things are in guest-physical memory and
 * what goes through the mailboxes. Both sides are compiled with this header; only fixed-width
 * fields and pointers of 64 bits cross. Change it and NB_ABI_VERSION together.
 */

#define NB_ABI_MAGIC UINT64_C(0x31747365756762ee) /* "\xee" "bguest1" */

enum {
	NB_ABI_VERSION = 1,
	NB_ABI_VCPUS = 2,
	NB_ABI_IMAGE = 0x100000,    /* the image is loaded here; its header comes first */
	NB_ABI_MAILBOX = 0x300000,  /* one page a vCPU */
	NB_ABI_SAMPLES = 0x400000,  /* one region a vCPU */
	NB_ABI_SAMPLES_MAX = 16384, /* per vCPU, 8 bytes each */
	NB_ABI_RAM_SIZE = 0x600000, /* guest-physical memory: 0 .. RAM_SIZE */
};

/* Device addresses; no RAM there. */
#define NB_ABI_MMIO_USER     UINT64_C(0xd0000000) /* handled by our VMM */
#define NB_ABI_MMIO_DOORBELL UINT64_C(0xd0001000) /* ioeventfd, any value */
#define NB_ABI_MMIO_MATCHED  UINT64_C(0xd0002000) /* ioeventfd, only NB_ABI_DOORBELL_VALUE */

enum {
	NB_ABI_PORT_CONTROL = 0xf00,  /* 32-bit OUT: the command is done */
	NB_ABI_PORT_USER = 0xf10,     /* handled by our VMM */
	NB_ABI_PORT_DOORBELL = 0xf20, /* ioeventfd, any value */
	NB_ABI_PORT_MATCHED = 0xf30,  /* ioeventfd, only NB_ABI_DOORBELL_VALUE */
	NB_ABI_DOORBELL_VALUE = 0x77,
};

/* At the start of the image. Addresses are guest-physical. */
struct nb_abi_header {
	uint64_t magic;
	uint32_t version;
	uint32_t bench_count;
	uint64_t memory_end; /* first byte behind the image and its zeroed data */
	uint64_t entry;	     /* void entry(uint64_t vcpu), 64-bit mode, interrupts off */
	uint64_t page_table; /* for CR3 */
	uint64_t stack_top[NB_ABI_VCPUS];
	const struct nb_bench *const *benches; /* guest vantage, in the order of bench.def */
};

enum nb_abi_command {
	NB_ABI_BOOT = 1, /* what the first entry does */
	NB_ABI_SETUP,	 /* select benchmark, variant; zero its state; run setup */
	NB_ABI_RUN,	 /* count samples of batch operations */
	NB_ABI_TEARDOWN,
};

enum nb_abi_status {
	NB_ABI_BUSY = 0,
	NB_ABI_DONE = 1,
	NB_ABI_UNAVAILABLE = 2, /* setup said why: reason */
	NB_ABI_FAULT = 3,	/* unexpected exception: fault; the vCPU is lost */
};

enum nb_abi_flag {
	NB_ABI_RING3 = 1 << 0,
	NB_ABI_UNTIMED = 1 << 1, /* no sample is written */
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
	uint64_t cpu; /* enum nb_abi_cpu */
	/* The guest writes, before its OUT to NB_ABI_PORT_CONTROL. */
	uint32_t status;
	uint32_t lost_shadows; /* interrupts taken between STI and HLT (an emulator's bug) */
	uint64_t interrupts;   /* handled since boot */
	const char *reason;    /* inside the image */
	struct nb_abi_fault fault;
};

_Static_assert(sizeof(void *) == 8, "addresses in the ABI have 64 bits");
_Static_assert(sizeof(struct nb_bench) == 312, "benchmark descriptor");
_Static_assert(sizeof(struct nb_abi_header) == 64, "image header");
_Static_assert(offsetof(struct nb_abi_header, benches) == 56, "image header");
_Static_assert(sizeof(struct nb_abi_fault) == 56, "fault record");
_Static_assert(sizeof(struct nb_abi_mailbox) == 120, "mailbox");
_Static_assert(offsetof(struct nb_abi_mailbox, status) == 40, "mailbox");
_Static_assert(NB_ABI_SAMPLES + NB_ABI_VCPUS * NB_ABI_SAMPLES_MAX * 8 <= NB_ABI_RAM_SIZE, "map");

#endif
