/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "doctor_private.h"

/*
 * Rules in the order in which they count. Each either does not apply, or decides: what was tried
 * beats what was read, what the CPU lacks beats what the kernel could load.
 */
typedef bool (*rule)(const struct nb_nesting_facts *facts, struct nb_nesting *nesting);

static bool decide(struct nb_nesting *nesting, enum nb_nesting_verdict verdict)
{
	nesting->verdict = verdict;
	return true;
}

#define REASON(nesting, ...) \
	nb_doctor_say((nesting)->reason, sizeof((nesting)->reason), __VA_ARGS__)
#define NOTE(nesting, ...) nb_doctor_say((nesting)->note, sizeof((nesting)->note), __VA_ARGS__)
#define ADVICE(nesting, ...) \
	nb_doctor_say((nesting)->advice, sizeof((nesting)->advice), __VA_ARGS__)

/* Where nobody tells the flags, rules further down have a module that found its CPU. */
static const char *flag(const struct nb_nesting_facts *facts)
{
	bool known = facts->cpu.found != NB_EXTENSION_UNKNOWN;

	return nb_extension_name(known ? facts->cpu.found : facts->cpu.usual);
}

static bool denied(const struct nb_nesting_facts *facts)
{
	return facts->device.outcome == NB_DEVICE_DENIED ||
	       facts->device.outcome == NB_DEVICE_FORBIDDEN;
}

static bool missing(const struct nb_nesting_facts *facts)
{
	return facts->device.outcome == NB_DEVICE_ABSENT ||
	       facts->device.outcome == NB_DEVICE_EMPTY;
}

static bool in_container(const struct nb_nesting_facts *facts)
{
	return facts->machine->container[0] != '\0';
}

/* Group kvm is what udev gives the device to; a container knows that group by number at most. */
static void advise_permission(const struct nb_nesting_facts *facts, struct nb_nesting *nesting)
{
	if (in_container(facts))
		ADVICE(nesting,
		       "start the container with --device /dev/kvm --group-add \"$(stat -c "
		       "%%g /dev/kvm)\", or run as root in it");
	else
		ADVICE(nesting,
		       "as root \"nestbench doctor\" can try it; for good: sudo usermod -aG kvm "
		       "$USER, and log in again (where ls -l /dev/kvm shows no group kvm, first: "
		       "sudo chgrp kvm /dev/kvm && sudo chmod 660 /dev/kvm)");
}

static void note_contradiction(const struct nb_nesting_facts *facts, struct nb_nesting *nesting)
{
	const struct nb_cpu_witness *cpu = &facts->cpu;
	const char *other = facts->module.other;

	if (cpu->dropped)
		NOTE(nesting,
		     "CPUID offers %s and the kernel does not use it, yet the device works",
		     nb_extension_name(cpu->cpuid));
	else if (cpu->found == NB_EXTENSION_NONE)
		NOTE(nesting,
		     "the CPU offers neither vmx nor svm, yet the device works: %s does without "
		     "them, with shadow paging",
		     other[0] ? other : "this KVM");
	else if (cpu->cpuid == NB_EXTENSION_NONE)
		NOTE(nesting, "CPUID tells of neither vmx nor svm, /proc/cpuinfo has %s",
		     flag(facts));
}

static bool device_works(const struct nb_nesting_facts *facts, struct nb_nesting *nesting)
{
	if (facts->device.outcome != NB_DEVICE_WORKS)
		return false;
	REASON(nesting, "/dev/kvm creates a VM and a vCPU%s",
	       facts->device.passed == NB_DEVICE_STEPS ? " and runs an instruction"
						       : "; running one was not tried");
	note_contradiction(facts, nesting);
	return decide(nesting, NB_NESTING_YES);
}

static bool is_wsl1(const struct nb_nesting_facts *facts, struct nb_nesting *nesting)
{
	if (facts->identity->wsl != 1)
		return false;
	REASON(nesting,
	       "WSL 1 translates system calls: there is no Linux kernel that could run a VM");
	ADVICE(nesting, "in Windows: wsl --list --verbose, then wsl --set-version DISTRIBUTION 2");
	return decide(nesting, NB_NESTING_NO);
}

