/* SPDX-License-Identifier: Apache-2.0 */
#include "vmx_private.h"

/* What this VMX offers, which of its controls are in use, VMXON and VMXOFF. */

enum {
	MSR_FEATURE_CONTROL = 0x3a,
	MSR_VMX_BASIC = 0x480,
	MSR_VMX_CR0_FIXED0 = 0x486,
	MSR_VMX_CR0_FIXED1 = 0x487,
	MSR_VMX_CR4_FIXED0 = 0x488,
	MSR_VMX_CR4_FIXED1 = 0x489,
	MSR_VMX_EPT_VPID = 0x48c,
};

enum {
	FEATURE_LOCKED = 1 << 0,
	FEATURE_VMXON = 1 << 2, /* outside of SMX */
	CR0_NE = 1 << 5,
	PRIMARY_SECONDARY = 31,
	SECONDARY_EPT = 1 << 1,
	EPT_LEVELS_4 = 3 << 3,
	EPT_MEMORY_WB = 6,
};
#define BASIC_REVISION	 UINT32_C(0x7fffffff)
#define BASIC_TRUE	 (UINT64_C(1) << 55)
#define CPUID_1_VMX	 (UINT32_C(1) << 5)
#define CPUID_7_INVPCID	 (UINT32_C(1) << 10)
#define CPUID_EXT_RDTSCP (UINT32_C(1) << 27)

/* ---- controls ---- */

/* Appendix A.3 to A.5: the MSR that tells what may be 0 and 1, and the newer that tells exactly. */
static const struct {
	uint16_t msr, true_msr;
} word_msrs[NB_VMX_WORDS] = {
	[NB_VMX_PIN] = { 0x481, 0x48d },       [NB_VMX_PRIMARY] = { 0x482, 0x48e },
	[NB_VMX_SECONDARY] = { 0x48b, 0x48b }, [NB_VMX_EXIT] = { 0x483, 0x48f },
	[NB_VMX_ENTRY] = { 0x484, 0x490 },
};

enum wanted { ALWAYS, FOR_STAGE2, IF_OFFERED, IF_RDTSCP, IF_INVPCID };

/* In this order: the secondary controls exist where the primary ones say so. */
static const struct wish {
	uint8_t word, bit, wanted;
	const char *name;
} wishes[] = {
	{ NB_VMX_PIN, 0, ALWAYS, "external-interrupt exiting" },
	{ NB_VMX_PRIMARY, 7, ALWAYS, "HLT exiting" },
	{ NB_VMX_PRIMARY, 24, ALWAYS, "unconditional I/O exiting" },
	{ NB_VMX_PRIMARY, 28, ALWAYS, "MSR bitmaps" },
	{ NB_VMX_PRIMARY, PRIMARY_SECONDARY, ALWAYS, "secondary controls" },
	{ NB_VMX_SECONDARY, 1, FOR_STAGE2, "EPT" },
	{ NB_VMX_SECONDARY, 5, IF_OFFERED, "VPID" },
	{ NB_VMX_SECONDARY, 3, IF_RDTSCP, "RDTSCP" },
	{ NB_VMX_SECONDARY, 12, IF_INVPCID, "INVPCID" },
	{ NB_VMX_EXIT, 9, ALWAYS, "host address-space size" },
	{ NB_VMX_ENTRY, 9, ALWAYS, "IA-32e mode guest" },
};

static const char *lacking(const char *name)
{
	nb_guest_note(name);
	return "this VMX lacks what the inner guest needs";
}

static bool is_wanted(enum wanted wanted, bool stage2)
{
	switch (wanted) {
	case FOR_STAGE2:
		return stage2;
	case IF_RDTSCP:
		return (nb_guest_cpuid(0x80000001).edx & CPUID_EXT_RDTSCP) != 0;
	case IF_INVPCID:
		return (nb_guest_cpuid(7).ebx & CPUID_7_INVPCID) != 0;
	default:
		return true;
	}
}

/* Low half: bits that must be 1. High half: bits that may be 1. */
static const char *choose_controls(struct nb_vmx *vmx, bool exact, bool stage2)
{
	uint64_t limits = 0;
	int word = -1;

	for (unsigned i = 0; i < sizeof(wishes) / sizeof(wishes[0]); i++) {
		const struct wish *wish = &wishes[i];

		if (wish->word != word) {
			word = wish->word;
			limits = nb_guest_rdmsr(exact ? word_msrs[word].true_msr
						      : word_msrs[word].msr);
			vmx->controls[word] = (uint32_t)limits;
		}
		if (!is_wanted(wish->wanted, stage2))
			continue;
		if (limits >> 32 >> wish->bit & 1)
			vmx->controls[word] |= UINT32_C(1) << wish->bit;
		else if (wish->wanted == ALWAYS || wish->wanted == FOR_STAGE2)
			return lacking(wish->name);
	}
	return 0;
}

