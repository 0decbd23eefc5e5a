/* SPDX-License-Identifier: Apache-2.0 */
#include "vmx_private.h"

/*
 * The engine for VMX (Intel SDM volume 3, chapters 24 to 30). What an exit costs here is what it
 * costs any hypervisor: one VMREAD for its reason, and what its answer needs.
 */

enum {
	MSR_LOW_END = 0x2000,
	BITMAP_HIGH = 0x400,   /* bytes: of MSRs from 0xc0000000 */
	BITMAP_WRITES = 0x800, /* bytes: behind those of reads */
	VECTOR_NMI = 2,
	VECTOR_PF = 14,
	EXCEPTIONS = 32,
	RFLAGS_FIXED = 1 << 1,
	RFLAGS_IF = 1 << 9,
	BLOCKING = 3, /* interruptibility: by STI, by MOV SS */
	ERROR_CODE = 0x7fff,
	FIRST_VPID = 1,
};
#define MSR_HIGH UINT32_C(0xc0000000)

enum { VMXON_REGION, SPARE_REGION, FIRST_REGION, REGIONS = FIRST_REGION + NB_NESTED_GUESTS };

static _Alignas(NB_VMX_REGION_SIZE) uint32_t regions[REGIONS][NB_VMX_REGION_SIZE / 4];
static _Alignas(NB_VMX_REGION_SIZE) uint8_t msr_bitmap[NB_VMX_REGION_SIZE];

static struct nb_vmx vmx;
static struct nb_vmx_inner inners[NB_NESTED_GUESTS];
static struct nb_vmx_inner *current; /* whose VMCS is; NULL: no one's */
static uint64_t exit_reason;
static int switched; /* enum nb_vmx_switched, of the latest entry */

/* ---- on and off ---- */

static void set_msr_bit(uint32_t offset, uint32_t index, bool set)
{
	uint8_t bit = (uint8_t)(1u << (index & 7));

	if (set)
		msr_bitmap[offset + index / 8] |= bit;
	else
		msr_bitmap[offset + index / 8] &= (uint8_t)~bit;
}

/* MSRs outside of both ranges exit anyway (section 25.6.9). */
static void intercept_msr(uint32_t msr, bool exits)
{
	uint32_t high = msr >= MSR_HIGH ? BITMAP_HIGH : 0;
	uint32_t index = high ? msr - MSR_HIGH : msr;

	if (msr == 0 || index >= MSR_LOW_END)
		return;
	set_msr_bit(high, index, exits);
	set_msr_bit(high + BITMAP_WRITES, index, exits);
}

static const char *make_inner(unsigned which)
{
	struct nb_vmx_inner *inner = &inners[which];
	uint32_t *region = regions[FIRST_REGION + which];

	region[0] = vmx.revision;
	inner->vmcs = (uint64_t)region;
	inner->primary = vmx.controls[NB_VMX_PRIMARY];
	inner->launched = false;
	inner->waiting = 0;
	if (!nb_vmx_vmclear(inner->vmcs))
		return "VMCLEAR failed";
	if (!nb_vmx_vmptrld(inner->vmcs))
		return "VMPTRLD failed";
	current = inner;
	return nb_vmx_fill(&vmx, &inner->area, FIRST_VPID + which);
}

/* VMCLEAR lets the CPU (and KVM) keep nothing of a region; VMXOFF alone would not say so. */
static void turn_off(void)
{
	if (!vmx.on)
		return;
	for (unsigned i = SPARE_REGION; i < REGIONS; i++)
		nb_vmx_vmclear((uint64_t)regions[i]);
	current = 0;
	nb_vmx_turn_off(&vmx);
	intercept_msr(vmx.msr, false);
}

static const char *turn_on(const struct nb_nested_config *config, uint64_t stage2)
{
	const char *reason = nb_vmx_choose(&vmx, stage2);

	if (reason)
		return reason;
	vmx.exceptions = config->exceptions;
	vmx.msr_bitmap = (uint64_t)msr_bitmap;
	vmx.msr = config->msr;
	reason = nb_vmx_turn_on(&vmx, regions[VMXON_REGION]);
	if (reason)
		return reason;
	intercept_msr(vmx.msr, true);
	regions[SPARE_REGION][0] = vmx.revision;
	reason = nb_vmx_vmclear(nb_vmx_spare()) ? 0 : "VMCLEAR failed";
	for (unsigned i = 0; i < NB_NESTED_GUESTS && !reason; i++)
		reason = make_inner(i);
	if (reason)
		turn_off();
	return reason;
}

/* ---- entries and exits ---- */

/* Switching between inner guests costs a VMPTRLD; staying does not. */
static void make_current(unsigned which)
{
	if (current == &inners[which])
		return;
	current = &inners[which];
	nb_vmx_vmptrld(current->vmcs);
}

static void flip_control(uint64_t control)
{
	current->primary ^= control;
	nb_vmx_vmwrite(NB_VMCS_PRIMARY, current->primary);
}

