/* SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "doctor_private.h"

enum {
	CPUINFO_SIZE = 16384, /* the first CPU's lines fit many times over */
	FEATURES_SIZE = 200,
	LEAF_FEATURES = 1,
	BIT_VMX = 5, /* of ECX of leaf 1: Intel's manual, volume 2A, CPUID */
	BIT_SVM = 2, /* of ECX of leaf 0x80000001: AMD's manual, volume 3, appendix E */
	BIT_NPT = 0, /* of EDX of leaf 0x8000000a, likewise */
	PROBE_SIZE = 256,
	VALUE_SIZE = 32,
	BIT_LOCKED = 0,	    /* of IA32_FEATURE_CONTROL: it stays until the next reset */
	BIT_VMX_ON = 2,	    /* VMX outside of SMX */
	BIT_SVM_LOCKED = 3, /* of VM_CR */
	BIT_SVM_OFF = 4,
};

static const uint32_t leaf_extended = 0x80000000;
static const uint32_t leaf_amd = 0x80000001;
static const uint32_t leaf_svm = 0x8000000a;

/* EDX of leaf 0x8000000a: what makes VMs quick, with the kernel's names. */
static const struct {
	int bit;
	const char *name;
} svm_features[] = {
	{ BIT_NPT, "npt" },   { 3, "nrips" }, { 5, "vmcb_clean" },
	{ 6, "flushbyasid" }, { 13, "avic" }, { 15, "v_vmsave_vmload" },
	{ 16, "vgif" },
};

/* Of the many words of "vmx flags", those that make VMs quick. */
static const char *const vmx_features[] = {
	"ept",	       "ept_ad",	   "vpid",  "unrestricted_guest",
	"shadow_vmcs", "preemption_timer", "apicv", "posted_intr",
	"tsc_scaling",
};

const char *nb_extension_name(enum nb_extension extension)
{
	static const char *const names[] = {
		[NB_EXTENSION_UNKNOWN] = "unknown",
		[NB_EXTENSION_NONE] = "neither vmx nor svm",
		[NB_EXTENSION_VMX] = "vmx",
		[NB_EXTENSION_SVM] = "svm",
	};

	return names[extension];
}

/* An Intel CPU answers a leaf beyond its maximum with other data: the maximum comes first. */
static bool extended_leaf(const struct nb_world *world, uint32_t leaf, struct nb_cpuid *registers)
{
	struct nb_cpuid first;

	return world->cpuid(world->self, leaf_extended, 0, &first) && first.eax >= leaf &&
	       world->cpuid(world->self, leaf, 0, registers);
}

static enum nb_extension read_cpuid(const struct nb_world *world)
{
	struct nb_cpuid basic, extended;
	bool basic_known = world->cpuid(world->self, LEAF_FEATURES, 0, &basic);
	bool extended_known = extended_leaf(world, leaf_amd, &extended);

	if (basic_known && basic.ecx >> BIT_VMX & 1)
		return NB_EXTENSION_VMX;
	if (extended_known && extended.ecx >> BIT_SVM & 1)
		return NB_EXTENSION_SVM;
	return basic_known && extended_known ? NB_EXTENSION_NONE : NB_EXTENSION_UNKNOWN;
}

static enum nb_extension read_kernel(const char *cpuinfo)
{
	const char *flags = nb_doctor_field(cpuinfo, "flags");

	if (!flags)
		return NB_EXTENSION_UNKNOWN;
	if (nb_doctor_has_word(flags, "vmx"))
		return NB_EXTENSION_VMX;
	return nb_doctor_has_word(flags, "svm") ? NB_EXTENSION_SVM : NB_EXTENSION_NONE;
}

/* Zhaoxin and Centaur make CPUs with Intel's extension, Hygon with AMD's. */
static enum nb_extension read_usual(const char *cpuinfo)
{
	static const char *const intel[] = { "GenuineIntel", "CentaurHauls", "Shanghai" };
	static const char *const amd[] = { "AuthenticAMD", "HygonGenuine" };
	const char *vendor = nb_doctor_field(cpuinfo, "vendor_id");

	for (size_t i = 0; vendor && i < sizeof(intel) / sizeof(intel[0]); i++)
		if (nb_doctor_has_word(vendor, intel[i]))
			return NB_EXTENSION_VMX;
	for (size_t i = 0; vendor && i < sizeof(amd) / sizeof(amd[0]); i++)
		if (nb_doctor_has_word(vendor, amd[i]))
			return NB_EXTENSION_SVM;
	return NB_EXTENSION_UNKNOWN;
}

