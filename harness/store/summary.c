/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "store_private.h"

/* Sums over the rounds of a series in a session, kept so that nobody reads all rounds again. */

static int read_rounds(struct nb_store *store, int64_t place, const struct nb_series *series,
		       struct nb_record *record, struct nb_error *error)
{
	sqlite3_stmt *list = nb_store_statement(store, NB_SQL_ROUND_COLUMNS);
	int status;

	sqlite3_bind_int64(list, 1, place);
	while ((status = nb_store_step(store, list, "read a round", error)) == 1) {
		struct nb_walk walk = { .statement = list, .reading = true };
		struct nb_round round = { 0 };

		nb_store_round_fields(&walk, &round);
		nb_store_guard_fields(&walk, &round.guards);
		status = nb_walk_end(&walk, store, "round or guard", error);
		if (status == 0)
			status = nb_record_append(record, series, &round, error);
		if (status < 0)
			break;
	}
	sqlite3_reset(list);
	return status;
}

int nb_store_sum_up(struct nb_store *store, const struct nb_session *session, int64_t place,
		    const struct nb_series *series, struct nb_digest_row *row,
		    struct nb_error *error)
{
	struct nb_record record = { 0 };
	int summed = 0;
	int status = read_rounds(store, place, series, &record, error);

	if (status == 0 && record.count > 0) {
		status = nb_digest_row_make(session, &record.series[0], row, error);
		summed = 1;
	}
	nb_record_free(&record);
	return status < 0 ? status : summed;
}

static int keep(struct nb_store *store, int64_t place, struct nb_digest_row *row,
		struct nb_error *error)
{
	struct nb_walk walk = { .statement = nb_store_statement(store, NB_SQL_SUMMARY_ADD) };
	int status;

	nb_store_summary_fields(&walk, row);
	sqlite3_bind_int64(walk.statement, walk.column + 1, place);
	status = nb_walk_end(&walk, store, "summary", error);
	return status < 0 ? status : nb_store_run(store, walk.statement, "sum a series up", error);
}

int nb_store_keep_summary(struct nb_store *store, int64_t session_row, struct nb_error *error)
{
	sqlite3_stmt *list;
	struct nb_session session = { 0 };
	int status = nb_store_read_session(store, session_row, &session, error);

	if (status < 0)
		return status;
	list = nb_store_statement(store, NB_SQL_PLACE_LIST);
	sqlite3_bind_int64(list, 1, session_row);
	while ((status = nb_store_step(store, list, "read a series", error)) == 1) {
		struct nb_walk walk = { .statement = list, .reading = true };
		struct nb_digest_row row = { 0 };
		struct nb_series series = { 0 };
		int64_t place = 0;

		nb_store_series_fields(&walk, &series);
		nb_walk_number(&walk, "id", &place, INT64_MAX);
		status = nb_walk_end(&walk, store, "series", error);
		if (status == 0)
			status = nb_store_sum_up(store, &session, place, &series, &row, error);
		if (status == 1)
			status = keep(store, place, &row, error);
		if (status < 0)
			break;
	}
	sqlite3_reset(list);
	return status;
}

static int fill(struct nb_store *store, struct nb_error *error)
{
	sqlite3_stmt *list = nb_store_statement(store, NB_SQL_SESSION_ENDED_LIST);
	int status;

	while ((status = nb_store_step(store, list, "list the sessions", error)) == 1) {
		status = nb_store_keep_summary(store, sqlite3_column_int64(list, 0), error);
		if (status < 0)
			break;
	}
	sqlite3_reset(list);
	return status;
}

int nb_store_fill_summaries(sqlite3 *db, const struct nb_store_file *file, struct nb_error *error)
{
	struct nb_store store = { .db = db, .file = *file, .writing = true };
	int status = nb_store_prepare(&store, error);

	if (status == 0)
		status = fill(&store, error);
	nb_store_finalize(&store);
	return status;
}
