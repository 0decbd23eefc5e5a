/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "store_private.h"

static int code_of_io(int extended, int system)
{
	if (extended == SQLITE_IOERR_NOMEM)
		return ENOMEM;
	if (extended == SQLITE_IOERR_CORRUPTFS)
		return EBADMSG;
	if (system == ENOSPC || system == EDQUOT)
		return ENOSPC;
	return system == EROFS ? EROFS : EIO;
}

static int code_of_constraint(int extended)
{
	bool twice = extended == SQLITE_CONSTRAINT_UNIQUE ||
		     extended == SQLITE_CONSTRAINT_PRIMARYKEY ||
		     extended == SQLITE_CONSTRAINT_ROWID;

	return twice ? EEXIST : EINVAL;
}

static int code_of_readonly(const char *path)
{
	/* The file may be writable while its folder, where the journal belongs, is not. */
	return access(path, W_OK) < 0 ? errno : EACCES;
}

/*
 * Where a file cannot be made SQLite tries to open it for reading, and reports that it is not
 * there. The folder knows the reason.
 */
static int code_of_missing(const char *path)
{
	char folder[NB_STORE_PATH_SIZE];
	char *slash;

	nb_base_copy(folder, sizeof(folder), path);
	slash = strrchr(folder, '/');
	if (slash)
		slash[1] = '\0';
	return slash && access(folder, W_OK) < 0 ? errno : ENOENT;
}

static int code_of(int extended, int system, const char *path)
{
	switch (extended & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
	case SQLITE_PROTOCOL:
		return EBUSY;
	case SQLITE_FULL:
		return ENOSPC;
	case SQLITE_READONLY:
		return code_of_readonly(path);
	case SQLITE_CANTOPEN:
		if (system == ENOENT)
			return code_of_missing(path);
		return system > 0 ? system : EIO;
	case SQLITE_NOMEM:
		return ENOMEM;
	case SQLITE_IOERR:
		return code_of_io(extended, system);
	case SQLITE_CONSTRAINT:
		return code_of_constraint(extended);
	case SQLITE_NOTADB:
	case SQLITE_CORRUPT:
	case SQLITE_TOOBIG:
	case SQLITE_MISMATCH:
	/* Our statements are right for our tables: the tables are not ours. */
	case SQLITE_ERROR:
	case SQLITE_SCHEMA:
		return EBADMSG;
	default:
		return EIO;
	}
}

int nb_store_failed(sqlite3 *db, const struct nb_store_file *file, const char *action,
		    struct nb_error *error)
{
	int extended = db ? sqlite3_extended_errcode(db) : SQLITE_NOMEM;
	int code = code_of(extended, db ? sqlite3_system_errno(db) : 0, file->path);
	const char *why = db ? sqlite3_errmsg(db) : "out of memory";

	/* Undoing what a killed process had begun needs a writer. */
	if (extended == SQLITE_READONLY_ROLLBACK || extended == SQLITE_READONLY_RECOVERY)
		return nb_error_set(error, EIO,
				    "%s was left in the middle of a change by a process that was "
				    "killed; the next nestbench that writes to it puts it right",
				    file->name);
	switch (code) {
	case EBUSY:
		return nb_error_set(error, code,
				    "%s: cannot %s: another nestbench is writing to it", file->name,
				    action);
	case EBADMSG:
		return nb_error_set(error, code, "%s is damaged or not nestbench's: cannot %s: %s",
				    file->name, action, why);
	case EIO:
	case EEXIST:
	case EINVAL:
		return nb_error_set(error, code, "%s: cannot %s: %s", file->name, action, why);
	default:
		return nb_error_set(error, code, "%s: cannot %s: %s", file->name, action,
				    strerror(code));
	}
}
