/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "doctor_private.h"

enum { LIST_SIZE = 240 };

static bool emulated(const struct nb_nesting_facts *facts)
{
	return facts->identity->hypervisor == NB_HYPERVISOR_TCG ||
	       facts->identity->hypervisor == NB_HYPERVISOR_BOCHS;
}

static bool paging_not_offered(const struct nb_nesting_facts *facts)
{
	return facts->cpu.paging == NB_ANSWER_NO && facts->module.paging != NB_ANSWER_YES;
}

static bool paging_off(const struct nb_nesting_facts *facts)
{
	return facts->module.paging == NB_ANSWER_NO && facts->cpu.paging != NB_ANSWER_NO;
}

/* Hyper-V's replacement of VMCS shadowing: without it every VMREAD and VMWRITE is an exit. */
static bool enlightenment_off(const struct nb_nesting_facts *facts)
{
	return facts->identity->enlightened_vmcs && facts->cpu.found == NB_EXTENSION_VMX &&
	       facts->module.enlightened_vmcs == NB_ANSWER_NO;
}

/*
 * VMCS shadowing helps hypervisors inside our VMs. On hardware that is what nesting means; in a VM
 * what counts is the setting below it, which only a measurement shows.
 */
static bool shadowing_off(const struct nb_nesting_facts *facts)
{
	return facts->identity->hypervisor == NB_HYPERVISOR_NONE &&
	       facts->module.nested == NB_ANSWER_YES && facts->module.shadow_vmcs == NB_ANSWER_NO;
}

static const struct {
	bool (*applies)(const struct nb_nesting_facts *facts);
	const char *what;
	const char *advice;    /* or, where it is NULL: */
	const char *parameter; /* to be switched on; "paging": ept or npt */
} brakes[] = {
	{ emulated, "everything here is emulated in software, VMs too",
	  "give this machine a real hypervisor: QEMU with -accel kvm -cpu host", NULL },
	{ paging_not_offered, "shadow paging, as neither EPT nor NPT is offered to this machine",
	  "let what is below this machine offer it EPT (Intel) or NPT/RVI (AMD)", NULL },
	{ paging_off, "shadow paging, as KVM's use of EPT or NPT is switched off", NULL, "paging" },
	{ enlightenment_off,
	  "an exit for each VMREAD and VMWRITE, as Hyper-V's enlightened VMCS is "
	  "not used",
	  NULL, "enlightened_vmcs" },
	{ shadowing_off, "VMs inside VMs of this machine, as VMCS shadowing is off", NULL,
	  "enable_shadow_vmcs" },
};

static void advise(const struct nb_nesting_facts *facts, size_t brake, struct nb_nesting *nesting)
{
	const char *module = facts->module.name;
	const char *parameter = brakes[brake].parameter;

	/* What is needed to run a VM at all, as a permission, comes before what makes it quick. */
	if (nesting->advice[0])
		return;
	if (!parameter) {
		nb_doctor_say(nesting->advice, sizeof(nesting->advice), "%s", brakes[brake].advice);
		return;
	}
	if (strcmp(parameter, "paging") == 0)
		parameter = facts->cpu.usual == NB_EXTENSION_VMX ? "ept" : "npt";
	nb_doctor_say(nesting->advice, sizeof(nesting->advice),
		      "sudo modprobe -r %s && sudo modprobe %s %s=1", module, module, parameter);
}

void nb_nesting_slow(const struct nb_nesting_facts *facts, struct nb_nesting *nesting)
{
	char list[LIST_SIZE] = "";
	char reason[sizeof(nesting->reason)];

	if (nesting->verdict != NB_NESTING_YES)
		return;
	for (size_t i = 0; i < sizeof(brakes) / sizeof(brakes[0]); i++) {
		size_t length = strlen(list);

		if (!brakes[i].applies(facts))
			continue;
		nb_doctor_say(list + length, sizeof(list) - length, "%s%s", length > 0 ? "; " : "",
			      brakes[i].what);
		advise(facts, i, nesting);
	}
	if (!list[0])
		return;
	nesting->verdict = NB_NESTING_PARTLY;
	nb_doctor_say(reason, sizeof(reason), "slow: %s (%s)", list, nesting->reason);
	memcpy(nesting->reason, reason, sizeof(reason));
}
