/* SPDX-License-Identifier: Apache-2.0 */
#include "tree.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

/* Made last: the tree is whole. */
static const char done[] = "tree-done";

void nb_tree_folder(char name[NB_TREE_NAME_SIZE], unsigned folder)
{
	snprintf(name, NB_TREE_NAME_SIZE, "tree-%02u", folder % 100);
}

void nb_tree_file(char name[NB_TREE_NAME_SIZE], unsigned folder, unsigned file)
{
	snprintf(name, NB_TREE_NAME_SIZE, "tree-%02u/file-%02u", folder % 100, file % 100);
}

/* One that an earlier, failed attempt has made is as good. */
static int make_file(const struct nb_io *io, const char *name, size_t size)
{
	int file = openat(io->folder, name, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	int result = 0;

	if (file < 0)
		return -1;
	if (size > 0 && pwrite(file, io->buffer, size, 0) != (ssize_t)size)
		result = -1;
	return close(file) < 0 ? -1 : result;
}

static int make_folder(const struct nb_io *io, unsigned folder)
{
	char name[NB_TREE_NAME_SIZE];

	nb_tree_folder(name, folder);
	if (mkdirat(io->folder, name, 0700) < 0 && errno != EEXIST)
		return -1;
	for (unsigned i = 0; i < NB_TREE_FILES; i++) {
		nb_tree_file(name, folder, i);
		if (make_file(io, name, folder == 0 ? NB_TREE_HEADER_BYTES : 0) < 0)
			return -1;
	}
	return 0;
}

const char *nb_tree_make(struct nb_loop *loop)
{
	const struct nb_io *io = nb_storage(loop);
	int code, result = 0;

	if (faccessat(io->folder, done, F_OK, 0) == 0)
		return 0;
	for (unsigned i = 0; result == 0 && i < NB_TREE_FOLDERS; i++)
		result = make_folder(io, i);
	if (result == 0 && make_file(io, done, 0) == 0)
		return 0;
	code = errno;
	return nb_storage_refuse(loop, code,
				 nb_reason("cannot make a tree of %d files: %s",
					   NB_TREE_FOLDERS * NB_TREE_FILES, strerror(code)));
}
