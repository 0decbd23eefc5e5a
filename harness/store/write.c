/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "nestbench/check.h"

#include "store_private.h"

static int add_labels(struct nb_store *store, int64_t session_row, struct nb_session *session,
		      struct nb_error *error)
{
	if (session->label_count > NB_LABEL_MAX)
		return nb_error_set(error, EINVAL, "%s: more than %d labels", store->file.name,
				    NB_LABEL_MAX);
	for (size_t i = 0; i < session->label_count; i++) {
		struct nb_walk walk = { .statement = nb_store_statement(store, NB_SQL_LABEL_ADD) };
		int status;

		nb_store_label_fields(&walk, &session->labels[i]);
		sqlite3_bind_int64(walk.statement, 3, session_row);
		sqlite3_bind_int64(walk.statement, 4, (int64_t)i);
		status = nb_walk_end(&walk, store, "label", error);
		if (status == 0)
			status = nb_store_run(store, walk.statement, "store a label", error);
		if (status < 0)
			return status;
	}
	return 0;
}

/* valid: 0, 1 or -1 where it is not known yet. */
static int add_session(struct nb_store *store, struct nb_session *session, int valid, int64_t *row,
		       struct nb_error *error)
{
	struct nb_walk walk = { 0 };
	int64_t machine_row = 0;
	int status = nb_store_machine_row(store, &session->machine, &machine_row, error);

	if (status < 0)
		return status;
	walk.statement = nb_store_statement(store, NB_SQL_SESSION_ADD);
	nb_store_session_fields(&walk, session);
	sqlite3_bind_int64(walk.statement, 11, machine_row);
	if (valid >= 0)
		sqlite3_bind_int(walk.statement, 12, valid);
	status = nb_walk_end(&walk, store, "session", error);
	if (status == 0)
		status = nb_store_run(store, walk.statement, "store the session", error);
	if (status < 0)
		return status;
	*row = sqlite3_last_insert_rowid(store->db);
	status = add_labels(store, *row, session, error);
	return status < 0 ? status : nb_store_add_targets(store, *row, session, error);
}

/* Runs add, which does nothing where an equal row is there, then find, which tells its number. */
static int find_or_add(struct nb_store *store, sqlite3_stmt *add, sqlite3_stmt *find, int64_t *row,
		       struct nb_error *error)
{
	int status = nb_store_run(store, add, "store a series", error);

	if (status == 0)
		status = nb_store_step(store, find, "look up a series", error);
	if (status == 1)
		*row = sqlite3_column_int64(find, 0);
	sqlite3_reset(find);
	if (status == 0)
		return nb_error_set(error, EBADMSG, "%s is damaged: a stored series is not found",
				    store->file.name);
	return status < 0 ? status : 0;
}

int nb_store_series_row(struct nb_store *store, const struct nb_series *series, int64_t *row,
			struct nb_error *error)
{
	struct nb_series copy = *series;
	struct nb_walk add = { .statement = nb_store_statement(store, NB_SQL_SERIES_ADD) };
	struct nb_walk find = { .statement = nb_store_statement(store, NB_SQL_SERIES_FIND) };
	int status;

	nb_store_series_fields(&add, &copy);
	nb_store_series_fields(&find, &copy);
	status = nb_walk_end(&add, store, "series", error);
	return status < 0 ? status : find_or_add(store, add.statement, find.statement, row, error);
}

static int place_row(struct nb_store *store, int64_t session_row, const struct nb_series *series,
		     int64_t position, int64_t *row, struct nb_error *error)
{
	sqlite3_stmt *add = nb_store_statement(store, NB_SQL_PLACE_ADD);
	sqlite3_stmt *find = nb_store_statement(store, NB_SQL_PLACE_FIND);
	int64_t series_id = 0;
	int status = nb_store_series_row(store, series, &series_id, error);

	if (status < 0)
		return status;
	sqlite3_bind_int64(add, 1, session_row);
	sqlite3_bind_int64(add, 2, series_id);
	sqlite3_bind_int64(add, 3, position);
	sqlite3_bind_int64(find, 1, session_row);
	sqlite3_bind_int64(find, 2, series_id);
	return find_or_add(store, add, find, row, error);
}

static int add_exits(struct nb_store *store, int64_t round_row, struct nb_round *round,
		     struct nb_error *error)
{
	if (round->kind_count > NB_KIND_MAX)
		return nb_error_set(error, EINVAL, "%s: more than %d kinds of exits",
				    store->file.name, NB_KIND_MAX);
	for (size_t i = 0; i < round->kind_count; i++) {
		struct nb_exit_kind *kind = &round->kinds[i];
		sqlite3_stmt *name = nb_store_statement(store, NB_SQL_KIND_ADD);
		struct nb_walk walk = { .statement = nb_store_statement(store, NB_SQL_EXIT_ADD) };
		int status;

		nb_store_exit_fields(&walk, kind);
		sqlite3_bind_int64(walk.statement, 3, round_row);
		sqlite3_bind_int64(walk.statement, 4, (int64_t)i);
		status = nb_walk_end(&walk, store, "exit_count", error);
		if (status < 0)
			return status;
		sqlite3_bind_text(name, 1, kind->name, -1, SQLITE_STATIC);
		status = nb_store_run(store, name, "store a kind of exit", error);
		if (status == 0)
			status = nb_store_run(store, walk.statement, "store exits", error);
		if (status < 0)
			return status;
	}
	return 0;
}

static int add_guards(struct nb_store *store, int64_t round_row, struct nb_guards *guards,
		      struct nb_error *error)
{
	struct nb_walk walk = { .statement = nb_store_statement(store, NB_SQL_GUARD_ADD) };
	int status;

