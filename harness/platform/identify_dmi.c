/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "nestbench/base.h"

#include "platform_identify.h"

/*
 * The second witness: what the firmware calls the machine. Most names are those that systemd
 * (src/basic/virt.c) and Ansible (module_utils/facts/virtual/linux.py) know.
 */

enum { FIELD_COUNT = 6, PATH_SIZE = 64 };

/* The product first: "KVM" beside a vendor "QEMU" tells more. bios_version comes last. */
static const char *const fields[FIELD_COUNT] = {
	"product_name", "sys_vendor",	   "board_vendor",
	"bios_vendor",	"product_version", "bios_version",
};

/*
 * A field that begins with prefix, and no letter behind it, names that. Products come before the
 * makers that they have in common with others.
 */
static const struct {
	const char *prefix;
	enum nb_hypervisor kind;
	const char *product, *slug;
} names[] = {
	{ "AHV", NB_HYPERVISOR_KVM, "Nutanix AHV", "nutanix-ahv" },
	{ "KubeVirt", NB_HYPERVISOR_KVM, "KubeVirt", NULL },
	{ "OpenShift Virtualization", NB_HYPERVISOR_KVM, "OpenShift Virtualization", "rhel" },
	{ "RHEV Hypervisor", NB_HYPERVISOR_KVM, "Red Hat Virtualization", "rhel" },
	{ "RHEL", NB_HYPERVISOR_KVM, "RHEL", "rhel" },
	{ "Red Hat", NB_HYPERVISOR_KVM, "RHEL", "rhel" },
	{ "oVirt", NB_HYPERVISOR_KVM, "oVirt", NULL },
	{ "OpenStack", NB_HYPERVISOR_KVM, "OpenStack", NULL },
	{ "Proxmox", NB_HYPERVISOR_KVM, "Proxmox VE", NULL },
	{ "Amazon EC2", NB_HYPERVISOR_KVM, "AWS Nitro", NULL },
	{ "Google Compute Engine", NB_HYPERVISOR_KVM, "Google Compute Engine", NULL },
	{ "VMware", NB_HYPERVISOR_VMWARE, NULL, NULL },
	{ "VMW", NB_HYPERVISOR_VMWARE, NULL, NULL },
	{ "innotek GmbH", NB_HYPERVISOR_VIRTUALBOX, NULL, NULL },
	{ "VirtualBox", NB_HYPERVISOR_VIRTUALBOX, NULL, NULL },
	{ "Parallels", NB_HYPERVISOR_PARALLELS, NULL, NULL },
	{ "BHYVE", NB_HYPERVISOR_BHYVE, NULL, NULL },
	{ "Apple Virtualization", NB_HYPERVISOR_APPLE, NULL, NULL },
	{ "Hyper-V", NB_HYPERVISOR_HYPERV, NULL, NULL },
	{ "HVM domU", NB_HYPERVISOR_XEN, NULL, NULL },
	{ "Xen", NB_HYPERVISOR_XEN, NULL, NULL },
	{ "KVM", NB_HYPERVISOR_KVM, NULL, NULL },
	{ "QEMU", NB_HYPERVISOR_KVM, NULL, NULL },
	{ "Standard PC", NB_HYPERVISOR_KVM, NULL, NULL }, /* QEMU's names of its machines */
	{ "The Bochs Project", NB_HYPERVISOR_BOCHS, NULL, NULL },
	{ "Bochs", NB_HYPERVISOR_BOCHS, NULL, NULL }, /* and the SeaBIOS of old QEMU */
};

struct dmi {
	char text[FIELD_COUNT][NB_PLATFORM_VALUE_SIZE];
};

static bool is_letter(char character)
{
	return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z');
}

/* "VMware7,1" is VMware's, "Xenon" is not Xen's. */
static bool names_it(const char *text, const char *prefix)
{
	size_t length = strlen(prefix);

	return strncmp(text, prefix, length) == 0 && !is_letter(text[length]);
}

static void read_fields(const struct nb_world *world, struct dmi *dmi, bool *present)
{
	for (size_t i = 0; i < FIELD_COUNT; i++) {
		char path[PATH_SIZE];

		snprintf(path, sizeof(path), "/sys/class/dmi/id/%s", fields[i]);
		if (nb_world_line(world, path, dmi->text[i], sizeof(dmi->text[i])))
			*present = true;
	}
}

static void tell(struct nb_platform_dmi_witness *witness, const struct dmi *dmi, size_t field)
{
	witness->field = fields[field];
	nb_base_copy(witness->text, sizeof(witness->text), dmi->text[field]);
}

/* False if no field names what line of names[] stands for. */
static bool find_name(struct nb_platform_dmi_witness *witness, const struct dmi *dmi, size_t line)
{
	for (size_t i = 0; i < FIELD_COUNT; i++) {
		if (!names_it(dmi->text[i], names[line].prefix))
			continue;
		witness->kind = names[line].kind;
		witness->product = names[line].product;
		witness->slug = names[line].slug;
		tell(witness, dmi, i);
		return true;
	}
	return false;
}

/* Microsoft makes hardware too, so that its name alone says nothing. */
static bool is_hyperv_vm(const struct dmi *dmi)
{
	return strcmp(dmi->text[1], "Microsoft Corporation") == 0 &&
	       strcmp(dmi->text[0], "Virtual Machine") == 0;
}

/* EC2 calls sizes that are a whole machine "m5.metal" or "c7i.metal-24xl". */
static bool is_metal(const char *size)
{
	const char *found = strstr(size, ".metal");

	return found && (found[6] == '\0' || found[6] == '-');
}

void nb_platform_hear_dmi(const struct nb_world *world, struct nb_platform_dmi_witness *witness)
{
	struct dmi dmi = { 0 };
	bool found = false;

	*witness = (struct nb_platform_dmi_witness){ 0 };
	read_fields(world, &dmi, &witness->present);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && !found; i++)
		found = find_name(witness, &dmi, i);
	if (!found && is_hyperv_vm(&dmi)) {
		witness->kind = NB_HYPERVISOR_HYPERV;
		tell(witness, &dmi, 0);
	} else if (!found && dmi.text[1][0]) {
		tell(witness, &dmi, 1);
	}
	witness->metal = names_it(dmi.text[1], "Amazon EC2") && is_metal(dmi.text[0]);
}
