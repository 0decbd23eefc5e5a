/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "platform_identify.h"

/*
 * Which witness to believe. CPUID is asked of the hypervisor itself at this moment, so it wins
 * unless there is a known reason why it would not tell its name; the rules are those reasons, and
 * the first one that applies decides.
 */

typedef bool (*rule_fn)(const struct nb_platform_scene *scene);

enum belief { BY_CPUID, BY_SECOND, BY_DMI, AS_STATED };

struct rule {
	rule_fn applies;
	enum belief belief;
	enum nb_hypervisor stated;
	bool hidden;
	const char *why;
};

static bool is_vm_by_dmi(const struct nb_platform_scene *scene)
{
	return scene->dmi.kind != NB_HYPERVISOR_UNKNOWN && !scene->dmi.metal;
}

static bool is_wsl_2(const struct nb_platform_scene *scene)
{
	return scene->machine->wsl[0] == '2';
}

static bool unheard_but_dmi(const struct nb_platform_scene *scene)
{
	return !scene->cpuid.known && is_vm_by_dmi(scene);
}

static bool unheard_but_wsl_2(const struct nb_platform_scene *scene)
{
	return !scene->cpuid.known && is_wsl_2(scene);
}

static bool unheard_but_xen(const struct nb_platform_scene *scene)
{
	return !scene->cpuid.known && scene->xen_kernel;
}

static bool unheard(const struct nb_platform_scene *scene)
{
	return !scene->cpuid.known;
}

static bool whole_machine(const struct nb_platform_scene *scene)
{
	return !scene->cpuid.vm && scene->dmi.metal;
}

/* Google's metal sizes keep the DMI of its VMs, which never hide the bit. */
static bool google_metal(const struct nb_platform_scene *scene)
{
	return !scene->cpuid.vm && strcmp(scene->machine->cloud, "gcp") == 0;
}

/* Bochs emulates a CPU as it is in the shops: no bit, no leaves; its BIOS has the project's name.
 */
static bool bochs(const struct nb_platform_scene *scene)
{
	return !scene->cpuid.vm && scene->dmi.kind == NB_HYPERVISOR_BOCHS;
}

/*
 * hypervisor.cpuid.v0 = "FALSE" in the .vmx file, which older instructions for Hyper-V in a VM on
 * ESXi contain (woshub.com; platforms.md B).
 */
static bool vmware_hides(const struct nb_platform_scene *scene)
{
	return !scene->cpuid.vm && scene->dmi.kind == NB_HYPERVISOR_VMWARE;
}

/* QEMU's "-cpu host,-hypervisor" and its like elsewhere. */
static bool some_vm_hides(const struct nb_platform_scene *scene)
{
	return !scene->cpuid.vm && is_vm_by_dmi(scene);
}

static bool wsl_2_hides(const struct nb_platform_scene *scene)
{
	return !scene->cpuid.vm && is_wsl_2(scene);
}

/* A PV guest's CPUID is the CPU's own unless Xen makes it fault. */
static bool xen_pv(const struct nb_platform_scene *scene)
{
	return !scene->cpuid.vm && scene->xen_kernel;
}

static bool hardware(const struct nb_platform_scene *scene)
{
	return !scene->cpuid.vm;
}

/*
 * "Paravirtualization providers" of VirtualBox's manual: Linux guests are shown KVM's leaves,
 * Windows guests Hyper-V's. systemd asks DMI first for the same reason.
 */
static bool virtualbox_poses(const struct nb_platform_scene *scene)
{
	return scene->dmi.kind == NB_HYPERVISOR_VIRTUALBOX;
}

/*
 * KVM (hv_* flags of QEMU) and Xen (viridian=1) answer as Hyper-V for the sake of Windows, and
 * move their own leaves up (Linux kvm_para.h, Xen cpuid.h).
 */
static bool poses_and_tells(const struct nb_platform_scene *scene)
{
	return scene->cpuid.second_kind != NB_HYPERVISOR_UNKNOWN;
}

/*
 * QEMU may be told to leave its own leaves out, and Xen and others to show Hyper-V's only: the
 * signature counts for nothing beside the name of another maker (systemd: a fall-back).
 */
static bool poses_as_hyperv(const struct nb_platform_scene *scene)
{
	return scene->cpuid.first_kind == NB_HYPERVISOR_HYPERV && is_vm_by_dmi(scene) &&
	       scene->dmi.kind != NB_HYPERVISOR_HYPERV;
}

static bool signature_known(const struct nb_platform_scene *scene)
{
	return scene->cpuid.first_kind != NB_HYPERVISOR_UNKNOWN;
}

/* QEMU's kvm=off takes the signature away and leaves the bit. */
static bool signature_hidden(const struct nb_platform_scene *scene)
{
	return is_vm_by_dmi(scene);
}

static bool nameless_xen(const struct nb_platform_scene *scene)
{
	return scene->xen_kernel;
}

static bool always(const struct nb_platform_scene *scene)
{
	(void)scene;
	return true;
}