	nb_store_guard_fields(&walk, guards);
	sqlite3_bind_int64(walk.statement, walk.column + 1, round_row);
	status = nb_walk_end(&walk, store, "guard", error);
	return status < 0 ? status : nb_store_run(store, walk.statement, "store the guards", error);
}

/* A round and all that belongs to it; the caller's transaction makes it one. */
static int add_round(struct nb_store *store, int64_t place, const struct nb_round *round,
		     struct nb_error *error)
{
	struct nb_round copy = *round;
	struct nb_walk walk = { .statement = nb_store_statement(store, NB_SQL_ROUND_ADD) };
	int64_t row = 0;
	int status;

	nb_store_round_fields(&walk, &copy);
	status = nb_walk_end(&walk, store, "round", error);
	if (status == 0)
		status = nb_store_bind_histogram(store, walk.statement, walk.column + 1,
						 &round->histogram, error);
	if (status < 0)
		return status;
	sqlite3_bind_int64(walk.statement, walk.column + 2, place);
	status = nb_store_run(store, walk.statement, "store a round", error);
	if (status < 0)
		return status;
	row = sqlite3_last_insert_rowid(store->db);
	status = add_guards(store, row, &copy.guards, error);
	return status < 0 ? status : add_exits(store, row, &copy, error);
}

int nb_store_begin_session(struct nb_store *store, const struct nb_session *session,
			   struct nb_error *error)
{
	struct nb_session copy = *session;
	int64_t row = 0;
	int status = nb_store_begin(store, NB_SQL_BEGIN_WRITE, error);

	if (status < 0)
		return status;
	copy.partial = true;
	status = add_session(store, &copy, -1, &row, error);
	return nb_store_finish(store, status, error);
}

/* What was summed up, and perhaps frozen, must stay as it is. */
static int expect_open(struct nb_store *store, int64_t row, struct nb_error *error)
{
	int status = nb_store_ended(store, row, NULL, error);

	if (status == 1)
		return nb_error_set(error, EINVAL, "%s: a round for a session that has ended",
				    store->file.name);
	return status;
}

int nb_store_add_round(struct nb_store *store, const char *session_id,
		       const struct nb_series *series, int ordinal, const struct nb_round *round,
		       struct nb_error *error)
{
	int64_t session_row = 0, place = 0;
	int status = nb_store_begin(store, NB_SQL_BEGIN_WRITE, error);

	if (status < 0)
		return status;
	status = nb_store_find_session(store, session_id, &session_row, error);
	if (status == 0)
		status = expect_open(store, session_row, error);
	if (status == 0)
		status = place_row(store, session_row, series, ordinal, &place, error);
	if (status == 0)
		status = add_round(store, place, round, error);
	return nb_store_finish(store, status, error);
}

int nb_store_end_session(struct nb_store *store, const char *session_id, bool partial, bool valid,
			 struct nb_error *error)
{
	sqlite3_stmt *end = nb_store_statement(store, NB_SQL_SESSION_END);
	int64_t row = 0;
	int status = nb_store_begin(store, NB_SQL_BEGIN_WRITE, error);

	if (status < 0)
		return status;
	status = nb_store_find_session(store, session_id, &row, error);
	if (status == 0) {
		sqlite3_bind_int(end, 1, partial);
		sqlite3_bind_int(end, 2, valid);
		sqlite3_bind_int64(end, 3, row);
		status = nb_store_run(store, end, "end the session", error);
	}
	if (status == 0)
		status = nb_store_keep_summary(store, row, error);
	return nb_store_finish(store, status, error);
}

static int import_series(struct nb_store *store, int64_t session_row,
			 const struct nb_series_rounds *series, size_t position,
			 struct nb_error *error)
{
	int64_t place = 0;
	int status =
		place_row(store, session_row, &series->series, (int64_t)position, &place, error);

	for (size_t i = 0; status == 0 && i < series->count; i++)
		status = add_round(store, place, &series->rounds[i], error);
	return status;
}

static int import_session(struct nb_store *store, const struct nb_record *record, bool ended,
			  struct nb_error *error)
{
	struct nb_session copy = record->session;
	int64_t row = 0;
	int status = add_session(store, &copy, ended ? nb_record_valid(record) : -1, &row, error);

	for (size_t i = 0; status == 0 && i < record->count; i++)
		status = import_series(store, row, &record->series[i], i, error);
	return status < 0 || !ended ? status : nb_store_keep_summary(store, row, error);
}

/* 1: the session is not there, or only a lesser part of it was, which is removed; 0: known. */
static int make_room(struct nb_store *store, const struct nb_record *record, struct nb_error *error)
{
	int64_t row = 0;
	int64_t rounds = 0;
	int status = nb_store_look_up(store, record->session.id, &row, error);

	if (status <= 0)
		return status < 0 ? status : 1;
	for (size_t i = 0; i < record->count; i++)
		rounds += (int64_t)record->series[i].count;
	status = nb_store_outdated(store, row, rounds, record->session.partial, error);
	if (status <= 0)
		return status;
	status = nb_store_drop_session(store, row, error);
	return status < 0 ? status : 1;
}

int nb_store_import_as(struct nb_store *store, const struct nb_record *record, bool ended,
		       bool *added, struct nb_error *error)
{
	bool news = false;
	int status = nb_record_check(record, error);

	if (status == 0)
		status = nb_store_begin(store, NB_SQL_BEGIN_WRITE, error);
	if (status < 0)
		return status;
	status = make_room(store, record, error);
	if (status > 0) {
		news = true;
		status = import_session(store, record, ended, error);
	}
	status = nb_store_finish(store, status, error);
	if (status == 0)
		*added = news;
	return status;
}

int nb_store_import(struct nb_store *store, const struct nb_record *record, bool *added,
		    struct nb_error *error)
{
	return nb_store_import_as(store, record, true, added, error);
}
