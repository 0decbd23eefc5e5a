/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_STORE_PRIVATE_H
#define NB_STORE_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sqlite3.h>
#include <zstd.h>

#include "nestbench/archive.h"
#include "nestbench/digest.h"
#include "nestbench/record.h"
#include "nestbench/store.h"

/* What the files of this room share. */

enum {
	NB_STORE_APPLICATION_ID = 0x6e737462, /* "nstb" */
	NB_STORE_PATH_SIZE = 1024,
	NB_STORE_SUMMARY_VERSION = 2, /* the first with sums over the rounds of a session */
};

/* scripts[n] leads from version n to n + 1. */
struct nb_store_schema {
	const struct nb_embedded *scripts;
	int version; /* the number of scripts */
};
/* The real one: the embedded *.sql files. */
extern const struct nb_store_schema nb_store_schema;
extern const struct nb_embedded nb_store_scripts[];

/* What a file is before SQLite opens it (probe.c). */
struct nb_store_file {
	char name[NB_STORE_PATH_SIZE]; /* as the caller wrote it, for messages */
	char path[NB_STORE_PATH_SIZE]; /* in full, symbolic links followed */
	bool present;		       /* exists and holds at least a byte */
	bool unclean;		       /* in use now, or not closed by its last user */
	bool wal_header, wal, shared_memory;
	int version;
};

/* Bounds of what a row may hold, so that no sum of values from a file can overflow 64 bits. */
#define NB_STORE_COUNT_MAX (INT64_C(1) << 48)
enum { NB_STORE_ROUNDS_MAX = 1 << 14 };

enum nb_store_sql {
	NB_SQL_BEGIN,
	NB_SQL_BEGIN_WRITE,
	NB_SQL_COMMIT,
	NB_SQL_ROLLBACK,
	NB_SQL_MACHINE_FIND,
	NB_SQL_MACHINE_ADD,
	NB_SQL_MACHINE_GET,
	NB_SQL_ENVIRONMENT_FOUND,
	NB_SQL_ENVIRONMENT_NEW,
	NB_SQL_SESSION_ADD,
	NB_SQL_SESSION_END,
	NB_SQL_SESSION_FIND,
	NB_SQL_SESSION_LATEST,
	NB_SQL_SESSION_PREFIX,
	NB_SQL_SESSION_GET,
	NB_SQL_SESSION_STATE,
	NB_SQL_SESSION_LIST,
	NB_SQL_SESSION_ENDED_LATEST,
	NB_SQL_SESSION_ENDED_LIST,
	NB_SQL_SESSION_LABELLED,
	NB_SQL_LABEL_ADD,
	NB_SQL_LABEL_LIST,
	NB_SQL_LABEL_NAMES,
	NB_SQL_TARGET_ADD,
	NB_SQL_TARGET_LIST,
	NB_SQL_SERIES_FIND,
	NB_SQL_SERIES_ADD,
	NB_SQL_SERIES_LIST,
	NB_SQL_SERIES_COUNTS,
	NB_SQL_PLACE_FIND, /* a place: a row of session_series */
	NB_SQL_PLACE_ADD,
	NB_SQL_PLACE_LIST,
	NB_SQL_ROUND_ADD,
	NB_SQL_ROUND_LIST,
	NB_SQL_ROUND_COLUMNS, /* ROUND_LIST without histograms */
	NB_SQL_GUARD_ADD,
	NB_SQL_KIND_ADD,
	NB_SQL_EXIT_ADD,
	NB_SQL_EXIT_LIST,
	NB_SQL_SUMMARY_ADD,
	NB_SQL_SUMMARY_LIST,
	NB_SQL_TIMELINE_SESSIONS,
	NB_SQL_TIMELINE_LABELS,
	NB_SQL_TIMELINE_POINTS,
	NB_SQL_SESSION_SIZE,
	NB_SQL_EXIT_DROP,
	NB_SQL_GUARD_DROP,
	NB_SQL_ROUND_DROP,
	NB_SQL_SUMMARY_DROP,
	NB_SQL_PLACE_DROP,
	NB_SQL_LABEL_DROP,
	NB_SQL_TARGET_DROP,
	NB_SQL_SESSION_DROP,
	NB_SQL_BASELINE_FIND,
	NB_SQL_BASELINE_ADD,
	NB_SQL_BASELINE_LIST,
	NB_SQL_BASELINE_NAMES,
	NB_SQL_BASELINE_DROP,
	NB_SQL_MEMBER_ADD, /* a member: a row of baseline_session */
	NB_SQL_MEMBER_ROWS,
	NB_SQL_MEMBER_IDS,
	NB_SQL_MEMBER_LIST,
	NB_SQL_MEMBER_DROP,
	NB_SQL_EVENT_ADD,
	NB_SQL_EVENT_LIST,
	NB_SQL_VERDICT_ADD,
	NB_SQL_VERDICT_LIST,
	NB_SQL_COUNT,
};

