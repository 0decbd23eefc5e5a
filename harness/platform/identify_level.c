/* SPDX-License-Identifier: Apache-2.0 */
#include "platform_identify.h"
#include "platform_parts.h"

/*
 * How deep this is. A wrong level is worse than none, so each answer has its reason, and what is
 * not told stays unknown; that it is a VM, or a VM in one, is told all the same.
 */

struct answer {
	int level;   /* -1: unknown */
	int minimum; /* where it is unknown */
	const char *why;
};

/* What Hyper-V counts, and where its 0 counts, is nb_platform_level()'s to say. */
static struct answer hyperv(const struct nb_platform_scene *scene)
{
	int level = nb_platform_level(scene->machine);

	if (level > 1)
		return (struct answer){
			level, 0, "Hyper-V counts the Hyper-V below it, and this is one more"
		};
	if (level == 1)
		return (struct answer){ 1, 0,
					"Hyper-V counts none below it, and the firmware is "
					"Microsoft's own" };
	if (scene->cpuid.nested)
		return (struct answer){ -1, 2, "Hyper-V says that it is nested, and not how deep" };
	if (scene->cpuid.root)
		return (struct answer){ -1, 1,
					"the root partition of Hyper-V; whether that runs "
					"on hardware is not told" };
	return (struct answer){ -1, 1,
				"Hyper-V counts none below it, which it also says in a VM "
				"of another hypervisor" };
}

/* An Azure VM is level 1, so that what runs WSL in it is one deeper. */
static struct answer wsl_in_azure(void)
{
	return (struct answer){ 2, 0,
				"WSL 2 is a VM, and the metadata service that answers is that "
				"of the Azure VM around it" };
}

static struct answer judge(const struct nb_platform_scene *scene)
{
	struct answer answer = { -1, 1, "a VM; this hypervisor does not tell what is below it" };

	switch (scene->identity->hypervisor) {
	case NB_HYPERVISOR_UNKNOWN:
		answer.minimum = scene->cpuid.vm;
		answer.why = scene->why;
		break;
	case NB_HYPERVISOR_NONE:
		return (struct answer){ 0, 0, "hardware" };
	case NB_HYPERVISOR_TCG:
	case NB_HYPERVISOR_BOCHS:
		/* Every instruction is software, so what runs the emulator does not show. */
		return (struct answer){ 1, 0,
					"an emulator runs this; what runs the emulator does "
					"not matter" };
	case NB_HYPERVISOR_HYPERV:
		answer = hyperv(scene);
		if (answer.level < 0 && scene->identity->wsl == 2 && scene->imds.done)
			answer = wsl_in_azure();
		break;
	case NB_HYPERVISOR_KVM:
	case NB_HYPERVISOR_XEN:
		if (nb_platform_cloud_on_hardware(scene->machine))
			return (struct answer){ 1, 0,
						"the firmware is that of the cloud's own VMs, "
						"which run on hardware" };
		break;
	default:
		break;
	}
	return answer;
}

void nb_platform_add_level(struct nb_platform_scene *scene)
{
	struct answer answer = judge(scene);
	struct nb_finding *finding;

	scene->identity->level = answer.level;
	if (answer.level >= 0)
		finding = nb_finding_add(scene->findings, NB_SECTION_MACHINE, NB_STATE_INFO,
					 "level", "nesting level", "%d", answer.level);
	else if (answer.minimum > 0)
		finding = nb_finding_add(scene->findings, NB_SECTION_MACHINE, NB_STATE_UNKNOWN,
					 "level", "nesting level", "unknown, at least %d",
					 answer.minimum);
	else
		finding = nb_platform_add_text(scene, "level", "nesting level", "");
	nb_finding_how(finding, "%s", answer.why);
	if (answer.level < 0)
		nb_finding_advice(finding, "nestbench run --level N, if you know it");
}
