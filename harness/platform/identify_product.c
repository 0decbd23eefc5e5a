/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "nestbench/base.h"

#include "platform_identify.h"

/* Which hypervisor, said to a person; and which of its maker's products. */

/* CX 10 of VMware's backdoor: its product numbers (open-vm-tools, vm_vmx_type.h). */
static const struct {
	const char *number, *product, *slug;
} vmware_products[] = {
	{ "1", "Express", NULL },
	{ "2", "ESXi", "esxi" },
	{ "3", "Server", NULL },
	{ "4", "Workstation, Player or Fusion", "vmware-workstation" },
};

static void find_vmware(struct nb_platform_scene *scene)
{
	char number[NB_PLATFORM_VALUE_SIZE];

	nb_world_value(scene->vmware.text, "product", number, sizeof(number));
	for (size_t i = 0; i < sizeof(vmware_products) / sizeof(vmware_products[0]); i++) {
		if (!scene->vmware.done || strcmp(number, vmware_products[i].number) != 0)
			continue;
		scene->product = vmware_products[i].product;
		scene->product_slug = vmware_products[i].slug;
	}
	/* smbios.reflectHost, which VMs of macOS on Fusion have: no other VMware runs on a Mac. */
	if (strncmp(scene->machine->dmi_vendor, "Apple", strlen("Apple")) == 0) {
		scene->product = "Fusion";
		scene->product_slug = "vmware-fusion";
	}
}

static const char *skip_digits(const char *text)
{
	return text + strspn(text, "0123456789");
}

/* "4.13.5-9.38": Xen's version and the number of a package, in figures and dots alone. */
static bool is_package_version(const char *text)
{
	for (int part = 0; part < 3; part++) {
		const char *end = skip_digits(text);

		if (end == text || *end != (part < 2 ? '.' : '-'))
			return false;
		text = end + 1;
	}
	return *skip_digits(text) == '.' && text[strspn(text, "0123456789.")] == '\0';
}

/*
 * XenServer and XCP-ng say "Xen" and "HVM domU" as every Xen does, but build it as a package and
 * put that one's number behind the version; others' packages have letters there (".el6", "_02").
 */
static bool is_xenserver(const struct nb_machine *machine)
{
	const char *bios = strrchr(machine->dmi_bios, ' ');

	return is_package_version(machine->dmi_version) || (bios && is_package_version(bios + 1)) ||
	       strncmp(machine->dmi_vendor, "XenServer", strlen("XenServer")) == 0 ||
	       strncmp(machine->dmi_vendor, "Citrix", strlen("Citrix")) == 0 ||
	       strstr(machine->dmi_bios, "xcpng") || strstr(machine->dmi_version, "xcpng");
}

void nb_platform_find_product(struct nb_platform_scene *scene)
{
	enum nb_hypervisor hypervisor = scene->identity->hypervisor;

	if (hypervisor == NB_HYPERVISOR_VMWARE) {
		find_vmware(scene);
	} else if (hypervisor == NB_HYPERVISOR_XEN && is_xenserver(scene->machine)) {
		scene->product = "XenServer or XCP-ng";
		scene->product_slug = "xenserver";
	} else if (hypervisor == scene->dmi.kind) {
		scene->product = scene->dmi.product;
		scene->product_slug = scene->dmi.slug;
	}
}

void nb_platform_hypervisor_text(const struct nb_platform_scene *scene, char *text, size_t size)
{
	const char *name = nb_hypervisor_name(scene->identity->hypervisor);
	const char *more = scene->product;

	if (scene->identity->hypervisor == NB_HYPERVISOR_NONE)
		more = "hardware";
	else if (scene->identity->hypervisor == NB_HYPERVISOR_UNKNOWN && scene->cpuid.vm)
		more = "a VM";
	else if (scene->identity->hypervisor == NB_HYPERVISOR_HYPERV && scene->cpuid.root)
		more = "its root partition";
	if (more)
		snprintf(text, size, "%s (%s)", name, more);
	else
		nb_base_copy(text, size, name);
}

static void cpuid_text(const struct nb_platform_cpuid_witness *cpuid, char *text, size_t size)
{
	if (!cpuid->known)
		nb_base_copy(text, size, "CPUID not told");
	else if (!cpuid->vm)
		nb_base_copy(text, size, "CPUID 1 ECX[31] clear");
	else if (cpuid->second[0])
		snprintf(text, size, "CPUID 0x40000000 \"%s\", 0x40000100 \"%s\"", cpuid->first,
			 cpuid->second);
	else
		snprintf(text, size, "CPUID 0x40000000 \"%s\"", cpuid->first);
}

static void dmi_text(const struct nb_platform_dmi_witness *dmi, char *text, size_t size)
{
	if (dmi->field)
		snprintf(text, size, "DMI %s \"%.*s\"", dmi->field, (int)(size / 2), dmi->text);
	else
		nb_base_copy(text, size, dmi->present ? "DMI without names" : "no DMI");
}

void nb_platform_add_hypervisor(struct nb_platform_scene *scene)
{
	enum nb_hypervisor hypervisor = scene->identity->hypervisor;
	bool known = hypervisor != NB_HYPERVISOR_UNKNOWN;
	char name[NB_PLATFORM_VALUE_SIZE];
	char cpuid[NB_PLATFORM_VALUE_SIZE];
	char dmi[NB_PLATFORM_VALUE_SIZE];
	struct nb_finding *finding;

	nb_platform_hypervisor_text(scene, name, sizeof(name));
	cpuid_text(&scene->cpuid, cpuid, sizeof(cpuid));
	dmi_text(&scene->dmi, dmi, sizeof(dmi));
	finding = nb_finding_add(scene->findings, NB_SECTION_MACHINE,
				 known ? NB_STATE_INFO : NB_STATE_UNKNOWN, "hypervisor",
				 "hypervisor", "%s", name);
	/* That its own signature is believed needs no reason, unless somebody objects. */
	if (known && hypervisor == scene->cpuid.first_kind)
		nb_finding_how(finding, "%s, %s", cpuid, dmi);
	else
		nb_finding_how(finding, "%s, %s: %s", cpuid, dmi, scene->why);
	if (!known)
		nb_finding_advice(finding,
				  "nestbench doctor --record DIR, and send the folder with "
				  "a bug report");
	if (!scene->identity->conflict)
		return;
	finding =
		nb_finding_add(scene->findings, NB_SECTION_MACHINE, NB_STATE_WARN,
			       "hypervisor.witnesses", "witnesses", "disagree: %s, %s", cpuid, dmi);
	nb_finding_how(finding, "%s", scene->why);
}
