/* SPDX-License-Identifier: Apache-2.0 */
#include "nestbench/nested_cpu.h"

#include "nested_private.h"
#include "svm_vmcb.h"

/*
 * SVM (AMD APM volume 2, chapter 15).
 *
 * What is not switched: VMRUN leaves FS, GS, TR, LDTR and the MSRs of SYSCALL and SYSENTER alone;
 * they are VMLOAD's and VMSAVE's. The inner guest has the same as we do, so nobody loads them.
 *
 * Interrupts: with V_INTR_MASKING, the RFLAGS.IF that VMRUN saves decides whether a physical
 * interrupt may end the inner guest's turn, whatever IF is in there (sections 15.21.1 and 15.13.1;
 * svm_interrupt_blocked() in KVM looks at the very same saved flag). So IF is 1 at VMRUN, and only
 * there. #VMEXIT clears GIF (section 15.17; KVM does in nested_svm_vmexit()), VMRUN sets it, and
 * nothing in between does: the interrupt that caused the exit stays pending although IF is 1 until
 * the CLI behind VMRUN, and no exit pays for STGI and CLGI. Up to the first entry it is the CLGI of
 * open() that holds interrupts off. Where a benchmark has left GIF set, STI's shadow does.
 */

enum {
	CPUID_SVM = 1 << 2,	      /* 0x80000001 ECX */
	CPUID_NESTED_PAGING = 1 << 0, /* 0x8000000a EDX, and so on: */
	CPUID_FLUSH_BY_ASID = 1 << 6,
	MSR_VM_CR_LOCK = 1 << 3,
	MSR_VM_CR_SVMDIS = 1 << 4,
	CODE_ATTRIBUTES = 0xa9b, /* as in tables.c: 64 bits, ring 0 */
	DATA_ATTRIBUTES = 0xc93,
	KERNEL_CODE = 0x08,
	KERNEL_DATA = 0x10,
	RFLAGS_FIXED = 1 << 1,
	EXCEPTIONS = 32,
	PAGE = 4096,
};

#define CPUID_ADDRESSES UINT32_C(0x80000008)
#define CPUID_FEATURES	UINT32_C(0x80000001)
#define CPUID_REVISION	UINT32_C(0x8000000a)
#define MSR_VM_CR	UINT32_C(0xc0010114)
#define MSR_HOST_SAVE	UINT32_C(0xc0010117)
#define DR6_RESET	UINT64_C(0xffff0ff0)
#define DR7_RESET	UINT64_C(0x400)
#define PAT_RESET	UINT64_C(0x0007040600070406)

static _Alignas(PAGE) struct nb_svm_vmcb vmcbs[NB_NESTED_GUESTS];
static _Alignas(PAGE) uint8_t host_save[PAGE];
static _Alignas(PAGE) uint8_t io_map[NB_SVM_IO_MAP_SIZE];
static _Alignas(PAGE) uint8_t msr_map[NB_SVM_MSR_MAP_SIZE];

static struct {
	struct nb_nested_registers registers[NB_NESTED_GUESTS];
	unsigned current;
	unsigned address_bits;
	uint32_t features; /* CPUID 0x8000000a EDX */
} svm;

/* svm_switch.S */
_Static_assert(offsetof(struct nb_nested_registers, rbp) == 48, "general registers");
_Static_assert(offsetof(struct nb_nested_registers, r15) == 112, "general registers");
void nb_svm_switch(uint64_t vmcb, struct nb_nested_registers *registers);

/* Not a loop, which the compiler would make a call of memset() that this image does not have. */
static void fill(void *memory, uint8_t value, uint64_t size)
{
	__asm__ volatile("rep stosb" : "+D"(memory), "+c"(size) : "a"(value) : "memory");
}

