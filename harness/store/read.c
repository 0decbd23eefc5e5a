/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "store_private.h"

int nb_store_read_session(struct nb_store *store, int64_t row, struct nb_session *session,
			  struct nb_error *error)
{
	struct nb_walk walk = { .statement = nb_store_statement(store, NB_SQL_SESSION_GET),
				.reading = true };
	int status;

	sqlite3_bind_int64(walk.statement, 1, row);
	status = nb_store_step(store, walk.statement, "read the session", error);
	if (status == 0)
		return nb_error_set(error, EBADMSG, "%s is damaged: a session is not found",
				    store->file.name);
	if (status < 0)
		return status;
	nb_store_session_fields(&walk, session);
	nb_store_machine_fields(&walk, &session->machine);
	status = nb_walk_end(&walk, store, "session", error);
	sqlite3_reset(walk.statement);
	if (status == 0)
		status = nb_store_read_labels(store, row, session, error);
	return status < 0 ? status : nb_store_read_targets(store, row, session, error);
}

static int read_exits(struct nb_store *store, int64_t row, struct nb_round *round,
		      struct nb_error *error)
{
	sqlite3_stmt *list = nb_store_statement(store, NB_SQL_EXIT_LIST);
	int status;

	sqlite3_bind_int64(list, 1, row);
	while ((status = nb_store_step(store, list, "read exits", error)) == 1) {
		struct nb_walk walk = { .statement = list, .reading = true };

		if (round->kind_count == NB_KIND_MAX) {
			status = nb_error_set(error, EBADMSG,
					      "%s is damaged: too many kinds of exits",
					      store->file.name);
			break;
		}
		nb_store_exit_fields(&walk, &round->kinds[round->kind_count++]);
		status = nb_walk_end(&walk, store, "exit_count", error);
		if (status < 0)
			break;
	}
	sqlite3_reset(list);
	return status;
}

static int read_histogram(struct nb_store *store, struct nb_walk *walk,
			  struct nb_histogram *histogram, struct nb_error *error)
{
	struct nb_error cause = { 0 };
	int status = nb_store_read_histogram(walk->statement, walk->column++, histogram, &cause);

	if (status == 0)
		return 0;
	return nb_error_set(error, -status, "%s is damaged: %s", store->file.name, cause.text);
}

/* From the current row of NB_SQL_ROUND_LIST. The caller frees the histogram, on failure too. */
static int read_round(struct nb_store *store, sqlite3_stmt *list, struct nb_round *round,
		      struct nb_error *error)
{
	struct nb_walk walk = { .statement = list, .reading = true };
	int64_t row = 0;
	int status;

	nb_store_round_fields(&walk, round);
	status = read_histogram(store, &walk, &round->histogram, error);
	if (status < 0)
		return status;
	nb_store_guard_fields(&walk, &round->guards);
	nb_walk_number(&walk, "id", &row, INT64_MAX);
	status = nb_walk_end(&walk, store, "round or guard", error);
	return status < 0 ? status : read_exits(store, row, round, error);
}

static int read_rounds(struct nb_store *store, int64_t place, const struct nb_series *series,
		       struct nb_record *record, struct nb_error *error)
{
	sqlite3_stmt *list = nb_store_statement(store, NB_SQL_ROUND_LIST);
	int status;

	sqlite3_bind_int64(list, 1, place);
	while ((status = nb_store_step(store, list, "read a round", error)) == 1) {
		struct nb_round round = { 0 };

		status = read_round(store, list, &round, error);
		if (status == 0)
			status = nb_record_append(record, series, &round, error);
		/* Empty if the record took it over. */
		nb_stats_histogram_free(&round.histogram);
		if (status < 0)
			break;
	}
	sqlite3_reset(list);
	return status;
}

static int read_series(struct nb_store *store, int64_t row, struct nb_record *record,
		       struct nb_error *error)
{
	sqlite3_stmt *list = nb_store_statement(store, NB_SQL_PLACE_LIST);
	int status;

	sqlite3_bind_int64(list, 1, row);
	while ((status = nb_store_step(store, list, "read a series", error)) == 1) {
		struct nb_walk walk = { .statement = list, .reading = true };
		struct nb_series series = { 0 };
		int64_t place = 0;

		nb_store_series_fields(&walk, &series);
		nb_walk_number(&walk, "id", &place, INT64_MAX);
		status = nb_walk_end(&walk, store, "series", error);
		if (status == 0)
			status = read_rounds(store, place, &series, record, error);
		if (status < 0)
			break;
	}
	sqlite3_reset(list);
	return status;
}

int nb_store_load(struct nb_store *store, const char *selector, struct nb_record *record,
		  struct nb_error *error)
{
	struct nb_record loaded = { 0 };
	int64_t row = 0;
	/* One transaction: a round that another process adds meanwhile is in all of it or none. */
	int status = nb_store_begin(store, NB_SQL_BEGIN, error);

	if (status < 0)
		return status;
	status = nb_store_select(store, selector, &row, error);
	if (status == 0)
		status = nb_store_read_session(store, row, &loaded.session, error);
	if (status == 0)
		status = read_series(store, row, &loaded, error);
	status = nb_store_finish(store, status, error);
	if (status == 0)
		*record = loaded;
	else
		nb_record_free(&loaded);
	return status;
}

int nb_store_session(struct nb_store *store, const char *id, struct nb_session *session,
		     struct nb_error *error)
{
	struct nb_session read = { 0 };
	int64_t row = 0;
	int status = nb_store_begin(store, NB_SQL_BEGIN, error);

	if (status < 0)
		return status;
	status = nb_store_find_session(store, id, &row, error);
	if (status == 0)
		status = nb_store_read_session(store, row, &read, error);
	status = nb_store_finish(store, status, error);
	if (status == 0)
		*session = read;
	return status;
}
