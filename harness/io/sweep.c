/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "io_private.h"

/*
 * Removing what is ours and nothing else. Nothing is reached by a path, but from one open folder
 * to the next, which is neither a link nor on another mount; what belongs to somebody else than
 * the marker does stays, and so does then the folder.
 */

enum {
	DEPTH_MAX = 4, /* folders within each other, our own included: no benchmark makes more */
	PASSES_MAX = 16,
};

struct level {
	DIR *stream;
	char name[256];
};

struct sweep {
	struct level levels[DEPTH_MAX];
	int depth;
	uid_t owner;
	bool removed; /* anything in this pass */
	int code;     /* why something stays, and what; 0: nothing does */
	char left[256];
};

static void stays(struct sweep *sweep, int code, const char *name)
{
	if (sweep->code)
		return;
	sweep->code = code;
	nb_base_copy(sweep->left, sizeof(sweep->left), name);
}

/* openat2(2) is of Linux 5.6; before it, and where it is filtered, the device has to do. */
static int open_folder(int parent, const char *name)
{
	struct open_how how = {
		.flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV,
	};
	int fd = (int)syscall(SYS_openat2, parent, name, &how, sizeof(how));
	struct stat above, here;

	if (fd >= 0 || (errno != ENOSYS && errno != EPERM))
		return fd >= 0 ? fd : -errno;
	fd = openat(parent, name, (int)how.flags);
	if (fd < 0)
		return -errno;
	if (fstat(parent, &above) == 0 && fstat(fd, &here) == 0 && above.st_dev == here.st_dev)
		return fd;
	close(fd);
	return -EXDEV;
}

/* 0 or a negative errno. */
static int enter(struct sweep *sweep, int parent, const char *name)
{
	struct level *level = &sweep->levels[sweep->depth];
	int fd;

	if (sweep->depth == DEPTH_MAX)
		return -ENOTEMPTY;
	fd = open_folder(parent, name);
	if (fd < 0)
		return fd;
	level->stream = fdopendir(fd);
	if (!level->stream) {
		close(fd);
		return -ENOMEM;
	}
	nb_base_copy(level->name, sizeof(level->name), name);
	sweep->depth++;
	return 0;
}

static void leave(struct sweep *sweep)
{
	struct level *level = &sweep->levels[--sweep->depth];

	closedir(level->stream);
	if (sweep->depth == 0)
		return;
	if (unlinkat(dirfd(sweep->levels[sweep->depth - 1].stream), level->name, AT_REMOVEDIR) == 0)
		sweep->removed = true;
	else
		stays(sweep, errno, level->name);
}

static void take(struct sweep *sweep, int parent, const char *name)
{
	struct stat facts;
	int result;

	if (fstatat(parent, name, &facts, AT_SYMLINK_NOFOLLOW) < 0) {
		if (errno != ENOENT)
			stays(sweep, errno, name);
	} else if (facts.st_uid != sweep->owner) {
		stays(sweep, EPERM, name);
	} else if (S_ISDIR(facts.st_mode)) {
		result = enter(sweep, parent, name);
		if (result < 0)
			stays(sweep, -result, name);
	} else if (unlinkat(parent, name, 0) == 0) {
		sweep->removed = true;
	} else {
		stays(sweep, errno, name);
	}
}

static void step(struct sweep *sweep)
{
	struct level *level = &sweep->levels[sweep->depth - 1];
	struct dirent *entry = readdir(level->stream);
	const char *name = entry ? entry->d_name : "";

	if (!entry)
		leave(sweep);
	else if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return;
	else if (sweep->depth > 1 || strcmp(name, NB_IO_MARKER) != 0)
		take(sweep, dirfd(level->stream), name);
}

/* All but the marker. Some servers skip names while others are removed: until nothing changes. */
static int empty(struct sweep *sweep, int target, const char *name)
{
	for (int pass = 0; pass < PASSES_MAX; pass++) {
		int result = enter(sweep, target, name);

		if (result < 0)
			return result;
		sweep->code = 0;
		sweep->removed = false;
		while (sweep->depth > 0)
			step(sweep);
		if (!sweep->removed)
			break;
	}
	return 0;
}

/*
 * 1 with the marker in it, 0 without, or a negative errno. Its owner is who we are to this file
 * system, which on a server may be somebody else than here.
 */
static int is_marked(int target, const char *name, uid_t *owner)
{
	struct stat facts;
	int fd = open_folder(target, name);
	int result;

	if (fd < 0)
		return fd;
	result = fstatat(fd, NB_IO_MARKER, &facts, AT_SYMLINK_NOFOLLOW) < 0 ? -errno : 0;
	close(fd);
	if (result == -ENOENT)
		return 0;
	if (result < 0)
		return result;
	*owner = facts.st_uid;
	return S_ISREG(facts.st_mode);
}

/* The marker goes last, so that who was interrupted here can go on. */
static int remove_marked(int target, const char *name)
{
	int fd = open_folder(target, name);

	if (fd < 0)
		return fd;
	unlinkat(fd, NB_IO_MARKER, 0);
	close(fd);
	return unlinkat(target, name, AT_REMOVEDIR) < 0 ? -errno : 0;
}

int nb_io_sweep(const struct nb_io_workspace *workspace, struct nb_error *error)
{
	const char *name = strrchr(workspace->folder, '/') + 1;
	struct sweep sweep = { 0 };
	int result = is_marked(workspace->target, name, &sweep.owner);

	/* Without its marker a folder is ours only if it is empty, as just made. */
	if (result == 0 && unlinkat(workspace->target, name, AT_REMOVEDIR) < 0)
		return nb_error_set(error, EPERM, "%s stays: it is not marked as nestbench's",
				    workspace->folder);
	if (result > 0) {
		result = empty(&sweep, workspace->target, name);
		if (result == 0 && sweep.code)
			return nb_error_set(error, sweep.code, "%s stays, because of %s in it: %s",
					    workspace->folder, sweep.left, strerror(sweep.code));
		if (result == 0)
			result = remove_marked(workspace->target, name);
	}
	if (result == 0 || result == -ENOENT)
		return 0;
	return nb_error_set(error, -result, "%s stays: %s", workspace->folder, strerror(-result));
}
