/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_LAYOUT_H
#define NB_LAYOUT_H

#include <stdint.h>

/*
 * Where things are in the microguest's address spaces; part of the ABI. The first 4 GiB of virtual
 * addresses are guest-physical ones, in pages of 2 MiB.
 */

enum {
	NB_ABI_VCPUS = 2,
	NB_ABI_IMAGE = 0x100000,    /* the image is loaded here; its header comes first */
	NB_ABI_MAILBOX = 0x300000,  /* one page a vCPU */
	NB_ABI_SHARED = 0x302000,   /* struct nb_abi_shared */
	NB_ABI_SAMPLES = 0x400000,  /* one region a vCPU */
	NB_ABI_SAMPLES_MAX = 16384, /* per vCPU, 8 bytes each */
	NB_ABI_RAM_SIZE = 0x600000, /* guest-physical memory: 0 .. RAM_SIZE */
};

/* Memory of struct nb_arena: the guest-physical address, and page tables that the VMM makes. */
#define NB_ABI_ARENA	    UINT64_C(0x100000000)
#define NB_ABI_ARENA_TABLES UINT64_C(0x40000000)
/* Where the guest sees it: entry 2 of the root, of which it has 512 GiB. */
#define NB_ABI_ARENA_VIRTUAL UINT64_C(0x10000000000)
/* Entry 1 of the root: 512 pages of 4 KiB whose entries the guest itself writes. */
#define NB_ABI_WINDOW_VIRTUAL UINT64_C(0x8000000000)

/* Device addresses; no RAM there. */
#define NB_ABI_MMIO_USER     UINT64_C(0xd0000000) /* handled by our VMM */
#define NB_ABI_MMIO_DOORBELL UINT64_C(0xd0001000) /* ioeventfd, any value */
#define NB_ABI_MMIO_MATCHED  UINT64_C(0xd0002000) /* ioeventfd, only NB_ABI_DOORBELL_VALUE */
#define NB_ABI_MMIO_FRESH    UINT64_C(0xd8000000) /* ours, so many pages: to touch each once */

enum {
	NB_ABI_MMIO_FRESH_PAGES = 0x8000,
	NB_ABI_PORT_CONTROL = 0xf00,  /* 32-bit OUT: the command is done */
	NB_ABI_PORT_USER = 0xf10,     /* handled by our VMM */
	NB_ABI_PORT_DOORBELL = 0xf20, /* ioeventfd, any value */
	NB_ABI_PORT_MATCHED = 0xf30,  /* ioeventfd, only NB_ABI_DOORBELL_VALUE */
	NB_ABI_DOORBELL_VALUE = 0x77,
	NB_ABI_PIN = 20,	   /* IOAPIC input of NB_HOST_LEVEL */
	NB_ABI_VECTOR_HOST = 0x38, /* what NB_HOST_IRQFD and NB_HOST_MSI inject */
};

#endif