/* As after INIT in what an earlier run may have left. */
static void start(unsigned which, uint64_t rip, uint64_t rsp)
{
	make_current(which);
	nb_vmx_vmwrite(NB_VMCS_RIP, rip);
	nb_vmx_vmwrite(NB_VMCS_RSP, rsp);
	nb_vmx_vmwrite(NB_VMCS_RFLAGS, RFLAGS_FIXED);
	nb_vmx_vmwrite(NB_VMCS_ACTIVITY, 0);
	nb_vmx_vmwrite(NB_VMCS_INTERRUPTIBILITY, 0);
	nb_vmx_vmwrite(NB_VMCS_PENDING_DEBUG, 0);
	nb_vmx_vmwrite(NB_VMCS_ENTRY_EVENT, 0);
	if (current->waiting)
		flip_control(NB_VMX_PRIMARY_WINDOW);
	current->waiting = 0;
}

static void put_event(uint64_t event, uint64_t error)
{
	if (event & NB_VMX_EVENT_ERROR)
		nb_vmx_vmwrite(NB_VMCS_ENTRY_ERROR, error);
	nb_vmx_vmwrite(NB_VMCS_ENTRY_EVENT, event);
}

/*
 * An exit while the CPU delivered an event: the next entry delivers it again (section 28.2.4).
 * Only page violations and exceptions come in between, so that no other exit pays this VMREAD.
 * An exception injected instead takes the event's place: no inner guest here has two at once.
 */
static void save_event(void)
{
	const uint64_t kept =
		NB_VMX_EVENT_VALID | NB_VMX_EVENT_ERROR | NB_VMX_EVENT_TYPE | NB_VMX_EVENT_VECTOR;
	uint64_t event = nb_vmx_read(NB_VMCS_VECTORING_EVENT);

	if (!(event & NB_VMX_EVENT_VALID))
		return;
	if ((event & NB_VMX_EVENT_TYPE) >= NB_VMX_EVENT_SOFTWARE)
		nb_vmx_vmwrite(NB_VMCS_ENTRY_LENGTH, nb_vmx_read(NB_VMCS_LENGTH));
	put_event(event & kept, nb_vmx_read(NB_VMCS_VECTORING_ERROR));
}

static enum nb_nested_reason sort(uint64_t reason)
{
	if (reason & NB_VMX_EXIT_ENTRY_FAILED)
		return NB_INNER_REFUSED;
	switch (reason & NB_VMX_EXIT_BASIC) {
	case NB_VMX_EXIT_VMCALL:
		return NB_INNER_HYPERCALL;
	case NB_VMX_EXIT_CPUID:
		return NB_INNER_CPUID;
	case NB_VMX_EXIT_IO:
		return NB_INNER_IO;
	case NB_VMX_EXIT_RDMSR:
	case NB_VMX_EXIT_WRMSR:
		return NB_INNER_MSR;
	case NB_VMX_EXIT_HLT:
		return NB_INNER_HLT;
	case NB_VMX_EXIT_EXCEPTION:
		return NB_INNER_EXCEPTION;
	case NB_VMX_EXIT_EPT_VIOLATION:
	case NB_VMX_EXIT_EPT_MISCONFIGURATION:
		return NB_INNER_PAGE;
	case NB_VMX_EXIT_INTERRUPT:
		return NB_INNER_INTERRUPT;
	case NB_VMX_EXIT_TRIPLE_FAULT:
		return NB_INNER_SHUTDOWN;
	default:
		return NB_INNER_OTHER;
	}
}

/* VMLAUNCH makes a VMCS launched only if nothing was wrong with the guest state either. */
static enum nb_nested_reason run(void)
{
	enum nb_nested_reason reason;

	switched = nb_vmx_switch(&current->area, current->launched);
	if (switched != NB_VMX_EXITED)
		return NB_INNER_REFUSED;
	nb_vmx_vmread(NB_VMCS_REASON, &exit_reason);
	reason = sort(exit_reason);
	if (reason == NB_INNER_REFUSED)
		return reason;
	current->launched = true;
	if (reason == NB_INNER_PAGE || reason == NB_INNER_EXCEPTION)
		save_event();
	return reason;
}

/* The inner guest's interrupts are on now: it gets the one that waits. */
static void deliver_waiting(void)
{
	flip_control(NB_VMX_PRIMARY_WINDOW);
	put_event(NB_VMX_EVENT_VALID | current->waiting, 0);
	current->waiting = 0;
}

static enum nb_nested_reason enter(unsigned which)
{
	enum nb_nested_reason reason;

	make_current(which);
	reason = run();
	while (current->waiting && reason == NB_INNER_OTHER && exit_reason == NB_VMX_EXIT_WINDOW) {
		deliver_waiting();
		reason = run();
	}
	return reason;
}

/* Over what the CPU does not tell the length of: a fault. */
static void move(unsigned length)
{
	nb_vmx_vmwrite(NB_VMCS_RIP, nb_vmx_read(NB_VMCS_RIP) + length);
}

static void skip(unsigned length)
{
	(void)length;
	move((unsigned)nb_vmx_read(NB_VMCS_LENGTH));
}

