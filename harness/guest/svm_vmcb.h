/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_GUEST_SVM_VMCB_H
#define NB_GUEST_SVM_VMCB_H

#include <stddef.h>
#include <stdint.h>

/*
 * The virtual machine control block (AMD APM volume 2, appendix B) as far as it is used here, and
 * what VMRUN checks in it. Freestanding, and free of side effects.
 */

/* struct nb_svm_control.intercepts: vectors 3 and 4, tables B-1. */
enum nb_svm_intercept {
	NB_SVM_INTERCEPT_INTR = 1 << 0,
	NB_SVM_INTERCEPT_RDPMC = 1 << 15,
	NB_SVM_INTERCEPT_CPUID = 1 << 18,
	NB_SVM_INTERCEPT_HLT = 1 << 24,
	NB_SVM_INTERCEPT_IO = 1 << 27,
	NB_SVM_INTERCEPT_MSR = 1 << 28,
};
#define NB_SVM_INTERCEPT_SHUTDOWN (UINT32_C(1) << 31)

/* struct nb_svm_control.intercepts_svm. */
enum { NB_SVM_INTERCEPT_VMRUN = 1 << 0, NB_SVM_INTERCEPT_VMMCALL = 1 << 1 };

/* struct nb_svm_control.exit_code (appendix C). Of -1, KVM leaves out the upper half at times. */
enum nb_svm_exit {
	NB_SVM_EXIT_EXCEPTION = 0x40, /* + vector, up to: */
	NB_SVM_EXIT_EXCEPTION_LAST = 0x5f,
	NB_SVM_EXIT_INTR = 0x60,
	NB_SVM_EXIT_CPUID = 0x72,
	NB_SVM_EXIT_HLT = 0x78,
	NB_SVM_EXIT_IO = 0x7b,
	NB_SVM_EXIT_MSR = 0x7c,
	NB_SVM_EXIT_SHUTDOWN = 0x7f,
	NB_SVM_EXIT_VMMCALL = 0x81,
	NB_SVM_EXIT_PAGE = 0x400,
};
#define NB_SVM_EXIT_INVALID UINT32_MAX

/* EVENTINJ and EXITINTINFO (sections 15.20 and 15.7.2); the error code is the upper half. */
enum nb_svm_event {
	NB_SVM_EVENT_VECTOR = 0xff,
	NB_SVM_EVENT_TYPE = 7 << 8,
	NB_SVM_EVENT_INTERRUPT = 0 << 8,
	NB_SVM_EVENT_NMI = 2 << 8,
	NB_SVM_EVENT_EXCEPTION = 3 << 8,
	NB_SVM_EVENT_SOFTWARE = 4 << 8,
	NB_SVM_EVENT_HAS_ERROR = 1 << 11,
};
enum { NB_SVM_VECTOR_NMI = 2, NB_SVM_VECTOR_BP = 3, NB_SVM_VECTOR_OF = 4, NB_SVM_VECTOR_PF = 14 };
#define NB_SVM_EVENT_VALID (UINT64_C(1) << 31)

/* VMCB clean bits (section 15.15.3): what the CPU may keep from the run before. */
enum nb_svm_clean {
	NB_SVM_CLEAN_INTERCEPTS = 1 << 0,
	NB_SVM_CLEAN_CONTROL_REGISTERS = 1 << 5,
	NB_SVM_CLEAN_CR2 = 1 << 9,
	NB_SVM_CLEAN_ALL = 0xfff,
};

enum {
	NB_SVM_FLUSH_ALL = 1,	/* tlb_control: of every ASID */
	NB_SVM_FLUSH_GUEST = 3, /* of this one; CPUs with FlushByAsid */
	NB_SVM_SHADOW = 1,	/* interrupt_shadow: behind STI, or a load of SS */
	NB_SVM_NESTED_PAGING = 1,
};
enum { NB_SVM_IO_MAP_SIZE = 3 * 4096, NB_SVM_MSR_MAP_SIZE = 2 * 4096 };
#define NB_SVM_INTERRUPT_MASKING (UINT64_C(1) << 24) /* interrupt_control: V_INTR_MASKING */

#define NB_SVM_EFER_SVME (UINT64_C(1) << 12)

struct nb_svm_control {
	uint32_t intercepts_cr, intercepts_dr, exceptions;
	uint32_t intercepts, intercepts_svm;
	uint32_t reserved1[10];
	uint32_t pause_filter;
	uint64_t iopm, msrpm;
	uint64_t tsc_offset;
	uint32_t asid;
	uint32_t tlb_control;
	uint64_t interrupt_control;
	uint64_t interrupt_shadow;
	uint64_t exit_code, exit_info1, exit_info2, exit_event;
	uint64_t nested_control;
	uint64_t reserved2[2];
	uint64_t event; /* EVENTINJ */
	uint64_t nested_cr3;
	uint64_t virtual_control;
	uint64_t clean;
	uint64_t next_rip;
	uint64_t reserved3[102];
};