struct nb_store {
	sqlite3 *db;
	struct nb_store_file file;
	bool writing;
	bool alone; /* nobody else can have the file open meanwhile */
	ZSTD_CCtx *compressor;
	sqlite3_stmt *statements[NB_SQL_COUNT];
};

/* open.c: nb_store_open() with another schema than this nestbench's, for the tests. */
int nb_store_open_schema(struct nb_store **store, const char *path, enum nb_store_mode mode,
			 const struct nb_store_schema *schema, struct nb_error *error);

/* probe.c: refuses what is not ours, or newer than version, without opening it with SQLite. */
int nb_store_probe(struct nb_store_file *file, const char *path, int version,
		   struct nb_error *error);
/* -EBADMSG or -ENOTSUP unless the numbers are those of a database that version can handle. */
int nb_store_judge(const struct nb_store_file *file, int64_t application_id, int64_t user_version,
		   int version, struct nb_error *error);

/* connect.c: connections to SQLite. *db is NULL after a failure. */
int nb_store_connect_reading(const struct nb_store_file *file, sqlite3 **db,
			     struct nb_error *error);
int nb_store_connect_writing(const struct nb_store_file *file, sqlite3 **db,
			     struct nb_error *error);
/* A number that a PRAGMA answers with, e.g. "user_version". */
int nb_store_pragma(sqlite3 *db, const char *pragma, int64_t *value);
/* pragma: "quick_check(1)" or "integrity_check(1)". */
int nb_store_check(sqlite3 *db, const struct nb_store_file *file, const char *pragma,
		   struct nb_error *error);

/* migrate.c: from the file's version to the schema's, in one transaction. */
int nb_store_migrate(sqlite3 *db, const struct nb_store_file *file,
		     const struct nb_store_schema *schema, struct nb_error *error);
int nb_store_backup(sqlite3 *db, const struct nb_store_file *file, struct nb_error *error);
void nb_store_drop_backup(const struct nb_store_file *file);
/* Replaces *db by a copy in memory. */
int nb_store_copy_to_memory(sqlite3 **db, const struct nb_store_file *file, struct nb_error *error);

/* failure.c: the last failure of db as a negative errno, with a message for a person. */
int nb_store_failed(sqlite3 *db, const struct nb_store_file *file, const char *action,
		    struct nb_error *error);

/* statement_texts.c */
extern const char *const nb_store_sql_texts[NB_SQL_COUNT];

/* statement.c: each statement is prepared once, when the store is opened. */
int nb_store_prepare(struct nb_store *store, struct nb_error *error);
void nb_store_finalize(struct nb_store *store);
/* The statement, ready to be bound. */
sqlite3_stmt *nb_store_statement(struct nb_store *store, enum nb_store_sql which);
/* Runs a statement that returns no row. */
int nb_store_run(struct nb_store *store, sqlite3_stmt *statement, const char *action,
		 struct nb_error *error);
/* Next row: 1, 0 at the end (the statement is reset then) or a negative errno. */
int nb_store_step(struct nb_store *store, sqlite3_stmt *statement, const char *action,
		  struct nb_error *error);
/* Commits if status is 0, else rolls back; returns status, or why the commit failed. */
int nb_store_begin(struct nb_store *store, enum nb_store_sql how, struct nb_error *error);
int nb_store_finish(struct nb_store *store, int status, struct nb_error *error);
/*
 * Room for one more entry, of zeroes, at the end of an array that grows when its count is 0 or a
 * power of two. The array, which may have moved, or NULL without memory: it is still the caller's.
 */
void *nb_store_grow(void *array, size_t count, size_t size, struct nb_error *error);

