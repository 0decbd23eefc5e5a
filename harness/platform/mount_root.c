/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

#include "nestbench/base.h"
#include "nestbench/platform.h"

#include "platform_mountinfo.h"

/* Linux, include/uapi/linux/magic.h and the file systems' own headers. */
static const struct {
	uint32_t magic;
	const char *name;
} kinds[] = {
	{ 0xef53, "ext4" },	   { 0x58465342, "xfs" },      { 0x9123683e, "btrfs" },
	{ 0x794c7630, "overlay" }, { 0x01021994, "tmpfs" },    { 0x01021997, "9p" },
	{ 0x65735546, "fuse" },	   { 0x6a656a63, "virtiofs" }, { 0x2fc12fc1, "zfs" },
	{ 0x6969, "nfs" },	   { 0xff534d42, "cifs" },     { 0xfe534d42, "smb2" },
	{ 0xf2f52010, "f2fs" },	   { 0x4d44, "vfat" },	       { 0x2011bab0, "exfat" },
	{ 0x7366746e, "ntfs3" },   { 0xca451a4e, "bcachefs" }, { 0x73717368, "squashfs" },
};

void nb_platform_filesystem(char *name, size_t size, uint32_t magic)
{
	snprintf(name, size, "0x%x", magic);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kinds[i].magic == magic)
			nb_base_copy(name, size, kinds[i].name);
}

int nb_platform_root_mount(char *text, size_t size)
{
	char kind[24];
	struct statfs space;
	struct stat root;
	const char *access;
	int length;

	if (stat("/", &root) < 0 || statfs("/", &space) < 0)
		return -1;
	nb_platform_filesystem(kind, sizeof(kind), (uint32_t)space.f_type);
	/* statfs(2) and statvfs(3) have the same flags. */
	access = (unsigned long)space.f_flags & ST_RDONLY ? "ro" : "rw";
	length = snprintf(text, size, "0 0 %u:%u / / %s - %s none %s\n", major(root.st_dev),
			  minor(root.st_dev), access, kind, access);
	return length > 0 && (size_t)length < size ? length : -1;
}
