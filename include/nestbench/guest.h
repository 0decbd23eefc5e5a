/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_GUEST_H
#define NB_GUEST_H

#include <stdint.h>

#include "nestbench/abi.h"
#include "nestbench/bench.h"
#include "nestbench/guest_calls.h"

/*
 * What a benchmark of the microguest may use beside nestbench/bench.h. Freestanding, ring 0
 * except where it says otherwise. Interrupts are off unless a benchmark turns them on.
 */

enum nb_guest_msr {
	NB_MSR_APIC_BASE = 0x1b,
	NB_MSR_TSC_DEADLINE = 0x6e0,
	NB_MSR_X2APIC = 0x800, /* + register / 16 */
};

#define NB_MSR_EFER 0xc0000080u

/* Offsets of local APIC registers (Intel SDM volume 3, table 11-1). */
enum nb_guest_apic_register {
	NB_APIC_EOI = 0xb0,
	NB_APIC_SPURIOUS = 0xf0,
	NB_APIC_ICR = 0x300,
	NB_APIC_ICR_HIGH = 0x310,
	NB_APIC_LVT_TIMER = 0x320,
};

enum {
	NB_APIC_XAPIC = 1,  /* memory-mapped */
	NB_APIC_X2APIC = 2, /* by MSR */
	NB_APIC_ENABLE = 0x100,
	NB_APIC_SELF = 1 << 18, /* ICR: destination shorthand */
	NB_APIC_MASKED = 1 << 16,
	NB_APIC_DEADLINE = 2 << 17, /* LVT timer mode */
	NB_VECTOR_IPI = 0x30,
	NB_VECTOR_WAKE = 0x31, /* ends the halt of a peer whose loop is over */
	NB_VECTOR_TIMER = 0x32,
	NB_VECTOR_SPURIOUS = 0x3f,
	NB_VECTOR_COUNT = 0x40,
};

/* nb_bench.absent of port instructions: ring 3 runs with IOPL 3, so they are legal there. */
#define NB_GUEST_NO_IOPL "port instructions fault: this KVM does not honour IOPL in ring 3"

#define NB_XAPIC_BASE  UINT64_C(0xfee00000)
#define NB_IOAPIC_BASE UINT64_C(0xfec00000)

static inline uint64_t nb_guest_rdmsr(uint32_t msr)
{
	uint32_t low, high;

	__asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr) : "memory");
	return (uint64_t)high << 32 | low;
}

static inline void nb_guest_wrmsr(uint32_t msr, uint64_t value)
{
	__asm__ volatile("wrmsr"
			 :
			 : "c"(msr), "a"((uint32_t)value), "d"((uint32_t)(value >> 32))
			 : "memory");
}

static inline void nb_guest_mmio_write32(uint64_t address, uint32_t value)
{
	__asm__ volatile("movl %0, (%1)" : : "r"(value), "r"(address) : "memory");
}

static inline uint32_t nb_guest_mmio_read32(uint64_t address)
{
	uint32_t value;

	__asm__ volatile("movl (%1), %0" : "=r"(value) : "r"(address) : "memory");
	return value;
}

static inline uint64_t nb_guest_read_cr0(void)
{
	uint64_t value;

	__asm__ volatile("movq %%cr0, %0" : "=r"(value) : : "memory");
	return value;
}

static inline void nb_guest_write_cr0(uint64_t value)
{
	__asm__ volatile("movq %0, %%cr0" : : "r"(value) : "memory");
}

static inline uint64_t nb_guest_read_cr4(void)
{
	uint64_t value;

	__asm__ volatile("movq %%cr4, %0" : "=r"(value) : : "memory");
	return value;
}

static inline void nb_guest_write_cr4(uint64_t value)
{
	__asm__ volatile("movq %0, %%cr4" : : "r"(value) : "memory");
}

static inline void nb_guest_write_cr3(uint64_t value)
{
	__asm__ volatile("movq %0, %%cr3" : : "r"(value) : "memory");
}

/* This vCPU's mailbox, and the words shared with the other vCPU and the host. */
volatile struct nb_abi_mailbox *nb_guest_mailbox(void);
static inline volatile struct nb_abi_shared *nb_guest_shared(void)
{
	return (volatile struct nb_abi_shared *)(uint64_t)NB_ABI_SHARED;
}

#endif
