/* SPDX-License-Identifier: Apache-2.0 */
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

#define SUMMARY_COLUMNS \
	"outcome, level, evidence, reason, rounds, tagged_rounds, batch, p50, ci_low, ci_high, p99"
#define COMPARISON_COLUMNS "comparison, created, base, candidate, method, version, seed"
#define VERDICT_COLUMNS	   "margin, ratio, ci_low, ci_high, p_adjusted, mde, indicative, verdict"

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

/* That two rows of machine, old and new, are equal in all but their boot_id. */
#define TEXT_ALIKE(field, size) " AND (old." #field " = new." #field " OR '" #field "' = 'boot_id')"
#define NUMBER_ALIKE(field)	" AND old." #field " IS new." #field
#define MACHINE_ALIKE		NB_MACHINE_TEXTS(TEXT_ALIKE) NB_MACHINE_NUMBERS(NUMBER_ALIKE)

/* The same lists of target. */
#define TARGET_COLUMNS	  NB_TARGET_TEXTS(TEXT_COLUMN) NB_TARGET_NUMBERS(NUMBER_COLUMN)
#define TARGET_PARAMETERS NB_TARGET_TEXTS(TEXT_PARAMETER) NB_TARGET_NUMBERS(NUMBER_PARAMETER)

#define ROUNDS_OF_SESSION                                                              \
	" FROM session_series JOIN round ON round.session_series = session_series.id " \
	"WHERE session_series.session = session.id"

/* A session that was killed has no stored validity: nb_record_valid()'s rule decides. */
#define SESSION_VALID                                                                 \
	"coalesce(valid, (SELECT count(*) > 0 AND 5 * sum(tags <> 0) <= count(*) "    \
	"FROM session_series JOIN round ON round.session_series = session_series.id " \
	"JOIN guard ON guard.round = round.id "                                       \
	"WHERE session_series.session = session.id AND outcome = 'ok')) AS valid"

#define ENTRIES                                                                          \
	"SELECT " SESSION_COLUMNS MACHINE_COLUMNS ", session.id, " SESSION_VALID         \
	", (SELECT count(*) FROM session_series WHERE session = session.id) AS series, " \
	"(SELECT count(*)" ROUNDS_OF_SESSION ") AS rounds "                              \
	"FROM session LEFT JOIN machine ON machine.id = session.machine "

/* Series that a session which ended has. */
#define SERIES_KNOWN "EXISTS (SELECT 1 FROM summary WHERE summary.series = series.id)"
#define SERIES_ORDER "ORDER BY benchmark, vantage DESC, params, metric, unit, lower_is_better"

#define ROUNDS_OF_ROW                                                                \
	"(SELECT round.id FROM session_series JOIN round ON round.session_series = " \
	"session_series.id WHERE session_series.session = ?)"

