/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "cli_doctor.h"

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

static void name_kind(char *name, size_t size, uint32_t magic)
{
	snprintf(name, size, "0x%" PRIx32, magic);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kinds[i].magic == magic)
			nb_base_copy(name, size, kinds[i].name);
}

int nb_cli_probe_space(char *text, size_t size)
{
	char path[NB_CLI_PATH_SIZE], word[32];
	struct statfs space;

	text[0] = '\0';
	if (statfs(".", &space) < 0)
		return -errno;
	/* The folder itself may have been removed, or its name be too long; its disk is there. */
	nb_cli_put_line(text, size, "path", getcwd(path, sizeof(path)) ? path : "");
	snprintf(word, sizeof(word), "%" PRIu64,
		 (uint64_t)space.f_bavail * (uint64_t)space.f_frsize);
	nb_cli_put_line(text, size, "free_bytes", word);
	snprintf(word, sizeof(word), "%" PRIu64,
		 (uint64_t)space.f_blocks * (uint64_t)space.f_frsize);
	nb_cli_put_line(text, size, "total_bytes", word);
	name_kind(word, sizeof(word), (uint32_t)space.f_type);
	nb_cli_put_line(text, size, "fstype", word);
	return (int)strlen(text);
}
