/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "tree.h"

/*
 * What "git status" does, one folder of 50 files a sample: open it, read it, stat every file. A
 * hundred of them are a tree of 5 000.
 */
enum { STATE_FOLDER };

static const char *setup(struct nb_loop *loop)
{
	return nb_tree_make(loop);
}

static unsigned stat_all(DIR *folder)
{
	const struct dirent *entry;
	struct stat status;
	unsigned count = 0;

	while ((entry = readdir(folder)))
		count += entry->d_name[0] != '.' &&
			 fstatat(dirfd(folder), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0;
	return count;
}

static inline void op(struct nb_loop *loop)
{
	char name[NB_TREE_NAME_SIZE];
	DIR *folder;
	int fd;

	nb_tree_folder(name, (unsigned)(loop->state[STATE_FOLDER]++ % NB_TREE_FOLDERS));
	fd = openat(nb_storage(loop)->folder, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	folder = fd < 0 ? NULL : fdopendir(fd);
	if (!folder || stat_all(folder) != NB_TREE_FILES)
		nb_storage_fail(loop, "a walk of 50 files", folder ? ENOENT : errno);
	if (folder)
		closedir(folder);
	else if (fd >= 0)
		close(fd);
}

NB_BENCH_DEFINE(io, io_tree_walk, op, nb_bench_no_prepare, .batch = 1, .setup = setup,
		.io = NB_IO_PLAIN);