static const char *find_obstacle(uint64_t stage2)
{
	uint64_t vm_cr;

	if (!(nb_guest_cpuid(CPUID_FEATURES).ecx & CPUID_SVM))
		return "this CPU does not offer SVM (CPUID 0x80000001 ECX[2])";
	vm_cr = nb_guest_rdmsr(MSR_VM_CR);
	if (vm_cr & MSR_VM_CR_SVMDIS)
		return vm_cr & MSR_VM_CR_LOCK
			       ? "SVM is switched off and locked: VM_CR.SVMDIS (MSR 0xc0010114)"
			       : "SVM is switched off: VM_CR.SVMDIS (MSR 0xc0010114)";
	svm.features = nb_guest_cpuid(CPUID_REVISION).edx;
	if (nb_guest_cpuid(CPUID_REVISION).ebx <= NB_NESTED_GUESTS)
		return "SVM is offered with too few ASIDs (CPUID 0x8000000a EBX)";
	if (stage2 && !(svm.features & CPUID_NESTED_PAGING))
		return "SVM is offered without nested paging (CPUID 0x8000000a EDX[0])";
	svm.address_bits = nb_guest_cpuid(CPUID_ADDRESSES).eax & 0xff;
	return NULL;
}

static void set_maps(uint32_t msr)
{
	fill(io_map, 0xff, sizeof(io_map));
	fill(msr_map, 0, sizeof(msr_map));
	if (msr)
		nb_svm_map_msr(msr_map, msr);
}

static void set_controls(unsigned which, const struct nb_nested_config *config, uint64_t stage2)
{
	struct nb_svm_control *control = &vmcbs[which].control;

	control->exceptions = config->exceptions;
	control->intercepts = NB_SVM_INTERCEPT_INTR | NB_SVM_INTERCEPT_CPUID |
			      NB_SVM_INTERCEPT_HLT | NB_SVM_INTERCEPT_IO | NB_SVM_INTERCEPT_MSR |
			      NB_SVM_INTERCEPT_SHUTDOWN;
	control->intercepts_svm = NB_SVM_INTERCEPT_VMRUN | NB_SVM_INTERCEPT_VMMCALL;
	control->iopm = (uint64_t)io_map;
	control->msrpm = (uint64_t)msr_map;
	control->asid = which + 1; /* 0 is ours */
	control->interrupt_control = NB_SVM_INTERRUPT_MASKING;
	control->nested_control = stage2 ? NB_SVM_NESTED_PAGING : 0;
	control->nested_cr3 = stage2;
}

static struct nb_svm_segment segment(uint16_t selector, uint16_t attributes)
{
	return (struct nb_svm_segment){ .selector = selector,
					.attributes = attributes,
					.limit = UINT32_MAX };
}

static void set_tables(struct nb_svm_save *save)
{
	struct nb_guest_pointer gdt, idt;

	nb_guest_read_tables(&gdt, &idt);
	save->gdtr =
		(struct nb_svm_segment){ .limit = gdt.limit, .base = nb_guest_pointer_base(&gdt) };
	save->idtr =
		(struct nb_svm_segment){ .limit = idt.limit, .base = nb_guest_pointer_base(&idt) };
}

static void set_state(unsigned which)
{
	struct nb_svm_save *save = &vmcbs[which].save;

	save->cs = segment(KERNEL_CODE, CODE_ATTRIBUTES);
	save->ds = segment(KERNEL_DATA, DATA_ATTRIBUTES);
	save->es = save->ss = save->ds;
	set_tables(save);
	save->efer = nb_guest_rdmsr(NB_MSR_EFER); /* with SVME, which VMRUN insists on */
	save->cr0 = nb_guest_read_cr0();
	save->cr4 = nb_guest_read_cr4();
	save->cr3 = nb_guest_page_table(1);
	save->dr6 = DR6_RESET;
	save->dr7 = DR7_RESET;
	save->pat = PAT_RESET;
	save->rflags = RFLAGS_FIXED;
}

static void flush(void)
{
	for (unsigned i = 0; i < NB_NESTED_GUESTS; i++)
		vmcbs[i].control.tlb_control =
			svm.features & CPUID_FLUSH_BY_ASID ? NB_SVM_FLUSH_GUEST : NB_SVM_FLUSH_ALL;
}

/*
 * VMSAVE puts our FS, GS, TR and so on into the VMCBs: no entry needs them, but a VMLOAD from one
 * that had none would take our task register away.
 */
