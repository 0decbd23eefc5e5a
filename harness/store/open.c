/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "store_private.h"

/* Makes the folders that path lies in. */
static int make_folders(const struct nb_store_file *file, struct nb_error *error)
{
	char path[NB_STORE_PATH_SIZE];

	nb_base_copy(path, sizeof(path), file->path);
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(path, 0777) < 0 && errno != EEXIST) {
			struct stat information;
			int code = errno;

			/* A folder may be there and its parent not be writable (EROFS, EACCES). */
			if (stat(path, &information) < 0 || !S_ISDIR(information.st_mode))
				return nb_error_set(error, code, "cannot make the folder %s: %s",
						    path, strerror(code));
		}
		*slash = '/';
	}
	return 0;
}

/* The header may have been judged before a WAL, or another process, changed what it says. */
static int judge_open(sqlite3 *db, struct nb_store_file *file, int version, struct nb_error *error)
{
	int64_t application_id, user_version, pages;

	if (nb_store_pragma(db, "application_id", &application_id) != SQLITE_OK ||
	    nb_store_pragma(db, "user_version", &user_version) != SQLITE_OK ||
	    nb_store_pragma(db, "page_count", &pages) != SQLITE_OK)
		return nb_store_failed(db, file, "read it", error);
	file->version = (int)user_version;
	/* New; or one whose making was cut short, and has just been undone by its journal. */
	if (pages == 0)
		return 0;
	return nb_store_judge(file, application_id, user_version, version, error);
}

/*
 * After a crash every page and index is compared with every other. How we know: a nestbench that
 * ends in good order puts the file back into one piece, with no WAL, no journal and no mark of
 * either in the header; so does the last of several. (That a session is partial says nothing: an
 * interrupted one ends in good order.) A file in use looks the same and is checked needlessly.
 */
static const char *check_of(const struct nb_store_file *file)
{
	return file->unclean ? "integrity_check(1)" : "quick_check(1)";
}

static int open_reading(struct nb_store *store, const struct nb_store_schema *schema,
			struct nb_error *error)
{
	struct nb_store_file *file = &store->file;
	int status;

	if (!file->present)
		return nb_error_set(error, ENOENT, "there is no database %s", file->name);
	status = nb_store_connect_reading(file, &store->db, error);
	if (status == 0)
		status = judge_open(store->db, file, schema->version, error);
	if (status == 0 && file->unclean)
		status = nb_store_check(store->db, file, "quick_check(1)", error);
	if (status < 0 || file->version == schema->version)
		return status;
	/* Of an older version, and not to be written: bring a copy up to date. */
	status = nb_store_copy_to_memory(&store->db, file, error);
	return status < 0 ? status : nb_store_migrate(store->db, file, schema, error);
}

/*
 * Everything that can speak against the file is looked at through a connection that cannot change
 * it. The exception is a journal that a killed process left: only a writer can undo what it was
 * doing, and the file may look damaged until then. Returns 1 for that.
 */
static int inspect(struct nb_store *store, int version, struct nb_error *error)
{
	struct nb_store_file *file = &store->file;
	int status = nb_store_connect_reading(file, &store->db, error);

	if (status < 0)
		return status;
	status = judge_open(store->db, file, version, error);
	if (status < 0 && sqlite3_extended_errcode(store->db) == SQLITE_READONLY_ROLLBACK)
		status = 1;
	if (status == 0)
		status = nb_store_check(store->db, file, check_of(file), error);
	if (status == 0 && file->version == version)
		status = nb_store_prepare(store, error);
	nb_store_finalize(store);
	sqlite3_close(store->db);
	store->db = NULL;
	return status;
}

/* To version schema->version from any before it; 0 is a new file. */
static int upgrade(struct nb_store *store, const struct nb_store_schema *schema,
		   struct nb_error *error)
{
	const struct nb_store_file *file = &store->file;
	int64_t ignored;
	int status = 0;

	if (nb_store_pragma(store->db, "journal_mode = DELETE", &ignored) != SQLITE_OK)
		return nb_store_failed(store->db, file, "bring it up to date", error);
	if (file->version > 0)
		status = nb_store_backup(store->db, file, error);
	if (status < 0)
		return status;
	status = nb_store_migrate(store->db, file, schema, error);
	/* The file is as it was: nothing is left beside one that is refused. */
	if (status < 0 && file->version > 0)
		nb_store_drop_backup(file);
	return status;
}

