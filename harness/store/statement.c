/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <errno.h>

#include "store_private.h"

/* Columns in the order of the functions of rows.c and machine.c. */
#define SESSION_COLUMNS "ulid, started, version, profile, seed, level, cpu, fifo, locked, partial"
#define SERIES_COLUMNS	"benchmark, vantage, params, metric, unit, lower_is_better"
#define ROUND_COLUMNS                                                                           \
	"ordinal, outcome, clock, evidence, reason, samples, batch, tick_hz, null_ticks, min, " \
	"p50, p95, p99, p999, max, ops, exits_per_op, expected"
#define GUARD_COLUMNS                                                                               \
	"wall_ms, steal_ms, switches, migrations, guard.clocksource, tsc_ppm, stall_us, swap_ins, " \
	"psi_cpu_ms, canary_before_us, canary_after_us, tags"

/* The lists of columns of machine, each part with what belongs between it and the one before. */
#define TEXT_COLUMN(field, size)    ", " #field
#define NUMBER_COLUMN(field)	    ", " #field
#define TEXT_PARAMETER(field, size) ", ?"
#define NUMBER_PARAMETER(field)	    ", ?"
#define TEXT_MATCH(field, size)	    " AND " #field " IS ?"
#define NUMBER_MATCH(field)	    " AND " #field " IS ?"
#define MACHINE_COLUMNS		    NB_MACHINE_TEXTS(TEXT_COLUMN) NB_MACHINE_NUMBERS(NUMBER_COLUMN)
#define MACHINE_PARAMETERS	    NB_MACHINE_TEXTS(TEXT_PARAMETER) NB_MACHINE_NUMBERS(NUMBER_PARAMETER)
#define MACHINE_MATCH		    NB_MACHINE_TEXTS(TEXT_MATCH) NB_MACHINE_NUMBERS(NUMBER_MATCH)

#define ROUNDS_OF_SESSION                                                              \
	" FROM session_series JOIN round ON round.session_series = session_series.id " \
	"WHERE session_series.session = session.id"

/* A session that was killed has no stored validity: nb_record_valid()'s rule decides. */
#define SESSION_VALID                                                                 \
	"coalesce(valid, (SELECT count(*) > 0 AND 5 * sum(tags <> 0) <= count(*) "    \
	"FROM session_series JOIN round ON round.session_series = session_series.id " \
	"JOIN guard ON guard.round = round.id "                                       \
	"WHERE session_series.session = session.id AND outcome = 'ok')) AS valid"

#define ROUNDS_OF_ROW                                                                \
	"(SELECT round.id FROM session_series JOIN round ON round.session_series = " \
	"session_series.id WHERE session_series.session = ?)"

