/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_BENCH_IO_NAMES_H
#define NB_BENCH_IO_NAMES_H

#include <fcntl.h>
#include <stdio.h>

#include "storage.h"

/*
 * Files of a benchmark in our folder. Names carry the round's process, so that what a failed round
 * left behind is in nobody's way; the folder goes with the session.
 */
enum { NB_NAMES_SIZE = 48 };

static inline void nb_names_fill(char name[NB_NAMES_SIZE], const char *stem)
{
	snprintf(name, NB_NAMES_SIZE, "%s-%d", stem, (int)getpid());
}

/* Made anew; -1 and errno. */
static inline int nb_names_file(const struct nb_loop *loop, const char *stem, int flags)
{
	char name[NB_NAMES_SIZE];

	nb_names_fill(name, stem);
	return openat(nb_storage(loop)->folder, name,
		      flags | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
}

static inline void nb_names_remove(const struct nb_loop *loop, const char *stem)
{
	char name[NB_NAMES_SIZE];

	nb_names_fill(name, stem);
	unlinkat(nb_storage(loop)->folder, name, 0);
}

/* Right after what failed: why setup gives up. */
static inline const char *nb_names_reason(struct nb_loop *loop, const char *stem)
{
	int code = errno;

	return nb_storage_refuse(loop, code,
				 nb_reason("cannot make the file %s: %s", stem, strerror(code)));
}

#endif
