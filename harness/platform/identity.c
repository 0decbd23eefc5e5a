/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "nestbench/base.h"

#include "platform_files.h"
#include "platform_parts.h"

enum {
	FACT_SIZE = 96,
	/* Layout of struct kvp_record in Linux tools/hv/hv_kvp_daemon.c; texts end with NUL. */
	KVP_KEY_SIZE = 512,
	KVP_VALUE_SIZE = 2048,
	KVP_RECORDS_MAX = 128,
};

/* Decimal ASCII of "MSFT AZURE VM" backwards; cloud-init knows Azure by it too. */
static const char azure_tag[] = "7783-7084-3265-9085-8269-3286-77";
/* Pool 3 holds what the Hyper-V host tells its guest about itself. */
static const char kvp_pool[] = "/var/lib/hyperv/.kvp_pool_3";

static void read_dmi(struct nb_machine *machine, const char *root)
{
	struct nb_platform_list bios;
	char fact[FACT_SIZE];

	nb_platform_read_line(root, "/sys/class/dmi/id/sys_vendor", machine->dmi_vendor,
			      sizeof(machine->dmi_vendor));
	nb_platform_read_line(root, "/sys/class/dmi/id/product_name", machine->dmi_product,
			      sizeof(machine->dmi_product));
	nb_platform_read_line(root, "/sys/class/dmi/id/product_version", machine->dmi_version,
			      sizeof(machine->dmi_version));
	nb_platform_list_init(&bios, machine->dmi_bios, sizeof(machine->dmi_bios), " ");
	if (nb_platform_read_line(root, "/sys/class/dmi/id/bios_vendor", fact, sizeof(fact)))
		nb_platform_list_add(&bios, fact);
	if (nb_platform_read_line(root, "/sys/class/dmi/id/bios_version", fact, sizeof(fact)))
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
static void read_cloud(struct nb_machine *machine, const char *root)
{
	char tag[FACT_SIZE];
	const char *cloud = "";

	nb_platform_read_line(root, "/sys/class/dmi/id/chassis_asset_tag", tag, sizeof(tag));
	if (strcmp(tag, azure_tag) == 0)
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
static bool has_wsl_files(const char *root)
{
	return nb_platform_exists(root, "/proc/sys/fs/binfmt_misc/WSLInterop") ||
	       nb_platform_exists(root, "/proc/sys/fs/binfmt_misc/WSLInterop-late") ||
	       nb_platform_exists(root, "/run/WSL");
}

/*
 * WSL 1 translates system calls and calls its kernel "4.4.0-19041-Microsoft"; WSL 2 runs a real
 * kernel, "-microsoft-standard" first and "-microsoft-standard-WSL2" later. Only a real kernel can
 * have any other name.
 */
static void read_wsl(struct nb_machine *machine, const char *root)
{
	char release[FACT_SIZE];
	bool named;

	nb_platform_read_line(root, "/proc/sys/kernel/osrelease", release, sizeof(release));
	named = strstr(release, "WSL2") || strstr(release, "microsoft-standard");
	if (!named && strstr(release, "Microsoft"))
		nb_base_copy(machine->wsl, sizeof(machine->wsl), "1");
	else if (named || has_wsl_files(root))
		nb_base_copy(machine->wsl, sizeof(machine->wsl), "2");
}

/* Reads one record; false at the end of the file, also where it ends in the middle of one. */
static bool read_record(int pool, char key[KVP_KEY_SIZE], char value[KVP_VALUE_SIZE])
{
	if (read(pool, key, KVP_KEY_SIZE) != KVP_KEY_SIZE ||
	    read(pool, value, KVP_VALUE_SIZE) != KVP_VALUE_SIZE)
		return false;
	key[KVP_KEY_SIZE - 1] = '\0';
	value[KVP_VALUE_SIZE - 1] = '\0';
	return true;
}

static void read_host(struct nb_machine *machine, const char *root)
{
	char path[PATH_MAX];
	char key[KVP_KEY_SIZE];
	char value[KVP_VALUE_SIZE];
	int pool;

	snprintf(path, sizeof(path), "%s%s", root, kvp_pool);
	pool = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (pool < 0)
		return;
	for (int i = 0; i < KVP_RECORDS_MAX && read_record(pool, key, value); i++) {
		if (strcmp(key, "PhysicalHostName") != 0)
			continue;
		nb_platform_clean(value);
		nb_base_copy(machine->host, sizeof(machine->host), value);
		break;
	}
	close(pool);
}

void nb_platform_read_identity(struct nb_machine *machine, const char *root)
{
	read_dmi(machine, root);
	read_cloud(machine, root);
	read_wsl(machine, root);
	read_host(machine, root);
}
