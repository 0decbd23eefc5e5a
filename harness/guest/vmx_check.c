/* SPDX-License-Identifier: Apache-2.0 */
#include "vmx_check.h"

/* Intel SDM volume 3, section 27.3.1; the headings below are its parts. */

enum {
	CR0_PE = 1 << 0,
	CR0_WP = 1 << 16,
	CR4_PAE = 1 << 5,
	CR4_CET = 1 << 23,
	RPL = 3,
	TABLE_INDICATOR = 1 << 2,
	RIGHTS_TYPE = 0xf,
	RIGHTS_ACCESSED = 1 << 0,
	RIGHTS_READABLE = 1 << 1,
	RIGHTS_CODE = 1 << 3,
	RIGHTS_S = 1 << 4,
	RIGHTS_DPL_SHIFT = 5,
	RIGHTS_PRESENT = 1 << 7,
	RIGHTS_LONG = 1 << 13,
	RIGHTS_DEFAULT_BIG = 1 << 14,
	RIGHTS_GRANULARITY = 1 << 15,
	TYPE_TSS_BUSY = 11,
	TYPE_LDT = 2,
	TYPE_CODE_CONFORMING = 13, /* accessed */
	STI_BLOCKS = 1 << 0,
	MOV_SS_BLOCKS = 1 << 1,
	ACTIVITY_HLT = 1,
	ACTIVITY_LAST = 3,
	EVENT_TYPE = 7 << 8,
	EVENT_NMI = 2 << 8,
	PENDING_STEP = 1 << 14,
	DEBUGCTL_BTF = 1 << 1,
};

#define CR0_PG		  UINT64_C(0x80000000)
#define RIGHTS_RESERVED	  UINT32_C(0xfffe0f00)
#define DEBUGCTL_RESERVED (~UINT64_C(0xffc7))
#define RFLAGS_ONE	  UINT64_C(0x2)
#define RFLAGS_TF	  UINT64_C(0x100)
#define RFLAGS_IF	  UINT64_C(0x200)
#define RFLAGS_VM	  UINT64_C(0x20000)
#define RFLAGS_RESERVED	  UINT64_C(0xffffffffffc08028)
#define BLOCKS_RESERVED	  UINT64_C(0xffffffe0)
#define PENDING_RESERVED  UINT64_C(0xfffffffffffeaff0)
#define EVENT_VALID	  UINT64_C(0x80000000)
#define LINK_NONE	  UINT64_MAX

static bool is_canonical(const struct nb_vmx_guest_state *guest, uint64_t address)
{
	uint64_t top = address >> (guest->linear_bits - 1);

	return top == 0 || top == UINT64_MAX >> (guest->linear_bits - 1);
}

static bool is_physical(const struct nb_vmx_guest_state *guest, uint64_t address)
{
	return guest->physical_bits >= 64 || address >> guest->physical_bits == 0;
}

static bool is_fixed(uint64_t value, uint64_t fixed0, uint64_t fixed1)
{
	return (value & fixed0) == fixed0 && (value & ~fixed1) == 0;
}

static bool is_usable(const struct nb_vmx_segment_state *seg)
{
	return (seg->rights & NB_VMX_UNUSABLE) == 0;
}

static uint32_t dpl_of(const struct nb_vmx_segment_state *seg)
{
	return seg->rights >> RIGHTS_DPL_SHIFT & RPL;
}

/* ---- control registers, debug registers, MSRs ---- */