static const char *open(const struct nb_nested_config *config, uint64_t stage2)
{
	const char *obstacle = find_obstacle(stage2);

	if (obstacle)
		return obstacle;
	nb_guest_wrmsr(NB_MSR_EFER, nb_guest_rdmsr(NB_MSR_EFER) | NB_SVM_EFER_SVME);
	nb_guest_wrmsr(MSR_HOST_SAVE, (uint64_t)host_save);
	nb_svm_clgi();
	set_maps(config->msr);
	fill(vmcbs, 0, sizeof(vmcbs)); /* all of them unclean */
	for (unsigned i = 0; i < NB_NESTED_GUESTS; i++) {
		set_controls(i, config, stage2);
		set_state(i);
		nb_svm_vmsave(nb_svm_vmcb(i));
	}
	flush(); /* what these ASIDs have left from before the last close() */
	return NULL;
}

/* STGI first: with SVME clear there is no such instruction. */
static void close(void)
{
	nb_svm_stgi();
	nb_guest_wrmsr(MSR_HOST_SAVE, 0);
	nb_guest_wrmsr(NB_MSR_EFER, nb_guest_rdmsr(NB_MSR_EFER) & ~NB_SVM_EFER_SVME);
}

uint64_t nb_svm_vmcb(unsigned which)
{
	return (uint64_t)&vmcbs[which];
}

static void start(unsigned which, uint64_t rip, uint64_t rsp)
{
	struct nb_svm_vmcb *vmcb = &vmcbs[which];

	fill(&svm.registers[which], 0, sizeof(svm.registers[which]));
	vmcb->save.rip = rip;
	vmcb->save.rsp = rsp;
	vmcb->save.rflags = RFLAGS_FIXED;
	vmcb->control.interrupt_shadow = 0;
	vmcb->control.event = 0;
	svm.current = which;
}

static enum nb_nested_reason reason_of(uint64_t code)
{
	switch ((uint32_t)code) {
	case NB_SVM_EXIT_VMMCALL:
		return NB_INNER_HYPERCALL;
	case NB_SVM_EXIT_CPUID:
		return NB_INNER_CPUID;
	case NB_SVM_EXIT_IO:
		return NB_INNER_IO;
	case NB_SVM_EXIT_MSR:
		return NB_INNER_MSR;
	case NB_SVM_EXIT_HLT:
		return NB_INNER_HLT;
	case NB_SVM_EXIT_PAGE:
		return NB_INNER_PAGE;
	case NB_SVM_EXIT_INTR:
		return NB_INNER_INTERRUPT;
	case NB_SVM_EXIT_SHUTDOWN:
		return NB_INNER_SHUTDOWN;
	case NB_SVM_EXIT_INVALID:
		return NB_INNER_REFUSED;
	default:
		return code >= NB_SVM_EXIT_EXCEPTION && code <= NB_SVM_EXIT_EXCEPTION_LAST
			       ? NB_INNER_EXCEPTION
			       : NB_INNER_OTHER;
	}
}

/* An entry that was refused has changed nothing, and the next one is to do all that it was to. */
static enum nb_nested_reason enter(unsigned which)
{
	struct nb_svm_vmcb *vmcb = &vmcbs[which];
	struct nb_svm_control *control = &vmcb->control;
	enum nb_nested_reason reason;

	svm.current = which;
	vmcb->save.rax = svm.registers[which].rax;
	nb_svm_switch((uint64_t)vmcb, &svm.registers[which]);
	svm.registers[which].rax = vmcb->save.rax;
	reason = reason_of(control->exit_code);
	if (reason == NB_INNER_REFUSED)
		return reason;
	control->clean = NB_SVM_CLEAN_ALL;
	control->tlb_control = 0;
	control->event = nb_svm_interrupted_event(control->exit_event);
	return reason;
}

static void continue_at(uint64_t rip)
{
	struct nb_svm_vmcb *vmcb = &vmcbs[svm.current];

	vmcb->save.rip = rip;
	vmcb->control.interrupt_shadow &= ~(uint64_t)NB_SVM_SHADOW;
}