static uint64_t address(void)
{
	bool exception = exit_reason == NB_VMX_EXIT_EXCEPTION;

	return nb_vmx_read(exception ? NB_VMCS_QUALIFICATION : NB_VMCS_PHYSICAL_ADDRESS);
}

/*
 * May an interrupt be injected (section 27.3.1.5)? The shadow of STI or MOV SS stays in the VMCS
 * where an instruction exited in it and was skipped, which has ended it.
 */
static bool is_open(void)
{
	uint64_t state;

	if (!(nb_vmx_read(NB_VMCS_RFLAGS) & RFLAGS_IF))
		return false;
	state = nb_vmx_read(NB_VMCS_INTERRUPTIBILITY);
	if (!(state & BLOCKING))
		return true;
	if (exit_reason == NB_VMX_EXIT_INTERRUPT)
		return false;
	nb_vmx_vmwrite(NB_VMCS_INTERRUPTIBILITY, state & ~(uint64_t)BLOCKING);
	return true;
}

/* Now, or as soon as the inner guest has its interrupts on. One waits at most. */
static void inject_interrupt(uint8_t vector)
{
	if (is_open()) {
		put_event(NB_VMX_EVENT_VALID | vector, 0);
		return;
	}
	if (!current->waiting)
		flip_control(NB_VMX_PRIMARY_WINDOW);
	current->waiting = vector;
}

/* A page fault that exited has not set CR2, and an entry does not either. */
static void hand_on_cr2(void)
{
	if (exit_reason == NB_VMX_EXIT_EXCEPTION &&
	    (nb_vmx_read(NB_VMCS_EXIT_EVENT) & NB_VMX_EVENT_VECTOR) == VECTOR_PF)
		__asm__ volatile("movq %0, %%cr2" : : "r"(address()));
}

static void inject(uint8_t vector, int64_t error)
{
	uint64_t event = NB_VMX_EVENT_VALID | vector;

	if (vector >= EXCEPTIONS) {
		inject_interrupt(vector);
		return;
	}
	if (vector == VECTOR_PF)
		hand_on_cr2();
	event |= vector == VECTOR_NMI ? NB_VMX_EVENT_NMI : NB_VMX_EVENT_EXCEPTION;
	if (error >= 0)
		event |= NB_VMX_EVENT_ERROR;
	put_event(event, (uint64_t)error & ERROR_CODE);
}

static struct nb_nested_registers *registers(void)
{
	return &current->area.registers;
}

static void toggle_control(void)
{
	flip_control(NB_VMX_PRIMARY_RDPMC);
}

/* Bit 1 of RFLAGS is always 1. */
static void spoil(unsigned which, bool spoiled)
{
	uint64_t flags;

	make_current(which);
	flags = nb_vmx_read(NB_VMCS_RFLAGS) & ~(uint64_t)RFLAGS_FIXED;
	nb_vmx_vmwrite(NB_VMCS_RFLAGS, spoiled ? flags : flags | RFLAGS_FIXED);
}

static void flush(void)
{
	bool single = (vmx.capabilities & NB_VMX_EPT_INVEPT_SINGLE) != 0;

	if (vmx.ept_pointer)
		nb_vmx_invept(single ? NB_VMX_SINGLE : NB_VMX_ALL, single ? vmx.ept_pointer : 0);
}

static void describe(void)
{
	nb_vmx_describe(&vmx, (enum nb_vmx_switched)switched, exit_reason);
}

uint64_t nb_vmx_vmcs(unsigned which)
{
	return inners[which].vmcs;
}

uint64_t nb_vmx_spare(void)
{
	return (uint64_t)regions[SPARE_REGION];
}

/* Appendix A.10: a bit for the instruction, and one for each of its types from 0 on. */
bool nb_vmx_offers_invept(uint64_t type)
{
	return vmx.capabilities & NB_VMX_EPT_INVEPT && vmx.capabilities >> (24 + type) & 1;
}

bool nb_vmx_offers_invvpid(uint64_t type)
{
	return vmx.capabilities >> 32 & 1 && vmx.capabilities >> (40 + type) & 1;
}

uint64_t nb_vmx_ept_pointer(void)
{
	return vmx.ept_pointer;
}

uint64_t nb_vmx_vpid(void)
{
	return vmx.controls[NB_VMX_SECONDARY] & NB_VMX_SECONDARY_VPID ? FIRST_VPID : 0;
}

const struct nb_nested_engine nb_nested_vmx = {
	.open = turn_on,
	.close = turn_off,
	.start = start,
	.enter = enter,
	.skip = skip,
	.move = move,
	.inject = inject,
	.address = address,
	.registers = registers,
	.take_interrupt = nb_guest_drain,
	.toggle_control = toggle_control,
	.spoil = spoil,
	.flush = flush,
	.describe = describe,
	/* Readable, writable, executable; pages write-back; bit 7 makes one of 2 MiB. */
	.large = 0xb7,
	.page = 0x37,
	.table = 0x7,
};
