/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nestbench/base.h"

#include "platform_files.h"
#include "platform_identify.h"
#include "platform_mountinfo.h"

/*
 * What WSL is like from inside, without a Windows tool. Sources: microsoft/WSL (drvfs.cpp,
 * wslinfo.cpp, WslCoreConfig.h), reports in its issues; facts in wsl2-io.md, section 2.
 */

enum { OPTION_SIZE = 64 };

static const char drive[] = "/mnt/c";

/*
 * The three kernels of WSL 2 so far: that inside Windows ("4.19.104-microsoft-standard"), that of
 * its own update and first package (5.x, "...-WSL2"), and that of today's package (6.x).
 */
static const char *generation(const char *kernel)
{
	bool standard = strstr(kernel, "microsoft-standard") != NULL;

	if (!standard)
		return "a kernel of one's own";
	if (!strstr(kernel, "microsoft-standard-WSL2"))
		return "first generation: kernel 4.19 of Windows";
	return strtol(kernel, NULL, 10) < 6 ? "second generation: kernel 5 of its own update"
					    : "third generation: kernel 6 of its package";
}

static void add_version(struct nb_platform_scene *scene)
{
	struct nb_finding *finding;

	if (scene->identity->wsl == 1)
		finding = nb_platform_add_text(scene, "wsl", "WSL",
					       "1: system calls translated by Windows, no VM");
	else
		finding = nb_finding_add(scene->findings, NB_SECTION_MACHINE, NB_STATE_INFO, "wsl",
					 "WSL", "2, %s", generation(scene->machine->kernel));
	nb_finding_how(finding, "/proc/sys/kernel/osrelease, WSLInterop, /run/WSL");
}

/* The last part of where the driver's link points to: "hv_netvsc". */
static void driver_of(const struct nb_world *world, const char *interface, char *name, size_t size)
{
	char path[128];
	char target[256];
	const char *slash;

	snprintf(path, sizeof(path), "/sys/class/net/%s/device/driver", interface);
	if (world->link(world->self, path, target, sizeof(target)) < 0)
		target[0] = '\0';
	slash = strrchr(target, '/');
	nb_base_copy(name, size, slash ? slash + 1 : target);
}

/*
 * Mirrored networking adds an interface "loopback0" (seen in microsoft/WSL #10650 and others).
 * consomme and its forerunner virtioproxy have a virtio device where NAT and bridged have
 * Hyper-V's; these two look alike from here.
 */
static const char *networking(const struct nb_world *world)
{
	struct nb_world_names names;
	char driver[OPTION_SIZE];

	if (world->exists(world->self, "/sys/class/net/loopback0"))
		return "mirrored";
	world->names(world->self, "/sys/class/net", "eth", &names);
	if (names.count == 0)
		return "";
	driver_of(world, names.name[0], driver, sizeof(driver));
	return strcmp(driver, "virtio_net") == 0 ? "consomme (virtio)" : "";
}

static void add_networking(struct nb_platform_scene *scene)
{
	const char *kind = networking(scene->world);
	struct nb_finding *finding;

	if (scene->identity->wsl == 1) {
		nb_finding_how(
			nb_platform_add_text(scene, "wsl.network", "its network", "Windows' own"),
			"WSL 1 has no other");
		return;
	}
	finding = nb_platform_add_text(scene, "wsl.network", "its network", kind);
	if (kind[0]) {
		nb_finding_how(finding, "/sys/class/net");
		return;
	}
	nb_finding_how(finding, "nat (which is the default), bridged and none look alike in "
				"/sys/class/net");
	nb_finding_advice(finding, "wslinfo --networking-mode");
}

static void drive_text(const struct nb_platform_mount *mount, char *text, size_t size)
{
	char type[OPTION_SIZE];
	char carrier[OPTION_SIZE];
	char msize[OPTION_SIZE];

	nb_platform_piece_copy(mount->type, type, sizeof(type));
	if (strcmp(type, "9p") != 0) {
		snprintf(text, size, "%s", type);
		return;
	}
	nb_platform_mount_option(mount, "trans", carrier, sizeof(carrier));
	nb_platform_mount_option(mount, "msize", msize, sizeof(msize));
	snprintf(text, size, "9p trans=%s%s%s%s", carrier[0] ? carrier : "unknown",
		 strcmp(carrier, "fd") == 0 ? " (over vsock)" : "", msize[0] ? ", msize=" : "",
		 msize);
}

/* The mount at /mnt/c, or else the first drive: /etc/wsl.conf may move them all. */
static bool find_drive(const char *text, struct nb_platform_mount *mount)
{
	if (nb_platform_mount_of(text, drive, mount) && nb_platform_piece_is(mount->point, drive))
		return true;
	while (nb_platform_mount_next(&text, mount)) {
		if (nb_platform_mount_is_drive(mount))
			return true;
	}
	return false;
}

static void add_drive_from(struct nb_platform_scene *scene, const char *text)
{
	struct nb_platform_mount mount;
	char point[NB_PLATFORM_VALUE_SIZE];
	char kind[NB_PLATFORM_VALUE_SIZE * 2 + OPTION_SIZE];
	struct nb_finding *finding;

	if (!find_drive(text, &mount)) {
		finding =
			nb_platform_add_text(scene, "wsl.drive", "Windows' drives", "none mounted");
		nb_finding_how(finding, "/proc/self/mountinfo");
		return;
	}
	drive_text(&mount, kind, sizeof(kind));
	nb_platform_piece_copy(mount.point, point, sizeof(point));
	nb_platform_clean(kind);
	nb_platform_clean(point);
	finding = nb_finding_add(scene->findings, NB_SECTION_MACHINE, NB_STATE_INFO, "wsl.drive",
				 "Windows' drives", "%s at %s", kind, point);
	nb_finding_how(finding, "/proc/self/mountinfo");
}

static void add_drive(struct nb_platform_scene *scene)
{
	char *text = nb_platform_mountinfo(scene->world);

	if (text)
		add_drive_from(scene, text);
	else
		nb_finding_how(nb_platform_add_text(scene, "wsl.drive", "Windows' drives", ""),
			       "/proc/self/mountinfo cannot be read");
	free(text);
}

void nb_platform_add_wsl(struct nb_platform_scene *scene)
{
	add_version(scene);
	add_networking(scene);
	add_drive(scene);
}
