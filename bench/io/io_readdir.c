/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "names.h"

/* One whole listing of a folder with 1 000 entries, made once a session. */
enum { ENTRIES = 1000 };

static const char folder_name[] = "thousand";

static int fill(int folder)
{
	char name[NB_NAMES_SIZE];

	for (unsigned i = 0; i < ENTRIES; i++) {
		int file;

		snprintf(name, sizeof(name), "entry-%03u", i);
		file = openat(folder, name, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
		if (file < 0)
			return -1;
		close(file);
	}
	return 0;
}

static const char *setup(struct nb_loop *loop)
{
	int parent = nb_storage(loop)->folder;
	int folder, result = 0;

	if (mkdirat(parent, folder_name, 0700) < 0 && errno != EEXIST)
		return nb_names_reason(loop, folder_name);
	folder = openat(parent, folder_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	/* The last one is there: all are. */
	if (folder < 0 || faccessat(folder, "entry-999", F_OK, 0) < 0)
		result = folder < 0 ? -1 : fill(folder);
	if (folder >= 0)
		close(folder);
	return result < 0 ? nb_names_reason(loop, "entry") : 0;
}

static unsigned list(DIR *folder)
{
	const struct dirent *entry;
	unsigned count = 0;

	while ((entry = readdir(folder)))
		count += entry->d_name[0] != '.';
	return count;
}

static inline void op(struct nb_loop *loop)
{
	int fd = openat(nb_storage(loop)->folder, folder_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *folder = fd < 0 ? NULL : fdopendir(fd);

	if (!folder || list(folder) != ENTRIES)
		nb_storage_fail(loop, "a listing of 1 000 entries", folder ? ENOENT : errno);
	if (folder)
		closedir(folder);
	else if (fd >= 0)
		close(fd);
}

NB_BENCH_DEFINE(io, io_readdir, op, nb_bench_no_prepare, .batch = 1, .setup = setup,
		.io = NB_IO_PLAIN);
