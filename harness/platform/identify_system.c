/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "nestbench/base.h"

#include "platform_files.h"
#include "platform_identify.h"

/* CPU, memory, disk, and the operating system: what any machine has. */

enum { BYTES_TEXT_SIZE = 32 };

static void bytes_text(int64_t bytes, char text[BYTES_TEXT_SIZE])
{
	static const int64_t gib = INT64_C(1) << 30;
	static const int64_t mib = INT64_C(1) << 20;

	if (bytes < 0)
		nb_base_copy(text, BYTES_TEXT_SIZE, "unknown");
	else if (bytes >= gib)
		snprintf(text, BYTES_TEXT_SIZE, "%.1f GiB", (double)bytes / (double)gib);
	else
		snprintf(text, BYTES_TEXT_SIZE, "%.0f MiB", (double)bytes / (double)mib);
}

static void add_cpu(struct nb_platform_scene *scene)
{
	const struct nb_machine *machine = scene->machine;
	struct nb_finding *finding;

	finding = nb_platform_add_text(scene, "cpu", "CPU", machine->cpu_brand);
	nb_finding_how(finding, "CPUID 0x80000002 to 0x80000004");
	finding = nb_finding_add(
		scene->findings, NB_SECTION_MACHINE, NB_STATE_INFO, "cpu.model", "CPU model",
		"%s family %" PRId64 ", model %" PRId64 ", stepping %" PRId64 ", microcode %s",
		machine->cpu_vendor[0] ? machine->cpu_vendor : "unknown", machine->cpu_family,
		machine->cpu_model, machine->cpu_stepping,
		machine->microcode[0] ? machine->microcode : "unknown");
	nb_finding_how(finding, "CPUID 0, CPUID 1 EAX, /proc/cpuinfo");
	if (machine->cpu_family >= 0)
		return;
	finding->state = NB_STATE_UNKNOWN;
	nb_base_copy(finding->value, sizeof(finding->value), "unknown");
}

static void add_topology(struct nb_platform_scene *scene)
{
	const struct nb_machine *machine = scene->machine;
	struct nb_finding *finding;

	if (machine->cpus < 0)
		finding = nb_platform_add_text(scene, "cpus", "CPUs", "");
	else
		finding = nb_finding_add(scene->findings, NB_SECTION_MACHINE, NB_STATE_INFO, "cpus",
					 "CPUs", "%" PRId64 ": %s", machine->cpus,
					 machine->topology[0] ? machine->topology
							      : "topology not told");
	nb_finding_how(finding, "/sys/devices/system/cpu");
}

static void add_memory(struct nb_platform_scene *scene)
{
	const struct nb_machine *machine = scene->machine;
	char memory[BYTES_TEXT_SIZE];
	char swap[BYTES_TEXT_SIZE];
	struct nb_finding *finding;

	bytes_text(machine->memory_bytes, memory);
	bytes_text(machine->swap_bytes, swap);
	if (machine->swap_bytes == 0)
		nb_base_copy(swap, sizeof(swap), "none");
	if (machine->memory_bytes < 0)
		finding = nb_platform_add_text(scene, "memory", "memory", "");
	else
		finding = nb_finding_add(scene->findings, NB_SECTION_MACHINE, NB_STATE_INFO,
					 "memory", "memory", "%s, swap %s", memory, swap);
	nb_finding_how(finding, "MemTotal and SwapTotal of /proc/meminfo");
}

