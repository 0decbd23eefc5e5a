/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

#include "nestbench/base.h"

#include "platform_files.h"
#include "platform_target.h"
#include "platform_world.h"

/* Which file system a folder is on. The block device below it: target_device.c. */

enum { OPTION_SIZE = sizeof(((struct nb_target *)0)->options) };

/* Whole numbers beyond this are not exact in readers of JSON that keep them as doubles. */
#define BYTES_MAX ((UINT64_C(1) << 53) - 1)

void nb_platform_target_clean(char *text)
{
	for (; *text; text++) {
		if (*text < ' ' || *text > '~')
			*text = '?';
	}
}

/* Makes a word for params of a text: "fuse.sshfs" is "fuse-sshfs". */
static void make_word(char *text)
{
	for (; *text; text++) {
		if (*text >= 'A' && *text <= 'Z')
			*text = (char)(*text - 'A' + 'a');
		else if (!(*text >= 'a' && *text <= 'z') && !(*text >= '0' && *text <= '9'))
			*text = '-';
	}
}

static void fill_kind(const struct nb_platform_mount *mount, struct nb_target *target)
{
	/* One protocol, of which the options tell the version. */
	static const struct {
		const char *type, *kind;
	} others[] = { { "nfs4", "nfs" }, { "smb3", "cifs" } };

	nb_platform_piece_copy(mount->type, target->kind, sizeof(target->kind));
	make_word(target->kind);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (strcmp(target->kind, others[i].type) == 0)
			nb_base_copy(target->kind, sizeof(target->kind), others[i].kind);
	}
	/* Only "\000" leaves nothing. */
	if (!target->kind[0])
		nb_base_copy(target->kind, sizeof(target->kind), "unknown");
	if (strcmp(target->kind, "9p") != 0)
		return;
	nb_platform_mount_option(mount, "trans", target->transport, sizeof(target->transport));
	make_word(target->transport);
}

static bool has_option(struct nb_platform_piece options, const char *text)
{
	struct nb_platform_piece option;

	while (nb_platform_option_next(&options, &option)) {
		if (nb_platform_piece_is(option, text))
			return true;
	}
	return false;
}

/* Told apart from the rest; or lists of folders, which are no setting and fill the line. */
static bool is_left_out(struct nb_platform_piece option)
{
	static const char *const folders[] = { "lowerdir=", "lowerdir+=", "upperdir=", "workdir=" };

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		if (nb_platform_piece_begins(option, folders[i]))
			return true;
	}
	return nb_platform_piece_is(option, "rw") || nb_platform_piece_is(option, "ro");
}

/* Adds the options but those in known, which are there already. */
static void add_options(struct nb_platform_list *list, struct nb_platform_piece options,
			struct nb_platform_piece known)
{
	struct nb_platform_piece option;
	char text[OPTION_SIZE];

	while (nb_platform_option_next(&options, &option)) {
		nb_platform_piece_copy(option, text, sizeof(text));
		if (is_left_out(option) || has_option(known, text))
			continue;
		nb_platform_target_clean(text);
		nb_platform_list_add(list, text);
	}
}

/* Written is only what both the mount and its file system allow to be written. */
static void fill_options(const struct nb_platform_mount *mount, struct nb_target *target)
{
	struct nb_platform_list list;
	bool read_only = has_option(mount->options, "ro") || has_option(mount->super, "ro");

	nb_platform_list_init(&list, target->options, sizeof(target->options), ",");
	nb_platform_list_add(&list, read_only ? "ro" : "rw");
	add_options(&list, mount->options, (struct nb_platform_piece){ 0 });
	add_options(&list, mount->super, mount->options);
}

/* Servers of files may claim anything; 0 is what those say that do not know. */
static int64_t bytes(uint64_t blocks, uint64_t size)
{
	if (blocks == 0 || size == 0 || blocks > BYTES_MAX / size)
		return -1;
	return (int64_t)(blocks * size);
}

static void fill_space(struct nb_target *target)
{
	struct statvfs space;

	if (statvfs(target->path, &space) < 0)
		return;
	target->size_bytes = bytes(space.f_blocks, space.f_frsize);
	target->free_bytes = bytes(space.f_bavail, space.f_frsize);
	if (target->size_bytes > 0 && space.f_bavail == 0)
		target->free_bytes = 0;
}

static int take_name(const char *name, struct nb_target *target, struct nb_error *error)
{
	size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");

	if (length == 0 || length >= sizeof(target->name) || name[length] != '\0')
		return nb_error_set(error, EINVAL,
				    "the name of a target is 1 to %zu of a-z, 0-9 and '-'",
				    sizeof(target->name) - 1);
	nb_base_copy(target->name, sizeof(target->name), name);
	return 0;
}

static bool is_dots(const char *part, size_t length)
{
	return part[0] == '.' && (length == 1 || (length == 2 && part[1] == '.'));
}

/* Part by part, so that no slash is there twice or at the end. 0, or the errno of what it is. */
static int copy_path(const char *path, char *text, size_t size)
{
	size_t used = 0;

	if (path[0] != '/' || !nb_base_printable(path))
		return EINVAL;
	for (path += strspn(path, "/"); *path; path += strspn(path, "/")) {
		size_t length = strcspn(path, "/");

		if (is_dots(path, length))
			return EINVAL;
		if (length > size || used + length + 2 > size)
			return ENAMETOOLONG;
		text[used++] = '/';
		memcpy(text + used, path, length);
		used += length;
		path += length;
	}
	if (used == 0)
		text[used++] = '/';
	text[used] = '\0';
	return 0;
}

static int take_path(const char *path, struct nb_target *target, struct nb_error *error)
{
	int code = copy_path(path, target->path, sizeof(target->path));

	if (code == ENAMETOOLONG)
		return nb_error_set(error, ENAMETOOLONG,
				    "target %s: its path has more than %zu bytes", target->name,
				    sizeof(target->path) - 1);
	if (code != 0)
		return nb_error_set(error, EINVAL,
				    "target %s: its path is not absolute, has a part \".\" or "
				    "\"..\", or is not UTF-8 without control characters",
				    target->name);
	return 0;
}

static int fill(const struct nb_world *world, struct nb_target *target, struct nb_error *error)
{
	struct nb_platform_mount mount;
	char *text = nb_platform_mountinfo(world);
	bool found;

	if (!text)
		return nb_error_set(error, EIO, "/proc/self/mountinfo cannot be read");
	found = nb_platform_mount_of(text, target->path, &mount);
	if (found) {
		fill_kind(&mount, target);
		fill_options(&mount, target);
		nb_platform_target_device(world, text, &mount, target);
	}
	free(text);
	if (!found)
		return nb_error_set(error, ENOENT, "%s is on no mount of /proc/self/mountinfo",
				    target->path);
	return 0;
}

int nb_target_read(const struct nb_world *world, const char *name, const char *path,
		   struct nb_target *target, struct nb_error *error)
{
	struct nb_target read = {
		.rotational = -1, .queue_depth = -1, .size_bytes = -1, .free_bytes = -1
	};
	int status = take_name(name, &read, error);

	if (status == 0)
		status = take_path(path, &read, error);
	if (status == 0)
		status = fill(world, &read, error);
	if (status < 0)
		return status;
	if (nb_platform_is_live(world))
		fill_space(&read);
	*target = read;
	return 0;
}
