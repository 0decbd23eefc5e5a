/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <string.h>

#include "doctor_private.h"

enum { PATH_SIZE = 128 };

/* debugfs has a folder "PID-FD" for each VM, beside files that never begin with a digit. */
static size_t count_folders(const struct nb_world *world)
{
	size_t count = 0;

	for (const char *digit = "123456789"; *digit; digit++) {
		const char prefix[] = { *digit, '\0' };
		struct nb_world_names names;

		names.count = 0;
		world->names(world->self, "/sys/kernel/debug/kvm", prefix, &names);
		count += names.count;
	}
	return count;
}

/* Every VM and vCPU holds its module; a count is there for modules that are not built in. */
static int64_t count_references(const struct nb_world *world)
{
	static const char *const modules[] = { "kvm_intel", "kvm_amd", "kvm_pvm" };

	for (size_t i = 0; i < sizeof(modules) / sizeof(modules[0]); i++) {
		char path[PATH_SIZE];
		int64_t count;

		nb_doctor_say(path, sizeof(path), "/sys/module/%s/refcnt", modules[i]);
		count = nb_world_number(world, path);
		if (count >= 0)
			return count;
	}
	return -1;
}

static void tell_own_vms(const struct nb_world *world, struct nb_findings *findings)
{
	static const char *const advice = "sudo ls /sys/kernel/debug/kvm; lsmod | grep kvm";
	bool readable = world->exists(world->self, "/sys/kernel/debug/kvm");
	size_t folders = readable ? count_folders(world) : 0;
	int64_t references = count_references(world);
	struct nb_finding *finding;

	if (readable)
		finding = nb_finding_add(findings, NB_SECTION_SETTINGS,
					 folders > 0 ? NB_STATE_WARN : NB_STATE_GOOD,
					 "settings.vms", "VMs in this machine", "%zu", folders);
	else if (references >= 0)
		finding = nb_finding_add(findings, NB_SECTION_SETTINGS,
					 references > 0 ? NB_STATE_WARN : NB_STATE_GOOD,
					 "settings.vms", "VMs in this machine", "%s",
					 references > 0 ? "some: KVM is in use" : "none");
	else
		finding = nb_finding_add(findings, NB_SECTION_SETTINGS, NB_STATE_UNKNOWN,
					 "settings.vms", "VMs in this machine", "unknown");
	nb_finding_how(finding, "%s",
		       readable ? "/sys/kernel/debug/kvm; they take CPU time from a session"
		       : references >= 0
			       ? "the use count of the module; they take CPU time from a "
				 "session"
			       : "neither debugfs nor a use count of the module can be read");
	nb_finding_advice(finding, "%s", advice);
}

void nb_settings_neighbours(const struct nb_world *world, const struct nb_machine *machine,
			    struct nb_findings *findings)
{
	struct nb_finding *finding;

	tell_own_vms(world, findings);
	if (!machine->hypervisor[0])
		return;
	finding = nb_finding_add(findings, NB_SECTION_SETTINGS, NB_STATE_UNKNOWN,
				 "settings.neighbours", "other VMs on the host",
				 "cannot be seen from inside");
	nb_finding_how(finding, "what they leave is steal, stalls and a slower clock: a session "
				"watches all three");
	nb_finding_advice(finding, "ask whoever runs the host");
}

/* How long this machine's KVM polls before it lets a CPU sleep whose VM has halted. */
static void tell_host_polling(const struct nb_world *world, struct nb_findings *findings)
{
	static const char path[] = "/sys/module/kvm/parameters/halt_poll_ns";
	int64_t nanoseconds = nb_world_number(world, path);
	struct nb_finding *finding;

	if (nanoseconds < 0)
		return;
	finding = nb_finding_add(findings, NB_SECTION_SETTINGS, NB_STATE_INFO,
				 "settings.halt_polling", "halt polling", "up to %" PRId64 " us",
				 nanoseconds / 1000);
	nb_finding_how(finding, "%s",
		       nanoseconds > 0
			       ? "KVM polls that long when a VM halts: wake-ups are quick and "
				 "cost CPU time"
			       : "off: each halt of a VM sleeps, each wake-up goes through the "
				 "scheduler");
	nb_finding_advice(finding, "cat %s", path);
}

/* The same on our side: the guest polls before it halts, so that its own halts are rare. */
static void tell_guest_polling(const struct nb_world *world, struct nb_findings *findings)
{
	char driver[PATH_SIZE];
	struct nb_finding *finding;

	if (!nb_world_line(world, "/sys/devices/system/cpu/cpuidle/current_driver", driver,
			   sizeof(driver)))
		return;
	finding = nb_finding_add(findings, NB_SECTION_SETTINGS, NB_STATE_INFO, "settings.idle",
				 "idle driver", "%s", driver);
	nb_finding_how(
		finding, "%s",
		strcmp(driver, "haltpoll") == 0
			? "this machine polls before it halts: wake-ups look quicker than they "
			  "are"
			: "what a CPU does that has nothing to do; it shows in wake-ups");
	nb_finding_advice(finding, "grep . /sys/devices/system/cpu/cpuidle/current_*");
}

void nb_settings_polling(const struct nb_world *world, struct nb_findings *findings)
{
	tell_host_polling(world, findings);
	tell_guest_polling(world, findings);
}