static const char *choose_stage2(struct nb_vmx *vmx, uint64_t stage2)
{
	const uint64_t needed = NB_VMX_EPT_INVEPT_SINGLE | NB_VMX_EPT_INVEPT_ALL;

	if (!(vmx->capabilities & NB_VMX_EPT_FOUR_LEVELS))
		return lacking("EPT of four levels");
	if (!(vmx->capabilities & NB_VMX_EPT_LARGE))
		return lacking("EPT pages of 2 MiB");
	if (!(vmx->capabilities & NB_VMX_EPT_INVEPT) || !(vmx->capabilities & needed))
		return lacking("INVEPT");
	vmx->ept_pointer = stage2 | EPT_LEVELS_4;
	if (vmx->capabilities & NB_VMX_EPT_WRITE_BACK)
		vmx->ept_pointer |= EPT_MEMORY_WB;
	return 0;
}

const char *nb_vmx_choose(struct nb_vmx *vmx, uint64_t stage2)
{
	const char *reason;
	uint64_t basic;

	if (!(nb_guest_cpuid(1).ecx & CPUID_1_VMX))
		return "this CPU shows no VMX (CPUID)";
	basic = nb_guest_rdmsr(MSR_VMX_BASIC);
	vmx->revision = (uint32_t)basic & BASIC_REVISION;
	vmx->cr0_fixed0 = nb_guest_rdmsr(MSR_VMX_CR0_FIXED0);
	vmx->cr0_fixed1 = nb_guest_rdmsr(MSR_VMX_CR0_FIXED1);
	vmx->cr4_fixed0 = nb_guest_rdmsr(MSR_VMX_CR4_FIXED0);
	vmx->cr4_fixed1 = nb_guest_rdmsr(MSR_VMX_CR4_FIXED1);
	vmx->ept_pointer = 0;
	reason = choose_controls(vmx, (basic & BASIC_TRUE) != 0, stage2 != 0);
	if (reason)
		return reason;
	vmx->capabilities = 0;
	if (vmx->controls[NB_VMX_SECONDARY] & (SECONDARY_EPT | NB_VMX_SECONDARY_VPID))
		vmx->capabilities = nb_guest_rdmsr(MSR_VMX_EPT_VPID);
	/* Translations that could not be flushed had better not be kept. */
	if ((vmx->capabilities & NB_VMX_INVVPID) != NB_VMX_INVVPID)
		vmx->controls[NB_VMX_SECONDARY] &= ~(uint32_t)NB_VMX_SECONDARY_VPID;
	return stage2 ? choose_stage2(vmx, stage2) : 0;
}

/* ---- on and off ---- */

static bool unlock(void)
{
	uint64_t features = nb_guest_rdmsr(MSR_FEATURE_CONTROL);

	if (!(features & FEATURE_LOCKED)) {
		features |= FEATURE_LOCKED | FEATURE_VMXON;
		nb_guest_wrmsr(MSR_FEATURE_CONTROL, features);
	}
	return (features & FEATURE_VMXON) != 0;
}

static bool vmxon(uint64_t region)
{
	bool fine;

	__asm__ volatile("vmxon %1" : "=@cca"(fine) : "m"(region) : "memory");
	return fine;
}

/*
 * What an earlier use has left: VMXON and VMXOFF keep cached translations (section 29.4.3.3), and
 * page tables have changed since.
 */
static void forget_translations(const struct nb_vmx *vmx)
{
	const uint64_t all = NB_VMX_EPT_INVEPT | NB_VMX_EPT_INVEPT_ALL;

	if ((vmx->capabilities & all) == all)
		nb_vmx_invept(NB_VMX_ALL, 0);
	else if (vmx->ept_pointer)
		nb_vmx_invept(NB_VMX_SINGLE, vmx->ept_pointer);
	if (vmx->controls[NB_VMX_SECONDARY] & NB_VMX_SECONDARY_VPID)
		nb_vmx_invvpid(NB_VMX_ALL, 0);
}

const char *nb_vmx_turn_on(struct nb_vmx *vmx, uint32_t *region)
{
	if (!unlock())
		return "VMX is locked off by IA32_FEATURE_CONTROL";
	vmx->cr0 = nb_guest_read_cr0();
	vmx->cr4 = nb_guest_read_cr4();
	nb_guest_read_tables(&vmx->gdt, &vmx->idt);
	nb_guest_write_cr0(vmx->cr0 | CR0_NE | vmx->cr0_fixed0);
	nb_guest_write_cr4(vmx->cr4 | NB_VMX_CR4_VMXE | vmx->cr4_fixed0);
	region[0] = vmx->revision;
	vmx->on = vmxon((uint64_t)region);
	if (!vmx->on) {
		nb_guest_write_cr4(vmx->cr4);
		nb_guest_write_cr0(vmx->cr0);
		return "VMXON failed";
	}
	forget_translations(vmx);
	return 0;
}

/* Exits have set the limits of GDTR and IDTR to 0xffff (section 28.5.2). */
void nb_vmx_turn_off(struct nb_vmx *vmx)
{
	if (!vmx->on)
		return;
	__asm__ volatile("vmxoff" : : : "memory", "cc");
	vmx->on = false;
	nb_guest_write_cr4(vmx->cr4);
	nb_guest_write_cr0(vmx->cr0);
	__asm__ volatile("lgdt %0\n\tlidt %1" : : "m"(vmx->gdt), "m"(vmx->idt));
}
