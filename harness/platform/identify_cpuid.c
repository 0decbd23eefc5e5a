/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "nestbench/base.h"

#include "platform_identify.h"

/*
 * The first witness: CPUID. Sources: "Hypervisor Top Level Functional Specification" (Microsoft),
 * Linux Documentation/virt/kvm/x86/cpuid.rst, Xen public/arch-x86/cpuid.h, systemd
 * src/basic/virt.c.
 */
enum {
	FIRST_BASE = 0x40000000,
	/* KVM and Xen move their own leaves here while they pose as Hyper-V. */
	SECOND_BASE = 0x40000100,
	RANGE_SIZE = 0x100,
	VM_BIT = 31,		       /* of leaf 1, ECX */
	HYPERV_INTERFACE = 0x31237648, /* "Hv#1" */
	CREATE_PARTITIONS = 0,	       /* of leaf 0x40000003, EBX */
	NESTED_IN_HYPERV = 12,	       /* of leaf 0x40000004, EAX */
};

static const struct {
	const char *signature;
	enum nb_hypervisor kind;
} signatures[] = {
	{ "KVMKVMKVM", NB_HYPERVISOR_KVM },
	{ "Linux KVM Hv", NB_HYPERVISOR_KVM }, /* QEMU's own name while it poses as Hyper-V */
	{ "Microsoft Hv", NB_HYPERVISOR_HYPERV },
	{ "VMwareVMware", NB_HYPERVISOR_VMWARE },
	{ "XenVMMXenVMM", NB_HYPERVISOR_XEN },
	{ "VBoxVBoxVBox", NB_HYPERVISOR_VIRTUALBOX },
	{ "prl hyperv  ", NB_HYPERVISOR_PARALLELS },
	{ " prl hyperv ", NB_HYPERVISOR_PARALLELS },
	{ " lrpepyh  vr", NB_HYPERVISOR_PARALLELS }, /* the same, each register backwards */
	{ "bhyve bhyve ", NB_HYPERVISOR_BHYVE },
	{ "TCGTCGTCGTCG", NB_HYPERVISOR_TCG },
	{ "ACRNACRNACRN", NB_HYPERVISOR_ACRN },
	{ "QNXQVMBSQG", NB_HYPERVISOR_QNX },
	{ "Apple VZ", NB_HYPERVISOR_APPLE },
};

static enum nb_hypervisor kind_of(const char *signature)
{
	for (size_t i = 0; i < sizeof(signatures) / sizeof(signatures[0]); i++) {
		if (strcmp(signature, signatures[i].signature) == 0)
			return signatures[i].kind;
	}
	return NB_HYPERVISOR_UNKNOWN;
}

/* A range is 256 leaves; what a hypervisor says beyond that is a lie or another range's. */
bool nb_platform_cpuid_leaf(const struct nb_world *world, uint32_t leaf, uint32_t max,
			    struct nb_cpuid *registers)
{
	*registers = (struct nb_cpuid){ 0 };
	if (leaf > max)
		return false;
	return world->cpuid(world->self, leaf, 0, registers);
}

/* Old versions of KVM tell 0 as their highest leaf and mean the second one. */
static uint32_t highest(uint32_t base, uint32_t told)
{
	if (told == 0)
		return base + 1;
	return told < base + RANGE_SIZE ? told : base + RANGE_SIZE - 1;
}

/* Only who poses as Hyper-V has a second range; elsewhere these leaves may be anything. */
static void hear_second(const struct nb_world *world, struct nb_platform_cpuid_witness *witness)
{
	struct nb_cpuid registers;

	if (!witness->hyperv ||
	    !nb_platform_cpuid_leaf(world, SECOND_BASE, SECOND_BASE, &registers))
		return;
	nb_platform_signature_text(registers.ebx, registers.ecx, registers.edx, witness->second);
	witness->second_kind = kind_of(witness->second);
	if (witness->second_kind == NB_HYPERVISOR_KVM ||
	    witness->second_kind == NB_HYPERVISOR_XEN) {
		witness->second_max = highest(SECOND_BASE, registers.eax);
		return;
	}
	witness->second_kind = NB_HYPERVISOR_UNKNOWN;
	witness->second[0] = '\0';
}

static void hear_hyperv(const struct nb_world *world, struct nb_platform_cpuid_witness *witness)
{
	struct nb_cpuid registers;

	nb_platform_cpuid_leaf(world, FIRST_BASE + 1, witness->first_max, &registers);
	witness->hyperv = registers.eax == HYPERV_INTERFACE;
	hear_second(world, witness);
	if (!witness->hyperv || witness->second_kind != NB_HYPERVISOR_UNKNOWN)
		return;
	nb_platform_cpuid_leaf(world, FIRST_BASE + 3, witness->first_max, &registers);
	witness->root = registers.ebx >> CREATE_PARTITIONS & 1;
	nb_platform_cpuid_leaf(world, FIRST_BASE + 4, witness->first_max, &registers);
	witness->nested = registers.eax >> NESTED_IN_HYPERV & 1;
}

void nb_platform_hear_cpuid(const struct nb_world *world, struct nb_platform_cpuid_witness *witness)
{
	struct nb_cpuid registers;

	*witness = (struct nb_platform_cpuid_witness){ 0 };
	witness->known = nb_platform_cpuid_leaf(world, 1, 1, &registers);
	witness->vm = registers.ecx >> VM_BIT & 1;
	/* Without that bit Intel CPUs answer these leaves with data of another. */
	if (!witness->vm)
		return;
	if (!nb_platform_cpuid_leaf(world, FIRST_BASE, FIRST_BASE, &registers))
		return;
	nb_platform_signature_text(registers.ebx, registers.ecx, registers.edx, witness->first);
	witness->first_kind = kind_of(witness->first);
	witness->first_max = highest(FIRST_BASE, registers.eax);
	hear_hyperv(world, witness);
}
