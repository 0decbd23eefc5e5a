/* SPDX-License-Identifier: Apache-2.0 */
#include "vmx_private.h"

/* What went wrong with an entry, or which exit nobody has expected, as a note in the mailbox. */

/* Section 31.4: the numbers that a mistake here can lead to. */
static const char *const errors[] = {
	[2] = "VMCLEAR with an invalid address",
	[4] = "VMLAUNCH with a launched VMCS",
	[5] = "VMRESUME with a VMCS not launched",
	[7] = "invalid control fields",
	[8] = "invalid host-state fields",
	[9] = "VMPTRLD with an invalid address",
	[10] = "VMPTRLD with the VMXON region",
	[11] = "VMPTRLD with the wrong revision",
	[12] = "VMREAD or VMWRITE of an unknown field",
	[13] = "VMWRITE of a read-only field",
	[26] = "events blocked by MOV SS",
	[28] = "invalid operand of INVEPT or INVVPID",
};

static void note_field(const char *name, uint64_t field)
{
	nb_guest_note_number(name, nb_vmx_read(field));
}

static void read_segments(struct nb_vmx_guest_state *guest)
{
	for (uint32_t i = 0; i < NB_VMX_SEGMENTS; i++) {
		struct nb_vmx_segment_state *segment = &guest->segments[i];

		segment->selector = (uint32_t)nb_vmx_read(NB_VMCS_SELECTORS + 2 * i);
		segment->limit = (uint32_t)nb_vmx_read(NB_VMCS_LIMITS + 2 * i);
		segment->rights = (uint32_t)nb_vmx_read(NB_VMCS_RIGHTS + 2 * i);
		segment->base = nb_vmx_read(NB_VMCS_BASES + 2 * i);
	}
	guest->gdtr.base = nb_vmx_read(NB_VMCS_GDTR_BASE);
	guest->gdtr.limit = nb_vmx_read(NB_VMCS_GDTR_LIMIT);
	guest->idtr.base = nb_vmx_read(NB_VMCS_IDTR_BASE);
	guest->idtr.limit = nb_vmx_read(NB_VMCS_IDTR_LIMIT);
}

static void read_registers(struct nb_vmx_guest_state *guest)
{
	guest->cr0 = nb_vmx_read(NB_VMCS_CR0);
	guest->cr3 = nb_vmx_read(NB_VMCS_CR3);
	guest->cr4 = nb_vmx_read(NB_VMCS_CR4);
	guest->dr7 = nb_vmx_read(NB_VMCS_DR7);
	guest->debugctl = nb_vmx_read(NB_VMCS_DEBUGCTL);
	guest->sysenter_esp = nb_vmx_read(NB_VMCS_SYSENTER_ESP);
	guest->sysenter_eip = nb_vmx_read(NB_VMCS_SYSENTER_EIP);
	guest->rip = nb_vmx_read(NB_VMCS_RIP);
	guest->rflags = nb_vmx_read(NB_VMCS_RFLAGS);
	guest->activity = nb_vmx_read(NB_VMCS_ACTIVITY);
	guest->interruptibility = nb_vmx_read(NB_VMCS_INTERRUPTIBILITY);
	guest->pending_debug = nb_vmx_read(NB_VMCS_PENDING_DEBUG);
	guest->link = nb_vmx_read(NB_VMCS_LINK);
	guest->entry_event = nb_vmx_read(NB_VMCS_ENTRY_EVENT);
}

static void read_cpu(struct nb_vmx_guest_state *guest, const struct nb_vmx *vmx)
{
	uint32_t sizes = nb_guest_cpuid(0x80000008).eax;

	guest->physical_bits = sizes & 0xff;
	guest->linear_bits = sizes >> 8 & 0xff;
	guest->cr0_fixed0 = vmx->cr0_fixed0;
	guest->cr0_fixed1 = vmx->cr0_fixed1;
	guest->cr4_fixed0 = vmx->cr4_fixed0;
	guest->cr4_fixed1 = vmx->cr4_fixed1;
	guest->debug_controls = (vmx->controls[NB_VMX_ENTRY] & NB_VMX_ENTRY_DEBUG) != 0;
}

static void describe_state(const struct nb_vmx *vmx)
{
	struct nb_vmx_guest_state guest;
	const char *check;

	read_segments(&guest);
	read_registers(&guest);
	read_cpu(&guest, vmx);
	check = nb_vmx_check_guest(&guest);
	nb_guest_note(", guest state: ");
	nb_guest_note(check ? check : "no check that is known here");
}

static void describe_error(void)
{
	uint64_t error = nb_vmx_read(NB_VMCS_INSTRUCTION_ERROR);

	nb_guest_note_number("VM-instruction error ", error);
	if (error < sizeof(errors) / sizeof(errors[0]) && errors[error]) {
		nb_guest_note(", ");
		nb_guest_note(errors[error]);
	}
}

static void describe_exit(const struct nb_vmx *vmx, uint64_t reason)
{
	uint64_t basic = reason & NB_VMX_EXIT_BASIC;

	nb_guest_note_number("VMX exit ", reason);
	note_field(", qualification ", NB_VMCS_QUALIFICATION);
	note_field(", rip ", NB_VMCS_RIP);
	if (basic == NB_VMX_EXIT_EXCEPTION)
		note_field(", event ", NB_VMCS_EXIT_EVENT);
	if (basic == NB_VMX_EXIT_EPT_VIOLATION || basic == NB_VMX_EXIT_EPT_MISCONFIGURATION)
		note_field(", address ", NB_VMCS_PHYSICAL_ADDRESS);
	if (basic == NB_VMX_EXIT_GUEST_STATE)
		describe_state(vmx);
}

void nb_vmx_describe(const struct nb_vmx *vmx, enum nb_vmx_switched switched, uint64_t reason)
{
	if (switched == NB_VMX_EXITED)
		describe_exit(vmx, reason);
	else if (switched == NB_VMX_FAIL_VALID)
		describe_error();
	else
		nb_guest_note("VMfailInvalid, no VMCS is current");
}