const char *const nb_store_sql_texts[NB_SQL_COUNT] = {
	[NB_SQL_BEGIN] = "BEGIN",
	/* Asks for the right to write at once, so that no later statement can find it taken. */
	[NB_SQL_BEGIN_WRITE] = "BEGIN IMMEDIATE",
	[NB_SQL_COMMIT] = "COMMIT",
	[NB_SQL_ROLLBACK] = "ROLLBACK",
	[NB_SQL_MACHINE_FIND] = "SELECT id FROM machine WHERE 1" MACHINE_MATCH,
	[NB_SQL_MACHINE_ADD] = "INSERT INTO machine VALUES (NULL" MACHINE_PARAMETERS ")",
	[NB_SQL_MACHINE_GET] = "SELECT id" MACHINE_COLUMNS " FROM machine WHERE id = ?",
	[NB_SQL_ENVIRONMENT_FOUND] =
		"INSERT INTO environment SELECT new.id, alike FROM machine AS new "
		"CROSS JOIN machine AS old CROSS JOIN environment ON environment.machine = old.id "
		"WHERE new.id = ?1 AND old.id < ?1" MACHINE_ALIKE " ORDER BY old.id DESC LIMIT 1",
	[NB_SQL_ENVIRONMENT_NEW] = "INSERT INTO environment VALUES (?1, ?1) ON CONFLICT DO NOTHING",
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
	[NB_SQL_SESSION_STATE] =
		"SELECT valid IS NOT NULL, " SESSION_VALID " FROM session WHERE id = ?",
	[NB_SQL_SESSION_LIST] = ENTRIES "ORDER BY started DESC, ulid DESC",
	[NB_SQL_SESSION_ENDED_LATEST] = "SELECT id FROM session WHERE valid IS NOT NULL "
					"ORDER BY started DESC, ulid DESC LIMIT 1",
	[NB_SQL_SESSION_ENDED_LIST] = "SELECT id FROM session WHERE valid IS NOT NULL ORDER BY id",
	[NB_SQL_SESSION_LABELLED] = "SELECT id, valid IS NOT NULL FROM session WHERE id IN "
				    "(SELECT session FROM label WHERE key = ? AND value = ?) "
				    "ORDER BY started, ulid",
	[NB_SQL_LABEL_ADD] = "INSERT INTO label (key, value, session, position) "
			     "VALUES (?, ?, ?, ?)",
	[NB_SQL_LABEL_LIST] = "SELECT key, value FROM label WHERE session = ? ORDER BY position",
	[NB_SQL_LABEL_NAMES] = "SELECT key || '=' || value FROM label GROUP BY key, value "
			       "ORDER BY max(session) DESC, key, value",
	[NB_SQL_TARGET_ADD] = "INSERT INTO target VALUES (?, ?" TARGET_PARAMETERS ")",
	[NB_SQL_TARGET_LIST] =
		"SELECT position" TARGET_COLUMNS " FROM target WHERE session = ? ORDER BY position",
	[NB_SQL_SERIES_FIND] = "SELECT id FROM series WHERE benchmark = ? AND vantage = ? AND "
			       "params = ? AND metric = ? AND unit = ? AND lower_is_better = ?",
	[NB_SQL_SERIES_ADD] = "INSERT INTO series (" SERIES_COLUMNS ") VALUES (?, ?, ?, ?, ?, ?) "
			      "ON CONFLICT DO NOTHING",
	[NB_SQL_SERIES_LIST] =
		"SELECT " SERIES_COLUMNS ", id FROM series WHERE " SERIES_KNOWN " " SERIES_ORDER,
	[NB_SQL_SERIES_COUNTS] = "SELECT " SERIES_COLUMNS ", (SELECT count(*) FROM summary "
				 "WHERE summary.series = series.id) AS sessions "
				 "FROM series WHERE " SERIES_KNOWN " " SERIES_ORDER,
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
	[NB_SQL_ROUND_COLUMNS] = "SELECT " ROUND_COLUMNS ", " GUARD_COLUMNS
				 " FROM round LEFT JOIN guard ON guard.round = round.id "
				 "WHERE session_series = ? ORDER BY ordinal",
	[NB_SQL_GUARD_ADD] = "INSERT INTO guard VALUES (?13, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, "
			     "?10, ?11, ?12)",
	[NB_SQL_KIND_ADD] = "INSERT INTO exit_kind (name) VALUES (?) ON CONFLICT DO NOTHING",
	[NB_SQL_EXIT_ADD] = "INSERT INTO exit_count (kind, count, round, position) "
			    "VALUES ((SELECT id FROM exit_kind WHERE name = ?), ?, ?, ?)",
	[NB_SQL_EXIT_LIST] = "SELECT name, count FROM exit_count "
			     "LEFT JOIN exit_kind ON exit_kind.id = kind "
			     "WHERE round = ? ORDER BY position",
	[NB_SQL_SUMMARY_ADD] = "INSERT OR REPLACE INTO summary (" SUMMARY_COLUMNS
			       ", series, session) SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, series, "
			       "session FROM session_series WHERE id = ?",
	[NB_SQL_SUMMARY_LIST] =
		"SELECT " SERIES_COLUMNS ", session_series.id, " SUMMARY_COLUMNS
		" FROM session_series LEFT JOIN series ON series.id = session_series.series "
		"LEFT JOIN summary ON summary.series = session_series.series "
		"AND summary.session = session_series.session "
		"WHERE session_series.session = ? ORDER BY position, session_series.id",
	[NB_SQL_TIMELINE_SESSIONS] =
		"SELECT ulid, started, version, profile, level, partial, valid, id, alike FROM session "
		"LEFT JOIN environment ON environment.machine = session.machine "
		"WHERE valid IS NOT NULL ORDER BY started, ulid",
	[NB_SQL_TIMELINE_LABELS] = "SELECT key, value, session FROM label "
				   "ORDER BY session, position",
	[NB_SQL_TIMELINE_POINTS] = "SELECT " SUMMARY_COLUMNS ", session FROM summary "
				   "WHERE series = ? ORDER BY session",
	/* What is frozen is not replaced, so for that it counts as whole. */
	[NB_SQL_SESSION_SIZE] = "SELECT partial AND NOT EXISTS (SELECT 1 FROM baseline_session "
				"WHERE baseline_session.session = session.id), "
				"(SELECT count(*)" ROUNDS_OF_SESSION ") FROM session WHERE id = ?",
	[NB_SQL_EXIT_DROP] = "DELETE FROM exit_count WHERE round IN " ROUNDS_OF_ROW,
	[NB_SQL_GUARD_DROP] = "DELETE FROM guard WHERE round IN " ROUNDS_OF_ROW,
	[NB_SQL_ROUND_DROP] = "DELETE FROM round WHERE id IN " ROUNDS_OF_ROW,
	[NB_SQL_SUMMARY_DROP] = "DELETE FROM summary WHERE session = ?1 AND series IN "
				"(SELECT series FROM session_series WHERE session = ?1)",
	[NB_SQL_PLACE_DROP] = "DELETE FROM session_series WHERE session = ?",
	[NB_SQL_LABEL_DROP] = "DELETE FROM label WHERE session = ?",
	[NB_SQL_TARGET_DROP] = "DELETE FROM target WHERE session = ?",
	[NB_SQL_SESSION_DROP] = "DELETE FROM session WHERE id = ?",
	[NB_SQL_BASELINE_FIND] = "SELECT id FROM baseline WHERE name = ?",
	[NB_SQL_BASELINE_ADD] = "INSERT INTO baseline (name, created, provenance, kind) "
				"VALUES (?, ?, ?, 'sessions')",
	[NB_SQL_BASELINE_LIST] = "SELECT name, created, provenance, "
				 "(SELECT count(*) FROM baseline_session "
				 "WHERE baseline_session.baseline = baseline.id) AS sessions "
				 "FROM baseline WHERE kind = 'sessions' ORDER BY name",
	[NB_SQL_BASELINE_NAMES] = "SELECT name FROM baseline ORDER BY name",
	[NB_SQL_BASELINE_DROP] = "DELETE FROM baseline WHERE id = ?",
	[NB_SQL_MEMBER_ADD] = "INSERT INTO baseline_session VALUES (?, ?)",
	[NB_SQL_MEMBER_ROWS] =
		"SELECT session.id, 1 FROM baseline_session JOIN session ON session.id = "
		"baseline_session.session WHERE baseline = ? ORDER BY started, ulid",
	[NB_SQL_MEMBER_IDS] = "SELECT ulid FROM baseline_session JOIN session ON session.id = "
			      "baseline_session.session WHERE baseline = ? ORDER BY ulid",
	[NB_SQL_MEMBER_LIST] = ENTRIES "WHERE session.id IN (SELECT session FROM baseline_session "
				       "WHERE baseline = ?) ORDER BY started, ulid",
	[NB_SQL_MEMBER_DROP] = "DELETE FROM baseline_session WHERE baseline = ?",
	[NB_SQL_EVENT_ADD] = "INSERT INTO event (ulid, at, text) VALUES (?, ?, ?) "
			     "ON CONFLICT (ulid) DO NOTHING",
	[NB_SQL_EVENT_LIST] = "SELECT ulid, at, text FROM event ORDER BY at, ulid",
	[NB_SQL_VERDICT_ADD] =
		"INSERT INTO verdict (" COMPARISON_COLUMNS ", " VERDICT_COLUMNS ", series) "
		"VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	[NB_SQL_VERDICT_LIST] =
		"SELECT " COMPARISON_COLUMNS ", " VERDICT_COLUMNS ", " SERIES_COLUMNS
		" FROM verdict LEFT JOIN series ON series.id = verdict.series ORDER BY verdict.id",
};
