/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "store_private.h"

enum { BACKUP_PATH_SIZE = NB_STORE_PATH_SIZE + 32 };

const struct nb_store_schema nb_store_schema = { nb_store_scripts, NB_STORE_VERSION };

static int execute(sqlite3 *db, const struct nb_store_file *file, const char *text,
		   struct nb_error *error)
{
	if (sqlite3_exec(db, text, NULL, NULL, NULL) == SQLITE_OK)
		return 0;
	return nb_store_failed(db, file, "bring it up to date", error);
}

/* Foreign keys are off while tables may be made anew; a script must leave none dangling. */
static int check_references(sqlite3 *db, const struct nb_store_file *file, struct nb_error *error)
{
	int64_t ignored;
	int status = nb_store_pragma(db, "foreign_key_check", &ignored);

	if (status == SQLITE_DONE)
		return 0;
	if (status == SQLITE_OK)
		return nb_error_set(error, EBADMSG, "%s is damaged: a row refers to none",
				    file->name);
	return nb_store_failed(db, file, "check its references", error);
}

static int run_scripts(sqlite3 *db, const struct nb_store_file *file,
		       const struct nb_store_schema *schema, struct nb_error *error)
{
	char text[64];
	int64_t version, first;
	int status = 0;

	/* Within the transaction: another nestbench may have been faster. */
	if (nb_store_pragma(db, "user_version", &version) != SQLITE_OK)
		return nb_store_failed(db, file, "read its version", error);
	first = version;
	for (; status == 0 && version < schema->version; version++) {
		status = execute(db, file, schema->scripts[version].text, error);
		snprintf(text, sizeof(text), "PRAGMA user_version = %d", (int)version + 1);
		if (status == 0)
			status = execute(db, file, text, error);
	}
	/* Once the tables are all there: it works with the statements of this nestbench. */
	if (status == 0 && first > 0 && first < NB_STORE_SUMMARY_VERSION &&
	    schema->version >= NB_STORE_SUMMARY_VERSION)
		status = nb_store_fill_summaries(db, file, error);
	return status == 0 ? check_references(db, file, error) : status;
}

/*
 * The database has no WAL meanwhile: once this has succeeded, the header of the file itself says
 * what it is (probe.c), and a copy of the file alone is a whole one.
 */
int nb_store_migrate(sqlite3 *db, const struct nb_store_file *file,
		     const struct nb_store_schema *schema, struct nb_error *error)
{
	int status = execute(db, file, "BEGIN IMMEDIATE", error);

	if (status < 0)
		return status;
	status = run_scripts(db, file, schema, error);
	if (status == 0)
		status = execute(db, file, "COMMIT", error);
	if (status < 0 && !sqlite3_get_autocommit(db))
		sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
	return status;
}

/* All pages of from to the empty database to. Failures are to's. */
static int copy_pages(sqlite3 *from, sqlite3 *to)
{
	sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");

	if (!backup)
		return sqlite3_errcode(to);
	sqlite3_backup_step(backup, -1);
	return sqlite3_backup_finish(backup);
}

static void backup_path(const struct nb_store_file *file, char path[BACKUP_PATH_SIZE])
{
	snprintf(path, BACKUP_PATH_SIZE, "%s.bak-v%d", file->path, file->version);
}

/* A copy that was cut short must not look like one: it gets its name when it is whole. */
int nb_store_backup(sqlite3 *db, const struct nb_store_file *file, struct nb_error *error)
{
	char path[BACKUP_PATH_SIZE];
	struct nb_store_file copy = *file;
	sqlite3 *to = NULL;
	int status;

	backup_path(file, path);
	snprintf(copy.path, sizeof(copy.path), "%.*s.bak-new", NB_STORE_PATH_SIZE - 16, file->path);
	unlink(copy.path);
	status = nb_store_connect_writing(&copy, &to, error);
	if (status < 0)
		return status;
	if (copy_pages(db, to) != SQLITE_OK)
		status = nb_store_failed(to, &copy, "make a backup before the upgrade", error);
	sqlite3_close(to);
	if (status == 0 && rename(copy.path, path) < 0) {
		int code = errno;

		status = nb_error_set(error, code, "cannot make the backup %s: %s", path,
				      strerror(code));
	}
	if (status < 0)
		unlink(copy.path);
	return status;
}

void nb_store_drop_backup(const struct nb_store_file *file)
{
	char path[BACKUP_PATH_SIZE];

	backup_path(file, path);
	unlink(path);
}

int nb_store_copy_to_memory(sqlite3 **db, const struct nb_store_file *file, struct nb_error *error)
{
	struct nb_store_file memory = *file;
	sqlite3 *copy = NULL;
	int status;

	nb_base_copy(memory.path, sizeof(memory.path), ":memory:");
	status = nb_store_connect_writing(&memory, &copy, error);
	if (status < 0)
		return status;
	if (copy_pages(*db, copy) != SQLITE_OK) {
		status = nb_store_failed(copy, file, "read it", error);
		sqlite3_close(copy);
		return status;
	}
	sqlite3_close(*db);
	*db = copy;
	return 0;
}
