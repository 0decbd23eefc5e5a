/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "platform_identify.h"

/*
 * What Hyper-V, or who poses as it, tells of itself and of nesting. Source: "Hypervisor Top Level
 * Functional Specification", Feature and Interface Discovery; bits 21 and 22 of leaf 0x4000000A
 * and the level in 0x40000006 from Microsoft's published headers (hvgdk_mini.h).
 */
enum {
	VERSION_LEAF = 0x40000002,
	ADVICE_LEAF = 0x40000004,
	HARDWARE_LEAF = 0x40000006,
	NESTED_ACCESS_LEAF = 0x40000009,
	NESTED_FEATURES_LEAF = 0x4000000a,
	EVMCS_ADVISED = 14,
	EVMCS_VERSIONS = 0xffff,
	MSR_BITMAP = 19,
	LEVEL_SHIFT = 10,
	LEVEL_MASK = 0xf,
	LIST_SIZE = 240,
};

static const struct nb_platform_bit advice_bits[] = {
	{ 0, "hypercall for address space switches" },
	{ 1, "hypercall for local TLB flushes" },
	{ 2, "hypercall for remote TLB flushes" },
	{ 3, "MSRs for the APIC" },
	{ 4, "MSR for reset" },
	{ 5, "relaxed timing" },
	{ 6, "DMA remapping" },
	{ 7, "interrupt remapping" },
	{ 9, "no AutoEOI" },
	{ 10, "hypercall for IPIs" },
	{ 11, "ExProcessorMasks" },
	{ 12, "nested in Hyper-V" },
	{ 13, "INT for MBEC" },
	{ 14, "enlightened VMCS" },
	{ 15, "synced timelines" },
	{ 17, "direct local flush" },
	{ 18, "no core sharing" },
};

static const struct nb_platform_bit hardware_bits[] = {
	{ 0, "APIC overlay assist" },	 { 1, "MSR bitmaps" },
	{ 2, "performance counters" },	 { 3, "SLAT" },
	{ 4, "DMA remapping" },		 { 5, "interrupt remapping" },
	{ 6, "memory patrol scrubber" }, { 7, "DMA protection" },
	{ 8, "HPET requested" },	 { 9, "volatile synthetic timers" },
};

static const struct nb_platform_bit access_bits[] = {
	{ 2, "SynIC" },	   { 4, "interrupt control" }, { 5, "hypercall MSRs" },
	{ 6, "VP index" }, { 12, "reenlightenment" },
};

static const struct nb_platform_bit nested_bits[] = {
	{ 17, "direct virtual flush" },	      { 18, "guest-physical flush hypercalls" },
	{ 19, "enlightened MSR bitmap" },     { 20, "#VE in the class of #PF" },
	{ 21, "IA32_DEBUGCTL of the guest" }, { 22, "enlightened TLB" },
};

#define COUNT(bits) (sizeof(bits) / sizeof((bits)[0]))

/* The build of a hypervisor is that of the Windows it came with. */
static const struct {
	uint32_t build;
	const char *windows;
} releases[] = {
	{ 14393, "Windows Server 2016" },      { 17763, "Windows Server 2019" },
	{ 19041, "Windows 10, 2004 to 22H2" }, { 20348, "Windows Server 2022" },
	{ 22000, "Windows 11 21H2" },	       { 22621, "Windows 11 22H2 or 23H2" },
	{ 25398, "Windows Server 23H2" },      { 26100, "Windows Server 2025 or Windows 11 24H2" },
};

static const char *windows_of(uint32_t build)
{
	for (size_t i = 0; i < COUNT(releases); i++) {
		if (releases[i].build == build)
			return releases[i].windows;
	}
	return "release not known";
}

static bool read_leaf(const struct nb_platform_scene *scene, uint32_t leaf,
		      struct nb_cpuid *registers)
{
	return nb_platform_cpuid_leaf(scene->world, leaf, scene->cpuid.first_max, registers);
}

static bool is_real(const struct nb_platform_scene *scene)
{
	return scene->identity->hypervisor == NB_HYPERVISOR_HYPERV;
}

static void add_version(struct nb_platform_scene *scene)
{
	struct nb_cpuid version;
	struct nb_finding *finding;
	char number[NB_PLATFORM_VALUE_SIZE];

	if (!read_leaf(scene, VERSION_LEAF, &version))
		return;
	snprintf(number, sizeof(number), "%u.%u.%u", version.ebx >> 16, version.ebx & 0xffff,
		 version.eax);
	if (is_real(scene))
		finding = nb_finding_add(scene->findings, NB_SECTION_MACHINE, NB_STATE_INFO,
					 "hypervisor.version", "its version", "%s (%s)", number,
					 windows_of(version.eax));
	else
		finding = nb_finding_add(scene->findings, NB_SECTION_MACHINE, NB_STATE_INFO,
					 "hypervisor.presents", "it presents",
					 "Microsoft Hyper-V %s", number);
	nb_finding_how(finding, "CPUID 0x40000002 EBX, EAX");
}

