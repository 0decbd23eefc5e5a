/* SPDX-License-Identifier: Apache-2.0 */
#include "guest_private.h"

/* The local APIC in both of its modes (Intel SDM volume 3, chapter 11). */

enum { BASE_X2APIC = 1 << 10, BASE_ENABLE = 1 << 11 };

static uint32_t x2apic_msr(uint32_t reg)
{
	return NB_MSR_X2APIC + (reg >> 4);
}

void nb_guest_apic_write(uint32_t reg, uint32_t value)
{
	if (nb_guest_this_cpu()->apic_mode == NB_APIC_X2APIC)
		nb_guest_wrmsr(x2apic_msr(reg), value);
	else
		nb_guest_mmio_write32(NB_XAPIC_BASE + reg, value);
}

void nb_guest_apic_enable(uint64_t mode)
{
	uint64_t base = nb_guest_rdmsr(NB_MSR_APIC_BASE);

	/* From x2APIC to xAPIC mode the way leads through "disabled" (Intel SDM, section 11.12.5).
	 */
	if (mode == NB_APIC_XAPIC && base & BASE_X2APIC) {
		base &= ~(uint64_t)(BASE_X2APIC | BASE_ENABLE);
		nb_guest_wrmsr(NB_MSR_APIC_BASE, base);
	}
	base |= BASE_ENABLE;
	if (mode == NB_APIC_X2APIC)
		base |= BASE_X2APIC;
	nb_guest_wrmsr(NB_MSR_APIC_BASE, base);
	nb_guest_this_cpu()->apic_mode = mode;
	nb_guest_apic_write(NB_APIC_SPURIOUS, NB_APIC_ENABLE | NB_VECTOR_SPURIOUS);
}

uint32_t nb_guest_apic_read(uint32_t reg)
{
	if (nb_guest_this_cpu()->apic_mode == NB_APIC_X2APIC)
		return (uint32_t)nb_guest_rdmsr(x2apic_msr(reg));
	return nb_guest_mmio_read32(NB_XAPIC_BASE + reg);
}

/* The VMM numbers local APICs like vCPUs. In x2APIC mode the ICR is one register of 64 bits. */
void nb_guest_apic_ipi(unsigned vcpu, uint32_t command)
{
	if (nb_guest_this_cpu()->apic_mode == NB_APIC_X2APIC) {
		nb_guest_wrmsr(x2apic_msr(NB_APIC_ICR), (uint64_t)vcpu << 32 | command);
		return;
	}
	nb_guest_mmio_write32(NB_XAPIC_BASE + NB_APIC_ICR_HIGH, (uint32_t)vcpu << 24);
	nb_guest_mmio_write32(NB_XAPIC_BASE + NB_APIC_ICR, command);
}

void nb_guest_apic_self_ipi(uint8_t vector)
{
	nb_guest_apic_write(NB_APIC_ICR, NB_APIC_SELF | vector);
}

void nb_guest_apic_end_interrupt(void)
{
	if (nb_guest_this_cpu()->apic_mode)
		nb_guest_apic_write(NB_APIC_EOI, 0);
}

void nb_guest_drain(void)
{
	__asm__ volatile("sti\n\tnop\n\tnop\n\tcli" : : : "memory");
}