/*
 * field.c: one walk over the columns of a row, which binds them to a statement or reads them from
 * its current row, so that the order of the columns is written down once for both directions.
 * Unknown numbers (NAN, -1) are NULL. The first value that is out of its bounds is remembered in
 * bad and fails the row at the end.
 */
struct nb_walk {
	sqlite3_stmt *statement;
	int column; /* the next one, from 0 */
	bool reading;
	const char *bad;
};

void nb_walk_text(struct nb_walk *walk, const char *name, char *text, size_t size);
void nb_walk_real(struct nb_walk *walk, const char *name, double *value);
/* 0..max; count may be unknown, number may not. */
void nb_walk_count(struct nb_walk *walk, const char *name, int64_t *value, int64_t max);
void nb_walk_number(struct nb_walk *walk, const char *name, int64_t *value, int64_t max);
void nb_walk_flag(struct nb_walk *walk, const char *name, bool *value);
void nb_walk_bits(struct nb_walk *walk, const char *name, uint64_t *value);
/* A value from 0 to last, kept as the word that word() has for it. */
void nb_walk_word(struct nb_walk *walk, const char *name, int *value,
		  const char *(*word)(int value), int last);
/* -EINVAL (-EBADMSG when reading) that names the column and the row, or 0. */
int nb_walk_end(const struct nb_walk *walk, const struct nb_store *store, const char *row,
		struct nb_error *error);

/* rows.c, machine.c: the columns of each table, in the order of statement.c. */
void nb_store_session_fields(struct nb_walk *walk, struct nb_session *session);
void nb_store_timeline_fields(struct nb_walk *walk, struct nb_timeline_session *session);
void nb_store_machine_fields(struct nb_walk *walk, struct nb_machine *machine);
void nb_store_label_fields(struct nb_walk *walk, struct nb_label *label);
void nb_store_series_fields(struct nb_walk *walk, struct nb_series *series);
void nb_store_round_fields(struct nb_walk *walk, struct nb_round *round);
void nb_store_guard_fields(struct nb_walk *walk, struct nb_guards *guards);
void nb_store_exit_fields(struct nb_walk *walk, struct nb_exit_kind *kind);
/* All of row but its series. */
void nb_store_summary_fields(struct nb_walk *walk, struct nb_digest_row *row);
void nb_store_baseline_fields(struct nb_walk *walk, struct nb_store_baseline *baseline);
void nb_store_event_fields(struct nb_walk *walk, struct nb_event *event);
/* comparison: of what all rows of one comparison have in common. */
void nb_store_comparison_fields(struct nb_walk *walk, struct nb_store_verdicts *comparison);
void nb_store_verdict_fields(struct nb_walk *walk, struct nb_store_verdict *verdict);

/* machine.c: the row of an equal machine, added where there is none. */
int nb_store_machine_row(struct nb_store *store, const struct nb_machine *machine, int64_t *row,
			 struct nb_error *error);

/* target.c: what io.* measured in a session; read fills session->targets. */
int nb_store_add_targets(struct nb_store *store, int64_t row, struct nb_session *session,
			 struct nb_error *error);
int nb_store_read_targets(struct nb_store *store, int64_t row, struct nb_session *session,
			  struct nb_error *error);

/* blob.c: the column round.histogram. */
int nb_store_bind_histogram(struct nb_store *store, sqlite3_stmt *statement, int parameter,
			    const struct nb_histogram *histogram, struct nb_error *error);
int nb_store_read_histogram(sqlite3_stmt *statement, int column, struct nb_histogram *histogram,
			    struct nb_error *error);

/* select.c: look_up returns 1, 0 where there is no such session or a negative errno; find_session
 * returns 0, and -ENOENT where there is none. */
int nb_store_look_up(struct nb_store *store, const char *id, int64_t *row, struct nb_error *error);
int nb_store_find_session(struct nb_store *store, const char *id, int64_t *row,
			  struct nb_error *error);
int nb_store_select(struct nb_store *store, const char *selector, int64_t *row,
		    struct nb_error *error);
/* The rows of nb_store_digests()'s selector, at least one, in order of time; the caller frees. */
int nb_store_select_all(struct nb_store *store, const char *selector, int64_t **rows, size_t *count,
			struct nb_error *error);