static void add_word(char *list, size_t size, const char *word)
{
	size_t length = strlen(list);

	nb_doctor_say(list + length, size - length, "%s%s", length > 0 ? " " : "", word);
}

static enum nb_answer list_vmx(const char *flags, char *list, size_t size)
{
	for (size_t i = 0; i < sizeof(vmx_features) / sizeof(vmx_features[0]); i++)
		if (nb_doctor_has_word(flags, vmx_features[i]))
			add_word(list, size, vmx_features[i]);
	return nb_doctor_has_word(flags, "ept") ? NB_ANSWER_YES : NB_ANSWER_NO;
}

static enum nb_answer list_svm(uint32_t edx, char *list, size_t size)
{
	for (size_t i = 0; i < sizeof(svm_features) / sizeof(svm_features[0]); i++)
		if (edx >> svm_features[i].bit & 1)
			add_word(list, size, svm_features[i].name);
	return edx >> BIT_NPT & 1 ? NB_ANSWER_YES : NB_ANSWER_NO;
}

/* Linux before 5.9 has no line "vmx flags", but the word ept among the others if there is one. */
static enum nb_answer read_features(const struct nb_world *world, const char *cpuinfo,
				    enum nb_extension found, char *list, size_t size)
{
	const char *vmx = nb_doctor_field(cpuinfo, "vmx flags");
	const char *flags = nb_doctor_field(cpuinfo, "flags");
	struct nb_cpuid svm;

	if (found == NB_EXTENSION_SVM && extended_leaf(world, leaf_svm, &svm))
		return list_svm(svm.edx, list, size);
	if (found != NB_EXTENSION_VMX)
		return NB_ANSWER_UNKNOWN;
	if (vmx)
		return list_vmx(vmx, list, size);
	if (!flags || !nb_doctor_has_word(flags, "ept"))
		return NB_ANSWER_UNKNOWN;
	return list_vmx(flags, list, size);
}

static void tell_features(const struct nb_cpu_witness *cpu, const char *list,
			  struct nb_findings *findings)
{
	bool vmx = cpu->found == NB_EXTENSION_VMX;
	bool paging = cpu->paging == NB_ANSWER_YES;
	struct nb_finding *finding;

	if (cpu->paging == NB_ANSWER_UNKNOWN)
		return;
	finding =
		nb_finding_add(findings, NB_SECTION_NESTING, paging ? NB_STATE_GOOD : NB_STATE_WARN,
			       "cpu.features", "features", "%s", list[0] ? list : "none of note");
	nb_finding_how(finding, "%s; %s", vmx ? "/proc/cpuinfo" : "CPUID 0x8000000a EDX",
		       paging ? "the CPU walks the page tables of VMs itself"
			      : "every change of a VM's page tables costs an exit");
	if (!paging)
		nb_finding_advice(finding, "let what is below this machine offer it %s",
				  vmx ? "EPT" : "NPT (RVI)");
}

static void tell_flag(struct nb_findings *findings, const char *key, const char *label,
		      enum nb_extension extension, const char *how)
{
	enum nb_state state = NB_STATE_GOOD;

	if (extension == NB_EXTENSION_UNKNOWN)
		state = NB_STATE_UNKNOWN;
	else if (extension == NB_EXTENSION_NONE)
		state = NB_STATE_WARN;
	nb_finding_how(nb_finding_add(findings, NB_SECTION_NESTING, state, key, label, "%s",
				      nb_extension_name(extension)),
		       "%s", how);
}

static void tell_dropped(const struct nb_identity *identity, const struct nb_cpu_witness *cpu,
			 struct nb_findings *findings)
{
	bool vmx = cpu->cpuid == NB_EXTENSION_VMX;
	struct nb_finding *finding = nb_finding_add(
		findings, NB_SECTION_NESTING, NB_STATE_BAD, "cpu.dropped", "switched off",
		"the CPU has %s, the kernel does not use it", nb_extension_name(cpu->cpuid));

