/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_NESTED_CPU_H
#define NB_NESTED_CPU_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The instructions of VMX (Intel SDM volume 3, chapter 31) and SVM (AMD APM volume 2, chapter 15),
 * for what has no counterpart on the other; between nb_nested_open() and _close(). Freestanding.
 */

/* ---- VMX: false where the instruction failed (VMfailInvalid or VMfailValid) ---- */

static inline bool nb_vmx_vmread(uint64_t field, uint64_t *value)
{
	uint64_t result = 0;
	bool fine;

	__asm__ volatile("vmread %[field], %[result]"
			 : [result] "+r"(result), "=@cca"(fine)
			 : [field] "r"(field)
			 : "memory");
	*value = result;
	return fine;
}

static inline bool nb_vmx_vmwrite(uint64_t field, uint64_t value)
{
	bool fine;

	__asm__ volatile("vmwrite %[value], %[field]"
			 : "=@cca"(fine)
			 : [value] "r"(value), [field] "r"(field)
			 : "memory");
	return fine;
}

static inline bool nb_vmx_vmptrld(uint64_t address)
{
	bool fine;

	__asm__ volatile("vmptrld %1" : "=@cca"(fine) : "m"(address) : "memory");
	return fine;
}

static inline bool nb_vmx_vmclear(uint64_t address)
{
	bool fine;

	__asm__ volatile("vmclear %1" : "=@cca"(fine) : "m"(address) : "memory");
	return fine;
}

/* Types of INVEPT and INVVPID: of one EPT pointer or VPID, and of all. */
enum nb_vmx_invalidation { NB_VMX_SINGLE = 1, NB_VMX_ALL = 2 };
/* Does the CPU offer it (IA32_VMX_EPT_VPID_CAP)? */
bool nb_vmx_offers_invept(uint64_t type);
bool nb_vmx_offers_invvpid(uint64_t type);

struct nb_vmx_descriptor {
	uint64_t first, second;
};

static inline bool nb_vmx_invept(uint64_t type, uint64_t ept_pointer)
{
	const struct nb_vmx_descriptor descriptor = { ept_pointer, 0 };
	bool fine;

	__asm__ volatile("invept %1, %2" : "=@cca"(fine) : "m"(descriptor), "r"(type) : "memory");
	return fine;
}

static inline bool nb_vmx_invvpid(uint64_t type, uint64_t vpid)
{
	const struct nb_vmx_descriptor descriptor = { vpid, 0 };
	bool fine;

	__asm__ volatile("invvpid %1, %2" : "=@cca"(fine) : "m"(descriptor), "r"(type) : "memory");
	return fine;
}

/* The region of an inner guest, in memory. Current is the one that was entered last, or started. */
uint64_t nb_vmx_vmcs(unsigned which);
/* One that is never entered, and can be cleared and loaded at will. */
uint64_t nb_vmx_spare(void);
/* 0 where EPT is not in use (config.flat); 0 where the CPU has no VPID or no INVVPID. */
uint64_t nb_vmx_ept_pointer(void);
uint64_t nb_vmx_vpid(void);

/* ---- SVM ---- */

uint64_t nb_svm_vmcb(unsigned which);

static inline void nb_svm_vmload(uint64_t vmcb)
{
	__asm__ volatile("vmload %%rax" : : "a"(vmcb) : "memory");
}

static inline void nb_svm_vmsave(uint64_t vmcb)
{
	__asm__ volatile("vmsave %%rax" : : "a"(vmcb) : "memory");
}

static inline void nb_svm_stgi(void)
{
	__asm__ volatile("stgi" : : : "memory");
}

static inline void nb_svm_clgi(void)
{
	__asm__ volatile("clgi" : : : "memory");
}

#endif