/* 1 where the session has ended, 0 where not. *valid may be NULL. */
int nb_store_ended(struct nb_store *store, int64_t row, bool *valid, struct nb_error *error);
/* The first few names that a statement lists, for a message: " (there are: a, b, ...)" or "". */
int nb_store_name_some(struct nb_store *store, enum nb_store_sql list, char *text, size_t size,
		       struct nb_error *error);

/* read.c, list.c: one session without its series; its labels; sessions of a statement. */
int nb_store_read_session(struct nb_store *store, int64_t row, struct nb_session *session,
			  struct nb_error *error);
int nb_store_read_labels(struct nb_store *store, int64_t row, struct nb_session *session,
			 struct nb_error *error);
int nb_store_read_entries(struct nb_store *store, sqlite3_stmt *list,
			  struct nb_store_entry **entries, size_t *count, struct nb_error *error);

/* write.c: nb_store_import() of a session that may still run where it comes from. */
int nb_store_import_as(struct nb_store *store, const struct nb_record *record, bool ended,
		       bool *added, struct nb_error *error);
/* The row of an equal series, added where there is none. */
int nb_store_series_row(struct nb_store *store, const struct nb_series *series, int64_t *row,
			struct nb_error *error);

/*
 * summary.c: sum_up computes a summary from the plain columns of the rounds of a place: 1, 0 where
 * it has no rounds, or a negative errno. keep writes those of a session that ended. fill does so
 * for all sessions, within a migration.
 */
int nb_store_sum_up(struct nb_store *store, const struct nb_session *session, int64_t place,
		    const struct nb_series *series, struct nb_digest_row *row,
		    struct nb_error *error);
int nb_store_keep_summary(struct nb_store *store, int64_t session_row, struct nb_error *error);
int nb_store_fill_summaries(sqlite3 *db, const struct nb_store_file *file, struct nb_error *error);

/* timeline_sessions.c: which session of a timeline a row is. */
struct nb_timeline_rows {
	struct nb_timeline_row {
		int64_t row;
		size_t index;
	} * rows; /* sorted by row */
	size_t count;
};
/* Fills what is not series. The caller frees rows->rows. */
int nb_store_timeline_sessions(struct nb_store *store, struct nb_timeline *timeline,
			       struct nb_timeline_rows *rows, struct nb_error *error);
const struct nb_timeline_row *nb_store_timeline_row(const struct nb_timeline_rows *rows,
						    int64_t row);

/*
 * replace.c: 1 where the stored session is partial, in no baseline, and a copy of it with that many
 * rounds has more of it; 0 or a negative errno. drop removes all that belongs to a session.
 */
int nb_store_outdated(struct nb_store *store, int64_t row, int64_t rounds, bool partial,
		      struct nb_error *error);
int nb_store_drop_session(struct nb_store *store, int64_t row, struct nb_error *error);

/* frozen.c: look_up and find as for sessions; members are ids, sorted. */
typedef char nb_store_id[NB_ULID_SIZE];
int nb_store_look_up_baseline(struct nb_store *store, const char *name, int64_t *row,
			      struct nb_error *error);
int nb_store_find_baseline(struct nb_store *store, const char *name, int64_t *row,
			   struct nb_error *error);
int nb_store_baseline_members(struct nb_store *store, int64_t row, nb_store_id **ids, size_t *count,
			      struct nb_error *error);
/* A row of baseline, within a transaction. */
int nb_store_put_baseline(struct nb_store *store, const struct nb_store_baseline *baseline,
			  int64_t *row, struct nb_error *error);
int nb_store_put_member(struct nb_store *store, int64_t baseline, int64_t session,
			struct nb_error *error);

/* event.c: one that is known stays as it is. */
int nb_store_put_event(struct nb_store *store, const struct nb_event *event,
		       struct nb_error *error);

/*
 * merge_archive.c: check refuses baselines of other that clash with store's; merge adds those and
 * the events that store lacks, once all sessions are there.
 */
int nb_store_check_archive(struct nb_store *store, struct nb_store *other, struct nb_error *error);
int nb_store_merge_archive(struct nb_store *store, struct nb_store *other, struct nb_error *error);

/* moment.c: ISO 8601 as nb_store_add_event() takes it, as a time of this database. */
bool nb_store_read_moment(const char *text, char moment[NB_TIMESTAMP_SIZE]);

/* plain_text.c: words of people, and names, as archive.h describes them. */
bool nb_store_plain(const char *text);
bool nb_store_name_valid(const char *name);

#endif