static const struct rule rules[] = {
	{ unheard_but_dmi, BY_DMI, 0, false, "CPUID was not told, so DMI is believed" },
	{ unheard_but_wsl_2, AS_STATED, NB_HYPERVISOR_HYPERV, false,
	  "CPUID was not told; WSL 2 is always a VM of Hyper-V" },
	{ unheard_but_xen, AS_STATED, NB_HYPERVISOR_XEN, false,
	  "CPUID was not told; the kernel says that it runs on Xen" },
	{ unheard, AS_STATED, NB_HYPERVISOR_UNKNOWN, false,
	  "CPUID was not told, and DMI names no maker of VMs" },
	{ whole_machine, AS_STATED, NB_HYPERVISOR_NONE, false,
	  "no hypervisor bit, and a .metal size of EC2 is a whole machine" },
	{ google_metal, AS_STATED, NB_HYPERVISOR_NONE, false,
	  "no hypervisor bit: Google's VMs have it, its metal sizes have not" },
	{ bochs, BY_DMI, 0, false,
	  "Bochs emulates a CPU without hypervisor bit; its BIOS names it" },
	{ vmware_hides, BY_DMI, 0, true,
	  "VMware hides the hypervisor bit: hypervisor.cpuid.v0 = \"FALSE\" in the .vmx file" },
	{ some_vm_hides, BY_DMI, 0, true,
	  "no hypervisor bit, but no hardware bears this name: the bit is hidden" },
	{ wsl_2_hides, AS_STATED, NB_HYPERVISOR_HYPERV, true,
	  "no hypervisor bit, but WSL 2 is always a VM of Hyper-V" },
	{ xen_pv, AS_STATED, NB_HYPERVISOR_XEN, false,
	  "the kernel says that it runs on Xen, whose PV guests see the CPU's own CPUID" },
	{ hardware, AS_STATED, NB_HYPERVISOR_NONE, false,
	  "no hypervisor bit, and nothing else names a hypervisor" },
	{ virtualbox_poses, BY_DMI, 0, false,
	  "VirtualBox shows its guests the leaves of KVM or Hyper-V, so DMI is believed" },
	{ poses_and_tells, BY_SECOND, 0, false,
	  "it shows Hyper-V's leaves to please Windows, and its own behind them" },
	{ poses_as_hyperv, BY_DMI, 0, false,
	  "others show Hyper-V's leaves to please Windows, so DMI is believed" },
	{ signature_known, BY_CPUID, 0, false,
	  "the signature is the hypervisor's own; DMI can be copied from any machine" },
	{ signature_hidden, BY_DMI, 0, false,
	  "hypervisor bit without a known signature (as with QEMU's kvm=off), so DMI is believed" },
	{ nameless_xen, AS_STATED, NB_HYPERVISOR_XEN, false,
	  "hypervisor bit without a known signature; the kernel says that it runs on Xen" },
	{ always, AS_STATED, NB_HYPERVISOR_UNKNOWN, false,
	  "hypervisor bit without a known signature, and DMI names no maker of VMs" },
};

static enum nb_hypervisor believed(const struct rule *rule, const struct nb_platform_scene *scene)
{
	switch (rule->belief) {
	case BY_CPUID:
		return scene->cpuid.first_kind;
	case BY_SECOND:
		return scene->cpuid.second_kind;
	case BY_DMI:
		/* A VM that has the bit and Bochs's BIOS has an old SeaBIOS of QEMU. */
		return scene->cpuid.vm && scene->dmi.kind == NB_HYPERVISOR_BOCHS ? NB_HYPERVISOR_KVM
										 : scene->dmi.kind;
	case AS_STATED:
		break;
	}
	return rule->stated;
}

/* QEMU's firmware says QEMU, KVM or, in old versions, Bochs, whichever accelerator runs it. */
static bool is_qemu(enum nb_hypervisor kind)
{
	return kind == NB_HYPERVISOR_KVM || kind == NB_HYPERVISOR_TCG ||
	       kind == NB_HYPERVISOR_BOCHS;
}

static bool disagree(const struct nb_platform_scene *scene)
{
	enum nb_hypervisor cpuid = scene->cpuid.second_kind != NB_HYPERVISOR_UNKNOWN
					   ? scene->cpuid.second_kind
					   : scene->cpuid.first_kind;
	enum nb_hypervisor dmi = scene->dmi.kind;

	if (cpuid == NB_HYPERVISOR_UNKNOWN || dmi == NB_HYPERVISOR_UNKNOWN || cpuid == dmi)
		return false;
	return !is_qemu(cpuid) || !is_qemu(dmi);
}

void nb_platform_judge(struct nb_platform_scene *scene)
{
	const struct rule *rule = rules;

	/* The last one always applies. */
	while (!rule->applies(scene))
		rule++;
	scene->identity->hypervisor = believed(rule, scene);
	scene->identity->hidden = rule->hidden;
	scene->identity->conflict = rule->hidden || disagree(scene);
	scene->why = rule->why;
}