static void add_disk(struct nb_platform_scene *scene)
{
	char text[NB_PLATFORM_PROBE_SIZE];
	char path[NB_PLATFORM_VALUE_SIZE];
	char type[NB_PLATFORM_VALUE_SIZE / 2];
	char left[BYTES_TEXT_SIZE];
	char total[BYTES_TEXT_SIZE];
	struct nb_finding *finding;

	if (scene->world->probe(scene->world->self, "space", text, sizeof(text)) < 0 ||
	    nb_world_value_number(text, "free_bytes") < 0) {
		finding = nb_platform_add_text(scene, "disk", "disk", "");
		nb_finding_how(finding, "free space was not asked for");
		return;
	}
	bytes_text(nb_world_value_number(text, "free_bytes"), left);
	bytes_text(nb_world_value_number(text, "total_bytes"), total);
	nb_world_value(text, "path", path, sizeof(path));
	if (!nb_world_value(text, "fstype", type, sizeof(type)) || !type[0])
		nb_base_copy(type, sizeof(type), "file system unknown");
	finding = nb_finding_add(scene->findings, NB_SECTION_MACHINE, NB_STATE_INFO, "disk", "disk",
				 "%s free of %s (%s)", left, total, type);
	nb_finding_how(finding, "statvfs of %s", path[0] ? path : "the results' folder");
}

void nb_platform_add_hardware(struct nb_platform_scene *scene)
{
	add_cpu(scene);
	add_topology(scene);
	add_memory(scene);
	add_disk(scene);
}

static void add_container(struct nb_platform_scene *scene)
{
	const char *container = scene->machine->container;
	enum nb_hypervisor hypervisor = scene->identity->hypervisor;
	const char *in = hypervisor == NB_HYPERVISOR_NONE      ? "on hardware"
			 : hypervisor == NB_HYPERVISOR_UNKNOWN ? "in what is unknown"
							       : "in a VM";
	struct nb_finding *finding;

	if (container[0])
		finding = nb_finding_add(scene->findings, NB_SECTION_MACHINE, NB_STATE_INFO,
					 "container", "container", "%s, %s", container, in);
	else
		finding = nb_platform_add_text(scene, "container", "container", "none known");
	nb_finding_how(finding, "/.dockerenv, /run/.containerenv, /run/systemd/container, "
				"environment of process 1, cgroup");
}

static void add_firmware(struct nb_platform_scene *scene)
{
	const struct nb_machine *machine = scene->machine;
	bool efi = scene->world->exists(scene->world->self, "/sys/firmware/efi");
	/* A container does not see that folder, whatever the firmware is. */
	const char *boot = efi ? "UEFI" : machine->container[0] ? "" : "BIOS or none";
	struct nb_platform_list list;
	struct nb_finding *finding;
	char text[240];

	nb_platform_list_init(&list, text, sizeof(text), ", ");
	if (machine->dmi_vendor[0])
		nb_platform_list_add(&list, machine->dmi_vendor);
	if (machine->dmi_product[0])
		nb_platform_list_add(&list, machine->dmi_product);
	if (machine->dmi_version[0])
		nb_platform_list_add(&list, machine->dmi_version);
	if (machine->dmi_bios[0])
		nb_platform_list_add(&list, machine->dmi_bios);
	if (text[0] && boot[0])
		nb_platform_list_add(&list, boot);
	finding = nb_platform_add_text(scene, "firmware", "firmware", text);
	if (text[0])
		nb_finding_how(finding, "/sys/class/dmi/id, /sys/firmware/efi");
	else
		nb_finding_how(finding, "no DMI, as in WSL, small VMs and some containers");
}

void nb_platform_add_system(struct nb_platform_scene *scene)
{
	const struct nb_machine *machine = scene->machine;

	nb_finding_how(nb_platform_add_text(scene, "os", "OS", machine->os),
		       "PRETTY_NAME of /etc/os-release");
	nb_finding_how(nb_platform_add_text(scene, "kernel", "kernel", machine->kernel),
		       "/proc/sys/kernel");
	if (scene->identity->wsl > 0)
		nb_platform_add_wsl(scene);
	add_container(scene);
	add_firmware(scene);
	nb_finding_how(
		nb_platform_add_text(scene, "clocksource", "clocksource", machine->clocksource),
		"/sys/devices/system/clocksource/clocksource0/current_clocksource");
}
