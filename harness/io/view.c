/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "io_private.h"

enum { BUFFER_SIZE = NB_IO_DEPTH_MAX * NB_IO_BUFFER };

static int fail(struct nb_error *error, const struct nb_io_workspace *workspace, int code,
		const char *what)
{
	return nb_error_set(error, code, "%s: cannot open %s: %s", workspace->folder, what,
			    strerror(code));
}

/* The folder is ours alone, but a file that is not the one we wrote is none to write into. */
static int check_data(int fd, const struct nb_io *io, struct nb_error *error)
{
	struct stat facts;

	if (fstat(fd, &facts) == 0 && S_ISREG(facts.st_mode) && facts.st_nlink == 1 &&
	    (uint64_t)facts.st_size == io->file_bytes)
		return 0;
	return nb_error_set(error, ESTALE, "%s: the data file is no longer what was written",
			    io->workspace->folder);
}

static int open_files(struct nb_io *io, struct nb_error *error)
{
	const struct nb_io_workspace *workspace = io->workspace;
	int flags = O_RDWR | O_NOFOLLOW | O_CLOEXEC;
	int unbuffered = workspace->mode == NB_IO_BUFFERED ? 0 : O_DIRECT;

	io->folder = openat(workspace->target, strrchr(workspace->folder, '/') + 1,
			    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (io->folder < 0)
		return fail(error, workspace, errno, "the folder");
	io->buffered = openat(io->folder, NB_IO_DATA, flags);
	if (io->buffered < 0)
		return fail(error, workspace, errno, "the data file");
	io->direct = openat(io->folder, NB_IO_DATA, flags | unbuffered);
	if (io->direct < 0)
		return fail(error, workspace, errno, "the data file for direct I/O");
	io->align = unbuffered ? nb_io_direct_align(io->direct) : 1;
	return check_data(io->direct, io, error);
}

static int open_buffer(struct nb_io *io, struct nb_error *error)
{
	void *buffer =
		mmap(NULL, BUFFER_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (buffer == MAP_FAILED)
		return fail(error, io->workspace, errno, "a buffer");
	io->buffer = buffer;
	return 0;
}

/* A queue of small I/Os needs little of it, and each round would pay for all. */
void nb_io_buffer_fill(struct nb_io *io, uint64_t size)
{
	if (size <= io->filled)
		return;
	nb_io_random_fill(&io->random, io->buffer + io->filled, size - io->filled);
	io->filled = size;
}

int nb_io_open(struct nb_io *io, const struct nb_io_workspace *workspace,
	       const struct nb_io_plan *plan, struct nb_error *error)
{
	struct timespec now;
	int result;

	clock_gettime(CLOCK_MONOTONIC, &now);
	*io = (struct nb_io){
		.workspace = workspace,
		.folder = -1,
		.direct = -1,
		.buffered = -1,
		.file_bytes = plan->file_bytes,
		.rate = plan->rate,
		/*
		 * Other blocks each round: a cache below us that we know nothing of would know
		 * those of the last one.
		 */
		.random = (uint64_t)now.tv_sec << 30 ^ (uint64_t)now.tv_nsec ^
			  (uint64_t)getpid() << 44,
	};
	result = open_files(io, error);
	if (result == 0)
		result = open_buffer(io, error);
	if (result < 0)
		nb_io_close(io);
	else
		nb_io_buffer_fill(io, NB_IO_BUFFER);
	return result;
}

static void close_file(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void nb_io_close(struct nb_io *io)
{
	nb_io_ring_close(io);
	close_file(&io->folder);
	close_file(&io->buffered);
	close_file(&io->direct);
	if (io->buffer)
		munmap(io->buffer, BUFFER_SIZE);
	io->buffer = NULL;
}
