/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_GUEST_VMX_PRIVATE_H
#define NB_GUEST_VMX_PRIVATE_H

#include "nestbench/nested_cpu.h"

#include "nested_private.h"
#include "vmx_check.h"
#include "vmx_fields.h"

/*
 * What the files of VMX share. Numbers of sections are those of the Intel SDM,
 * volume 3.
 */

enum { NB_VMX_REGION_SIZE = 4096 };

/* The inner guest's registers while ours are in use, and our stack pointer while its own is. */
struct nb_vmx_area {
	struct nb_nested_registers registers; /* vmx_switch.S knows their order */
	uint64_t stack;			      /* the host RSP of the VMCS is the address of this */
};

struct nb_vmx_inner {
	struct nb_vmx_area area;
	uint64_t vmcs;	  /* address of its region */
	uint64_t primary; /* its controls now */
	bool launched;
	uint8_t waiting; /* vector of an interrupt that it cannot take yet; 0: none */
};

/* Words of controls, each with a capability MSR and a field of its own. */
enum nb_vmx_word {
	NB_VMX_PIN,
	NB_VMX_PRIMARY,
	NB_VMX_SECONDARY,
	NB_VMX_EXIT,
	NB_VMX_ENTRY,
	NB_VMX_WORDS,
};

enum {
	NB_VMX_PRIMARY_WINDOW = 1 << 2, /* exit once interrupts are on: every VMX has it */
	NB_VMX_PRIMARY_RDPMC = 1 << 11,
	NB_VMX_SECONDARY_VPID = 1 << 5,
	NB_VMX_ENTRY_DEBUG = 1 << 2,
	NB_VMX_CR4_VMXE = 1 << 13,
};

/* IA32_VMX_EPT_VPID_CAP */
enum nb_vmx_ept_capability {
	NB_VMX_EPT_FOUR_LEVELS = 1 << 6,
	NB_VMX_EPT_WRITE_BACK = 1 << 14,
	NB_VMX_EPT_LARGE = 1 << 16,
	NB_VMX_EPT_INVEPT = 1 << 20,
	NB_VMX_EPT_INVEPT_SINGLE = 1 << 25,
	NB_VMX_EPT_INVEPT_ALL = 1 << 26,
};
/* The instruction, and its type for all VPIDs. */
#define NB_VMX_INVVPID (UINT64_C(1) << 32 | UINT64_C(1) << 42)

/* What the CPU offers, and what of it is in use. */
struct nb_vmx {
	uint32_t revision;
	uint32_t controls[NB_VMX_WORDS];
	uint64_t capabilities; /* enum nb_vmx_ept_capability; 0: neither EPT nor VPID */
	uint64_t cr0_fixed0, cr0_fixed1, cr4_fixed0, cr4_fixed1;
	uint64_t ept_pointer; /* 0: not used */
	uint64_t msr_bitmap;
	uint32_t exceptions, msr; /* that exit */
	/* As they were, for turning off. */
	uint64_t cr0, cr4;
	struct nb_guest_pointer gdt, idt;
	bool on;
};

/* A field of the current VMCS; 0 where there is none such. */
static inline uint64_t nb_vmx_read(uint64_t field)
{
	uint64_t value;

	nb_vmx_vmread(field, &value);
	return value;
}

/* Reads what is offered and chooses the controls; NULL or why not. Changes nothing. */
const char *nb_vmx_choose(struct nb_vmx *vmx, uint64_t stage2);
/* VMXON, with region to its use. */
const char *nb_vmx_turn_on(struct nb_vmx *vmx, uint32_t *region);
void nb_vmx_turn_off(struct nb_vmx *vmx);
/* All fields of the current VMCS that matter, but RIP and RSP; vpid: its own, where used. */
const char *nb_vmx_fill(const struct nb_vmx *vmx, const struct nb_vmx_area *area, unsigned vpid);

/* VMLAUNCH, or VMRESUME if launched, and the way back. */
enum nb_vmx_switched { NB_VMX_EXITED, NB_VMX_FAIL_INVALID, NB_VMX_FAIL_VALID };
int nb_vmx_switch(struct nb_vmx_area *area, int launched);
extern const char nb_vmx_exited[]; /* the host RIP */

/* The latest exit, or why there was none, in the mailbox's note. */
void nb_vmx_describe(const struct nb_vmx *vmx, enum nb_vmx_switched switched, uint64_t reason);

#endif
