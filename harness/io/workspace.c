/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "io_private.h"

enum { REMOVE_TRIES = 3 };

static const char marker_text[] =
	"nestbench made this folder and removes it at the end of its run. If none runs, it may go.\n";

static double mib(uint64_t bytes)
{
	return (double)bytes / (1 << 20);
}

static int fail(struct nb_error *error, int code, const char *target, const char *what)
{
	return nb_error_set(error, code, "%s: cannot %s: %s", target, what, strerror(code));
}

/* A file system without a size, such as a tmpfs without a limit, shows none. */
static int check_space(int fd, const char *target, uint64_t size, struct nb_error *error)
{
	uint64_t wanted = size + size / 10;
	struct statvfs facts;
	uint64_t there;

	if (fstatvfs(fd, &facts) < 0)
		return fail(error, errno, target, "tell the free space");
	there = (uint64_t)facts.f_bavail * facts.f_frsize;
	if (facts.f_blocks == 0 || there >= wanted)
		return 0;
	return nb_error_set(error, ENOSPC, "%s: %.1f MiB are free, %.1f MiB are needed", target,
			    mib(there), mib(wanted));
}

static int name_folder(char folder[320], const char *target, struct nb_error *error)
{
	char ulid[NB_ULID_SIZE];
	int result = nb_base_ulid(ulid, error);

	if (result < 0)
		return result;
	if (snprintf(folder, 320, "%s/.nestbench-%s", target, ulid) >= 320)
		return fail(error, ENAMETOOLONG, target, "make a folder");
	return 0;
}

static int mark(int folder, const char *target, struct nb_error *error)
{
	int fd = openat(folder, NB_IO_MARKER, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
			0600);
	int result;

	if (fd < 0)
		return fail(error, errno, target, "mark a folder");
	result = nb_base_write_all(fd, marker_text, strlen(marker_text));
	if (close(fd) < 0 && result == 0)
		result = -errno;
	return result < 0 ? fail(error, -result, target, "mark a folder") : 0;
}

/* The folder exists from the first line on. */
static int furnish(struct nb_io_workspace *workspace, const char *target, uint64_t size,
		   struct nb_error *error)
{
	struct nb_error inner = { 0 };
	int result;
	int folder = openat(workspace->target, strrchr(workspace->folder, '/') + 1,
			    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (folder < 0)
		return fail(error, errno, target, "open a folder just made");
	result = mark(folder, target, error);
	if (result == 0) {
		result = nb_io_data_make(folder, workspace, size, &inner);
		if (result < 0)
			nb_error_set(error, -result, "%s: %.280s", target, inner.text);
	}
	close(folder);
	return result;
}

/* Leaves what it began to the caller, which forgets it by nb_io_workspace_remove(). */
static int make(struct nb_io_workspace *workspace, const char *target, uint64_t size,
		struct nb_error *error)
{
	int result;

	/* O_PATH: to write into a folder does not need the right to list it. */
	workspace->target = open(target, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (workspace->target < 0)
		return fail(error, errno, target, "open the folder");
	result = check_space(workspace->target, target, size, error);
	if (result == 0)
		result = name_folder(workspace->folder, target, error);
	if (result == 0)
		result = nb_io_janitor_start(workspace, error);
	if (result < 0)
		return result;
	if (mkdirat(workspace->target, strrchr(workspace->folder, '/') + 1, 0700) < 0) {
		result = fail(error, errno, target, "make a folder");
		workspace->folder[0] = '\0'; /* so that nobody's is removed */
		return result;
	}
	return furnish(workspace, target, size, error);
}

static void describe_uring(struct nb_io_workspace *workspace)
{
	char *text = workspace->no_uring;
	size_t size = sizeof(workspace->no_uring);
	char value[8];
	int code = -nb_io_uring_probe();
	const char *name = strerrorname_np(code);

	workspace->uring = code == 0;
	if (code == ENOSYS)
		snprintf(text, size, "this kernel has none (ENOSYS)");
	else if (code == EPERM &&
		 nb_base_read_line("/proc/sys/kernel/io_uring_disabled", value, sizeof(value)) >
			 0 &&
		 value[0] != '0')
		snprintf(text, size, "switched off (EPERM): kernel.io_uring_disabled=%s", value);
	else if (code == EPERM)
		snprintf(text, size, "refused (EPERM): seccomp?");
	else if (code == EOPNOTSUPP)
		snprintf(text, size, "older than Linux 5.6");
	else if (code)
		snprintf(text, size, "refused (%s)", name ? name : "an unknown error");
}

int nb_io_workspace_make(struct nb_io_workspace *workspace, const char *target,
			 const struct nb_io_plan *plan, struct nb_error *error)
{
	struct nb_io_workspace made = { .target = -1, .janitor = -1 };
	int result;

	if (plan->file_bytes == 0 || plan->file_bytes % NB_IO_BLOCK != 0)
		return nb_error_set(error, EINVAL, "%s: a data file is whole blocks of %d bytes",
				    target, NB_IO_BLOCK);
	result = make(&made, target, plan->file_bytes, error);
	if (result < 0) {
		nb_io_workspace_remove(&made, NULL);
		return result;
	}
	describe_uring(&made);
	*workspace = made;
	return 0;
}

int nb_io_workspace_remove(struct nb_io_workspace *workspace, struct nb_error *error)
{
	int result = workspace->folder[0] ? -EAGAIN : 0;

	/* What failed for a moment is no reason to leave a file of this size. */
	for (int try = 0; try < REMOVE_TRIES && result < 0; try++)
		result = nb_io_sweep(workspace, error);
	nb_io_janitor_stop(workspace);
	if (workspace->target >= 0)
		close(workspace->target);
	workspace->target = -1;
	workspace->folder[0] = '\0';
	return result;
}
