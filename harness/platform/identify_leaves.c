/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "nestbench/base.h"

#include "platform_identify.h"

/*
 * What KVM's and Xen's leaves tell besides the name. Sources: Linux asm/kvm_para.h and
 * Documentation/virt/kvm/x86/cpuid.rst, Xen public/arch-x86/cpuid.h. Hyper-V's are in
 * identify_hyperv.c.
 */
enum { FIRST_BASE = 0x40000000, SECOND_BASE = 0x40000100, LIST_SIZE = 240 };

static const struct nb_platform_bit kvm_features[] = {
	{ 0, "clocksource" },
	{ 1, "nop_io_delay" },
	{ 2, "mmu_op" },
	{ 3, "clocksource2" },
	{ 4, "async_pf" },
	{ 5, "steal_time" },
	{ 6, "pv_eoi" },
	{ 7, "pv_unhalt" },
	{ 9, "pv_tlb_flush" },
	{ 10, "async_pf_vmexit" },
	{ 11, "pv_send_ipi" },
	{ 12, "poll_control" },
	{ 13, "pv_sched_yield" },
	{ 14, "async_pf_int" },
	{ 15, "msi_ext_dest_id" },
	{ 16, "hc_map_gpa_range" },
	{ 17, "migration_control" },
	{ 24, "clocksource_stable" },
};

static const struct nb_platform_bit xen_features[] = {
	{ 0, "apic_access_virt" }, { 1, "x2apic_virt" }, { 2, "iommu_mappings" },
	{ 3, "vcpu_id" },	   { 4, "domid" },	 { 5, "ext_dest_id" },
	{ 6, "upcall_vector" },
};

struct range {
	uint32_t base, max;
};

/* Where the leaves of that kind are; false where there are none. */
static bool find_range(const struct nb_platform_cpuid_witness *cpuid, enum nb_hypervisor kind,
		       struct range *range)
{
	if (cpuid->second_kind == kind)
		*range = (struct range){ SECOND_BASE, cpuid->second_max };
	else if (cpuid->first_kind == kind)
		*range = (struct range){ FIRST_BASE, cpuid->first_max };
	else
		return false;
	return true;
}

static void add_bits(struct nb_platform_scene *scene, const char *key, const char *text,
		     uint32_t leaf)
{
	struct nb_finding *finding = nb_platform_add_text(scene, key, "offers", text);

	nb_finding_how(finding, "CPUID 0x%08x EAX", leaf);
}

static void add_kvm(struct nb_platform_scene *scene, const struct range *range)
{
	struct nb_cpuid registers;
	char text[LIST_SIZE];
	struct nb_finding *finding;

	if (!nb_platform_cpuid_leaf(scene->world, range->base + 1, range->max, &registers))
		return;
	nb_platform_bits_text(registers.eax, kvm_features,
			      sizeof(kvm_features) / sizeof(kvm_features[0]), text, sizeof(text));
	add_bits(scene, "hypervisor.kvm_features", text, range->base + 1);
	if (!(registers.edx & 1))
		return;
	finding = nb_platform_add_text(scene, "hypervisor.kvm_dedicated", "CPUs are",
				       "dedicated: the host promises never to take them away");
	nb_finding_how(finding, "CPUID 0x%08x EDX[0], KVM_HINTS_REALTIME", range->base + 1);
}

/* The leaf has the first two parts only; the kernel, where it has Xen's interface, the rest. */
static void add_xen_version(struct nb_platform_scene *scene, const struct range *range)
{
	struct nb_cpuid registers;
	char extra[NB_PLATFORM_VALUE_SIZE];
	char type[NB_PLATFORM_VALUE_SIZE];
	struct nb_finding *finding;

	if (!nb_platform_cpuid_leaf(scene->world, range->base + 1, range->max, &registers))
		return;
	nb_world_line(scene->world, "/sys/hypervisor/version/extra", extra, sizeof(extra));
	if (!nb_world_line(scene->world, "/sys/hypervisor/guest_type", type, sizeof(type)))
		nb_base_copy(type, sizeof(type), "kind not told");
	finding = nb_finding_add(scene->findings, NB_SECTION_MACHINE, NB_STATE_INFO,
				 "hypervisor.version", "its version", "%u.%u%s, guest %s",
				 registers.eax >> 16, registers.eax & 0xffff, extra, type);
	nb_finding_how(finding, "CPUID 0x%08x EAX, /sys/hypervisor", range->base + 1);
}

static void add_xen(struct nb_platform_scene *scene, const struct range *range)
{
	struct nb_cpuid registers;
	char text[LIST_SIZE];

	add_xen_version(scene, range);
	if (!nb_platform_cpuid_leaf(scene->world, range->base + 4, range->max, &registers))
		return;
	nb_platform_bits_text(registers.eax, xen_features,
			      sizeof(xen_features) / sizeof(xen_features[0]), text, sizeof(text));
	add_bits(scene, "hypervisor.xen_features", text, range->base + 4);
}

void nb_platform_add_hypervisor_leaves(struct nb_platform_scene *scene)
{
	struct range range;

	if (scene->cpuid.hyperv)
		nb_platform_add_hyperv(scene);
	if (find_range(&scene->cpuid, NB_HYPERVISOR_KVM, &range))
		add_kvm(scene, &range);
	if (find_range(&scene->cpuid, NB_HYPERVISOR_XEN, &range))
		add_xen(scene, &range);
}
