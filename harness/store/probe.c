/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store_private.h"

/*
 * A look at a file before SQLite opens it. Opening a database can change it: a journal is rolled
 * back, a WAL gets an index beside it, a last user's leaving copies the WAL into the file. Whether
 * it is ours is therefore decided by the 100 bytes of its header alone. They can be trusted for
 * that, as application_id and user_version are only ever written while the database has no WAL
 * (migrate.c). https://www.sqlite.org/fileformat2.html, section 1.3
 */
enum {
	HEADER_SIZE = 100,
	HEADER_PAGE_SIZE = 16,
	HEADER_READ_VERSION = 19, /* 2: in WAL mode */
	HEADER_PAGES = 28,
	HEADER_USER_VERSION = 60,
	HEADER_APPLICATION_ID = 68,
};

static const char magic[16] = "SQLite format 3";

static uint32_t big_endian(const unsigned char *bytes)
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 |
	       bytes[3];
}

static bool exists(const struct nb_store_file *file, const char *suffix)
{
	char path[NB_STORE_PATH_SIZE + 16];

	snprintf(path, sizeof(path), "%s%s", file->path, suffix);
	return access(path, F_OK) == 0;
}

static int unreadable(const struct nb_store_file *file, sqlite3_vfs *vfs, struct nb_error *error)
{
	int code = vfs->xGetLastError ? vfs->xGetLastError(vfs, 0, NULL) : 0;

	if (code <= 0)
		code = EIO;
	return nb_error_set(error, code, "cannot open %s: %s", file->name, strerror(code));
}

/*
 * Reads through SQLite's own file layer: closing a descriptor of ours would drop the locks that
 * another connection of this process may hold on the same file (POSIX locks belong to processes).
 */
static int read_header(const struct nb_store_file *file, unsigned char header[HEADER_SIZE],
		       int64_t *size, struct nb_error *error)
{
	sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
	sqlite3_filename name = sqlite3_create_filename(file->path, "", "", 0, NULL);
	sqlite3_file *handle = calloc(1, (size_t)vfs->szOsFile);
	sqlite3_int64 length = 0;
	int status = SQLITE_NOMEM;

	if (name && handle)
		status = vfs->xOpen(vfs, name, handle, SQLITE_OPEN_READONLY | SQLITE_OPEN_MAIN_DB,
				    NULL);
	if (status == SQLITE_OK)
		status = handle->pMethods->xRead(handle, header, HEADER_SIZE, 0);
	/* After the header: a file that grows meanwhile must not look too short for it. */
	if (status == SQLITE_OK)
		status = handle->pMethods->xFileSize(handle, &length);
	if (handle && handle->pMethods)
		handle->pMethods->xClose(handle);
	free(handle);
	sqlite3_free_filename(name);
	if (status == SQLITE_IOERR_SHORT_READ)
		return nb_error_set(error, EBADMSG, "%s is not a nestbench database", file->name);
	if (status == SQLITE_NOMEM)
		return nb_error_set(error, ENOMEM, "no memory to open %s", file->name);
	*size = length;
	return status == SQLITE_OK ? 0 : unreadable(file, vfs, error);
}

static int refuse_newer(const struct nb_store_file *file, int64_t user_version, int version,
			struct nb_error *error)
{
	static const char question[] =
		"SELECT version FROM session WHERE version NOT GLOB '*[^-+.0-9A-Za-z]*' "
		"ORDER BY id DESC LIMIT 1";
	char writer[32] = "a newer nestbench";
	sqlite3_stmt *statement = NULL;
	sqlite3 *db = NULL;

	/* A later schema may have this column or not. */
	if (nb_store_connect_reading(file, &db, NULL) == 0 &&
	    sqlite3_prepare_v2(db, question, -1, &statement, NULL) == SQLITE_OK &&
	    sqlite3_step(statement) == SQLITE_ROW)
		snprintf(writer, sizeof(writer), "nestbench %.15s",
			 (const char *)sqlite3_column_text(statement, 0));
	sqlite3_finalize(statement);
	sqlite3_close(db);
	return nb_error_set(
		error, ENOTSUP,
		"%s was written by %s (version %lld of the database; nestbench " NB_VERSION
		" knows up to %d): use that nestbench or a newer one",
		file->name, writer, (long long)user_version, version);
}

