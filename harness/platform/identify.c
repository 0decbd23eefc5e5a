/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "nestbench/base.h"

#include "platform_files.h"
#include "platform_identify.h"

static const struct {
	const char *slug, *name;
} hypervisors[] = {
	[NB_HYPERVISOR_UNKNOWN] = { "unknown", "unknown" },
	[NB_HYPERVISOR_NONE] = { "hardware", "none" },
	[NB_HYPERVISOR_KVM] = { "kvm", "KVM" },
	[NB_HYPERVISOR_HYPERV] = { "hyper-v", "Microsoft Hyper-V" },
	[NB_HYPERVISOR_VMWARE] = { "vmware", "VMware" },
	[NB_HYPERVISOR_XEN] = { "xen", "Xen" },
	[NB_HYPERVISOR_VIRTUALBOX] = { "virtualbox", "VirtualBox" },
	[NB_HYPERVISOR_PARALLELS] = { "parallels", "Parallels" },
	[NB_HYPERVISOR_BHYVE] = { "bhyve", "bhyve" },
	[NB_HYPERVISOR_TCG] = { "qemu-tcg", "QEMU TCG" },
	[NB_HYPERVISOR_BOCHS] = { "bochs", "Bochs" },
	[NB_HYPERVISOR_ACRN] = { "acrn", "ACRN" },
	[NB_HYPERVISOR_QNX] = { "qnx", "QNX Hypervisor" },
	[NB_HYPERVISOR_APPLE] = { "apple", "Apple Virtualization" },
};

const char *nb_hypervisor_slug(enum nb_hypervisor hypervisor)
{
	return hypervisors[hypervisor].slug;
}

const char *nb_hypervisor_name(enum nb_hypervisor hypervisor)
{
	return hypervisors[hypervisor].name;
}

struct nb_finding *nb_platform_add_text(struct nb_platform_scene *scene, const char *key,
					const char *label, const char *text)
{
	return nb_finding_add(scene->findings, NB_SECTION_MACHINE,
			      text[0] ? NB_STATE_INFO : NB_STATE_UNKNOWN, key, label, "%s",
			      text[0] ? text : "unknown");
}

void nb_platform_bits_text(uint32_t word, const struct nb_platform_bit *bits, size_t count,
			   char *text, size_t size)
{
	struct nb_platform_list list;

	nb_platform_list_init(&list, text, size, ", ");
	for (size_t i = 0; i < count; i++) {
		if (word >> bits[i].bit & 1)
			nb_platform_list_add(&list, bits[i].name);
		word &= ~((uint32_t)1 << bits[i].bit);
	}
	for (uint32_t bit = 0; bit < 32; bit++) {
		char name[sizeof("bit 31")];

		if (!(word >> bit & 1))
			continue;
		snprintf(name, sizeof(name), "bit %u", bit % 32);
		nb_platform_list_add(&list, name);
	}
	if (!text[0])
		nb_platform_list_add(&list, "none");
}

static void try(const struct nb_world *world, const char *name, struct nb_platform_tried *tried)
{
	char status[NB_PLATFORM_VALUE_SIZE];

	/* Whatever went wrong with it, it is not there; only what the probe says is an answer. */
	tried->asked = world->probe(world->self, name, tried->text, sizeof(tried->text)) >= 0;
	if (!tried->asked)
		tried->text[0] = '\0';
	tried->done = nb_world_value(tried->text, "status", status, sizeof(status)) &&
		      strcmp(status, "ok") == 0;
}

/* Linux fills the folder in when it finds itself on Xen, in every kind of guest and in dom0. */
static bool runs_on_xen(const struct nb_world *world)
{
	char type[NB_PLATFORM_VALUE_SIZE];

	return nb_world_line(world, "/sys/hypervisor/type", type, sizeof(type)) &&
	       strcmp(type, "xen") == 0;
}

static void hear(struct nb_platform_scene *scene)
{
	nb_platform_hear_cpuid(scene->world, &scene->cpuid);
	nb_platform_hear_dmi(scene->world, &scene->dmi);
	scene->xen_kernel = runs_on_xen(scene->world);
	try(scene->world, "imds", &scene->imds);
	try(scene->world, "vmware", &scene->vmware);
}

static void add_slug(struct nb_identity *identity, const char *slug)
{
	/* The last place stays empty: it ends the list. */
	for (size_t i = 0; i < NB_IDENTITY_SLUGS - 1; i++) {
		if (identity->slugs[i][0])
			continue;
		nb_base_copy(identity->slugs[i], sizeof(identity->slugs[i]), slug);
		return;
	}
}

/*
 * The images of Dev Box and of Windows 365, on which it stands, are the only ones whose offers are
 * called so ("windows-ent-cpc", "visualstudioplustools").
 */
static bool is_dev_box(const struct nb_platform_scene *scene)
{
	char offer[NB_PLATFORM_VALUE_SIZE];

	nb_world_value(scene->imds.text, "offer", offer, sizeof(offer));
	return strncmp(offer, "windows-ent-cpc", strlen("windows-ent-cpc")) == 0 ||
	       strcmp(offer, "visualstudioplustools") == 0;
}

static void add_slugs(const struct nb_platform_scene *scene)
{
	struct nb_identity *identity = scene->identity;

	if (identity->wsl > 0)
		add_slug(identity, identity->wsl == 1 ? "wsl1" : "wsl2");
	if (is_dev_box(scene))
		add_slug(identity, "dev-box");
	if (scene->machine->cloud[0])
		add_slug(identity, scene->machine->cloud);
	else if (scene->imds.done)
		add_slug(identity, "azure");
	if (scene->product_slug)
		add_slug(identity, scene->product_slug);
	if (identity->hypervisor != NB_HYPERVISOR_UNKNOWN)
		add_slug(identity, nb_hypervisor_slug(identity->hypervisor));
}

void nb_identify(const struct nb_world *world, const struct nb_machine *machine,
		 struct nb_identity *identity, struct nb_findings *findings)
{
	struct nb_platform_scene scene = {
		.world = world,
		.machine = machine,
		.identity = identity,
		.findings = findings,
	};

	*identity = (struct nb_identity){ .level = -1 };
	if (machine->wsl[0])
		identity->wsl = machine->wsl[0] == '1' ? 1 : 2;
	hear(&scene);
	nb_platform_judge(&scene);
	nb_platform_find_product(&scene);
	nb_platform_add_hypervisor(&scene);
	nb_platform_add_hypervisor_leaves(&scene);
	nb_platform_add_cloud(&scene);
	nb_platform_add_vmware(&scene);
	nb_platform_add_hardware(&scene);
	nb_platform_add_system(&scene);
	nb_platform_add_level(&scene);
	add_slugs(&scene);
}
