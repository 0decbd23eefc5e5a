/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_WORLD_H
#define NB_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nestbench/error.h"

/*
 * What a machine answers when it is asked what it is: CPUID, small text files, and the outcome of
 * things tried out. Detection sees a machine through this alone, so that a recorded one is as good
 * as the one we run on.
 *
 *	nb_world_live(&world, probes, count);                    (this machine)
 *	nb_world_replay(&world, folder, &error);                 (a recorded one)
 *	nb_world_record(&world, &live, folder, redact, &error);  (this one, and written down)
 *	nb_world_close(&world);
 *
 * A recording is a folder: cpuid.raw (the format of "cpuid -1 -r"; only what was asked), the files
 * under their own paths (proc/..., sys/..., ...), and probe/NAME.
 */

struct nb_cpuid {
	uint32_t eax, ebx, ecx, edx;
};

enum {
	NB_WORLD_NAME_SIZE = 64,
	NB_WORLD_NAMES_MAX = 128,
	NB_WORLD_TEXT_MAX = 1 << 20, /* more of a file is never read, whoever asks */
};

/* Names in a folder, sorted. Longer and further ones are left out. */
struct nb_world_names {
	char name[NB_WORLD_NAMES_MAX][NB_WORLD_NAME_SIZE];
	size_t count;
};

struct nb_world {
	void *self;
	/* False where the answer is not known, as in a replay without that leaf; zeroes then. */
	bool (*cpuid)(void *self, uint32_t leaf, uint32_t subleaf, struct nb_cpuid *registers);
	/* The file's beginning, up to size - 1 bytes, terminated. Its length, or -errno and "". */
	int (*read)(void *self, const char *path, char *text, size_t size);
	int (*link)(void *self, const char *path, char *target,
		    size_t size); /* readlink, likewise */
	bool (*exists)(void *self, const char *path);
	void (*names)(void *self, const char *path, const char *prefix,
		      struct nb_world_names *names);
	/*
	 * What came of trying something out, as "key=value" lines: -ENOENT where nobody tried it or
	 * the recording lacks it.
	 */
	int (*probe)(void *self, const char *name, char *text, size_t size);
	void (*close)(void *self);
	/* Of nb_world_live() only. */
	const struct nb_world_probe *probes;
	size_t probe_count;
};

/* Something that can be tried out on this machine; run writes "key=value" lines, or -errno. */
struct nb_world_probe {
	const char *name;
	int (*run)(void *context, char *text, size_t size);
	void *context;
};

/*
 * probes must outlive the world; none is fine. Needs no nb_world_close(), but must stay where it
 * is: self is the world's own address.
 */
void nb_world_live(struct nb_world *world, const struct nb_world_probe *probes, size_t count);

/* -ENOENT, -ENOTDIR: no such folder; -EBADMSG: its cpuid.raw is none, with the line at fault. */
int nb_world_replay(struct nb_world *world, const char *folder, struct nb_error *error);

/*
 * Passes every question on to inner, which must outlive it, and writes the answers below folder,
 * which must not exist yet or be empty. redact: see nestbench/redact.h. What could not be written
 * is told by nb_world_recorded().
 */
int nb_world_record(struct nb_world *world, const struct nb_world *inner, const char *folder,
		    bool redact, struct nb_error *error);
/* 0 if everything asked so far is in the folder whole. */
int nb_world_recorded(const struct nb_world *world, struct nb_error *error);

void nb_world_close(struct nb_world *world); /* safe on a world of zeroes and twice */

/* The file's first line, trimmed, every byte that is not printable ASCII as "?"; false: none. */
bool nb_world_line(const struct nb_world *world, const char *path, char *text, size_t size);
/* The number that the file begins with; -1 where there is none or it is negative. */
int64_t nb_world_number(const struct nb_world *world, const char *path);

/* The value of "key=value" in a probe's text; "" and false where there is none. */
bool nb_world_value(const char *text, const char *key, char *value, size_t size);
/* The same of a whole number; -1 where there is none or it is negative. */
int64_t nb_world_value_number(const char *text, const char *key);

#endif
