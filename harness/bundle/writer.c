/* SPDX-License-Identifier: Apache-2.0 */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "nestbench/base.h"

#include "bundle_private.h"

/*
 * The same files give the same bytes, so that two bundles can be compared by their digests: no
 * owner, and a date that is nobody's (2000-01-01; tar warns of files of 1970).
 */
static const time_t date = 946684800;

/* Room for the manifest and for what tar puts around each file, within the reader's limit. */
enum { FILE_OVERHEAD = 2048 };

struct listed {
	char name[NB_BUNDLE_NAME_SIZE];
	char digest[NB_BUNDLE_DIGEST_SIZE];
};

struct nb_bundle_writer {
	struct archive *archive;
	struct archive_entry *entry;
	FILE *stream;
	SHA2_CTX digest; /* of all that was written: the seal's */
	char folder[NB_BUNDLE_NAME_SIZE];
	struct listed *listed;
	size_t count;
	uint64_t bytes;
	bool executable;
	int lost; /* errno of the first write that failed: nothing is written after it */
	struct nb_error fault; /* what was lost on the way is lost: no call succeeds after it */
};

/* Keeps the first cause; libarchive's own codes are no errno. */
static int fail(struct nb_bundle_writer *writer, const char *what, struct nb_error *error)
{
	const char *cause = archive_error_string(writer->archive);
	int code = archive_errno(writer->archive);

	if (writer->lost)
		cause = strerror(writer->lost);
	code = writer->lost ? writer->lost : code;
	code = code > 0 ? code : EIO;
	nb_error_set(&writer->fault, code, "cannot write %s: %s", what,
		     cause ? cause : strerror(code));
	return nb_error_set(error, code, "%s", writer->fault.text);
}

/*
 * Never tells libarchive of a failure, since libarchive does not free all that it has of an archive
 * that failed. What was lost is looked at after each of its calls. libarchive names the types.
 */
static la_ssize_t write_stream(struct archive *archive, void *own, const void *bytes, size_t size)
{
	struct nb_bundle_writer *writer = own;

	(void)archive;
	errno = 0;
	if (writer->lost == 0 && fwrite(bytes, 1, size, writer->stream) != size)
		writer->lost = errno ? errno : EIO;
	SHA256Update(&writer->digest, bytes, size);
	return (la_ssize_t)size;
}

static int open_archive(struct nb_bundle_writer *writer)
{
	struct archive *archive = writer->archive;

	/* Anything but OK would start a program of that name: such a libarchive has no zstd. */
	if (archive_write_set_format_pax_restricted(archive) != ARCHIVE_OK ||
	    archive_write_add_filter_zstd(archive) != ARCHIVE_OK ||
	    archive_write_set_bytes_in_last_block(archive, 1) != ARCHIVE_OK)
		return -1;
	return archive_write_open(archive, writer, NULL, write_stream, NULL) == ARCHIVE_OK ? 0 : -1;
}

int nb_bundle_create(struct nb_bundle_writer **writer, FILE *stream, const char *folder,
		     struct nb_error *error)
{
	const char *fault = nb_bundle_name_fault(folder, NB_BUNDLE_NAME_SIZE);
	struct nb_bundle_writer *made;

	if (fault || strchr(folder, '/'))
		return nb_error_set(error, EINVAL, "the bundle's folder %s",
				    fault ? fault : "has more than one part");
	made = calloc(1, sizeof(*made));
	if (!made)
		return nb_error_set(error, ENOMEM, "no memory for a bundle");
	made->stream = stream;
	nb_base_copy(made->folder, sizeof(made->folder), folder);
	SHA256Init(&made->digest);
	made->archive = archive_write_new();
	made->entry = archive_entry_new();
	if (!made->archive || !made->entry) {
		nb_bundle_abandon(made);
		return nb_error_set(error, ENOMEM, "no memory for a bundle");
	}
	if (open_archive(made) < 0) {
		int result = fail(made, "a bundle", error);

		nb_bundle_abandon(made);
		return result;
	}
	*writer = made;
	return 0;
}

void nb_bundle_executable(struct nb_bundle_writer *writer)
{
	writer->executable = true;
}

static int write_file(struct nb_bundle_writer *writer, const char *name, const void *bytes,
		      size_t size, struct nb_error *error)
{
	char path[NB_BUNDLE_PATH_SIZE];

	snprintf(path, sizeof(path), "%s/%s", writer->folder, name);
	archive_entry_clear(writer->entry);
	archive_entry_set_pathname(writer->entry, path);
	archive_entry_set_filetype(writer->entry, AE_IFREG);
	archive_entry_set_perm(writer->entry, writer->executable ? 0755 : 0644);
	archive_entry_set_size(writer->entry, (la_int64_t)size);
	archive_entry_set_mtime(writer->entry, date, 0);
	writer->executable = false;
	if (archive_write_header(writer->archive, writer->entry) != ARCHIVE_OK ||
	    (size > 0 && archive_write_data(writer->archive, bytes, size) != (la_ssize_t)size) ||
	    archive_write_finish_entry(writer->archive) != ARCHIVE_OK || writer->lost)
		return fail(writer, name, error);
	return 0;
}

