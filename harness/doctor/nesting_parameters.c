/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "doctor_private.h"

enum { PATH_SIZE = 128, VALUE_SIZE = 48 };

/* Which of the facts a parameter is, where it counts for the verdict. */
enum role { ROLE_NONE, ROLE_NESTED, ROLE_PAGING, ROLE_SHADOW, ROLE_ENLIGHTENED };

/* Linux Documentation/admin-guide/kernel-parameters.txt and arch/x86/kvm tell what they do. */
static const struct parameter {
	const char *module, *name;
	enum role role;
	enum nb_state off; /* what it means where it is off */
	const char *why;
} parameters[] = {
	{ "kvm_intel", "nested", ROLE_NESTED, NB_STATE_INFO,
	  "whether VMs of this machine may run VMs in turn: one level deeper than asked here" },
	{ "kvm_intel", "ept", ROLE_PAGING, NB_STATE_WARN,
	  "EPT: the CPU walks the page tables of VMs itself; without it KVM shadows them" },
	{ "kvm_intel", "unrestricted_guest", ROLE_NONE, NB_STATE_WARN,
	  "without it KVM emulates real mode in software, and VMs boot slowly" },
	{ "kvm_intel", "enable_shadow_vmcs", ROLE_SHADOW, NB_STATE_INFO,
	  "VMCS shadowing for VMs inside VMs of this machine; what this machine gets of it itself "
	  "is set below it and cannot be seen from inside" },
	{ "kvm_intel", "enable_apicv", ROLE_NONE, NB_STATE_INFO,
	  "interrupts of VMs without an exit" },
	{ "kvm_intel", "enlightened_vmcs", ROLE_ENLIGHTENED, NB_STATE_INFO,
	  "on Hyper-V: reads and writes of the VMCS as plain memory instead of an exit each" },
	{ "kvm_amd", "nested", ROLE_NESTED, NB_STATE_INFO,
	  "whether VMs of this machine may run VMs in turn: one level deeper than asked here" },
	{ "kvm_amd", "npt", ROLE_PAGING, NB_STATE_WARN,
	  "NPT: the CPU walks the page tables of VMs itself; without it KVM shadows them" },
	{ "kvm_amd", "avic", ROLE_NONE, NB_STATE_INFO, "interrupts of VMs without an exit" },
	{ "kvm_amd", "vgif", ROLE_NONE, NB_STATE_INFO,
	  "STGI and CLGI of a hypervisor in a VM without an exit" },
};

/* Booleans are "Y" and "N", integers that serve as such a number. */
static enum nb_answer understand(const char *value)
{
	if (strcmp(value, "Y") == 0 || strcmp(value, "1") == 0)
		return NB_ANSWER_YES;
	if (strcmp(value, "N") == 0 || strcmp(value, "0") == 0)
		return NB_ANSWER_NO;
	return NB_ANSWER_UNKNOWN;
}

static void keep(struct nb_module_witness *module, enum role role, enum nb_answer answer)
{
	switch (role) {
	case ROLE_NESTED:
		module->nested = answer;
		break;
	case ROLE_PAGING:
		module->paging = answer;
		break;
	case ROLE_SHADOW:
		module->shadow_vmcs = answer;
		break;
	case ROLE_ENLIGHTENED:
		module->enlightened_vmcs = answer;
		break;
	case ROLE_NONE:
		break;
	}
}

/*
 * On hardware the next level is what "nested" means, and its parameters decide; in a VM they are
 * about VMs yet one level deeper. Enlightened VMCS matters where Hyper-V offers it.
 */
static enum nb_state state_when_off(const struct parameter *parameter,
				    const struct nb_identity *identity)
{
	bool hardware = identity->hypervisor == NB_HYPERVISOR_NONE;

	if (hardware && (parameter->role == ROLE_NESTED || parameter->role == ROLE_SHADOW))
		return NB_STATE_WARN;
	if (parameter->role == ROLE_ENLIGHTENED && identity->enlightened_vmcs)
		return NB_STATE_WARN;
	return parameter->off;
}

static void tell(const struct parameter *parameter, enum nb_answer answer, const char *path,
		 const char *value, const struct nb_identity *identity,
		 struct nb_findings *findings)
{
	static const char *const words[] = {
		[NB_ANSWER_UNKNOWN] = NULL, [NB_ANSWER_NO] = "off", [NB_ANSWER_YES] = "on"
	};
	enum nb_state state = NB_STATE_UNKNOWN;
	struct nb_finding *finding;
	char key[40];

	if (answer == NB_ANSWER_YES)
		state = NB_STATE_GOOD;
	else if (answer == NB_ANSWER_NO)
		state = state_when_off(parameter, identity);
	nb_doctor_say(key, sizeof(key), "kvm.%s", parameter->name);
	finding = nb_finding_add(findings, NB_SECTION_NESTING, state, key, parameter->name, "%s",
				 words[answer] ? words[answer] : value);
	nb_finding_how(finding, "%s; %s", path, parameter->why);
	if (state == NB_STATE_WARN)
		nb_finding_advice(finding, "sudo modprobe -r %s && sudo modprobe %s %s=1",
				  parameter->module, parameter->module, parameter->name);
}

void nb_nesting_read_parameters(const struct nb_world *world, struct nb_nesting_facts *facts,
				struct nb_findings *findings)
{
	for (size_t i = 0; i < sizeof(parameters) / sizeof(parameters[0]); i++) {
		const struct parameter *parameter = &parameters[i];
		char path[PATH_SIZE];
		char value[VALUE_SIZE];
		enum nb_answer answer;

		if (strcmp(parameter->module, facts->module.name) != 0)
			continue;
		nb_doctor_say(path, sizeof(path), "/sys/module/%s/parameters/%s", parameter->module,
			      parameter->name);
		if (!nb_world_line(world, path, value, sizeof(value)))
			continue;
		answer = understand(value);
		keep(&facts->module, parameter->role, answer);
		tell(parameter, answer, path, value, facts->identity, findings);
	}
}
