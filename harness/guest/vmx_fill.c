/* SPDX-License-Identifier: Apache-2.0 */
#include "vmx_private.h"

/*
 * Everything that is in a VMCS before its first entry, but where the inner guest begins.
 *
 * EFER and PAT are neither saved nor loaded: ours and the inner guest's are the same, and what
 * the CPU does to EFER without (LMA and LME as the controls say, section 27.3.2.1) changes
 * nothing between two sides in 64-bit mode. An entry costs the least that way.
 */

enum {
	MSR_SYSENTER_CS = 0x174,
	MSR_SYSENTER_ESP = 0x175,
	MSR_SYSENTER_EIP = 0x176,
	DR7_RESET = 0x400,
	TASK_LIMIT = 0x67, /* also what an exit sets it to */
	SELECTOR = 0xfff8, /* without TI and RPL, which must be 0 for a host */
};
#define MSR_FS_BASE UINT32_C(0xc0000100)
#define MSR_GS_BASE UINT32_C(0xc0000101)
#define LINK_NONE   UINT64_MAX

struct setting {
	uint32_t field;
	uint64_t value;
};

static uint64_t task_register(void)
{
	uint64_t selector;

	__asm__ volatile("str %0" : "=r"(selector));
	return selector;
}

/* A system descriptor in 64-bit mode, of 16 bytes (section 8.2.3). */
static uint64_t task_base(const struct nb_vmx *vmx)
{
	const uint64_t *descriptor =
		(const uint64_t *)(nb_guest_pointer_base(&vmx->gdt) + (task_register() & SELECTOR));

	return (descriptor[0] >> 16 & 0xffffff) | (descriptor[0] >> 56 & 0xff) << 24 |
	       descriptor[1] << 32;
}

/* A field that does not exist stays the first one that the note names. */
static bool write_all(const struct setting *settings, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		if (nb_vmx_vmwrite(settings[i].field, settings[i].value))
			continue;
		nb_guest_note_number("field ", settings[i].field);
		return false;
	}
	return true;
}

#define WRITE_ALL(settings) write_all(settings, sizeof(settings) / sizeof((settings)[0]))

/*
 * Page faults exit if exceptions says so, whatever their error code: that is mask and match 0
 * (section 26.2). The inner guest owns its control registers, so nothing reads their shadows.
 */
static bool fill_controls(const struct nb_vmx *vmx, unsigned vpid)
{
	const uint32_t *controls = vmx->controls;
	const struct setting settings[] = {
		{ NB_VMCS_PIN, controls[NB_VMX_PIN] },
		{ NB_VMCS_PRIMARY, controls[NB_VMX_PRIMARY] },
		{ NB_VMCS_SECONDARY, controls[NB_VMX_SECONDARY] },
		{ NB_VMCS_EXIT, controls[NB_VMX_EXIT] },
		{ NB_VMCS_ENTRY, controls[NB_VMX_ENTRY] },
		{ NB_VMCS_EXCEPTIONS, vmx->exceptions },
		{ NB_VMCS_PF_MASK, 0 },
		{ NB_VMCS_PF_MATCH, 0 },
		{ NB_VMCS_MSR_BITMAP, vmx->msr_bitmap },
		{ NB_VMCS_CR3_TARGETS, 0 },
		{ NB_VMCS_EXIT_MSR_STORES, 0 },
		{ NB_VMCS_EXIT_MSR_LOADS, 0 },
		{ NB_VMCS_ENTRY_MSR_LOADS, 0 },
		{ NB_VMCS_CR0_MASK, 0 },
		{ NB_VMCS_CR4_MASK, 0 },
		{ NB_VMCS_CR0_SHADOW, 0 },
		{ NB_VMCS_CR4_SHADOW, 0 },
	};
	const struct setting ept[] = { { NB_VMCS_EPT_POINTER, vmx->ept_pointer } };
	const struct setting tag[] = { { NB_VMCS_VPID, vpid } };

	return WRITE_ALL(settings) && (!vmx->ept_pointer || WRITE_ALL(ept)) &&
	       (!(controls[NB_VMX_SECONDARY] & NB_VMX_SECONDARY_VPID) || WRITE_ALL(tag));
}

/* A selector of null is fine here, but for CS and TR; and so it is after ring 3. */
static bool fill_host_selectors(void)
{
	uint64_t es, cs, ss, ds, fs, gs;

	__asm__ volatile("mov %%es, %0\n\tmov %%cs, %1\n\tmov %%ss, %2"
			 : "=r"(es), "=r"(cs), "=r"(ss));
	__asm__ volatile("mov %%ds, %0\n\tmov %%fs, %1\n\tmov %%gs, %2"
			 : "=r"(ds), "=r"(fs), "=r"(gs));
	const struct setting settings[] = {
		{ NB_VMCS_HOST_SELECTORS + 2 * NB_VMX_ES, es & SELECTOR },
		{ NB_VMCS_HOST_SELECTORS + 2 * NB_VMX_CS, cs & SELECTOR },
		{ NB_VMCS_HOST_SELECTORS + 2 * NB_VMX_SS, ss & SELECTOR },
		{ NB_VMCS_HOST_SELECTORS + 2 * NB_VMX_DS, ds & SELECTOR },
		{ NB_VMCS_HOST_SELECTORS + 2 * NB_VMX_FS, fs & SELECTOR },
		{ NB_VMCS_HOST_SELECTORS + 2 * NB_VMX_GS, gs & SELECTOR },
		{ NB_VMCS_HOST_SELECTORS + 2 * NB_VMX_LDTR, task_register() & SELECTOR },
	};

	return WRITE_ALL(settings);
}