static void move(unsigned length)
{
	continue_at(vmcbs[svm.current].save.rip + length);
}

/* The next RIP stays 0 without NRIPS, and for exits that are not an instruction's. */
static void skip(unsigned length)
{
	uint64_t next = vmcbs[svm.current].control.next_rip;

	if (next)
		continue_at(next);
	else
		move(length);
}

static bool is_page_fault(const struct nb_svm_control *control)
{
	return control->exit_code == NB_SVM_EXIT_EXCEPTION + NB_SVM_VECTOR_PF;
}

/*
 * One event an entry: this one takes the place of an interrupted one. An intercepted page fault has
 * not written CR2 yet. Whether the inner guest takes interrupts now is not asked (section 15.20).
 */
static void inject(uint8_t vector, int64_t error)
{
	struct nb_svm_vmcb *vmcb = &vmcbs[svm.current];
	uint64_t event = NB_SVM_EVENT_VALID | vector;

	if (vector == NB_SVM_VECTOR_NMI)
		event |= NB_SVM_EVENT_NMI;
	else if (vector < EXCEPTIONS)
		event |= NB_SVM_EVENT_EXCEPTION;
	if (error >= 0)
		event |= NB_SVM_EVENT_HAS_ERROR | (uint64_t)error << 32;
	if (vector == NB_SVM_VECTOR_PF && is_page_fault(&vmcb->control)) {
		vmcb->save.cr2 = vmcb->control.exit_info2;
		vmcb->control.clean &= ~(uint64_t)NB_SVM_CLEAN_CR2;
	}
	vmcb->control.event = event;
}

static uint64_t address(void)
{
	return vmcbs[svm.current].control.exit_info2;
}

static struct nb_nested_registers *registers(void)
{
	return &svm.registers[svm.current];
}

/*
 * IF before GIF: the interrupt is taken right behind STGI. The other way around a KVM without
 * virtual GIF first has to wait for IF, by an exit more.
 */
static void take_interrupt(void)
{
	__asm__ volatile("sti\n\tstgi\n\tnop\n\tcli\n\tclgi" : : : "memory");
}

static void toggle_control(void)
{
	struct nb_svm_control *control = &vmcbs[svm.current].control;

	control->intercepts ^= NB_SVM_INTERCEPT_RDPMC;
	control->clean &= ~(uint64_t)NB_SVM_CLEAN_INTERCEPTS;
}

static void spoil(unsigned which, bool spoiled)
{
	struct nb_svm_vmcb *vmcb = &vmcbs[which];

	vmcb->save.efer &= ~NB_SVM_EFER_SVME;
	if (!spoiled)
		vmcb->save.efer |= NB_SVM_EFER_SVME;
	vmcb->control.clean &= ~(uint64_t)NB_SVM_CLEAN_CONTROL_REGISTERS;
}

static void describe(void)
{
	const struct nb_svm_vmcb *vmcb = &vmcbs[svm.current];
	const char *failed;

	nb_guest_note_number("exit code ", vmcb->control.exit_code);
	nb_guest_note_number(", rip ", vmcb->save.rip);
	if (reason_of(vmcb->control.exit_code) == NB_INNER_REFUSED) {
		failed = nb_svm_check(vmcb, svm.address_bits);
		nb_guest_note(", failed check: ");
		nb_guest_note(failed ? failed : "none of the checks in the manual");
		return;
	}
	nb_guest_note_number(", EXITINFO1 ", vmcb->control.exit_info1);
	nb_guest_note_number(", EXITINFO2 ", vmcb->control.exit_info2);
}

const struct nb_nested_engine nb_nested_svm = {
	.open = open,
	.close = close,
	.start = start,
	.enter = enter,
	.skip = skip,
	.move = move,
	.inject = inject,
	.address = address,
	.registers = registers,
	.take_interrupt = take_interrupt,
	.toggle_control = toggle_control,
	.spoil = spoil,
	.flush = flush,
	.describe = describe,
	.large = 0xe7, /* present, writable, user, accessed, dirty, 2 MiB: tables are user's */
	.page = 0x67,
	.table = 0x67,
};
