/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_GUEST_VMX_CHECK_H
#define NB_GUEST_VMX_CHECK_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Which check of guest state a VM entry has failed: the CPU says only that one has. A pure
 * function over copies of the fields, so that it can be tested without VMX.
 */

enum nb_vmx_segment {
	NB_VMX_ES,
	NB_VMX_CS,
	NB_VMX_SS,
	NB_VMX_DS,
	NB_VMX_FS,
	NB_VMX_GS,
	NB_VMX_LDTR,
	NB_VMX_TR,
	NB_VMX_SEGMENTS,
};

enum { NB_VMX_UNUSABLE = 1 << 16 }; /* access rights */

struct nb_vmx_segment_state {
	uint64_t base;
	uint32_t selector, limit, rights;
};

struct nb_vmx_table_state {
	uint64_t base, limit;
};

struct nb_vmx_guest_state {
	struct nb_vmx_segment_state segments[NB_VMX_SEGMENTS];
	struct nb_vmx_table_state gdtr, idtr;
	uint64_t cr0, cr3, cr4, dr7, debugctl, sysenter_esp, sysenter_eip;
	uint64_t rip, rflags;
	uint64_t activity, interruptibility, pending_debug, link;
	uint64_t entry_event; /* VM-entry interruption information */
	bool debug_controls;  /* are loaded by the entry */
	/* The CPU's: which bits must be 1 and may be 1, and widths of addresses. */
	uint64_t cr0_fixed0, cr0_fixed1, cr4_fixed0, cr4_fixed1;
	unsigned physical_bits, linear_bits;
};

/*
 * The first failed check of Intel SDM volume 3, section 27.3.1, in its order; NULL if there is
 * none. For guests in IA-32e mode, without "unrestricted guest" and without EFER, PAT, CET and
 * other state of newer CPUs being loaded.
 */
const char *nb_vmx_check_guest(const struct nb_vmx_guest_state *guest);

#endif