static const char *check_control_registers(const struct nb_vmx_guest_state *guest)
{
	if (!is_fixed(guest->cr0, guest->cr0_fixed0, guest->cr0_fixed1))
		return "CR0 and its fixed bits";
	if (guest->cr0 & CR0_PG && !(guest->cr0 & CR0_PE))
		return "CR0.PG without CR0.PE";
	if (!is_fixed(guest->cr4, guest->cr4_fixed0, guest->cr4_fixed1))
		return "CR4 and its fixed bits";
	if (guest->cr4 & CR4_CET && !(guest->cr0 & CR0_WP))
		return "CR4.CET without CR0.WP";
	if (guest->debug_controls && guest->debugctl & DEBUGCTL_RESERVED)
		return "reserved bits of IA32_DEBUGCTL";
	if (!(guest->cr0 & CR0_PG))
		return "CR0.PG in IA-32e mode";
	if (!(guest->cr4 & CR4_PAE))
		return "CR4.PAE in IA-32e mode";
	if (!is_physical(guest, guest->cr3))
		return "CR3 beyond the physical address";
	if (guest->debug_controls && guest->dr7 >> 32)
		return "DR7 beyond 32 bits";
	if (!is_canonical(guest, guest->sysenter_esp) || !is_canonical(guest, guest->sysenter_eip))
		return "canonical SYSENTER addresses";
	return 0;
}

/* ---- segment registers ---- */

static const char *check_selectors(const struct nb_vmx_guest_state *guest)
{
	const struct nb_vmx_segment_state *ldtr = &guest->segments[NB_VMX_LDTR];

	if (guest->segments[NB_VMX_TR].selector & TABLE_INDICATOR)
		return "TI of TR's selector";
	if (is_usable(ldtr) && ldtr->selector & TABLE_INDICATOR)
		return "TI of LDTR's selector";
	if ((guest->segments[NB_VMX_SS].selector & RPL) !=
	    (guest->segments[NB_VMX_CS].selector & RPL))
		return "RPL of SS and CS";
	return 0;
}

static const char *check_bases(const struct nb_vmx_guest_state *guest)
{
	const struct nb_vmx_segment_state *segs = guest->segments;

	if (!is_canonical(guest, segs[NB_VMX_TR].base) ||
	    !is_canonical(guest, segs[NB_VMX_FS].base) ||
	    !is_canonical(guest, segs[NB_VMX_GS].base))
		return "canonical base of TR, FS or GS";
	if (is_usable(&segs[NB_VMX_LDTR]) && !is_canonical(guest, segs[NB_VMX_LDTR].base))
		return "canonical base of LDTR";
	if (segs[NB_VMX_CS].base >> 32)
		return "base of CS beyond 32 bits";
	for (unsigned i = NB_VMX_ES; i <= NB_VMX_DS; i++)
		if (is_usable(&segs[i]) && segs[i].base >> 32)
			return "base of ES, SS or DS beyond 32 bits";
	return 0;
}

/* The limit is stored in bytes: G says which of its bits may differ. */
static bool is_granular(const struct nb_vmx_segment_state *seg)
{
	if ((seg->limit & 0xfff) != 0xfff && seg->rights & RIGHTS_GRANULARITY)
		return false;
	return seg->limit >> 20 == 0 || seg->rights & RIGHTS_GRANULARITY;
}

static const char *check_code(const struct nb_vmx_guest_state *guest)
{
	const struct nb_vmx_segment_state *code = &guest->segments[NB_VMX_CS],
					  *stack = &guest->segments[NB_VMX_SS];
	const uint32_t needed = RIGHTS_CODE | RIGHTS_ACCESSED;
	bool conforming = (code->rights & RIGHTS_TYPE) >= TYPE_CODE_CONFORMING;

	if ((code->rights & needed) != needed)
		return "type of CS";
	if (!(code->rights & RIGHTS_S))
		return "S of CS";
	if (conforming ? dpl_of(code) > dpl_of(stack) : dpl_of(code) != dpl_of(stack))
		return "DPL of CS";
	if (!(code->rights & RIGHTS_PRESENT))
		return "P of CS";
	if (code->rights & RIGHTS_RESERVED)
		return "reserved access rights of CS";
	if (code->rights & RIGHTS_LONG && code->rights & RIGHTS_DEFAULT_BIG)
		return "D and L of CS";
	if (!is_granular(code))
		return "G and limit of CS";
	return 0;
}