int nb_store_judge(const struct nb_store_file *file, int64_t application_id, int64_t user_version,
		   int version, struct nb_error *error)
{
	if (application_id != NB_STORE_APPLICATION_ID)
		return nb_error_set(error, EBADMSG, "%s is a database of another program",
				    file->name);
	if (user_version < 1)
		return nb_error_set(error, EBADMSG, "%s is damaged: it has no version", file->name);
	if (user_version > version)
		return refuse_newer(file, user_version, version, error);
	return 0;
}

static int resolve(struct nb_store_file *file, const char *path, struct nb_error *error)
{
	sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
	int status;

	if (path[0] == '\0')
		return nb_error_set(error, ENOENT, "the name of the database is empty");
	nb_base_copy(file->name, sizeof(file->name), path);
	if (strlen(path) >= sizeof(file->name) || vfs->mxPathname >= NB_STORE_PATH_SIZE)
		return nb_error_set(error, ENAMETOOLONG, "%s: the name is too long", path);
	/* It follows symbolic links: journals belong beside the file, not beside the link. */
	errno = 0;
	status = vfs->xFullPathname(vfs, path, NB_STORE_PATH_SIZE, file->path);
	return (status & 0xff) == SQLITE_OK ? 0 : unreadable(file, vfs, error);
}

/* Shorter than its header says; after a crash that may be so, as the rest is in the WAL. */
static bool cut_short(const struct nb_store_file *file, const unsigned char *header, int64_t size)
{
	int64_t page_size = header[HEADER_PAGE_SIZE] << 8 | header[HEADER_PAGE_SIZE + 1];
	int64_t pages = big_endian(header + HEADER_PAGES);

	if (page_size == 1)
		page_size = 65536;
	return !file->unclean && size < pages * page_size;
}

static int look_inside(struct nb_store_file *file, int version, struct nb_error *error)
{
	unsigned char header[HEADER_SIZE] = { 0 };
	int64_t size = 0;
	int status = read_header(file, header, &size, error);
	uint32_t user_version;

	if (status < 0)
		return status;
	if (memcmp(header, magic, sizeof(magic)) != 0)
		return nb_error_set(error, EBADMSG, "%s is not a nestbench database", file->name);
	file->wal_header = header[HEADER_READ_VERSION] == 2;
	file->wal = exists(file, "-wal");
	file->shared_memory = exists(file, "-shm");
	file->unclean = file->wal_header || file->wal || exists(file, "-journal");
	user_version = big_endian(header + HEADER_USER_VERSION);
	file->version = (int)user_version;
	status = nb_store_judge(file, big_endian(header + HEADER_APPLICATION_ID), user_version,
				version, error);
	if (status == 0 && cut_short(file, header, size))
		return nb_error_set(error, EBADMSG, "%s is damaged: its end is missing",
				    file->name);
	return status;
}

int nb_store_probe(struct nb_store_file *file, const char *path, int version,
		   struct nb_error *error)
{
	struct stat information;
	int status;

	*file = (struct nb_store_file){ 0 };
	status = resolve(file, path, error);
	if (status < 0)
		return status;
	if (stat(file->path, &information) < 0) {
		int code = errno;

		return code == ENOENT ? 0
				      : nb_error_set(error, code, "cannot open %s: %s", file->name,
						     strerror(code));
	}
	/* Opening a device or a pipe could have any effect, or wait forever. */
	if (!S_ISREG(information.st_mode))
		return nb_error_set(error, EBADMSG, "%s is not a file but a %s", file->name,
				    S_ISDIR(information.st_mode) ? "folder" : "device or pipe");
	file->present = information.st_size > 0;
	return file->present ? look_inside(file, version, error) : 0;
}
