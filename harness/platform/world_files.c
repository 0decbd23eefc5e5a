/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "nestbench/base.h"

#include "platform_world.h"

/* A folder with more than that is no folder of ours; its first entries have to do. */
enum { ENTRIES_MAX = 16384 };

/* Only regular files are read: a pipe may keep us waiting, and a device may do anything. */
static int read_regular(int fd, char *text, size_t size)
{
	struct stat status;

	if (fstat(fd, &status) < 0)
		return -errno;
	if (S_ISDIR(status.st_mode))
		return -EISDIR;
	if (!S_ISREG(status.st_mode))
		return -EINVAL;
	return (int)nb_base_read_all(fd, text,
				     size - 1 < NB_WORLD_TEXT_MAX ? size - 1 : NB_WORLD_TEXT_MAX);
}

int nb_platform_take_file(int fd, char *text, size_t size)
{
	int length = fd < 0 ? fd : read_regular(fd, text, size);

	text[length < 0 ? 0 : length] = '\0';
	if (fd >= 0)
		close(fd);
	return length;
}

/* Keeps the first names of the alphabet, whichever order the folder has. */
static void insert_name(struct nb_world_names *names, const char *name, size_t size)
{
	size_t at = names->count;

	while (at > 0 && strcmp(names->name[at - 1], name) > 0)
		at--;
	if (at == NB_WORLD_NAMES_MAX)
		return;
	if (names->count < NB_WORLD_NAMES_MAX)
		names->count++;
	memmove(names->name[at + 1], names->name[at],
		(names->count - at - 1) * sizeof(names->name[0]));
	memcpy(names->name[at], name, size);
}

static bool is_link_file(const char *name, size_t length)
{
	const size_t suffix = strlen(NB_PLATFORM_LINK_SUFFIX);

	return length > suffix && strcmp(name + length - suffix, NB_PLATFORM_LINK_SUFFIX) == 0;
}

void nb_platform_take_names(int fd, const char *prefix, struct nb_world_names *names)
{
	DIR *folder = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	int seen = 0;

	names->count = 0;
	if (!folder && fd >= 0)
		close(fd);
	while (folder && seen++ < ENTRIES_MAX && (entry = readdir(folder)) != NULL) {
		size_t length = strlen(entry->d_name);

		if (entry->d_name[0] == '.' || length >= NB_WORLD_NAME_SIZE ||
		    is_link_file(entry->d_name, length) ||
		    strncmp(entry->d_name, prefix, strlen(prefix)) != 0)
			continue;
		insert_name(names, entry->d_name, length + 1);
	}
	if (folder)
		closedir(folder);
}

/* An empty file stands for a name that was listed; it may turn out to be a folder. */
static int make_folder(int parent, const char *name)
{
	struct stat status;

	if (fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) == 0) {
		if (!S_ISREG(status.st_mode) || status.st_size > 0)
			return 0;
		if (unlinkat(parent, name, 0) < 0)
			return -errno;
	}
	return mkdirat(parent, name, 0755) < 0 && errno != EEXIST ? -errno : 0;
}

/* Goes from folder parent, which it closes, to the one that the first bytes of part name. */
static int enter(int parent, const char *part, size_t length, bool make)
{
	char name[NAME_MAX + 1];
	int next = 0;

	if (length > NAME_MAX) {
		next = -ENAMETOOLONG;
	} else {
		memcpy(name, part, length);
		name[length] = '\0';
		next = strcmp(name, "..") == 0 ? -EPERM : make ? make_folder(parent, name) : 0;
	}
	if (next == 0) {
		next = openat(parent, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (next < 0)
			next = -errno;
	}
	close(parent);
	return next;
}

int nb_platform_open_parent(int root, const char *path, bool make, const char **name)
{
	int folder = openat(root, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	size_t length;

	if (folder < 0)
		return -errno;
	for (path += strspn(path, "/"); folder >= 0; path += length + strspn(path + length, "/")) {
		length = strcspn(path, "/");
		if (path[length] == '\0')
			break;
		folder = enter(folder, path, length, make);
	}
	*name = path;
	if (folder >= 0 && (path[0] == '\0' || strcmp(path, "..") == 0)) {
		close(folder);
		return -EPERM;
	}
	return folder;
}