static bool device_fails(const struct nb_nesting_facts *facts, struct nb_nesting *nesting)
{
	const struct nb_device_witness *device = &facts->device;

	if (device->outcome != NB_DEVICE_BROKEN)
		return false;
	REASON(nesting, "%s fails: %s", nb_device_step(device->passed), device->failure);
	if (device->busy)
		ADVICE(nesting,
		       "another hypervisor, such as VirtualBox or VMware Workstation, holds "
		       "the CPU's virtualization: end its VMs, then \"nestbench doctor\" once "
		       "more");
	else
		ADVICE(nesting, "sudo dmesg | grep -i -e kvm -e vmx -e svm tells more");
	if (facts->module.state == NB_MODULE_LOADED && facts->cpu.found != NB_EXTENSION_NONE)
		NOTE(nesting, "%s is loaded and the CPU offers %s, yet the device does not work",
		     facts->module.name, flag(facts));
	return decide(nesting, NB_NESTING_NO);
}

static bool device_short(const struct nb_nesting_facts *facts, struct nb_nesting *nesting)
{
	if (facts->device.outcome != NB_DEVICE_SHORT)
		return false;
	REASON(nesting, "%s could not be tried: %s", nb_device_step(facts->device.passed),
	       facts->device.failure);
	ADVICE(nesting, "\"nestbench doctor\" once more when the machine has less to do");
	return decide(nesting, NB_NESTING_UNKNOWN);
}

/* A KVM that says it is there, on a CPU without flags, where nobody could try it. */
static bool untried_other(const struct nb_nesting_facts *facts, struct nb_nesting *nesting)
{
	bool loaded = facts->module.state == NB_MODULE_LOADED;

	if (facts->cpu.found != NB_EXTENSION_NONE || (!facts->module.other[0] && !loaded))
		return false;
	if (facts->device.outcome != NB_DEVICE_UNTRIED && !denied(facts))
		return false;
	REASON(nesting,
	       "the CPU offers neither vmx nor svm; %s is there and may do without them, "
	       "but /dev/kvm %s",
	       loaded ? facts->module.name : facts->module.other,
	       denied(facts) ? "is closed to this user" : "was not tried");
	if (denied(facts))
		advise_permission(facts, nesting);
	return decide(nesting, NB_NESTING_UNKNOWN);
}

static bool no_flags(const struct nb_nesting_facts *facts, struct nb_nesting *nesting)
{
	enum nb_hypervisor below = facts->identity->hypervisor;

	if (facts->cpu.found != NB_EXTENSION_NONE || facts->cpu.dropped)
		return false;
	if (below == NB_HYPERVISOR_NONE)
		REASON(nesting, "the CPU offers neither vmx nor svm, or its firmware hides them");
	else if (below == NB_HYPERVISOR_UNKNOWN)
		REASON(nesting, "the CPU offers neither vmx nor svm");
	else
		REASON(nesting, "the hypervisor below (%s) offers this VM neither vmx nor svm",
		       nb_hypervisor_name(below));
	if (facts->cpu.kernel == NB_EXTENSION_UNKNOWN && !facts->module.visible)
		NOTE(nesting, "neither /proc nor /sys is there, as in a chroot: a KVM that does "
			      "without vmx and svm (kvm_pvm) would not be seen");
	nb_nesting_switch(facts, nesting->advice, sizeof(nesting->advice));
	return decide(nesting, NB_NESTING_NO);
}

/*
 * Linux locks VMX off itself where it is built without KVM for Intel (arch/x86/kernel/cpu/
 * feat_ctl.c): then the CPU may well be able to, and nothing here can tell.
 */
static bool dropped(const struct nb_nesting_facts *facts, struct nb_nesting *nesting)
{
	const char *name = nb_extension_name(facts->cpu.cpuid);

	if (!facts->cpu.dropped)
		return false;
	if (facts->cpu.cpuid == NB_EXTENSION_VMX && facts->module.state == NB_MODULE_ABSENT) {
		REASON(nesting,
		       "the CPU has vmx and the kernel does not use it: either the firmware "
		       "locked it off, or it is off because this kernel has no kvm_intel");
		ADVICE(nesting, "boot a kernel that has kvm_intel and try again");
		return decide(nesting, NB_NESTING_UNKNOWN);
	}
	REASON(nesting,
	       "the CPU has %s, but it is switched off: by the firmware, or by how the kernel "
	       "was built or started",
	       name);
	NOTE(nesting, "CPUID offers %s, /proc/cpuinfo does not have it", name);
	nb_nesting_switch(facts, nesting->advice, sizeof(nesting->advice));
	return decide(nesting, NB_NESTING_NO);
}

/* A module that is loaded did find its CPU: that is as good as a flag. */
static bool unknown_flags(const struct nb_nesting_facts *facts, struct nb_nesting *nesting)
{
	if (facts->cpu.found != NB_EXTENSION_UNKNOWN || facts->module.state == NB_MODULE_LOADED)
		return false;
	REASON(nesting, "neither CPUID nor /proc/cpuinfo tells whether the CPU offers vmx or svm%s",
	       missing(facts) ? ", and there is no /dev/kvm" : "");
	if (denied(facts))
		advise_permission(facts, nesting);
	else
		ADVICE(nesting, "lscpu | grep -i virtualization");
	return decide(nesting, NB_NESTING_UNKNOWN);
}