	nb_finding_how(finding, "%s %s; %s",
		       identity->hypervisor == NB_HYPERVISOR_NONE ? "the firmware"
								  : "the firmware of this VM",
		       vmx ? "locked it off (IA32_FEATURE_CONTROL)" : "switched it off (VM_CR)",
		       vmx ? "or this kernel was built without KVM for Intel, or told to hide it"
			   : "or this kernel was told to hide it");
	nb_finding_advice(finding, "sudo dmesg | grep -i 'disabled.*BIOS'");
}

static const char lock_label[] = "firmware's lock";

static bool read_register(const struct nb_world *world, const char *key, uint64_t *value)
{
	char text[PROBE_SIZE];
	char number[VALUE_SIZE];
	char *end;

	if (world->probe(world->self, "msr", text, sizeof(text)) < 0 ||
	    !nb_world_value(text, key, number, sizeof(number)))
		return false;
	*value = strtoull(number, &end, 16);
	return end != number && *end == '\0';
}

/* The register behind vmx. */
static void tell_feature_control(uint64_t value, struct nb_findings *findings)
{
	bool locked = value >> BIT_LOCKED & 1, on = value >> BIT_VMX_ON & 1;
	enum nb_state state = on ? NB_STATE_GOOD : NB_STATE_BAD;
	const char *text = on ? "VMX is on, and locked so" : "VMX is off, and locked so";

	if (!locked) {
		state = NB_STATE_INFO;
		text = "open: the kernel may switch VMX on";
	}
	nb_finding_how(nb_finding_add(findings, NB_SECTION_NESTING, state, "cpu.msr", lock_label,
				      "%s", text),
		       "MSR 0x3a (IA32_FEATURE_CONTROL) is 0x%llx: bit 0 locks, bit 2 is VMX",
		       (unsigned long long)value);
}

/* The register behind svm. */
static void tell_vm_cr(uint64_t value, struct nb_findings *findings)
{
	bool locked = value >> BIT_SVM_LOCKED & 1, off = value >> BIT_SVM_OFF & 1;

	nb_finding_how(nb_finding_add(findings, NB_SECTION_NESTING,
				      off ? NB_STATE_BAD : NB_STATE_GOOD, "cpu.msr", lock_label,
				      "SVM is %s%s", off ? "off" : "on",
				      locked ? ", and locked so" : ""),
		       "MSR 0xc0010114 (VM_CR) is 0x%llx: bit 4 is off, bit 3 locks",
		       (unsigned long long)value);
}

/* Mostly nobody may read them, which is no news. */
static void tell_registers(const struct nb_world *world, struct nb_findings *findings)
{
	uint64_t value;

	if (read_register(world, "feature_control", &value))
		tell_feature_control(value, findings);
	else if (read_register(world, "vm_cr", &value))
		tell_vm_cr(value, findings);
}

void nb_nesting_ask_cpu(const struct nb_world *world, const struct nb_identity *identity,
			struct nb_cpu_witness *cpu, struct nb_findings *findings)
{
	char cpuinfo[CPUINFO_SIZE];
	char list[FEATURES_SIZE] = "";

	world->read(world->self, "/proc/cpuinfo", cpuinfo, sizeof(cpuinfo));
	cpu->cpuid = read_cpuid(world);
	cpu->kernel = read_kernel(cpuinfo);
	cpu->found = cpu->kernel != NB_EXTENSION_UNKNOWN ? cpu->kernel : cpu->cpuid;
	cpu->usual = cpu->found == NB_EXTENSION_VMX || cpu->found == NB_EXTENSION_SVM
			     ? cpu->found
			     : read_usual(cpuinfo);
	cpu->dropped = cpu->kernel == NB_EXTENSION_NONE &&
		       (cpu->cpuid == NB_EXTENSION_VMX || cpu->cpuid == NB_EXTENSION_SVM);
	tell_flag(findings, "cpu.cpuid", "CPUID", cpu->cpuid,
		  "CPUID 0x00000001 ECX[5] is vmx, 0x80000001 ECX[2] is svm");
	tell_flag(findings, "cpu.kernel", "CPU flags", cpu->kernel,
		  "\"flags\" of /proc/cpuinfo: what the kernel left of it");
	if (cpu->dropped)
		tell_dropped(identity, cpu, findings);
	tell_registers(world, findings);
	cpu->paging = read_features(world, cpuinfo, cpu->found, list, sizeof(list));
	tell_features(cpu, list, findings);
}