static bool fill_host(const struct nb_vmx *vmx, const struct nb_vmx_area *area)
{
	uint64_t cr3;

	__asm__ volatile("movq %%cr3, %0" : "=r"(cr3));
	const struct setting settings[] = {
		{ NB_VMCS_HOST_CR0, nb_guest_read_cr0() },
		{ NB_VMCS_HOST_CR3, cr3 },
		{ NB_VMCS_HOST_CR4, nb_guest_read_cr4() },
		{ NB_VMCS_HOST_FS_BASE, nb_guest_rdmsr(MSR_FS_BASE) },
		{ NB_VMCS_HOST_GS_BASE, nb_guest_rdmsr(MSR_GS_BASE) },
		{ NB_VMCS_HOST_TR_BASE, task_base(vmx) },
		{ NB_VMCS_HOST_GDTR_BASE, nb_guest_pointer_base(&vmx->gdt) },
		{ NB_VMCS_HOST_IDTR_BASE, nb_guest_pointer_base(&vmx->idt) },
		{ NB_VMCS_HOST_SYSENTER_CS, nb_guest_rdmsr(MSR_SYSENTER_CS) },
		{ NB_VMCS_HOST_SYSENTER_ESP, nb_guest_rdmsr(MSR_SYSENTER_ESP) },
		{ NB_VMCS_HOST_SYSENTER_EIP, nb_guest_rdmsr(MSR_SYSENTER_EIP) },
		{ NB_VMCS_HOST_RSP, (uint64_t)&area->stack },
		{ NB_VMCS_HOST_RIP, (uint64_t)nb_vmx_exited },
	};

	return fill_host_selectors() && WRITE_ALL(settings);
}

static bool fill_segment(enum nb_vmx_segment segment, const struct nb_vmx_segment_state *state)
{
	const uint32_t offset = 2 * (uint32_t)segment;
	const struct setting settings[] = {
		{ NB_VMCS_SELECTORS + offset, state->selector },
		{ NB_VMCS_LIMITS + offset, state->limit },
		{ NB_VMCS_RIGHTS + offset, state->rights },
		{ NB_VMCS_BASES + offset, state->base },
	};

	return WRITE_ALL(settings);
}

/* Those of tables.c. The TSS is busy, as LTR has left it; there is no LDT. */
static bool fill_segments(const struct nb_vmx *vmx)
{
	const struct nb_vmx_segment_state code = { 0, 0x08, UINT32_MAX, 0xa09b };
	const struct nb_vmx_segment_state data = { 0, 0x10, UINT32_MAX, 0xc093 };
	const struct nb_vmx_segment_state none = { 0, 0, 0, NB_VMX_UNUSABLE };
	const struct nb_vmx_segment_state task = { task_base(vmx), (uint32_t)task_register(),
						   TASK_LIMIT, 0x8b };
	bool fine = fill_segment(NB_VMX_CS, &code) && fill_segment(NB_VMX_LDTR, &none) &&
		    fill_segment(NB_VMX_TR, &task);

	for (enum nb_vmx_segment i = NB_VMX_ES; i < NB_VMX_LDTR; i++)
		fine = fine && (i == NB_VMX_CS || fill_segment(i, &data));
	return fine;
}

/* CR4.VMXE has to be 1 wherever CR4_FIXED0 says so; the inner guest has no other use for it. */
static bool fill_guest(const struct nb_vmx *vmx)
{
	const struct setting settings[] = {
		{ NB_VMCS_CR0, nb_guest_read_cr0() },
		{ NB_VMCS_CR3, nb_guest_page_table(1) },
		{ NB_VMCS_CR4, (vmx->cr4 & ~(uint64_t)NB_VMX_CR4_VMXE) | vmx->cr4_fixed0 },
		{ NB_VMCS_DR7, DR7_RESET },
		{ NB_VMCS_DEBUGCTL, 0 },
		{ NB_VMCS_LINK, LINK_NONE },
		{ NB_VMCS_GDTR_BASE, nb_guest_pointer_base(&vmx->gdt) },
		{ NB_VMCS_GDTR_LIMIT, vmx->gdt.limit },
		{ NB_VMCS_IDTR_BASE, nb_guest_pointer_base(&vmx->idt) },
		{ NB_VMCS_IDTR_LIMIT, vmx->idt.limit },
		{ NB_VMCS_SYSENTER_CS, nb_guest_rdmsr(MSR_SYSENTER_CS) },
		{ NB_VMCS_SYSENTER_ESP, nb_guest_rdmsr(MSR_SYSENTER_ESP) },
		{ NB_VMCS_SYSENTER_EIP, nb_guest_rdmsr(MSR_SYSENTER_EIP) },
	};

	return WRITE_ALL(settings) && fill_segments(vmx);
}

const char *nb_vmx_fill(const struct nb_vmx *vmx, const struct nb_vmx_area *area, unsigned vpid)
{
	if (fill_controls(vmx, vpid) && fill_host(vmx, area) && fill_guest(vmx))
		return 0;
	return "this VMX does not take a field of the VMCS";
}
