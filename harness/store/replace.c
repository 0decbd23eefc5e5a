/* SPDX-License-Identifier: Apache-2.0 */
#include "store_private.h"

/* A session that is known but was copied before it was whole makes room for the rest of it. */

int nb_store_outdated(struct nb_store *store, int64_t row, int64_t rounds, bool partial,
		      struct nb_error *error)
{
	sqlite3_stmt *size = nb_store_statement(store, NB_SQL_SESSION_SIZE);
	int outdated = 0;
	int status;

	sqlite3_bind_int64(size, 1, row);
	status = nb_store_step(store, size, "look up a session", error);
	if (status == 1 && sqlite3_column_int(size, 0) != 0)
		outdated = !partial || rounds > sqlite3_column_int64(size, 1);
	sqlite3_reset(size);
	return status < 0 ? status : outdated;
}

int nb_store_drop_session(struct nb_store *store, int64_t row, struct nb_error *error)
{
	/* What refers to a row goes before it. */
	static const enum nb_store_sql drops[] = { NB_SQL_EXIT_DROP,   NB_SQL_GUARD_DROP,
						   NB_SQL_ROUND_DROP,  NB_SQL_SUMMARY_DROP,
						   NB_SQL_PLACE_DROP,  NB_SQL_LABEL_DROP,
						   NB_SQL_TARGET_DROP, NB_SQL_SESSION_DROP };
	int status = 0;

	for (size_t i = 0; status == 0 && i < sizeof(drops) / sizeof(drops[0]); i++) {
		sqlite3_stmt *drop = nb_store_statement(store, drops[i]);

		sqlite3_bind_int64(drop, 1, row);
		status = nb_store_run(store, drop, "replace a session", error);
	}
	return status;
}