/* The limits are the reader's: what it would refuse is not written. */
static int check_file(const struct nb_bundle_writer *writer, const char *name, size_t size,
		      struct nb_error *error)
{
	const char *fault = nb_bundle_name_fault(name, NB_BUNDLE_NAME_SIZE);
	char quote[NB_BUNDLE_QUOTE_SIZE];

	nb_bundle_quote(quote, name);
	if (writer->fault.code)
		return nb_error_set(error, writer->fault.code, "%s", writer->fault.text);
	if (fault)
		return nb_error_set(error, EINVAL, "\"%s\" %s", quote, fault);
	if (nb_bundle_names_clash(name, NB_BUNDLE_MANIFEST))
		return nb_error_set(error, EEXIST, "the bundle makes its \"%s\" itself", quote);
	for (size_t i = 0; i < writer->count; i++)
		if (nb_bundle_names_clash(name, writer->listed[i].name))
			return nb_error_set(error, EEXIST, "\"%s\" is in the bundle already",
					    quote);
	if (size > NB_BUNDLE_FILE_MAX)
		return nb_error_set(error, EFBIG,
				    "\"%s\" is larger than the %" PRIu64 " MiB of a "
				    "file in a bundle",
				    quote, NB_BUNDLE_FILE_MAX >> 20);
	if (writer->count == NB_BUNDLE_FILES_MAX ||
	    size + FILE_OVERHEAD > NB_BUNDLE_BYTES_MAX - writer->bytes)
		return nb_error_set(error, E2BIG,
				    "\"%s\" is too much: a bundle takes %d files of %" PRIu64
				    " MiB together",
				    quote, NB_BUNDLE_FILES_MAX, NB_BUNDLE_BYTES_MAX >> 20);
	return 0;
}

static int list_file(struct nb_bundle_writer *writer, const char *name, const void *bytes,
		     size_t size, struct nb_error *error)
{
	struct listed *grown =
		reallocarray(writer->listed, writer->count + 1, sizeof(*writer->listed));

	if (!grown)
		return nb_error_set(error, ENOMEM, "no memory for a bundle");
	writer->listed = grown;
	nb_base_copy(grown[writer->count].name, sizeof(grown->name), name);
	SHA256Data(bytes, size, grown[writer->count].digest);
	writer->count++;
	writer->bytes += size + FILE_OVERHEAD;
	return 0;
}

int nb_bundle_add(struct nb_bundle_writer *writer, const char *name, const void *bytes, size_t size,
		  struct nb_error *error)
{
	int result = check_file(writer, name, size, error);

	if (result == 0)
		result = list_file(writer, name, bytes, size, error);
	if (result == 0)
		result = write_file(writer, name, bytes, size, error);
	return result;
}

/* As sha256sum(1) prints it, in the order of the archive. */
static char *make_manifest(const struct nb_bundle_writer *writer, size_t *size)
{
	char *text = NULL;
	FILE *stream = open_memstream(&text, size);
	bool bad;

	if (!stream)
		return NULL;
	for (size_t i = 0; i < writer->count; i++)
		fprintf(stream, "%s  %s\n", writer->listed[i].digest, writer->listed[i].name);
	bad = ferror(stream) != 0;
	if (fclose(stream) == 0 && !bad)
		return text;
	free(text);
	return NULL;
}

static int write_manifest(struct nb_bundle_writer *writer, struct nb_error *error)
{
	size_t size = 0;
	char *text = make_manifest(writer, &size);
	int result;

	if (!text)
		return nb_error_set(error, ENOMEM, "no memory for the bundle's manifest");
	writer->executable = false;
	result = write_file(writer, NB_BUNDLE_MANIFEST, text, size, error);
	free(text);
	return result;
}

static int write_end(struct nb_bundle_writer *writer, struct nb_error *error)
{
	uint8_t seal[NB_BUNDLE_SEAL_SIZE];

	if (archive_write_close(writer->archive) != ARCHIVE_OK)
		return fail(writer, "the bundle's end", error);
	nb_bundle_seal_make(&writer->digest, seal);
	write_stream(writer->archive, writer, seal, sizeof(seal));
	errno = 0;
	if (writer->lost == 0 && fflush(writer->stream) != 0)
		writer->lost = errno ? errno : EIO;
	return writer->lost ? fail(writer, "the bundle's end", error) : 0;
}

int nb_bundle_finish(struct nb_bundle_writer *writer, struct nb_error *error)
{
	int result = 0;

	if (writer->fault.code)
		result = nb_error_set(error, writer->fault.code, "%s", writer->fault.text);
	else if (writer->count == 0)
		result = nb_error_set(error, EINVAL, "a bundle without files is none");
	if (result == 0)
		result = write_manifest(writer, error);
	if (result == 0)
		result = write_end(writer, error);
	nb_bundle_abandon(writer);
	return result;
}

void nb_bundle_abandon(struct nb_bundle_writer *writer)
{
	if (!writer)
		return;
	/* Freeing it writes what is left, unless that is lost already. */
	writer->lost = writer->lost ? writer->lost : ECANCELED;
	archive_write_free(writer->archive);
	archive_entry_free(writer->entry);
	free(writer->listed);
	free(writer);
}