static const char *check_stack(const struct nb_vmx_guest_state *guest)
{
	const struct nb_vmx_segment_state *stack = &guest->segments[NB_VMX_SS];
	uint32_t type = stack->rights & RIGHTS_TYPE;

	if (dpl_of(stack) != (stack->selector & RPL))
		return "DPL of SS";
	if (!is_usable(stack))
		return 0;
	if (type != 3 && type != 7)
		return "type of SS";
	if (!(stack->rights & RIGHTS_S))
		return "S of SS";
	if (!(stack->rights & RIGHTS_PRESENT))
		return "P of SS";
	if (stack->rights & RIGHTS_RESERVED)
		return "reserved access rights of SS";
	if (!is_granular(stack))
		return "G and limit of SS";
	return 0;
}

static const char *check_data(const struct nb_vmx_segment_state *data)
{
	if (!is_usable(data))
		return 0;
	if (!(data->rights & RIGHTS_ACCESSED) ||
	    (data->rights & RIGHTS_CODE && !(data->rights & RIGHTS_READABLE)))
		return "type of DS, ES, FS or GS";
	if (!(data->rights & RIGHTS_S))
		return "S of DS, ES, FS or GS";
	if ((data->rights & RIGHTS_TYPE) < 12 && dpl_of(data) < (data->selector & RPL))
		return "DPL of DS, ES, FS or GS";
	if (!(data->rights & RIGHTS_PRESENT))
		return "P of DS, ES, FS or GS";
	if (data->rights & RIGHTS_RESERVED)
		return "reserved access rights of DS, ES, FS or GS";
	if (!is_granular(data))
		return "G and limit of DS, ES, FS or GS";
	return 0;
}

static const char *check_task(const struct nb_vmx_guest_state *guest)
{
	const struct nb_vmx_segment_state *task = &guest->segments[NB_VMX_TR];

	if (!is_usable(task))
		return "TR is unusable";
	if ((task->rights & RIGHTS_TYPE) != TYPE_TSS_BUSY)
		return "type of TR";
	if (task->rights & RIGHTS_S)
		return "S of TR";
	if (!(task->rights & RIGHTS_PRESENT))
		return "P of TR";
	if (task->rights & RIGHTS_RESERVED)
		return "reserved access rights of TR";
	if (!is_granular(task))
		return "G and limit of TR";
	return 0;
}

static const char *check_local(const struct nb_vmx_guest_state *guest)
{
	const struct nb_vmx_segment_state *local = &guest->segments[NB_VMX_LDTR];

	if (!is_usable(local))
		return 0;
	if ((local->rights & RIGHTS_TYPE) != TYPE_LDT)
		return "type of LDTR";
	if (local->rights & RIGHTS_S)
		return "S of LDTR";
	if (!(local->rights & RIGHTS_PRESENT))
		return "P of LDTR";
	if (local->rights & RIGHTS_RESERVED)
		return "reserved access rights of LDTR";
	if (!is_granular(local))
		return "G and limit of LDTR";
	return 0;
}

static const char *check_rights(const struct nb_vmx_guest_state *guest)
{
	static const uint8_t data[] = { NB_VMX_DS, NB_VMX_ES, NB_VMX_FS, NB_VMX_GS };
	const char *failed = check_code(guest);

	if (!failed)
		failed = check_stack(guest);
	for (unsigned i = 0; i < sizeof(data) && !failed; i++)
		failed = check_data(&guest->segments[data[i]]);
	if (!failed)
		failed = check_task(guest);
	return failed ? failed : check_local(guest);
}

/* ---- descriptor tables ---- */

static const char *check_tables(const struct nb_vmx_guest_state *guest)
{
	if (!is_canonical(guest, guest->gdtr.base) || !is_canonical(guest, guest->idtr.base))
		return "canonical base of GDTR or IDTR";
	if (guest->gdtr.limit >> 16 || guest->idtr.limit >> 16)
		return "limit of GDTR or IDTR";
	return 0;
}

