/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nestbench/base.h"

#include "platform_target.h"
#include "platform_world.h"

/*
 * The block device below a mount, and the whole disk below that: partitions, volumes of LVM and
 * whatever else stands on exactly one other device are gone through. Of what stands on several
 * (RAID) the device itself is the disk.
 */

enum { NAME_SIZE = 64, SYSFS_SIZE = 384, FILE_SIZE = SYSFS_SIZE + 64, DEPTH_MAX = 8 };

static const char sysfs[] = "/sys/devices";

/* A device by its folder in sysfs, of which the last part is its name. */
struct device {
	char folder[SYSFS_SIZE];
};

static const char *name_of(const struct device *device)
{
	return strrchr(device->folder, '/') + 1;
}

static void leave_folder(struct device *device)
{
	*strrchr(device->folder, '/') = '\0';
}

static const char *in_folder(const struct device *device, const char *name, char path[FILE_SIZE])
{
	snprintf(path, FILE_SIZE, "%s/%s", device->folder, name);
	return path;
}

/* Where a link like "/sys/dev/block/8:1" leads: "../../devices/pci0000:00/.../block/sda/sda1". */
static bool follow(const struct nb_world *world, const char *link, struct device *device)
{
	char target[SYSFS_SIZE];
	const char *folder;
	int length = world->link(world->self, link, target, sizeof(target));

	if (length < 0 || (size_t)length >= sizeof(target) - 1)
		return false;
	folder = strstr(target, "/devices/");
	return folder && (size_t)snprintf(device->folder, sizeof(device->folder), "/sys%s",
					  folder) < sizeof(device->folder);
}

static bool follow_name(const struct nb_world *world, const char *name, struct device *device)
{
	char link[FILE_SIZE];

	return (size_t)snprintf(link, sizeof(link), "/sys/class/block/%s", name) < sizeof(link) &&
	       follow(world, link, device);
}

/* Major 0: of btrfs, of network file systems and of others that have no device of their own. */
static bool find_by_number(const struct nb_world *world, const struct nb_platform_mount *mount,
			   struct device *device)
{
	char number[24];
	char link[NAME_SIZE];

	if (!nb_platform_piece_copy(mount->device, number, sizeof(number)) ||
	    number[strspn(number, "0123456789:")] != '\0' || number[0] == '0')
		return false;
	snprintf(link, sizeof(link), "/sys/dev/block/%s", number);
	return follow(world, link, device);
}

/* The device mapper's own names: "/dev/mapper/vg-root" is dm-0. */
static bool find_mapped(const struct nb_world *world, const char *name, struct device *device)
{
	struct nb_world_names names;

	world->names(world->self, "/sys/class/block", "dm-", &names);
	for (size_t i = 0; i < names.count; i++) {
		char path[FILE_SIZE];
		char mapped[2 * NAME_SIZE];

		snprintf(path, sizeof(path), "/sys/class/block/%s/dm/name", names.name[i]);
		if (nb_world_line(world, path, mapped, sizeof(mapped)) && strcmp(mapped, name) == 0)
			return follow_name(world, names.name[i], device);
	}
	return false;
}

/* What the source names below /dev; NULL for "/dev/root", which is no device's name, and others. */
static const char *source_name(const struct nb_platform_mount *mount, char *text, size_t size)
{
	static const char folder[] = "/dev/";

	if (!nb_platform_piece_copy(mount->source, text, size) ||
	    strncmp(text, folder, strlen(folder)) != 0)
		return NULL;
	text += strlen(folder);
	return *text && strcmp(text, "root") != 0 ? text : NULL;
}

static bool find_by_source(const struct nb_world *world, const char *name, struct device *device)
{
	static const char mapper[] = "mapper/";

	if (strncmp(name, mapper, strlen(mapper)) == 0)
		return find_mapped(world, name + strlen(mapper), device);
	return !strchr(name, '/') && follow_name(world, name, device);
}

/*
 * The mount that an overlay is written to. In a container its path is that of the host: where we
 * see no such folder, or the overlay itself lies there, nobody can tell.
 */
static bool find_upper(const struct nb_world *world, const char *mountinfo,
		       struct nb_platform_mount *mount)
{
	for (int depth = 0; depth < DEPTH_MAX; depth++) {
		struct nb_platform_mount upper;
		char path[NB_PLATFORM_PATH_SIZE];

		if (!nb_platform_piece_is(mount->type, "overlay"))
			return true;
		if (!nb_platform_mount_option(mount, "upperdir", path, sizeof(path)) ||
		    strlen(path) == sizeof(path) - 1 || strstr(path, "/..") ||
		    !world->exists(world->self, path) ||
		    !nb_platform_mount_of(mountinfo, path, &upper) ||
		    upper.point.start == mount->point.start)
			return false;
		*mount = upper;
	}
	return false;
}

