/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "io_private.h"

enum { CHUNK = 1 << 20, SETTLE_TRIES = 30 };

static double mib(uint64_t bytes)
{
	return (double)bytes / (1 << 20);
}

/* Random data, so that no layer below makes less of it. */
static int write_all(int fd, uint8_t *chunk, uint64_t size, struct nb_error *error)
{
	uint64_t state = (uint64_t)time(NULL) << 20 ^ (uint64_t)getpid();
	uint64_t at = 0;

	while (at < size) {
		uint64_t length = size - at < CHUNK ? size - at : CHUNK;
		ssize_t written;
		int code;

		nb_io_random_fill(&state, chunk, length);
		written = pwrite(fd, chunk, length, (off_t)at);
		if (written < 0 && errno == EINTR)
			continue;
		code = written < 0 ? errno : EIO;
		/* A block less than whole would be one that direct I/O cannot go on from. */
		if (written <= 0 || written % NB_IO_BLOCK != 0)
			return nb_error_set(error, code,
					    "cannot write the data file: %s after %.1f of %.1f MiB",
					    strerror(code), mib(at), mib(size));
		at += (uint64_t)written;
	}
	return 0;
}

/* A file system that cannot flush can be measured all the same. */
static int flush(int fd, struct nb_error *error)
{
	int code = fsync(fd) < 0 ? errno : 0;

	if (code == 0 || code == EINVAL || code == ENOSYS || code == EOPNOTSUPP)
		return 0;
	return nb_error_set(error, code, "cannot flush the data file: %s", strerror(code));
}

/*
 * A hole or a compressed block costs nothing to read. Some file systems allocate, or only count,
 * seconds after the flush; those that never tell show no blocks at all.
 */
static int check_allocated(int fd, uint64_t size, struct nb_error *error)
{
	static const struct timespec delay = { .tv_nsec = 200000000 };
	struct stat facts = { 0 };

	for (int try = 0; try < SETTLE_TRIES; try++) {
		if (fstat(fd, &facts) < 0) {
			int code = errno;

			return nb_error_set(error, code, "cannot examine the data file: %s",
					    strerror(code));
		}
		if (facts.st_blocks == 0 || (uint64_t)facts.st_blocks * 512 >= size)
			return 0;
		nanosleep(&delay, NULL);
	}
	return nb_error_set(error, EOPNOTSUPP,
			    "only %.1f MiB are allocated of a data file of %.1f MiB: the file "
			    "system leaves out or shares blocks",
			    mib((uint64_t)facts.st_blocks * 512), mib(size));
}

static int write_file(int fd, uint8_t *chunk, uint64_t size, struct nb_error *error)
{
	int result = write_all(fd, chunk, size, error);

	if (result == 0)
		result = flush(fd, error);
	return result == 0 ? check_allocated(fd, size, error) : result;
}

/* Writes by the best way that there is and judges it afterwards, when there is data to read. */
static int write_and_judge(int folder, int buffered, uint64_t size,
			   struct nb_io_workspace *workspace, struct nb_error *error)
{
	uint8_t *chunk = aligned_alloc(NB_IO_BLOCK, CHUNK);
	int direct;
	int result;

	if (!chunk)
		return nb_error_set(error, ENOMEM, "no memory for the data file's contents");
	memset(chunk, 1, NB_IO_BLOCK);
	direct = nb_io_direct_open(folder, chunk);
	if (direct == -EOPNOTSUPP) {
		workspace->mode = NB_IO_BUFFERED;
		result = write_file(buffered, chunk, size, error);
	} else if (direct < 0) {
		result = nb_error_set(error, -direct, "cannot try out direct I/O: %s",
				      strerror(-direct));
	} else {
		result = write_file(direct, chunk, size, error);
		if (result == 0) {
			result = nb_io_direct_judge(direct, buffered, chunk, &workspace->mode);
			if (result < 0)
				nb_error_set(error, -result, "cannot read the data file: %s",
					     strerror(-result));
		}
		close(direct);
	}
	free(chunk);
	return result;
}

int nb_io_data_make(int folder, struct nb_io_workspace *workspace, uint64_t size,
		    struct nb_error *error)
{
	int fd = openat(folder, NB_IO_DATA, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
			0600);
	int result;

	if (fd < 0) {
		int code = errno;

		return nb_error_set(error, code, "cannot make the data file: %s", strerror(code));
	}
	result = write_and_judge(folder, fd, size, workspace, error);
	close(fd);
	return result;
}
