/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "plot_draw.h"
#include "plot_private.h"

/* A name for the new file that nobody has, in the folder of the old one. */
static int name_beside(const char *path, char *name, size_t size, struct nb_error *error)
{
	const char *slash = strrchr(path, '/');
	int folder = slash ? (int)(slash - path) + 1 : 0;
	char ulid[NB_ULID_SIZE];

	if (strlen(path) >= size - 64)
		return nb_error_set(error, ENAMETOOLONG, "the name of the picture is too long");
	if (nb_base_ulid(ulid, error) < 0)
		return -EIO;
	snprintf(name, size, "%.*s.nestbench-%s.tmp", folder, path, ulid);
	return 0;
}

static int write_to(const char *name, int flags, const void *bytes, size_t size)
{
	int fd = open(name, O_WRONLY | O_CLOEXEC | flags, 0666);
	int result;

	if (fd < 0)
		return -errno;
	result = nb_base_write_all(fd, bytes, size);
	if (close(fd) < 0 && result == 0)
		result = -errno;
	return result;
}

int nb_plot_replace(const char *path, const void *bytes, size_t size, struct nb_error *error)
{
	char name[PATH_MAX];
	struct stat old;
	int result = name_beside(path, name, sizeof(name), error);

	if (result < 0)
		return result;
	/* A terminal, a pipe: nothing that another file could take the place of. */
	if (stat(path, &old) == 0 && !S_ISREG(old.st_mode)) {
		result = write_to(path, O_NOCTTY, bytes, size);
	} else {
		result = write_to(name, O_CREAT | O_EXCL, bytes, size);
		if (result == 0 && rename(name, path) < 0)
			result = -errno;
		if (result < 0 && result != -EEXIST)
			unlink(name);
	}
	if (result < 0)
		return nb_error_set(error, -result, "cannot write %s: %s", path, strerror(-result));
	return 0;
}
