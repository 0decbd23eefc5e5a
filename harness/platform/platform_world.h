/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_PLATFORM_WORLD_H
#define NB_PLATFORM_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nestbench/error.h"
#include "nestbench/world.h"

/* What the worlds share: files, folders below which one stays, and CPUID as text. */

/* Where a link's target is recorded: "PATH.link", so that no recording needs symbolic links. */
#define NB_PLATFORM_LINK_SUFFIX ".link"
#define NB_PLATFORM_CPUID_FILE	"cpuid.raw"

enum {
	NB_PLATFORM_PATH_SIZE = 512, /* of a path asked for, more is -ENAMETOOLONG */
	NB_PLATFORM_DUMP_MAX = 1024, /* leaves and subleaves in a recording */
};

/* The machine that we run on, itself: its paths are ours. */
bool nb_platform_is_live(const struct nb_world *world);

/* Reads the file's beginning, as world->read does, and closes fd, which may be -errno. */
int nb_platform_take_file(int fd, char *text, size_t size);

/* The names in the folder, as world->names does; closes fd, which may be -errno. */
void nb_platform_take_names(int fd, const char *prefix, struct nb_world_names *names);

/*
 * The folder in which the last part of path is, looked for below root, whatever path says: no
 * symbolic link is followed and ".." is refused. make: makes folders that are missing; an empty
 * file that stands in the way of one makes room. Returns an open file and that last part, or
 * -errno.
 */
int nb_platform_open_parent(int root, const char *path, bool make, const char **name);

/* One answer of CPUID. */
struct nb_platform_answer {
	uint32_t leaf, subleaf;
	struct nb_cpuid registers;
};

struct nb_platform_dump {
	struct nb_platform_answer answers[NB_PLATFORM_DUMP_MAX];
	size_t count;
};

/*
 * Reads the format of "cpuid -1 -r"; of more than one CPU the first. Lines that begin with '#' are
 * comments. -EBADMSG: not that format, the text names the line.
 */
int nb_platform_dump_parse(struct nb_platform_dump *dump, const char *text, size_t length,
			   struct nb_error *error);

/* False and zeroes for a leaf that is not there. */
bool nb_platform_dump_find(const struct nb_platform_dump *dump, uint32_t leaf, uint32_t subleaf,
			   struct nb_cpuid *registers);

/* False if there is an answer for that leaf already, or no room left. */
bool nb_platform_dump_add(struct nb_platform_dump *dump, const struct nb_platform_answer *answer);

#endif