/*
 * synchronous = FULL: each round is on the disk when nb_store_add_round() returns. For a process
 * that is killed NORMAL would do, as the kernel has what was written; FULL also survives a host
 * that fails. And it measures better: nothing is left for the kernel to write while the next
 * round runs. The read at the end is what opens the WAL.
 */
static int start_writing(struct nb_store *store, struct nb_error *error)
{
	int64_t ignored;

	if (nb_store_pragma(store->db, "journal_mode = WAL", &ignored) != SQLITE_OK ||
	    sqlite3_exec(store->db, "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;", NULL,
			 NULL, NULL) != SQLITE_OK ||
	    nb_store_pragma(store->db, "user_version", &ignored) != SQLITE_OK)
		return nb_store_failed(store->db, &store->file, "write to it", error);
	store->writing = true;
	return 0;
}

static int enter(struct nb_store *store, const struct nb_store_schema *schema, bool check,
		 struct nb_error *error)
{
	struct nb_store_file *file = &store->file;
	int status = nb_store_connect_writing(file, &store->db, error);

	if (status == 0 && store->alone &&
	    sqlite3_exec(store->db, "PRAGMA locking_mode = EXCLUSIVE", NULL, NULL, NULL))
		status = nb_store_failed(store->db, file, "lock it", error);
	if (status == 0)
		status = judge_open(store->db, file, schema->version, error);
	if (status == 0 && check)
		status = nb_store_check(store->db, file, check_of(file), error);
	if (status == 0 && file->version < schema->version)
		status = upgrade(store, schema, error);
	return status < 0 ? status : start_writing(store, error);
}

/* Some file systems (9p, FUSE: folders of a host) have no memory that processes share. */
static bool lacks_shared_memory(sqlite3 *db)
{
	int code = db ? sqlite3_extended_errcode(db) : SQLITE_OK;

	return code == SQLITE_IOERR_SHMOPEN || code == SQLITE_IOERR_SHMSIZE ||
	       code == SQLITE_IOERR_SHMLOCK || code == SQLITE_IOERR_SHMMAP;
}

static int open_writing(struct nb_store *store, const struct nb_store_schema *schema,
			struct nb_error *error)
{
	int status = store->file.present ? inspect(store, schema->version, error)
					 : make_folders(&store->file, error);
	bool check = status == 1;

	if (status < 0)
		return status;
	status = enter(store, schema, check, error);
	if (status == 0 || !lacks_shared_memory(store->db))
		return status;
	/* Alone with the file, SQLite keeps the index of the WAL in its own memory. */
	sqlite3_close(store->db);
	store->db = NULL;
	store->alone = true;
	return enter(store, schema, check, error);
}

int nb_store_open_schema(struct nb_store **store, const char *path, enum nb_store_mode mode,
			 const struct nb_store_schema *schema, struct nb_error *error)
{
	struct nb_store *opened = calloc(1, sizeof(*opened));
	int status;

	if (!opened)
		return nb_error_set(error, ENOMEM, "no memory to open %s", path);
	opened->compressor = ZSTD_createCCtx();
	status = opened->compressor ? nb_store_probe(&opened->file, path, schema->version, error)
				    : nb_error_set(error, ENOMEM, "no memory to open %s", path);
	if (status == 0)
		status = mode == NB_STORE_WRITE ? open_writing(opened, schema, error)
						: open_reading(opened, schema, error);
	if (status == 0)
		status = nb_store_prepare(opened, error);
	if (status == 0)
		*store = opened;
	else
		nb_store_close(opened);
	return status;
}

int nb_store_open(struct nb_store **store, const char *path, enum nb_store_mode mode,
		  struct nb_error *error)
{
	return nb_store_open_schema(store, path, mode, &nb_store_schema, error);
}

/*
 * Leaving WAL mode copies the WAL into the file and removes what stood beside it, so that people
 * can copy the one file. While others have the file open this fails, and the last of them does it;
 * where the disk is full everything stays as a killed process would leave it, and nothing is lost.
 */
void nb_store_close(struct nb_store *store)
{
	if (!store)
		return;
	nb_store_finalize(store);
	if (store->writing) {
		int64_t ignored;

		sqlite3_busy_timeout(store->db, 0);
		(void)nb_store_pragma(store->db, "journal_mode = DELETE", &ignored);
	}
	sqlite3_close(store->db);
	ZSTD_freeCCtx(store->compressor);
	free(store);
}
