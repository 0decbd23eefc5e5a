/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_TARGET_H
#define NB_TARGET_H

#include <stdint.h>

#include "nestbench/error.h"

struct nb_world;

/*
 * A place that io.* measures: a folder and what is below it, as /proc/self/mountinfo, statfs(2)
 * and sysfs tell. Part of a session. Texts are printable ASCII, path is UTF-8 without control
 * characters; "" and -1 are what nobody tells. The lists are the only place that names a fact: the
 * struct, the JSON and the columns of the store's table "target" follow them.
 *
 * path and options may hold names of users. They stay in the store and in exports, as labels and
 * the kernel's command line do; nothing of a session is redacted.
 */

enum { NB_TARGET_MAX = 8 };

/* clang-format off */
/* X(field, size of the text) */
#define NB_TARGET_TEXTS(X)                                                                         \
	X(name, 24)        /* in params: "cwd", "c" for /mnt/c, "path1", ...: [a-z0-9-] */         \
	X(path, 256)       /* the folder, absolute and without links */                            \
	X(kind, 24)        /* in params, [a-z0-9-]: "ext4", "9p", "virtiofs", "drvfs" (WSL 1), */  \
			   /* "overlay", "tmpfs", "nfs", "cifs", "fuse-sshfs" */                   \
	X(transport, 16)   /* of 9p, [a-z0-9-]: "fd", "virtio", "tcp"; else "" */                  \
	X(options, 256)    /* of the mount and its file system, in one */                          \
	X(device, 64)      /* "vda1", "sdc"; below an overlay that of its upper folder */          \
	X(disk, 64)        /* the whole disk under it and its driver: "vda (virtio_blk)" */        \
	X(scheduler, 24)   /* of the disk, as is what follows: "none", "mq-deadline" */            \
	X(write_cache, 24) /* "write back", "write through" */

/* X(field): whole numbers, -1 where unknown */
#define NB_TARGET_NUMBERS(X)                                                                       \
	X(rotational)      /* 0, 1 */                                                              \
	X(queue_depth)     /* nr_requests */                                                       \
	X(size_bytes)                                                                              \
	X(free_bytes)      /* for whoever is not root */
/* clang-format on */

struct nb_target {
#define NB_TEXT(field, size) char field[size];
#define NB_NUMBER(field)     int64_t field;
	NB_TARGET_TEXTS(NB_TEXT)
	NB_TARGET_NUMBERS(NB_NUMBER)
#undef NB_TEXT
#undef NB_NUMBER
};

/*
 * What is at path, which is copied without trailing slashes, as is name. All comes from world but
 * size_bytes and free_bytes, which only the live one has. The caller resolves links before, on the
 * live machine: realpath(3). -ENOENT: no mount holds it; -EINVAL: a name that is not [a-z0-9-], or
 * a path that is not absolute, has a part "." or "..", or is not what path may hold;
 * -ENAMETOOLONG; -EIO: there is no mountinfo to read.
 */
int nb_target_read(const struct nb_world *world, const char *name, const char *path,
		   struct nb_target *target, struct nb_error *error);

/* Windows' drives in WSL, "/mnt/c" first, at most max; returns how many. */
int nb_target_drives(const struct nb_world *world, char (*paths)[256], int max);

#endif