struct nb_svm_segment {
	uint16_t selector, attributes;
	uint32_t limit;
	uint64_t base;
};

struct nb_svm_save {
	struct nb_svm_segment es, cs, ss, ds, fs, gs, gdtr, ldtr, idtr, tr;
	uint8_t reserved1[43];
	uint8_t cpl;
	uint32_t reserved2;
	uint64_t efer;
	uint64_t reserved3[14];
	uint64_t cr4, cr3, cr0, dr7, dr6, rflags, rip;
	uint64_t reserved4[11];
	uint64_t rsp;
	uint64_t reserved5[3];
	uint64_t rax;
	uint64_t msrs[8]; /* STAR to SYSENTER_EIP: what VMLOAD loads */
	uint64_t cr2;
	uint64_t reserved6[4];
	uint64_t pat;
	uint64_t reserved7[306];
};

/* One page; its physical address is VMRUN's operand. */
struct nb_svm_vmcb {
	struct nb_svm_control control;
	struct nb_svm_save save;
};

/*
 * The first check that VMRUN would refuse this for (section 15.5.1, and 15.25 with nested paging),
 * or NULL. address_bits: of physical addresses.
 */
const char *nb_svm_check(const struct nb_svm_vmcb *vmcb, unsigned address_bits);

/* Reads and writes of msr exit, in a map of NB_SVM_MSR_MAP_SIZE. */
void nb_svm_map_msr(uint8_t *map, uint32_t msr);

/*
 * What was being delivered when the exit came between (EXITINTINFO, section 15.7.2) has to be
 * delivered by the next entry: its EVENTINJ, or 0. INT n, INT3 and INTO have not been executed yet:
 * the inner guest runs into them again by itself.
 */
static inline uint64_t nb_svm_interrupted_event(uint64_t event)
{
	uint64_t type = event & NB_SVM_EVENT_TYPE;
	uint64_t vector = event & NB_SVM_EVENT_VECTOR;

	if (!(event & NB_SVM_EVENT_VALID) || type == NB_SVM_EVENT_SOFTWARE)
		return 0;
	if (type == NB_SVM_EVENT_EXCEPTION &&
	    (vector == NB_SVM_VECTOR_BP || vector == NB_SVM_VECTOR_OF))
		return 0;
	return event;
}

#define NB_SVM_CONTROL_AT(field, offset) \
	_Static_assert(offsetof(struct nb_svm_control, field) == (offset), #field)
#define NB_SVM_SAVE_AT(field, offset) \
	_Static_assert(offsetof(struct nb_svm_save, field) == (offset), #field)

NB_SVM_CONTROL_AT(exceptions, 0x08);
NB_SVM_CONTROL_AT(intercepts, 0x0c);
NB_SVM_CONTROL_AT(intercepts_svm, 0x10);
NB_SVM_CONTROL_AT(iopm, 0x40);
NB_SVM_CONTROL_AT(msrpm, 0x48);
NB_SVM_CONTROL_AT(asid, 0x58);
NB_SVM_CONTROL_AT(tlb_control, 0x5c);
NB_SVM_CONTROL_AT(interrupt_control, 0x60);
NB_SVM_CONTROL_AT(interrupt_shadow, 0x68);
NB_SVM_CONTROL_AT(exit_code, 0x70);
NB_SVM_CONTROL_AT(exit_info1, 0x78);
NB_SVM_CONTROL_AT(exit_info2, 0x80);
NB_SVM_CONTROL_AT(exit_event, 0x88);
NB_SVM_CONTROL_AT(nested_control, 0x90);
NB_SVM_CONTROL_AT(event, 0xa8);
NB_SVM_CONTROL_AT(nested_cr3, 0xb0);
NB_SVM_CONTROL_AT(clean, 0xc0);
NB_SVM_CONTROL_AT(next_rip, 0xc8);
NB_SVM_SAVE_AT(gdtr, 0x60);
NB_SVM_SAVE_AT(tr, 0x90);
NB_SVM_SAVE_AT(cpl, 0xcb);
NB_SVM_SAVE_AT(efer, 0xd0);
NB_SVM_SAVE_AT(cr4, 0x148);
NB_SVM_SAVE_AT(rip, 0x178);
NB_SVM_SAVE_AT(rsp, 0x1d8);
NB_SVM_SAVE_AT(rax, 0x1f8);
NB_SVM_SAVE_AT(cr2, 0x240);
NB_SVM_SAVE_AT(pat, 0x268);
_Static_assert(offsetof(struct nb_svm_vmcb, save) == 0x400, "state save area");
_Static_assert(sizeof(struct nb_svm_vmcb) == 4096, "VMCB");

#endif