static const char *const texts[NB_SQL_COUNT] = {
	[NB_SQL_BEGIN] = "BEGIN",
	/* Asks for the right to write at once, so that no later statement can find it taken. */
	[NB_SQL_BEGIN_WRITE] = "BEGIN IMMEDIATE",
	[NB_SQL_COMMIT] = "COMMIT",
	[NB_SQL_ROLLBACK] = "ROLLBACK",
	[NB_SQL_MACHINE_FIND] = "SELECT id FROM machine WHERE 1" MACHINE_MATCH,
	[NB_SQL_MACHINE_ADD] = "INSERT INTO machine VALUES (NULL" MACHINE_PARAMETERS ")",
	[NB_SQL_SESSION_ADD] = "INSERT INTO session (" SESSION_COLUMNS ", machine, valid) "
			       "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	[NB_SQL_SESSION_END] = "UPDATE session SET partial = ?, valid = ? WHERE id = ?",
	[NB_SQL_SESSION_FIND] = "SELECT id FROM session WHERE ulid = ?",
	[NB_SQL_SESSION_LATEST] = "SELECT id, ulid FROM session "
				  "ORDER BY started DESC, ulid DESC LIMIT 1",
	/* No character of an id sorts behind a tilde. */
	[NB_SQL_SESSION_PREFIX] = "SELECT id, ulid FROM session "
				  "WHERE ulid >= ?1 AND ulid < ?1 || '~' ORDER BY ulid LIMIT 2",
	[NB_SQL_SESSION_GET] = "SELECT " SESSION_COLUMNS MACHINE_COLUMNS
			       " FROM session LEFT JOIN machine ON machine.id = session.machine "
			       "WHERE session.id = ?",
	[NB_SQL_SESSION_LIST] =
		"SELECT " SESSION_COLUMNS MACHINE_COLUMNS ", session.id, " SESSION_VALID
		", (SELECT count(*) FROM session_series WHERE session = session.id) AS series, "
		"(SELECT count(*)" ROUNDS_OF_SESSION ") AS rounds "
		"FROM session LEFT JOIN machine ON machine.id = session.machine "
		"ORDER BY started DESC, ulid DESC",
	[NB_SQL_LABEL_ADD] = "INSERT INTO label (key, value, session, position) "
			     "VALUES (?, ?, ?, ?)",
	[NB_SQL_LABEL_LIST] = "SELECT key, value FROM label WHERE session = ? ORDER BY position",
	[NB_SQL_SERIES_FIND] = "SELECT id FROM series WHERE benchmark = ? AND vantage = ? AND "
			       "params = ? AND metric = ? AND unit = ? AND lower_is_better = ?",
	[NB_SQL_SERIES_ADD] = "INSERT INTO series (" SERIES_COLUMNS ") VALUES (?, ?, ?, ?, ?, ?) "
			      "ON CONFLICT DO NOTHING",
	[NB_SQL_PLACE_FIND] = "SELECT id FROM session_series WHERE session = ? AND series = ?",
	[NB_SQL_PLACE_ADD] = "INSERT INTO session_series (session, series, position) "
			     "VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
	[NB_SQL_PLACE_LIST] = "SELECT " SERIES_COLUMNS ", session_series.id FROM session_series "
			      "LEFT JOIN series ON series.id = session_series.series "
			      "WHERE session = ? ORDER BY position, session_series.id",
	[NB_SQL_ROUND_ADD] = "INSERT INTO round (" ROUND_COLUMNS ", histogram, session_series) "
			     "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	[NB_SQL_ROUND_LIST] = "SELECT " ROUND_COLUMNS ", histogram, " GUARD_COLUMNS ", round.id "
			      "FROM round LEFT JOIN guard ON guard.round = round.id "
			      "WHERE session_series = ? ORDER BY ordinal",
	[NB_SQL_GUARD_ADD] = "INSERT INTO guard VALUES (?13, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, "
			     "?10, ?11, ?12)",
	[NB_SQL_KIND_ADD] = "INSERT INTO exit_kind (name) VALUES (?) ON CONFLICT DO NOTHING",
	[NB_SQL_EXIT_ADD] = "INSERT INTO exit_count (kind, count, round, position) "
			    "VALUES ((SELECT id FROM exit_kind WHERE name = ?), ?, ?, ?)",
	[NB_SQL_EXIT_LIST] = "SELECT name, count FROM exit_count "
			     "LEFT JOIN exit_kind ON exit_kind.id = kind "
			     "WHERE round = ? ORDER BY position",
	[NB_SQL_SESSION_SIZE] = "SELECT partial, (SELECT count(*)" ROUNDS_OF_SESSION ") "
				"FROM session WHERE id = ?",
	[NB_SQL_EXIT_DROP] = "DELETE FROM exit_count WHERE round IN " ROUNDS_OF_ROW,
	[NB_SQL_GUARD_DROP] = "DELETE FROM guard WHERE round IN " ROUNDS_OF_ROW,
	[NB_SQL_ROUND_DROP] = "DELETE FROM round WHERE id IN " ROUNDS_OF_ROW,
	[NB_SQL_PLACE_DROP] = "DELETE FROM session_series WHERE session = ?",
	[NB_SQL_LABEL_DROP] = "DELETE FROM label WHERE session = ?",
	[NB_SQL_SESSION_DROP] = "DELETE FROM session WHERE id = ?",
};

/*
 * All at once and not when first needed: a file whose tables are not ours is then refused when it
 * is opened, before anything is measured. This takes less than a millisecond.
 */
int nb_store_prepare(struct nb_store *store, struct nb_error *error)
{
	for (int i = 0; i < NB_SQL_COUNT; i++)
		if (sqlite3_prepare_v3(store->db, texts[i], -1, SQLITE_PREPARE_PERSISTENT,
				       &store->statements[i], NULL) != SQLITE_OK)
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
