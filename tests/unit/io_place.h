/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_IO_PLACE_H
#define NB_IO_PLACE_H

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "nestbench/io.h"

/*
 * Places for workspaces: a folder of the test's own on the file system that the tests run on, and
 * others mounted below it in a mount namespace of the test's own, which ends with the test.
 */

enum { NB_PLACE_FILE = 4 << 20 };

static const struct nb_io_plan nb_place_plan = { .file_bytes = NB_PLACE_FILE };

struct nb_place {
	char path[200];
};

static inline struct nb_place nb_place_make(void)
{
	struct nb_place place;
	char here[128];

	assert_non_null(getcwd(here, sizeof(here)));
	snprintf(place.path, sizeof(place.path), "%s/io-test-XXXXXX", here);
	assert_non_null(mkdtemp(place.path));
	return place;
}

static inline void nb_place_remove(const struct nb_place *place)
{
	umount2(place->path, MNT_DETACH);
	assert_int_equal(rmdir(place->path), 0);
}

/* What is in the folder at path: names, without "." and ".."; -1: not there. */
static inline int nb_place_entries(const char *path)
{
	DIR *folder = opendir(path);
	int count = -2;

	if (!folder)
		return -1;
	while (readdir(folder))
		count++;
	closedir(folder);
	return count;
}

static inline int nb_place_files(void)
{
	return nb_place_entries("/proc/self/fd");
}

static inline int nb_place_threads(void)
{
	return nb_place_entries("/proc/self/task");
}

static inline void nb_place_no_children(void)
{
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

/* Mounts from here on are seen by this process and its children alone. */
static inline bool nb_place_may_mount(void)
{
	return unshare(CLONE_NEWNS) == 0 &&
	       mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}

static inline bool nb_place_mount_tmpfs(const struct nb_place *place, const char *options)
{
	if (nb_place_may_mount() && mount("none", place->path, "tmpfs", 0, options) == 0)
		return true;
	print_message("skipped: no tmpfs can be mounted here: %s\n", strerror(errno));
	return false;
}

/* The image is made beside the place and is gone before this returns; the mount keeps it. */
static inline bool nb_place_mount_ext4(const struct nb_place *place)
{
	char image[240];
	char command[1300];
	int status = -1;

	snprintf(image, sizeof(image), "%s.img", place->path);
	snprintf(command, sizeof(command),
		 "exec 2>/dev/null; truncate -s 32M '%s' && mkfs.ext4 -q '%s' && "
		 "mount -o loop '%s' '%s'",
		 image, image, image, place->path);
	if (nb_place_may_mount())
		status = system(command); /* NOLINT(cert-env33-c): the test's own words */
	unlink(image);
	if (status == 0)
		return true;
	print_message("skipped: no ext4 can be made and loop-mounted here\n");
	return false;
}

static inline void nb_place_write(const char *folder, const char *name, const char *text)
{
	char path[600];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "we");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static inline void nb_place_folder(const char *folder, const char *name)
{
	char path[600];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	assert_int_equal(mkdir(path, 0700), 0);
}

/* Until nothing is left at path; false after 20 s. */
static inline bool nb_place_becomes_empty(const char *path)
{
	static const struct timespec delay = { .tv_nsec = 10000000 };

	for (int i = 0; i < 2000; i++) {
		if (nb_place_entries(path) == 0)
			return true;
		nanosleep(&delay, NULL);
	}
	return false;
}

static inline struct nb_io_workspace nb_place_workspace(const char *target)
{
	struct nb_io_workspace workspace;
	struct nb_error error = { 0 };

	if (nb_io_workspace_make(&workspace, target, &nb_place_plan, &error) < 0)
		fail_msg("%s", error.text);
	return workspace;
}

static inline void nb_place_unmake(struct nb_io_workspace *workspace)
{
	struct nb_error error = { 0 };

	if (nb_io_workspace_remove(workspace, &error) < 0)
		fail_msg("%s", error.text);
	nb_place_no_children();
}

static inline void nb_place_path(char path[600], const char *folder, const char *name)
{
	snprintf(path, 600, "%s/%s", folder, name);
}

static inline void nb_place_opening_fails(const struct nb_io_workspace *workspace, int code)
{
	int files = nb_place_files();
	struct nb_error error = { 0 };
	struct nb_io io;

	assert_int_equal(nb_io_open(&io, workspace, &nb_place_plan, &error), -code);
	assert_int_equal(error.code, code);
	assert_non_null(strstr(error.text, workspace->folder));
	assert_int_equal(io.direct, -1);
	nb_io_close(&io);
	assert_int_equal(nb_place_files(), files);
}

#endif
