/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_PLATFORM_MOUNTINFO_H
#define NB_PLATFORM_MOUNTINFO_H

#include <stdbool.h>
#include <stddef.h>

#include "nestbench/world.h"

/*
 * /proc/self/mountinfo as data (proc_pid_mountinfo(5)). Nothing is copied and nothing has a limit:
 * a mount is a set of pieces of the text, which must outlive it.
 *
 *	const char *at = text;
 *	struct nb_platform_mount mount;
 *
 *	while (nb_platform_mount_next(&at, &mount))
 *		if (nb_platform_piece_is(mount.type, "9p"))
 *			...
 */

/* Part of a text, not terminated. White space and backslashes in it may be octal: "\040". */
struct nb_platform_piece {
	const char *start;
	size_t length;
};

struct nb_platform_mount {
	struct nb_platform_piece device;  /* "254:0" */
	struct nb_platform_piece root;	  /* what of the file system is mounted */
	struct nb_platform_piece point;	  /* where */
	struct nb_platform_piece options; /* of this mount: "rw,relatime" */
	struct nb_platform_piece type;	  /* "ext4", "9p", "fuse.grpcfuse" */
	struct nb_platform_piece source;  /* "/dev/sda1"; in WSL "drvfs" or "C:\134" */
	struct nb_platform_piece super;	  /* options of the file system */
};

/*
 * The machine's, which the caller frees: as many whole lines as a world reads, and, on the live
 * machine, one for "/" where the kernel lists none. NULL: none.
 */
char *nb_platform_mountinfo(const struct nb_world *world);

/*
 * A line for our root as stat(2) and statfs(2) tell. The kernel has none where a process lives in
 * chroot(2) in a folder that is no mount itself (fs/proc_namespace.c passes over what cannot be
 * reached from its root). Its length, or -1.
 */
int nb_platform_root_mount(char *text, size_t size);

/*
 * The first mount at or behind *at, which is moved behind it; false at the end of the text. What
 * is no mount is skipped line by line. A last line without its end is one all the same: whoever
 * read a part of the file cuts it off.
 */
bool nb_platform_mount_next(const char **at, struct nb_platform_mount *mount);

/*
 * The mount that an absolute path without "." and ".." is on: of those whose point begins the path
 * the longest, and of equals the last, which lies on top. False where there is none.
 */
bool nb_platform_mount_of(const char *text, const char *path, struct nb_platform_mount *mount);

/*
 * The value of one of its options, those of the file system first: "msize" of "rw,msize=65536".
 * "" and true for an option without a value; "" and false where it is not set. Cut to size.
 */
bool nb_platform_mount_option(const struct nb_platform_mount *mount, const char *name, char *value,
			      size_t size);

/* Takes the next option, "msize=65536", off a list of them; false at its end. */
bool nb_platform_option_next(struct nb_platform_piece *options, struct nb_platform_piece *option);

/* A drive of Windows, or a part of one, whichever protocol carries it: drvfs is their name. */
bool nb_platform_mount_is_drive(const struct nb_platform_mount *mount);

/* True where the piece, unescaped, is the text or begins with it. */
bool nb_platform_piece_is(struct nb_platform_piece piece, const char *text);
bool nb_platform_piece_begins(struct nb_platform_piece piece, const char *text);

/* Unescaped and terminated; false where it was cut to size. */
bool nb_platform_piece_copy(struct nb_platform_piece piece, char *text, size_t size);

#endif
