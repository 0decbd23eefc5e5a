/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "platform_world.h"

/* A recorded machine. Folders come from strangers: nothing outside of them is ever looked at. */

struct replay {
	int folder;
	struct nb_platform_dump dump;
};

static bool replay_cpuid(void *self, uint32_t leaf, uint32_t subleaf, struct nb_cpuid *registers)
{
	const struct replay *replay = self;

	return nb_platform_dump_find(&replay->dump, leaf, subleaf, registers);
}

/* Opens what is there if it is of that kind (S_IFREG, S_IFDIR); -errno. */
static int open_kind(const struct replay *replay, const char *path, mode_t kind)
{
	struct stat status;
	const char *name;
	int parent = nb_platform_open_parent(replay->folder, path, false, &name);
	int result;

	if (parent < 0)
		return parent;
	/* Before it is opened, since that alone is enough for some devices to act. */
	if (fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) < 0) {
		result = -errno;
	} else if ((status.st_mode & S_IFMT) != kind) {
		result = S_ISDIR(status.st_mode) ? -EISDIR : -EINVAL;
	} else {
		result = openat(parent, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
		if (result < 0)
			result = -errno;
	}
	close(parent);
	return result;
}

static int replay_read(void *self, const char *path, char *text, size_t size)
{
	return nb_platform_take_file(open_kind(self, path, S_IFREG), text, size);
}

static int replay_link(void *self, const char *path, char *target, size_t size)
{
	char whole[NB_PLATFORM_PATH_SIZE];
	int length = snprintf(whole, sizeof(whole), "%s" NB_PLATFORM_LINK_SUFFIX, path);

	target[0] = '\0';
	if (length < 0 || (size_t)length >= sizeof(whole))
		return -ENAMETOOLONG;
	length = replay_read(self, whole, target, size);
	/* Whoever wrote it by hand ended it with a newline. */
	while (length > 0 && target[length - 1] == '\n')
		target[--length] = '\0';
	return length;
}

static bool replay_exists(void *self, const char *path)
{
	const struct replay *replay = self;
	struct stat status;
	const char *name;
	int parent = nb_platform_open_parent(replay->folder, path, false, &name);
	bool there = parent >= 0 && fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) == 0;

	if (parent >= 0)
		close(parent);
	return there;
}

static void replay_names(void *self, const char *path, const char *prefix,
			 struct nb_world_names *names)
{
	nb_platform_take_names(open_kind(self, path, S_IFDIR), prefix, names);
}

static int replay_probe(void *self, const char *name, char *text, size_t size)
{
	char path[NB_PLATFORM_PATH_SIZE];

	snprintf(path, sizeof(path), "/probe/%s", name);
	return replay_read(self, path, text, size);
}

static void replay_close(void *self)
{
	struct replay *replay = self;

	close(replay->folder);
	free(replay);
}

/* A recording without CPUID is fine: it has no answers then. */
static int read_dump(struct replay *replay, const char *folder, struct nb_error *error)
{
	struct nb_error fault = { 0 };
	char *text = malloc(NB_WORLD_TEXT_MAX + 1);
	int result;

	if (!text)
		return nb_error_set(error, ENOMEM, "cannot read %s: %s", folder, strerror(ENOMEM));
	result = replay_read(replay, NB_PLATFORM_CPUID_FILE, text, NB_WORLD_TEXT_MAX + 1);
	if (result > 0 && nb_platform_dump_parse(&replay->dump, text, (size_t)result, &fault) < 0)
		result = nb_error_set(error, fault.code, "%s/" NB_PLATFORM_CPUID_FILE ": %s",
				      folder, fault.text);
	else if (result < 0 && result != -ENOENT)
		result = nb_error_set(error, -result,
				      "cannot read %s/" NB_PLATFORM_CPUID_FILE ": %s", folder,
				      strerror(-result));
	else
		result = 0;
	free(text);
	return result;
}

int nb_world_replay(struct nb_world *world, const char *folder, struct nb_error *error)
{
	struct replay *replay = calloc(1, sizeof(*replay));
	int result;

	if (!replay)
		return nb_error_set(error, ENOMEM, "cannot read %s: %s", folder, strerror(ENOMEM));
	replay->folder = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (replay->folder < 0) {
		result = nb_error_set(error, errno, "cannot open %s: %s", folder, strerror(errno));
		free(replay);
		return result;
	}
	result = read_dump(replay, folder, error);
	if (result < 0) {
		replay_close(replay);
		return result;
	}
	*world = (struct nb_world){
		.self = replay,
		.cpuid = replay_cpuid,
		.read = replay_read,
		.link = replay_link,
		.exists = replay_exists,
		.names = replay_names,
		.probe = replay_probe,
		.close = replay_close,
	};
	return 0;
}
