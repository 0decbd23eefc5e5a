/* SPDX-License-Identifier: Apache-2.0 */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "nestbench/base.h"

#include "bundle_private.h"

/*
 * Two of libarchive's readers, one behind the other: zstd to bytes, and bytes to the files of a
 * tar. Between them every unpacked byte is counted, also those that tar would pass over, so that
 * no bomb goes off in a place where nobody looks.
 */
enum { ENTRIES_MAX = 2 * NB_BUNDLE_FILES_MAX }; /* folders, too */
/* Of the tar: its headers, and the blocks that files are filled up to. */
#define UNPACKED_MAX (NB_BUNDLE_BYTES_MAX + (UINT64_C(2048) * ENTRIES_MAX))

static const char damaged[] = "the archive is cut or damaged";

struct reader {
	struct archive *packed, *tar;
	uint64_t unpacked; /* bytes of the tar so far */
	uint64_t kept;	   /* bytes of all files so far */
	size_t entries;
	struct nb_bundle_files files;
	struct nb_error *error;
	int status; /* 0, or of the first fault */
};

static int fault(struct reader *reader, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The first one is the cause of all others. */
static int fault(struct reader *reader, int code, const char *format, ...)
{
	char text[NB_ERROR_TEXT_SIZE];
	va_list arguments;

	if (reader->status < 0)
		return reader->status;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	reader->status = nb_error_set(reader->error, code, "%s", text);
	return reader->status;
}

/* libarchive's words may quote the archive. */
static int fault_of(struct reader *reader, struct archive *archive, const char *where)
{
	const char *words = archive_error_string(archive);
	char quote[NB_BUNDLE_QUOTE_SIZE];

	if (archive_errno(archive) == ENOMEM)
		return fault(reader, ENOMEM, "no memory for a bundle");
	nb_bundle_quote(quote, words ? words : "damaged");
	return fault(reader, EBADMSG, "%s: %s", where, quote);
}

static int fault_at(struct reader *reader, const char *path, const char *what)
{
	char quote[NB_BUNDLE_QUOTE_SIZE];

	nb_bundle_quote(quote, path);
	return fault(reader, EBADMSG, "entry %zu, \"%s\", %s", reader->entries, quote, what);
}

static la_ssize_t read_unpacked(struct archive *tar, void *own, const void **bytes)
{
	struct reader *reader = own;
	size_t size = 0;

	while (size == 0) {
		la_int64_t offset;
		int result = archive_read_data_block(reader->packed, bytes, &size, &offset);

		if (result == ARCHIVE_EOF)
			return 0;
		if (result != ARCHIVE_OK) {
			fault_of(reader, reader->packed, damaged);
			archive_set_error(tar, EIO, "damaged");
			return -1;
		}
	}
	reader->unpacked += size;
	if (reader->unpacked <= UNPACKED_MAX)
		return (la_ssize_t)size;
	fault(reader, EBADMSG, "entry %zu: more than %" PRIu64 " MiB unpacked", reader->entries,
	      NB_BUNDLE_BYTES_MAX >> 20);
	archive_set_error(tar, EFBIG, "too large");
	return -1;
}

/* No filter but zstd, and that once: a zstd of a zstd of a zstd is a bomb before it is a file. */
static int open_packed(struct reader *reader, const void *bytes, size_t size)
{
	struct archive *packed = reader->packed;
	struct archive_entry *entry;

	/* Anything but OK would start a program of that name: such a libarchive has no zstd. */
	if (archive_read_support_filter_zstd(packed) != ARCHIVE_OK ||
	    archive_read_support_format_raw(packed) != ARCHIVE_OK)
		return fault_of(reader, packed, "libarchive cannot read zstd");
	if (size == 0)
		return fault(reader, EBADMSG, "empty, so this is no bundle");
	if (archive_read_open_memory(packed, bytes, size) != ARCHIVE_OK ||
	    archive_read_next_header(packed, &entry) != ARCHIVE_OK)
		return fault_of(reader, packed, damaged);
	if (archive_filter_count(packed) != 2 ||
	    archive_filter_code(packed, 0) != ARCHIVE_FILTER_ZSTD)
		return fault(reader, EBADMSG, "not one stream of zstd, so this is no bundle");
	return 0;
}

/* What stands behind the end of a tar is read on: as zeroes, as more entries, or as damage. */
static int open_tar(struct reader *reader)
{
	struct archive *tar = reader->tar;

	if (archive_read_support_format_tar(tar) != ARCHIVE_OK ||
	    archive_read_set_option(tar, "tar", "read_concatenated_archives", "1") != ARCHIVE_OK ||
	    archive_read_open(tar, reader, NULL, read_unpacked, NULL) != ARCHIVE_OK)
		return fault_of(reader, tar, "no bundle");
	return 0;
}

static const char *kind_fault(struct archive_entry *entry)
{
	if (archive_entry_hardlink(entry))
		return "is a hard link";
	switch (archive_entry_filetype(entry)) {
	case AE_IFREG:
		return archive_entry_sparse_reset(entry) > 0 ? "is a sparse file" : NULL;
	case AE_IFDIR:
		return NULL;
	case AE_IFLNK:
		return "is a symbolic link";
	case AE_IFCHR:
	case AE_IFBLK:
		return "is a device";
	case AE_IFIFO:
		return "is a named pipe";
	default:
		return "is neither a file nor a folder";
	}
}

/* Takes the path apart into the only folder and the name in it; "" for the folder itself. */
static int place(struct reader *reader, struct archive_entry *entry, char *path, const char **name)
{
	struct nb_bundle_files *files = &reader->files;
	bool is_folder = archive_entry_filetype(entry) == AE_IFDIR;
	size_t length = strlen(path), top;
	const char *what;

	if (is_folder && length > 1 && path[length - 1] == '/')
		path[length - 1] = '\0';
	what = nb_bundle_name_fault(path, NB_BUNDLE_PATH_SIZE);
	if (!what)
		what = kind_fault(entry);
	if (what)
		return fault_at(reader, path, what);
	top = strcspn(path, "/");
	if (!path[top] && !is_folder)
		return fault_at(reader, path, "stands outside of the bundle's folder");
	if (top >= sizeof(files->folder) ||
	    (path[top] && strlen(path + top + 1) >= NB_BUNDLE_NAME_SIZE))
		return fault_at(reader, path, "has a name that is too long");
	if (!files->folder[0])
		memcpy(files->folder, path, top);
	if (strncmp(files->folder, path, top) != 0 || files->folder[top])
		return fault_at(reader, path, "is in a second top folder");
	*name = path + top + (path[top] == '/');
	return 0;
}

/* Grows as bytes come, never by what a header says of them. */
static int append(struct reader *reader, struct nb_bundle_file *file, size_t *room,
		  const void *bytes, size_t size)
{
	size_t need = file->size + size + 1;

	if (need > *room) {
		size_t wanted = need > 2 * *room ? need : 2 * *room;
		char *grown = realloc(file->bytes, wanted);

		if (!grown)
			return fault(reader, ENOMEM, "no memory for a bundle");
		file->bytes = grown;
		*room = wanted;
	}
	if (size > 0)
		memcpy(file->bytes + file->size, bytes, size);
	file->size += size;
	file->bytes[file->size] = '\0';
	return 0;
}

static int read_bytes(struct reader *reader, struct nb_bundle_file *file)
{
	size_t room = 0;
	int result = append(reader, file, &room, NULL, 0);

	while (result == 0) {
		const void *bytes;
		size_t size = 0;
		la_int64_t offset = 0;
		int got = archive_read_data_block(reader->tar, &bytes, &size, &offset);

		if (got == ARCHIVE_EOF)
			return 0;
		if (got != ARCHIVE_OK)
			return fault_of(reader, reader->tar, file->name);
		if (offset < 0 || (uint64_t)offset != file->size)
			return fault_at(reader, file->name, "is a sparse file");
		if (size > NB_BUNDLE_FILE_MAX - file->size ||
		    size > NB_BUNDLE_BYTES_MAX - reader->kept)
			return fault_at(reader, file->name, "is too large for a bundle");
		reader->kept += size;
		result = append(reader, file, &room, bytes, size);
	}
	return result;
}

static int keep_file(struct reader *reader, struct archive_entry *entry, const char *name)
{
	struct nb_bundle_files *files = &reader->files;
	int64_t size = archive_entry_size(entry);
	struct nb_bundle_file *grown, *file;

	for (size_t i = 0; i < files->count; i++)
		if (nb_bundle_names_clash(files->files[i].name, name))
			return fault_at(reader, name, "is there a second time");
	if (files->count > NB_BUNDLE_FILES_MAX)
		return fault_at(reader, name, "is one file too many for a bundle");
	if (size < 0 || (uint64_t)size > NB_BUNDLE_FILE_MAX ||
	    (uint64_t)size > NB_BUNDLE_BYTES_MAX - reader->kept)
		return fault_at(reader, name, "is too large for a bundle");
	grown = reallocarray(files->files, files->count + 1, sizeof(*grown));
	if (!grown)
		return fault(reader, ENOMEM, "no memory for a bundle");
	files->files = grown;
	file = &grown[files->count++];
	*file = (struct nb_bundle_file){ .size = 0 };
	nb_base_copy(file->name, sizeof(file->name), name);
	if (read_bytes(reader, file) < 0)
		return reader->status;
	return file->size == (uint64_t)size ? 0 : fault_at(reader, name, "is cut");
}

static int read_entry(struct reader *reader, struct archive_entry *entry)
{
	const char *told = archive_entry_pathname(entry), *name = "";
	char path[NB_BUNDLE_PATH_SIZE + 2];

	reader->entries++;
	if (reader->entries > ENTRIES_MAX)
		return fault(reader, EBADMSG, "more than %d entries", ENTRIES_MAX);
	if (!told)
		return fault_at(reader, "", "has a name that is not to be read");
	/* Cut, it is still too long. */
	nb_base_copy(path, sizeof(path), told);
	if (place(reader, entry, path, &name) < 0)
		return reader->status;
	return archive_entry_filetype(entry) == AE_IFREG ? keep_file(reader, entry, name) : 0;
}

static int read_entries(struct reader *reader)
{
	struct archive_entry *entry;
	char where[64];
	int got;

	while ((got = archive_read_next_header(reader->tar, &entry)) == ARCHIVE_OK)
		if (read_entry(reader, entry) < 0)
			return reader->status;
	if (got == ARCHIVE_EOF)
		return 0;
	snprintf(where, sizeof(where), "entry %zu", reader->entries + 1);
	return fault_of(reader, reader->tar, where);
}

static int read_archive(struct reader *reader, const void *bytes, size_t size)
{
	reader->packed = archive_read_new();
	reader->tar = archive_read_new();
	if (!reader->packed || !reader->tar)
		return fault(reader, ENOMEM, "no memory for a bundle");
	if (open_packed(reader, bytes, size) < 0 || open_tar(reader) < 0 ||
	    read_entries(reader) < 0)
		return reader->status;
	return nb_bundle_check_manifest(&reader->files, reader->error);
}

int nb_bundle_read_memory(const void *bytes, size_t size, struct nb_bundle_files *files,
			  struct nb_error *error)
{
	struct reader reader = { .error = error };
	int result = read_archive(&reader, bytes, size);

	archive_read_free(reader.tar);
	archive_read_free(reader.packed);
	/* Last, because what came before says more about where the damage is. */
	if (result == 0 && !nb_bundle_seal_fits(bytes, size))
		result = nb_error_set(error, EBADMSG,
				      "the archive was changed after it was written: its files are "
				      "whole, but the digest at its end is another");
	if (result == 0)
		*files = reader.files;
	else
		nb_bundle_files_free(&reader.files);
	return result;
}
