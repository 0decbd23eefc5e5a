/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_BENCH_IO_STORAGE_H
#define NB_BENCH_IO_STORAGE_H

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "nestbench/bench.h"
#include "nestbench/io.h"

#include "../user/reason.h"

/* What benchmarks of storage share. */

static inline struct nb_io *nb_storage(const struct nb_loop *loop)
{
	return loop->context;
}

/* Ends the loop: EIO, ENOSPC and the like are errors of the round, never a latency. */
static inline void nb_storage_fail(struct nb_loop *loop, const char *what, int code)
{
	if (!loop->failure)
		nb_bench_fail(loop,
			      nb_reason("operations that failed (%s: %s)", what, strerror(code)), 1,
			      loop->count * loop->batch);
}

/*
 * Why setup gives up, and the errno behind it. What a file system cannot do is a skip; a disk that
 * is full, broken or gone is an error of the round.
 */
static inline const char *nb_storage_refuse(struct nb_loop *loop, int code, const char *reason)
{
	if (code != EOPNOTSUPP && code != ENOSYS && code != EPERM && code != EINVAL &&
	    code != ENODEV && code != EAGAIN)
		loop->failure = reason;
	return reason;
}

/* Of pread(2), pwrite(2) and the like: whatever is not all of it is a failure. */
static inline void nb_storage_expect(struct nb_loop *loop, const char *what, ssize_t done,
				     size_t size)
{
	if (done != (ssize_t)size)
		nb_storage_fail(loop, what, done < 0 ? errno : EIO);
	nb_storage(loop)->bytes += size;
}

#endif
