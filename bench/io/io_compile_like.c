/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <stdio.h>

#include "names.h"
#include "tree.h"

/*
 * What a compiler does with files for one source: looks for 20 headers in a folder that has none
 * of them, reads them where they are, writes an object of 16 KiB under another name and renames
 * it.
 */
enum { STATE_NUMBER };
enum { HEADERS = 20, OBJECT_BYTES = 16384 };

static const char *setup(struct nb_loop *loop)
{
	return nb_tree_make(loop);
}

static void teardown(struct nb_loop *loop)
{
	nb_names_remove(loop, "object");
	nb_names_remove(loop, "temporary");
}

static void read_header(struct nb_loop *loop, unsigned number)
{
	struct nb_io *io = nb_storage(loop);
	char name[NB_TREE_NAME_SIZE];
	int file;

	nb_tree_folder(name, 1);
	snprintf(name + strlen(name), sizeof(name) - strlen(name), "/header-%02u", number % 100);
	if (faccessat(io->folder, name, F_OK, 0) == 0 || errno != ENOENT)
		nb_storage_fail(loop, "faccessat", errno);
	nb_tree_file(name, 0, number);
	file = openat(io->folder, name, O_RDONLY | O_CLOEXEC);
	/* Not among the bytes that it moves, which are those that it writes. */
	if (file < 0 || read(file, io->buffer, NB_TREE_HEADER_BYTES) != NB_TREE_HEADER_BYTES)
		nb_storage_fail(loop, "read", file < 0 ? errno : EIO);
	if (file >= 0)
		close(file);
}

static void write_object(struct nb_loop *loop)
{
	struct nb_io *io = nb_storage(loop);
	char from[NB_NAMES_SIZE], to[NB_NAMES_SIZE];
	int file;

	nb_names_fill(from, "temporary");
	nb_names_fill(to, "object");
	file = openat(io->folder, from, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
		      0600);
	nb_storage_expect(loop, "write", file < 0 ? -1 : write(file, io->buffer, OBJECT_BYTES),
			  OBJECT_BYTES);
	if (file >= 0)
		close(file);
	if (renameat(io->folder, from, io->folder, to) < 0)
		nb_storage_fail(loop, "renameat", errno);
}

static inline void op(struct nb_loop *loop)
{
	uint64_t first = loop->state[STATE_NUMBER]++;

	for (unsigned i = 0; i < HEADERS; i++)
		read_header(loop, (unsigned)((first + i) % NB_TREE_FILES));
	write_object(loop);
}

NB_BENCH_DEFINE(io, io_compile_like, op, nb_bench_no_prepare, .batch = 1, .setup = setup,
		.teardown = teardown, .io = NB_IO_PLAIN, .writes = 1, .samples_max = 12);
