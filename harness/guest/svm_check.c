/* SPDX-License-Identifier: Apache-2.0 */
#include <stdbool.h>

#include "svm_vmcb.h"

/*
 * What there is to a VMCB without SVM. What VMRUN checks is AMD APM volume 2, section 15.5.1: the
 * CPU only says that one of the checks failed, and these say which. Bits count as reserved if no
 * CPU has them; what this very CPU lacks beyond that is not looked at.
 */

#define CR0_PE UINT64_C(1)
#define CR0_WP (UINT64_C(1) << 16)
#define CR0_NW (UINT64_C(1) << 29)
#define CR0_CD (UINT64_C(1) << 30)
#define CR0_PG (UINT64_C(1) << 31)

#define CR4_PAE	  (UINT64_C(1) << 5)
#define CR4_CET	  (UINT64_C(1) << 23)
#define CR4_KNOWN UINT64_C(0xf71fff) /* 0-12, 16-18, 20-23: to UMIP, LA57, ... CET */

#define EFER_LME   (UINT64_C(1) << 8)
#define EFER_KNOWN UINT64_C(0x36fd01) /* SCE, LME, LMA, NXE to TCE, MCOMMIT ... AIBRSE */

enum {
	RANGE_MSRS = 0x2000,
	RANGE_SIZE = 0x800, /* bytes */
	EXCEPTIONS = 32,
	ATTRIBUTE_L = 1 << 9,
	ATTRIBUTE_D = 1 << 10,
};

static bool is_wide(uint64_t value)
{
	return value >> 32 != 0;
}

static bool is_beyond(uint64_t address, unsigned address_bits)
{
	return address >> address_bits != 0;
}

static const char *check_registers(const struct nb_svm_vmcb *vmcb, unsigned address_bits)
{
	const struct nb_svm_save *save = &vmcb->save;

	if (!(save->efer & NB_SVM_EFER_SVME))
		return "EFER.SVME is 0";
	if ((save->cr0 & (CR0_CD | CR0_NW)) == CR0_NW)
		return "CR0.NW is 1 and CR0.CD is 0";
	if (is_wide(save->cr0))
		return "CR0[63:32] are not 0";
	if (is_beyond(save->cr3, address_bits))
		return "reserved bits of CR3 are 1";
	if (save->cr4 & ~CR4_KNOWN)
		return "reserved bits of CR4 are 1";
	if (is_wide(save->dr6))
		return "DR6[63:32] are not 0";
	if (is_wide(save->dr7))
		return "DR7[63:32] are not 0";
	if (save->efer & ~EFER_KNOWN)
		return "reserved bits of EFER are 1";
	return NULL;
}

static const char *check_modes(const struct nb_svm_vmcb *vmcb, unsigned address_bits)
{
	const struct nb_svm_save *save = &vmcb->save;
	const unsigned both = ATTRIBUTE_L | ATTRIBUTE_D;
	bool is_long = save->efer & EFER_LME && save->cr0 & CR0_PG;

	(void)address_bits;
	if (save->cr4 & CR4_CET && !(save->cr0 & CR0_WP))
		return "CR4.CET is 1 and CR0.WP is 0";
	if (is_long && !(save->cr4 & CR4_PAE))
		return "EFER.LME and CR0.PG are 1 and CR4.PAE is 0";
	if (is_long && !(save->cr0 & CR0_PE))
		return "EFER.LME and CR0.PG are 1 and CR0.PE is 0";
	if (is_long && (save->cs.attributes & both) == both)
		return "CS.L and CS.D are 1 in long mode";
	return NULL;
}

static const char *check_controls(const struct nb_svm_vmcb *vmcb, unsigned address_bits)
{
	const struct nb_svm_control *control = &vmcb->control;

	if (!(control->intercepts_svm & NB_SVM_INTERCEPT_VMRUN))
		return "VMRUN is not intercepted";
	if (is_beyond(control->msrpm + NB_SVM_MSR_MAP_SIZE - 1, address_bits))
		return "the MSR permission map is beyond physical memory";
	if (is_beyond(control->iopm + NB_SVM_IO_MAP_SIZE - 1, address_bits))
		return "the I/O permission map is beyond physical memory";
	if (control->asid == 0)
		return "the ASID is 0";
	return NULL;
}

/* Section 15.20. */
static const char *check_event(const struct nb_svm_vmcb *vmcb, unsigned address_bits)
{
	uint64_t event = vmcb->control.event;
	uint64_t vector = event & NB_SVM_EVENT_VECTOR;

	(void)address_bits;
	if (!(event & NB_SVM_EVENT_VALID))
		return NULL;
	switch (event & NB_SVM_EVENT_TYPE) {
	case NB_SVM_EVENT_INTERRUPT:
	case NB_SVM_EVENT_NMI:
	case NB_SVM_EVENT_SOFTWARE:
		return NULL;
	case NB_SVM_EVENT_EXCEPTION:
		if (vector >= EXCEPTIONS || vector == NB_SVM_VECTOR_NMI)
			return "EVENTINJ has a vector that no exception has";
		return NULL;
	default:
		return "EVENTINJ has a reserved type";
	}
}

/* Uncacheable, write-combining, write-through, write-protected, write-back, UC-. */
static bool is_pat(uint64_t pat)
{
	const unsigned kinds = 1 << 0 | 1 << 1 | 1 << 4 | 1 << 5 | 1 << 6 | 1 << 7;

	for (unsigned shift = 0; shift < 64; shift += 8) {
		uint64_t kind = pat >> shift & 0xff;

		if (kind > 7 || !(kinds >> kind & 1))
			return false;
	}
	return true;
}

/* Section 15.25.4. */
static const char *check_nested_paging(const struct nb_svm_vmcb *vmcb, unsigned address_bits)
{
	if (!(vmcb->control.nested_control & NB_SVM_NESTED_PAGING))
		return NULL;
	if (is_beyond(vmcb->control.nested_cr3, address_bits))
		return "reserved bits of nCR3 are 1";
	if (!is_pat(vmcb->save.pat))
		return "G_PAT has a reserved memory type";
	return NULL;
}

const char *nb_svm_check(const struct nb_svm_vmcb *vmcb, unsigned address_bits)
{
	static const char *(*const checks[])(const struct nb_svm_vmcb *, unsigned) = {
		check_registers, check_modes, check_controls, check_event, check_nested_paging,
	};
	const char *failed = NULL;

	for (unsigned i = 0; i < sizeof(checks) / sizeof(checks[0]) && !failed; i++)
		failed = checks[i](vmcb, address_bits);
	return failed;
}

/* Section 15.11: two bits an MSR, for reads and for writes; 2 KiB for each range. */
void nb_svm_map_msr(uint8_t *map, uint32_t msr)
{
	const uint32_t ranges[] = { 0, 0xc0000000, 0xc0010000 };

	for (unsigned i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		uint32_t index = msr - ranges[i];

		if (index < RANGE_MSRS)
			map[i * RANGE_SIZE + index / 4] |= (uint8_t)(3 << index % 4 * 2);
	}
}
