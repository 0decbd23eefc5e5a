/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "nestbench/base.h"

#include "platform_target.h"

/* Windows' drives, as WSL mounts them: whole, and visible. */

enum { PATH_SIZE = sizeof(((struct nb_target *)0)->path), ANAME_SIZE = 512 };

/* The share of all drives, of which /mnt/c is a part that is bound there. */
static const char shares[] = "/run/wsl/";

/* "C:\" or "C:" and no folder of it, as Docker Desktop mounts some. */
static bool is_letter(const char *text)
{
	if (!isalpha((unsigned char)text[0]) || text[1] != ':')
		return false;
	text += 2;
	text += *text == '\\';
	return *text == '\0' || *text == ';';
}

static bool serves_whole_drive(const struct nb_platform_mount *mount)
{
	static const char key[] = ";path=";
	char name[ANAME_SIZE];
	const char *path;

	if (!nb_platform_mount_option(mount, "aname", name, sizeof(name)))
		return true;
	path = strstr(name, key);
	return !path || is_letter(path + strlen(key));
}

/* "/", or one part as virtiofs has for each drive; what is deeper is a folder bound elsewhere. */
static bool is_drive_root(const struct nb_platform_mount *mount)
{
	struct nb_platform_piece root = mount->root;

	if (nb_platform_piece_is(root, "/"))
		return true;
	return nb_platform_piece_is(mount->type, "virtiofs") && root.length > 1 &&
	       !memchr(root.start + 1, '/', root.length - 1);
}

static bool is_whole_drive(const struct nb_platform_mount *mount)
{
	return nb_platform_mount_is_drive(mount) && is_drive_root(mount) &&
	       !nb_platform_piece_begins(mount->point, shares) && serves_whole_drive(mount);
}

/* False where another mount hides it. */
static bool is_on_top(const char *text, const char *path, const struct nb_platform_mount *mount)
{
	struct nb_platform_mount top;

	return nb_platform_mount_of(text, path, &top) && top.point.start == mount->point.start;
}

/* Wherever wsl.conf has drives mounted, C ends in "/c". */
static bool is_first(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && (strcmp(slash, "/c") == 0 || strcmp(slash, "/C") == 0);
}

/* Returns the new count. */
static int insert(char (*paths)[PATH_SIZE], int count, int max, const char *path)
{
	int at = is_first(path) ? 0 : count;

	if (at >= max)
		return count;
	count += count < max;
	memmove(paths[at + 1], paths[at], (size_t)(count - at - 1) * sizeof(paths[0]));
	nb_base_copy(paths[at], PATH_SIZE, path);
	return count;
}

int nb_target_drives(const struct nb_world *world, char (*paths)[PATH_SIZE], int max)
{
	struct nb_platform_mount mount;
	char *text = nb_platform_mountinfo(world);
	const char *at = text;
	int count = 0;

	while (at && nb_platform_mount_next(&at, &mount)) {
		char path[PATH_SIZE];

		if (is_whole_drive(&mount) &&
		    nb_platform_piece_copy(mount.point, path, sizeof(path)) &&
		    is_on_top(text, path, &mount))
			count = insert(paths, count, max, path);
	}
	free(text);
	return count;
}