/* Who poses as Hyper-V leaves these bits alone; there they would tell nothing. */
static void add_hyperv_level(struct nb_platform_scene *scene)
{
	static const char key[] = "hypervisor.hyperv_level";
	static const char label[] = "Hyper-V below it";
	struct nb_cpuid hardware;
	struct nb_finding *finding;
	uint32_t level;

	if (!is_real(scene) || !read_leaf(scene, HARDWARE_LEAF, &hardware))
		return;
	level = hardware.eax >> LEVEL_SHIFT & LEVEL_MASK;
	if (level == 0 && scene->cpuid.nested)
		finding = nb_finding_add(scene->findings, NB_SECTION_MACHINE, NB_STATE_UNKNOWN, key,
					 label, "unknown: it says nested and counts none");
	else if (level == 0)
		finding = nb_finding_add(scene->findings, NB_SECTION_MACHINE, NB_STATE_INFO, key,
					 label, "none that it knows of");
	else
		finding = nb_finding_add(scene->findings, NB_SECTION_MACHINE, NB_STATE_INFO, key,
					 label, "%u more level%s", level, level == 1 ? "" : "s");
	nb_finding_how(finding,
		       "CPUID 0x40000006 EAX[13:10] = %u, 0x40000004 EAX[12] (nested) = %d", level,
		       scene->cpuid.nested);
}

static void add_bits(struct nb_platform_scene *scene, const char *key, const char *label,
		     const char *text, uint32_t leaf)
{
	nb_finding_how(nb_platform_add_text(scene, key, label, text), "CPUID 0x%08x EAX", leaf);
}

static void add_evmcs(struct nb_platform_scene *scene, uint32_t advice, uint32_t nested)
{
	struct nb_finding *finding;
	uint32_t low = nested & 0xff;
	uint32_t high = nested >> 8 & 0xff;

	scene->identity->enlightened_vmcs = (advice >> EVMCS_ADVISED & 1) && high > 0;
	scene->identity->enlightened_msr_bitmap = nested >> MSR_BITMAP & 1;
	if (scene->identity->enlightened_vmcs)
		finding = nb_finding_add(scene->findings, NB_SECTION_MACHINE, NB_STATE_INFO,
					 "hypervisor.evmcs", "enlightened VMCS",
					 "offered, versions %u to %u", low, high);
	else
		finding =
			nb_platform_add_text(scene, "hypervisor.evmcs", "enlightened VMCS",
					     strcmp(scene->machine->cpu_vendor, "GenuineIntel") == 0
						     ? "not offered"
						     : "not offered (it is for Intel's VMX only)");
	nb_finding_how(finding, "CPUID 0x40000004 EAX[14], 0x4000000a EAX[15:0]");
	finding = nb_platform_add_text(scene, "hypervisor.msr_bitmap", "enlightened MSR bitmap",
				       scene->identity->enlightened_msr_bitmap ? "offered"
									       : "not offered");
	nb_finding_how(finding, "CPUID 0x4000000a EAX[19]");
}

static void add_nested(struct nb_platform_scene *scene, uint32_t advice)
{
	struct nb_cpuid nested, access;
	char text[LIST_SIZE];

	/* Without the leaf nothing is offered to a hypervisor in here, which is an answer. */
	read_leaf(scene, NESTED_FEATURES_LEAF, &nested);
	if (!is_real(scene) && nested.eax == 0)
		return;
	add_evmcs(scene, advice, nested.eax);
	nb_platform_bits_text(nested.eax & ~(uint32_t)EVMCS_VERSIONS, nested_bits,
			      COUNT(nested_bits), text, sizeof(text));
	add_bits(scene, "hypervisor.nested_features", "for a hypervisor in here", text,
		 NESTED_FEATURES_LEAF);
	if (!read_leaf(scene, NESTED_ACCESS_LEAF, &access) || access.eax == 0)
		return;
	nb_platform_bits_text(access.eax, access_bits, COUNT(access_bits), text, sizeof(text));
	add_bits(scene, "hypervisor.nested_access", "access of one in here", text,
		 NESTED_ACCESS_LEAF);
}

void nb_platform_add_hyperv(struct nb_platform_scene *scene)
{
	struct nb_cpuid advice, hardware;
	char text[LIST_SIZE];

	add_version(scene);
	add_hyperv_level(scene);
	read_leaf(scene, ADVICE_LEAF, &advice);
	add_nested(scene, advice.eax);
	if (!is_real(scene))
		return;
	nb_platform_bits_text(advice.eax, advice_bits, COUNT(advice_bits), text, sizeof(text));
	add_bits(scene, "hypervisor.hyperv_advises", "it advises", text, ADVICE_LEAF);
	if (!read_leaf(scene, HARDWARE_LEAF, &hardware))
		return;
	nb_platform_bits_text(hardware.eax & ((1U << LEVEL_SHIFT) - 1), hardware_bits,
			      COUNT(hardware_bits), text, sizeof(text));
	add_bits(scene, "hypervisor.hyperv_hardware", "it uses of the hardware", text,
		 HARDWARE_LEAF);
}
