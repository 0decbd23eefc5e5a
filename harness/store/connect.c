/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "store_private.h"

enum { BUSY_TIMEOUT_MS = 2000, URI_SIZE = 3 * NB_STORE_PATH_SIZE + 32 };

/* A file may come from anybody (merge): it gets no more of SQLite than our tables need. */
static void defend(sqlite3 *db)
{
	static const struct {
		int option, value;
	} options[] = {
		{ SQLITE_DBCONFIG_DEFENSIVE, 1 },	{ SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0 },
		{ SQLITE_DBCONFIG_WRITABLE_SCHEMA, 0 }, { SQLITE_DBCONFIG_ENABLE_TRIGGER, 0 },
		{ SQLITE_DBCONFIG_ENABLE_VIEW, 0 },	{ SQLITE_DBCONFIG_DQS_DDL, 0 },
		{ SQLITE_DBCONFIG_DQS_DML, 0 },
	};
	static const struct {
		int limit, value;
	} limits[] = {
		{ SQLITE_LIMIT_LENGTH, 16 << 20 },    { SQLITE_LIMIT_SQL_LENGTH, 1 << 20 },
		{ SQLITE_LIMIT_COLUMN, 128 },	      { SQLITE_LIMIT_EXPR_DEPTH, 100 },
		{ SQLITE_LIMIT_COMPOUND_SELECT, 16 }, { SQLITE_LIMIT_FUNCTION_ARG, 8 },
		{ SQLITE_LIMIT_ATTACHED, 0 },	      { SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 100 },
		{ SQLITE_LIMIT_VARIABLE_NUMBER, 64 }, { SQLITE_LIMIT_TRIGGER_DEPTH, 1 },
		{ SQLITE_LIMIT_WORKER_THREADS, 0 },
	};

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		sqlite3_db_config(db, options[i].option, options[i].value, NULL);
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
		sqlite3_limit(db, limits[i].limit, limits[i].value);
}

static int configure(sqlite3 *db)
{
	sqlite3_extended_result_codes(db, 1);
	sqlite3_busy_timeout(db, BUSY_TIMEOUT_MS);
	defend(db);
	/* A mapped file that is cut while we read it would end us with SIGBUS. */
	return sqlite3_exec(db, "PRAGMA mmap_size = 0; PRAGMA cell_size_check = ON;", NULL, NULL,
			    NULL);
}

/* Writes path as a file: URI; what has a meaning there is escaped. */
static void make_uri(char uri[URI_SIZE], const char *path, const char *query)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789-._~/";
	int length = snprintf(uri, URI_SIZE, "file:");

	for (; *path != '\0'; path++)
		length += snprintf(uri + length, (size_t)(URI_SIZE - length),
				   strchr(plain, *path) ? "%c" : "%%%02X", (unsigned char)*path);
	snprintf(uri + length, (size_t)(URI_SIZE - length), "%s", query);
}

/*
 * Reads without leaving a trace, whatever state the file was left in:
 * - Not in WAL mode: reading takes a lock and nothing else.
 * - With a WAL and its index (FILE-shm): in use, or its last user was killed. SQLite works out the
 *   index again where needed; the WAL is not copied into the file (NO_CKPT_ON_CLOSE).
 * - With a WAL only: files that were copied, or a folder that cannot be written. Nobody else has
 *   it open, as a user would have an index: read without locks and keep the index in memory.
 * - In WAL mode without a WAL: copied likewise, all is in the file: immutable.
 */
int nb_store_connect_reading(const struct nb_store_file *file, sqlite3 **db, struct nb_error *error)
{
	bool private_index = file->wal && !file->shared_memory;
	bool immutable = file->wal_header && !file->wal;
	char uri[URI_SIZE];
	int status;

	make_uri(uri, file->path, immutable ? "?immutable=1" : "");
	status = sqlite3_open_v2(uri, db,
				 SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX,
				 private_index ? "unix-none" : NULL);
	if (status == SQLITE_OK)
		status = configure(*db);
	if (status == SQLITE_OK)
		status = sqlite3_db_config(*db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	if (status == SQLITE_OK && private_index)
		status = sqlite3_exec(*db, "PRAGMA locking_mode = EXCLUSIVE", NULL, NULL, NULL);
	if (status == SQLITE_OK)
		return 0;
	status = nb_store_failed(*db, file, "open it", error);
	sqlite3_close(*db);
	*db = NULL;
	return status;
}

int nb_store_connect_writing(const struct nb_store_file *file, sqlite3 **db, struct nb_error *error)
{
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
	int status = sqlite3_open_v2(file->path, db, flags, NULL);

	if (status == SQLITE_OK)
		status = configure(*db);
	if (status != SQLITE_OK)
		status = nb_store_failed(*db, file, "open it", error);
	/* SQLite falls back to reading only where a file cannot be written, and says so late. */
	if (status == 0 && sqlite3_db_readonly(*db, "main") == 1) {
		int code = access(file->path, W_OK) < 0 ? errno : EACCES;

		status = nb_error_set(error, code, "cannot write to %s: %s", file->name,
				      strerror(code));
	}
	if (status == 0)
		return 0;
	sqlite3_close(*db);
	*db = NULL;
	return status;
}

int nb_store_pragma(sqlite3 *db, const char *pragma, int64_t *value)
{
	char text[64];
	sqlite3_stmt *statement;
	int status;

	snprintf(text, sizeof(text), "PRAGMA %s", pragma);
	status = sqlite3_prepare_v2(db, text, -1, &statement, NULL);
	if (status == SQLITE_OK)
		status = sqlite3_step(statement);
	if (status == SQLITE_ROW)
		*value = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	return status == SQLITE_ROW ? SQLITE_OK : status;
}

int nb_store_check(sqlite3 *db, const struct nb_store_file *file, const char *pragma,
		   struct nb_error *error)
{
	char text[64];
	sqlite3_stmt *statement;
	const char *answer = NULL;
	int status;

	snprintf(text, sizeof(text), "PRAGMA %s", pragma);
	status = sqlite3_prepare_v2(db, text, -1, &statement, NULL);
	if (status == SQLITE_OK)
		status = sqlite3_step(statement);
	if (status == SQLITE_ROW)
		answer = (const char *)sqlite3_column_text(statement, 0);
	if (!answer)
		status = nb_store_failed(db, file, "check it", error);
	else if (strcmp(answer, "ok") != 0)
		status = nb_error_set(error, EBADMSG, "%s is damaged: %.200s", file->name, answer);
	else
		status = 0;
	sqlite3_finalize(statement);
	return status;
}
