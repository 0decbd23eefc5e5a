/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nestbench/base.h"

#include "bundle_private.h"

/* By its size as it comes, so that a pipe is read as well as a file. */
static int read_all(int fd, char **bytes, size_t *size, struct nb_error *error)
{
	size_t room = 1 << 20, used = 0;
	char *all = NULL;

	while (room <= 2 * NB_BUNDLE_BYTES_MAX) {
		char *grown = realloc(all, room);
		int64_t more;

		if (!grown) {
			free(all);
			return nb_error_set(error, ENOMEM, "no memory for a bundle");
		}
		all = grown;
		more = nb_base_read_all(fd, all + used, room - used);
		if (more < 0) {
			free(all);
			return nb_error_set(error, (int)-more, "%s", strerror((int)-more));
		}
		used += (size_t)more;
		if (used < room) {
			*bytes = all;
			*size = used;
			return 0;
		}
		room *= 2;
	}
	free(all);
	return nb_error_set(error, EFBIG, "larger than any bundle may be");
}

int nb_bundle_read(const char *path, struct nb_bundle_files *files, struct nb_error *error)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), result;
	char *bytes = NULL;
	size_t size = 0;

	if (fd < 0) {
		int code = errno;

		return nb_error_set(error, code, "%s", strerror(code));
	}
	result = read_all(fd, &bytes, &size, error);
	close(fd);
	if (result == 0)
		result = nb_bundle_read_memory(bytes, size, files, error);
	free(bytes);
	return result;
}

const struct nb_bundle_file *nb_bundle_find(const struct nb_bundle_files *files, const char *name)
{
	for (size_t i = 0; i < files->count; i++)
		if (strcmp(files->files[i].name, name) == 0)
			return &files->files[i];
	return NULL;
}

void nb_bundle_files_free(struct nb_bundle_files *files)
{
	for (size_t i = 0; i < files->count; i++)
		free(files->files[i].bytes);
	free(files->files);
	*files = (struct nb_bundle_files){ .count = 0 };
}
