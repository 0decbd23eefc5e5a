/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "store_private.h"

/*
 * All at once and not when first needed: a file whose tables are not ours is then refused when it
 * is opened, before anything is measured. This takes less than a millisecond.
 */
int nb_store_prepare(struct nb_store *store, struct nb_error *error)
{
	for (int i = 0; i < NB_SQL_COUNT; i++)
		if (sqlite3_prepare_v3(store->db, nb_store_sql_texts[i], -1,
				       SQLITE_PREPARE_PERSISTENT, &store->statements[i],
				       NULL) != SQLITE_OK)
			return nb_store_failed(store->db, &store->file, "use its tables", error);
	return 0;
}

void nb_store_finalize(struct nb_store *store)
{
	for (int i = 0; i < NB_SQL_COUNT; i++) {
		sqlite3_finalize(store->statements[i]);
		store->statements[i] = NULL;
	}
}

sqlite3_stmt *nb_store_statement(struct nb_store *store, enum nb_store_sql which)
{
	sqlite3_stmt *statement = store->statements[which];

	assert(statement);
	sqlite3_reset(statement);
	sqlite3_clear_bindings(statement);
	return statement;
}

int nb_store_step(struct nb_store *store, sqlite3_stmt *statement, const char *action,
		  struct nb_error *error)
{
	int status = sqlite3_step(statement);

	if (status == SQLITE_ROW)
		return 1;
	status =
		status == SQLITE_DONE ? 0 : nb_store_failed(store->db, &store->file, action, error);
	/* A statement that is not reset would keep its transaction from ending. */
	sqlite3_reset(statement);
	return status;
}

int nb_store_run(struct nb_store *store, sqlite3_stmt *statement, const char *action,
		 struct nb_error *error)
{
	int status = nb_store_step(store, statement, action, error);

	assert(status <= 0);
	return status;
}

int nb_store_begin(struct nb_store *store, enum nb_store_sql how, struct nb_error *error)
{
	if (how == NB_SQL_BEGIN_WRITE && !store->writing)
		return nb_error_set(error, EROFS, "%s is open for reading only", store->file.name);
	return nb_store_run(store, nb_store_statement(store, how), "start a transaction", error);
}

int nb_store_finish(struct nb_store *store, int status, struct nb_error *error)
{
	if (status == 0)
		status = nb_store_run(store, nb_store_statement(store, NB_SQL_COMMIT),
				      "finish a transaction", error);
	/* Some failures have ended the transaction already. */
	if (status < 0 && !sqlite3_get_autocommit(store->db))
		(void)sqlite3_step(nb_store_statement(store, NB_SQL_ROLLBACK));
	sqlite3_reset(store->statements[NB_SQL_ROLLBACK]);
	return status;
}

void *nb_store_grow(void *array, size_t count, size_t size, struct nb_error *error)
{
	char *grown = array;

	if ((count & (count - 1)) == 0)
		grown = reallocarray(array, count > 0 ? 2 * count : 1, size);
	if (grown)
		memset(grown + count * size, 0, size);
	else
		nb_error_set(error, ENOMEM, "no memory for a list of %zu entries", count + 1);
	return grown;
}
