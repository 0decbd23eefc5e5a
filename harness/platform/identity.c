/* SPDX-License-Identifier: Apache-2.0 */
#include <stdbool.h>
#include <string.h>

#include "nestbench/base.h"

#include "platform_files.h"
#include "platform_kvp.h"
#include "platform_parts.h"

enum { FACT_SIZE = 96 };

static void read_dmi(struct nb_machine *machine, const struct nb_world *world)
{
	struct nb_platform_list bios;
	char fact[FACT_SIZE];

	nb_world_line(world, "/sys/class/dmi/id/sys_vendor", machine->dmi_vendor,
		      sizeof(machine->dmi_vendor));
	nb_world_line(world, "/sys/class/dmi/id/product_name", machine->dmi_product,
		      sizeof(machine->dmi_product));
	nb_world_line(world, "/sys/class/dmi/id/product_version", machine->dmi_version,
		      sizeof(machine->dmi_version));
	nb_platform_list_init(&bios, machine->dmi_bios, sizeof(machine->dmi_bios), " ");
	if (nb_world_line(world, "/sys/class/dmi/id/bios_vendor", fact, sizeof(fact)))
		nb_platform_list_add(&bios, fact);
	if (nb_world_line(world, "/sys/class/dmi/id/bios_version", fact, sizeof(fact)))
		nb_platform_list_add(&bios, fact);
}

static bool begins(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

/*
 * Only firmware is asked: it is there without a network, and a VM inside a cloud's VM has another.
 * Older EC2 instances run on Xen, whose BIOS version ends in ".amazon".
 */
static void read_cloud(struct nb_machine *machine, const struct nb_world *world)
{
	char tag[FACT_SIZE];
	const char *cloud = "";

	nb_world_line(world, "/sys/class/dmi/id/chassis_asset_tag", tag, sizeof(tag));
	if (strcmp(tag, NB_PLATFORM_AZURE_TAG) == 0)
		cloud = "azure";
	else if (begins(machine->dmi_vendor, "Amazon EC2") || strstr(machine->dmi_bios, ".amazon"))
		cloud = "aws";
	else if (begins(machine->dmi_product, "Google Compute Engine"))
		cloud = "gcp";
	nb_base_copy(machine->cloud, sizeof(machine->cloud), cloud);
	/* EC2 alone puts the size into DMI; the others tell it over the network only. */
	if (begins(machine->dmi_vendor, "Amazon EC2"))
		nb_base_copy(machine->instance, sizeof(machine->instance), machine->dmi_product);
}

/* Mounted or made by WSL itself, also where the user built the kernel and chose its name. */
static bool has_wsl_files(const struct nb_world *world)
{
	return world->exists(world->self, "/proc/sys/fs/binfmt_misc/WSLInterop") ||
	       world->exists(world->self, "/proc/sys/fs/binfmt_misc/WSLInterop-late") ||
	       world->exists(world->self, "/run/WSL");
}

/*
 * WSL 1 translates system calls and calls its kernel "4.4.0-19041-Microsoft"; WSL 2 runs a real
 * kernel, "-microsoft-standard" first and "-microsoft-standard-WSL2" later. Only a real kernel can
 * have any other name.
 */
static void read_wsl(struct nb_machine *machine, const struct nb_world *world)
{
	char release[FACT_SIZE];
	bool named;

	nb_world_line(world, "/proc/sys/kernel/osrelease", release, sizeof(release));
	named = strstr(release, "WSL2") || strstr(release, "microsoft-standard");
	if (!named && strstr(release, "Microsoft"))
		nb_base_copy(machine->wsl, sizeof(machine->wsl), "1");
	else if (named || has_wsl_files(world))
		nb_base_copy(machine->wsl, sizeof(machine->wsl), "2");
}

static void read_host(struct nb_machine *machine, const struct nb_world *world)
{
	struct nb_platform_pool pool;

	nb_platform_pool_read(&pool, world);
	nb_base_copy(machine->host, sizeof(machine->host),
		     nb_platform_pool_find(&pool, "PhysicalHostName"));
	nb_platform_pool_free(&pool);
}

void nb_platform_read_identity(struct nb_machine *machine, const struct nb_world *world)
{
	read_dmi(machine, world);
	read_cloud(machine, world);
	read_wsl(machine, world);
	read_host(machine, world);
}