static bool not_given(const struct nb_nesting_facts *facts, struct nb_nesting *nesting)
{
	bool loaded = nb_module_there(facts->module.state);

	if (!in_container(facts) ||
	    (!missing(facts) && facts->device.outcome != NB_DEVICE_FORBIDDEN))
		return false;
	REASON(nesting, "the CPU offers %s, but this container was not given /dev/kvm",
	       flag(facts));
	ADVICE(nesting, "%s%s%sstart the container with --device /dev/kvm (docker run, podman run)",
	       loaded ? "" : "on the container's host: sudo modprobe ",
	       loaded ? "" : facts->module.name, loaded ? "" : "; then ");
	return decide(nesting, NB_NESTING_NO);
}

static bool not_loaded(const struct nb_nesting_facts *facts, struct nb_nesting *nesting)
{
	if (facts->module.state != NB_MODULE_LOADABLE)
		return false;
	REASON(nesting, "the CPU offers %s, but %s is not loaded", flag(facts), facts->module.name);
	ADVICE(nesting, "sudo modprobe %s (where that fails, sudo dmesg | grep -i kvm says why)",
	       facts->module.name);
	return decide(nesting, NB_NESTING_NO);
}

static bool closed(const struct nb_nesting_facts *facts, struct nb_nesting *nesting)
{
	if (!denied(facts) || facts->module.state == NB_MODULE_ABSENT)
		return false;
	REASON(nesting, "as far as it can be seen without permission: the CPU offers %s%s",
	       flag(facts), nb_module_there(facts->module.state) ? ", and KVM is there" : "");
	NOTE(nesting, "this user may not open /dev/kvm: that a VM runs was not tried");
	advise_permission(facts, nesting);
	return decide(nesting, NB_NESTING_YES);
}

static const char *why_untried(const struct nb_nesting_facts *facts)
{
	if (facts->module.state == NB_MODULE_ABSENT)
		return "this kernel has no KVM";
	return facts->device.outcome == NB_DEVICE_UNTRIED ? "neither module nor device was seen"
							  : "there is neither KVM nor /dev/kvm";
}

/* What a system image lacks says nothing against the machine under it. */
static bool no_module(const struct nb_nesting_facts *facts, struct nb_nesting *nesting)
{
	if (nb_module_there(facts->module.state))
		return false;
	REASON(nesting, "as far as the CPU tells: it offers %s; no VM was tried, as %s",
	       flag(facts), why_untried(facts));
	if (facts->module.state == NB_MODULE_ABSENT)
		ADVICE(nesting, "to try it, boot a kernel that has %s", facts->module.name);
	else if (facts->device.outcome != NB_DEVICE_UNTRIED)
		ADVICE(nesting, "to try it: sudo modprobe %s", facts->module.name);
	return decide(nesting, NB_NESTING_YES);
}

static bool no_device(const struct nb_nesting_facts *facts, struct nb_nesting *nesting)
{
	if (!missing(facts))
		return false;
	REASON(nesting, "the CPU offers %s and %s is %s, but %s", flag(facts), facts->module.name,
	       facts->module.state == NB_MODULE_LOADED ? "loaded" : "built into the kernel",
	       facts->device.outcome == NB_DEVICE_ABSENT ? "there is no /dev/kvm"
							 : "nothing is behind /dev/kvm");
	NOTE(nesting, "flags and module say yes, the device says no");
	ADVICE(nesting, "sudo dmesg | grep -i kvm says why; where /dev is made by hand: sudo mknod "
			"/dev/kvm c 10 232");
	return decide(nesting, NB_NESTING_NO);
}

static bool untried(const struct nb_nesting_facts *facts, struct nb_nesting *nesting)
{
	REASON(nesting, "by the CPU's %s and the module %s; /dev/kvm was not tried", flag(facts),
	       facts->module.name);
	return decide(nesting, NB_NESTING_YES);
}

void nb_nesting_judge(const struct nb_nesting_facts *facts, struct nb_nesting *nesting)
{
	static const rule rules[] = {
		device_works, is_wsl1,	 device_fails,	device_short, untried_other,
		no_flags,     dropped,	 unknown_flags, not_given,    not_loaded,
		closed,	      no_module, no_device,	untried,
	};

	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if (rules[i](facts, nesting))
			return;
}