/* From a partition to its disk, which is the folder around it. */
static bool leave_partition(const struct nb_world *world, struct device *device)
{
	char path[FILE_SIZE];

	if (strlen(device->folder) <= strlen(sysfs) ||
	    !world->exists(world->self, in_folder(device, "partition", path)))
		return false;
	leave_folder(device);
	return true;
}

static bool enter_slave(const struct nb_world *world, struct device *device)
{
	struct nb_world_names names;
	char path[FILE_SIZE];

	world->names(world->self, in_folder(device, "slaves", path), "", &names);
	return names.count == 1 && follow_name(world, names.name[0], device);
}

/*
 * The driver of the nearest device above the disk that has one: of a SCSI disk that of its host
 * adapter, as "sd" drives them all. What is made of software alone is called by its name's
 * letters: "loop", "zram", "dm".
 */
static void find_driver(const struct nb_world *world, const struct device *disk,
			char name[NAME_SIZE])
{
	struct device at = *disk;
	char target[SYSFS_SIZE];
	char path[FILE_SIZE];

	for (; strlen(at.folder) > strlen(sysfs); leave_folder(&at)) {
		const char *slash;

		if (world->link(world->self, in_folder(&at, "driver", path), target,
				sizeof(target)) < 0)
			continue;
		slash = strrchr(target, '/');
		if (!slash || strcmp(slash, "/sd") == 0)
			continue;
		nb_base_copy(name, NAME_SIZE, slash + 1);
		return;
	}
	nb_base_copy(name, NAME_SIZE, name_of(disk));
	name[strspn(name, "abcdefghijklmnopqrstuvwxyz")] = '\0';
}

static void fill_scheduler(const struct nb_world *world, const struct device *disk,
			   struct nb_target *target)
{
	char line[256];
	char path[FILE_SIZE];
	char *name = line;

	nb_world_line(world, in_folder(disk, "queue/scheduler", path), line, sizeof(line));
	/* "none [mq-deadline] kyber"; where there is no choice, without brackets. */
	if (strchr(line, '['))
		name = strchr(line, '[') + 1;
	name[strcspn(name, "] ")] = '\0';
	nb_base_copy(target->scheduler, sizeof(target->scheduler), name);
}

static void fill_disk(const struct nb_world *world, struct device *disk, struct nb_target *target)
{
	char driver[NAME_SIZE];
	char path[FILE_SIZE];
	char text[NAME_SIZE + SYSFS_SIZE];

	for (int depth = 0; depth < DEPTH_MAX; depth++) {
		if (!leave_partition(world, disk) && !enter_slave(world, disk))
			break;
	}
	find_driver(world, disk, driver);
	snprintf(text, sizeof(text), "%s%s%s%s", name_of(disk), driver[0] ? " (" : "", driver,
		 driver[0] ? ")" : "");
	nb_base_copy(target->disk, sizeof(target->disk), text);
	fill_scheduler(world, disk, target);
	nb_world_line(world, in_folder(disk, "queue/write_cache", path), target->write_cache,
		      sizeof(target->write_cache));
	target->rotational = nb_world_number(world, in_folder(disk, "queue/rotational", path));
	target->queue_depth = nb_world_number(world, in_folder(disk, "queue/nr_requests", path));
	if (target->rotational > 1)
		target->rotational = -1;
}

void nb_platform_target_device(const struct nb_world *world, const char *mountinfo,
			       const struct nb_platform_mount *mount, struct nb_target *target)
{
	struct nb_platform_mount lower = *mount;
	struct device device;
	char source[NB_PLATFORM_PATH_SIZE];
	const char *name;

	if (!find_upper(world, mountinfo, &lower))
		return;
	name = source_name(&lower, source, sizeof(source));
	if (find_by_number(world, &lower, &device) ||
	    (name && find_by_source(world, name, &device))) {
		nb_base_copy(target->device, sizeof(target->device), name_of(&device));
		fill_disk(world, &device, target);
	} else if (name) {
		nb_base_copy(target->device, sizeof(target->device), name);
	}
	nb_platform_target_clean(target->device);
	nb_platform_target_clean(target->disk);
}