/* ---- RIP, RFLAGS ---- */

static bool injects(const struct nb_vmx_guest_state *guest, uint64_t type)
{
	return guest->entry_event & EVENT_VALID && (guest->entry_event & EVENT_TYPE) == type;
}

static const char *check_flow(const struct nb_vmx_guest_state *guest)
{
	if (!(guest->segments[NB_VMX_CS].rights & RIGHTS_LONG) && guest->rip >> 32)
		return "RIP beyond 32 bits";
	if (!is_canonical(guest, guest->rip))
		return "canonical RIP";
	if (guest->rflags & RFLAGS_RESERVED)
		return "reserved bits of RFLAGS";
	if (!(guest->rflags & RFLAGS_ONE))
		return "bit 1 of RFLAGS";
	if (guest->rflags & RFLAGS_VM)
		return "RFLAGS.VM in IA-32e mode";
	if (injects(guest, 0) && !(guest->rflags & RFLAGS_IF))
		return "RFLAGS.IF with an interrupt injected";
	return 0;
}

/* ---- what is in no register ---- */

static const char *check_activity(const struct nb_vmx_guest_state *guest)
{
	if (guest->activity > ACTIVITY_LAST)
		return "activity state";
	if (guest->activity == ACTIVITY_HLT && dpl_of(&guest->segments[NB_VMX_SS]) != 0)
		return "activity HLT and DPL of SS";
	if (guest->activity != 0 && guest->interruptibility & (STI_BLOCKS | MOV_SS_BLOCKS))
		return "activity and blocking by STI or MOV SS";
	return 0;
}

static const char *check_interruptibility(const struct nb_vmx_guest_state *guest)
{
	uint64_t blocks = guest->interruptibility & (STI_BLOCKS | MOV_SS_BLOCKS);

	if (guest->interruptibility & BLOCKS_RESERVED)
		return "reserved bits of interruptibility";
	if (blocks == (STI_BLOCKS | MOV_SS_BLOCKS))
		return "blocking by STI and by MOV SS";
	if (blocks & STI_BLOCKS && !(guest->rflags & RFLAGS_IF))
		return "blocking by STI without RFLAGS.IF";
	if (blocks && injects(guest, 0))
		return "blocking by STI or MOV SS with an interrupt injected";
	if (blocks & MOV_SS_BLOCKS && injects(guest, EVENT_NMI))
		return "blocking by MOV SS with an NMI injected";
	return 0;
}

static const char *check_pending(const struct nb_vmx_guest_state *guest)
{
	bool steps = guest->rflags & RFLAGS_TF && !(guest->debugctl & DEBUGCTL_BTF);
	bool stepped = (guest->pending_debug & PENDING_STEP) != 0;
	bool delayed = guest->interruptibility & (STI_BLOCKS | MOV_SS_BLOCKS) ||
		       guest->activity == ACTIVITY_HLT;

	if (guest->pending_debug & PENDING_RESERVED)
		return "reserved bits of pending debug exceptions";
	if (delayed && steps != stepped)
		return "pending single step and RFLAGS.TF";
	if (guest->link != LINK_NONE && (guest->link & 0xfff || !is_physical(guest, guest->link)))
		return "VMCS link pointer";
	return 0;
}

const char *nb_vmx_check_guest(const struct nb_vmx_guest_state *guest)
{
	static const char *(*const checks[])(const struct nb_vmx_guest_state *) = {
		check_control_registers,
		check_selectors,
		check_bases,
		check_rights,
		check_tables,
		check_flow,
		check_activity,
		check_interruptibility,
		check_pending,
	};
	const char *failed = 0;

	for (unsigned i = 0; i < sizeof(checks) / sizeof(checks[0]) && !failed; i++)
		failed = checks[i](guest);
	return failed;
}
