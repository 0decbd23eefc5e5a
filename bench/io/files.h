/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_BENCH_IO_FILES_H
#define NB_BENCH_IO_FILES_H

#include <sys/stat.h>

#include "names.h"

/* A handful of files that a loop uses in turn: "KIND-PROCESS-NUMBER". */
enum { NB_FILES_COUNT = 16 };
enum { NB_FILES_NEXT = 3 }; /* word of state: the benchmark's own are before it */

static inline void nb_files_name(char name[NB_NAMES_SIZE], const char *kind, uint64_t number)
{
	snprintf(name, NB_NAMES_SIZE, "%s-%d-%u", kind, (int)getpid(), (unsigned)number);
}

/* The number of the next one, from 0 on and again. */
static inline uint64_t nb_files_next(struct nb_loop *loop)
{
	return loop->state[NB_FILES_NEXT]++ % NB_FILES_COUNT;
}

static inline int nb_files_open(const struct nb_loop *loop, const char *name, int flags)
{
	return openat(nb_storage(loop)->folder, name, flags | O_NOFOLLOW | O_CLOEXEC, 0600);
}

static inline const char *nb_files_setup(struct nb_loop *loop)
{
	char name[NB_NAMES_SIZE];

	for (unsigned i = 0; i < NB_FILES_COUNT; i++) {
		int file;

		nb_files_name(name, "file", i);
		file = nb_files_open(loop, name, O_WRONLY | O_CREAT);
		if (file < 0)
			return nb_names_reason(loop, name);
		close(file);
	}
	return 0;
}

static inline void nb_files_teardown(struct nb_loop *loop)
{
	char name[NB_NAMES_SIZE];

	for (unsigned i = 0; i < NB_FILES_COUNT; i++) {
		nb_files_name(name, "file", i);
		unlinkat(nb_storage(loop)->folder, name, 0);
	}
}

/* For an operation whose names are made outside of the time: kept in state 0 .. 5 as text. */
struct nb_files_names {
	char first[NB_NAMES_SIZE], second[NB_NAMES_SIZE];
};

static inline struct nb_files_names *nb_files_names(struct nb_loop *loop)
{
	if (!loop->context)
		return 0;
	return (struct nb_files_names *)(void *)nb_storage(loop)->buffer;
}

#endif
