/* SPDX-License-Identifier: Apache-2.0 */
#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include "files.h"

/*
 * The next file of an archive of 5 000 small ones, which lies in memory: its header and its 1 KiB
 * are read by libarchive and written into our folder. 5 000 times that is the untar that people
 * time by hand.
 */
enum { STATE_NUMBER, STATE_ARCHIVE };
enum { KEPT_BYTES, KEPT_SIZE };
enum { FILES = 5000, FILE_BYTES = 1024, ARCHIVE_BYTES = FILES * (FILE_BYTES + 512) + 65536 };

static int add_file(struct archive *archive, struct archive_entry *entry, const uint8_t *data,
		    unsigned number)
{
	char name[NB_NAMES_SIZE];

	snprintf(name, sizeof(name), "package/file-%04u", number);
	archive_entry_clear(entry);
	archive_entry_set_pathname(entry, name);
	archive_entry_set_size(entry, FILE_BYTES);
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_perm(entry, 0600);
	if (archive_write_header(archive, entry) != ARCHIVE_OK)
		return -1;
	return archive_write_data(archive, data, FILE_BYTES) == FILE_BYTES ? 0 : -1;
}

static int fill(struct archive *archive, const uint8_t *data)
{
	struct archive_entry *entry = archive_entry_new();
	int result = entry ? 0 : -1;

	for (unsigned i = 0; result == 0 && i < FILES; i++)
		result = add_file(archive, entry, data, i);
	archive_entry_free(entry);
	return archive_write_close(archive) == ARCHIVE_OK ? result : -1;
}

static int make_archive(struct nb_loop *loop)
{
	struct archive *archive = archive_write_new();
	void *bytes = malloc(ARCHIVE_BYTES);
	size_t size = 0;
	int result = -1;

	if (archive && bytes && archive_write_set_format_ustar(archive) == ARCHIVE_OK &&
	    archive_write_open_memory(archive, bytes, ARCHIVE_BYTES, &size) == ARCHIVE_OK)
		result = fill(archive, nb_storage(loop)->buffer);
	archive_write_free(archive);
	if (result < 0)
		free(bytes);
	else
		loop->kept[KEPT_BYTES] = (uintptr_t)bytes;
	loop->kept[KEPT_SIZE] = size;
	return result;
}

/* From the beginning. */
static int open_archive(struct nb_loop *loop)
{
	struct archive *archive = archive_read_new();

	archive_read_free((struct archive *)loop->state[STATE_ARCHIVE]);
	loop->state[STATE_ARCHIVE] = (uintptr_t)archive;
	if (!archive || archive_read_support_format_tar(archive) != ARCHIVE_OK)
		return -1;
	return archive_read_open_memory(archive, (void *)loop->kept[KEPT_BYTES],
					loop->kept[KEPT_SIZE]) == ARCHIVE_OK
		       ? 0
		       : -1;
}

static const char *setup(struct nb_loop *loop)
{
	if (!loop->kept[KEPT_BYTES] && make_archive(loop) < 0)
		return "no memory for an archive";
	return open_archive(loop) < 0 ? "libarchive cannot read its own archive" : 0;
}

static void teardown(struct nb_loop *loop)
{
	char name[NB_NAMES_SIZE];

	archive_read_free((struct archive *)loop->state[STATE_ARCHIVE]);
	for (uint64_t i = 0; i < loop->state[STATE_NUMBER]; i++) {
		nb_files_name(name, "untar", i);
		unlinkat(nb_storage(loop)->folder, name, 0);
	}
}

static inline void prepare(struct nb_loop *loop)
{
	nb_files_name(nb_files_names(loop)->first, "untar", loop->state[STATE_NUMBER]++);
	if (loop->state[STATE_NUMBER] % FILES == 0 && open_archive(loop) < 0)
		nb_storage_fail(loop, "archive_read_open_memory", EIO);
}

static inline void op(struct nb_loop *loop)
{
	struct archive *archive = (struct archive *)loop->state[STATE_ARCHIVE];
	struct archive_entry *entry;
	char data[FILE_BYTES];
	int file;

	if (archive_read_next_header(archive, &entry) != ARCHIVE_OK ||
	    archive_read_data(archive, data, sizeof(data)) != FILE_BYTES) {
		nb_storage_fail(loop, "archive_read_data", EIO);
		return;
	}
	file = nb_files_open(loop, nb_files_names(loop)->first, O_WRONLY | O_CREAT | O_EXCL);
	if (file < 0) {
		nb_storage_fail(loop, "openat", errno);
		return;
	}
	nb_storage_expect(loop, "write", write(file, data, sizeof(data)), sizeof(data));
	if (close(file) < 0)
		nb_storage_fail(loop, "close", errno);
}

NB_BENCH_DEFINE(io, io_untar, op, prepare, .batch = 1, .setup = setup, .teardown = teardown,
		.io = NB_IO_PLAIN, .writes = 1, .samples_max = NB_IO_WRITES_MAX / 2);
