/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_PLATFORM_LEAVES_H
#define NB_PLATFORM_LEAVES_H

#include <stddef.h>
#include <stdint.h>

#include "nestbench/machine.h"
#include "nestbench/world.h"

/*
 * CPUID as data: reading it is one function, decoding it is pure, so that tests decode what other
 * machines answered.
 */

struct nb_platform_leaf {
	uint32_t leaf; /* EAX of the request; sub-leaf 0 */
	uint32_t eax, ebx, ecx, edx;
};

enum { NB_PLATFORM_LEAVES_MAX = 24 };

struct nb_platform_leaves {
	struct nb_platform_leaf leaves[NB_PLATFORM_LEAVES_MAX];
	size_t count;
};

/* Asks the world for what the functions below look at; no leaves where it does not know any. */
void nb_platform_leaves_read(struct nb_platform_leaves *leaves, const struct nb_world *world);

/* NULL for a leaf that the CPU does not have or the world does not know. */
const struct nb_platform_leaf *nb_platform_leaf_find(const struct nb_platform_leaves *leaves,
						     uint32_t leaf);

enum { NB_PLATFORM_SIGNATURE_SIZE = 13 };

/* 12 characters without the NULs behind them; what cannot be printed becomes '?'. */
void nb_platform_signature_text(uint32_t ebx, uint32_t ecx, uint32_t edx,
				char text[NB_PLATFORM_SIGNATURE_SIZE]);

/* Fills hypervisor and hypervisor_version. */
void nb_platform_decode_hypervisor(const struct nb_platform_leaves *leaves,
				   struct nb_machine *machine);

/*
 * Fills the cpu_ facts from leaves 0, 1 and 0x80000002 to 0x80000004, for a CPU that libcpuid does
 * not know. -ENOTSUP where these are missing; *machine is unchanged then.
 */
int nb_platform_decode_cpu(const struct nb_platform_leaves *leaves, struct nb_machine *machine);

/*
 * The count of Hyper-V levels below this OS (CPUID 0x40000006 EAX[13:10]) that
 * nb_platform_decode_hypervisor() wrote into the version; -1: not told.
 */
int nb_platform_hyperv_level(const struct nb_machine *machine);

#endif
