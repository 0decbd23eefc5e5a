/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>

#include "store_private.h"

/*
 * From the current row of NB_SQL_SUMMARY_LIST: 1, 0 for a series without a round or a negative
 * errno. A session that has not ended has no summaries; its rounds are summed up now.
 */
static int read_row(struct nb_store *store, sqlite3_stmt *list, const struct nb_session *session,
		    struct nb_digest_row *row, struct nb_error *error)
{
	struct nb_walk walk = { .statement = list, .reading = true };
	struct nb_series series = { 0 };
	int64_t place = 0;
	int status;

	nb_store_series_fields(&walk, &series);
	nb_walk_number(&walk, "id", &place, INT64_MAX);
	if (sqlite3_column_type(list, walk.column) == SQLITE_NULL) {
		status = nb_walk_end(&walk, store, "series", error);
		return status < 0 ? status
				  : nb_store_sum_up(store, session, place, &series, row, error);
	}
	row->series = series;
	nb_store_summary_fields(&walk, row);
	status = nb_walk_end(&walk, store, "series or summary", error);
	return status < 0 ? status : 1;
}

static int read_rows(struct nb_store *store, int64_t session_row, struct nb_digest *digest,
		     struct nb_error *error)
{
	sqlite3_stmt *list = nb_store_statement(store, NB_SQL_SUMMARY_LIST);
	int status;

	sqlite3_bind_int64(list, 1, session_row);
	while ((status = nb_store_step(store, list, "read a series", error)) == 1) {
		struct nb_digest_row *grown =
			nb_store_grow(digest->rows, digest->count, sizeof(*grown), error);

		status = -ENOMEM;
		if (grown) {
			digest->rows = grown;
			status = read_row(store, list, &digest->session, &grown[digest->count],
					  error);
		}
		if (status < 0)
			break;
		digest->count += (size_t)status;
	}
	sqlite3_reset(list);
	return status;
}

static int read_digest(struct nb_store *store, int64_t row, struct nb_digest *digest,
		       struct nb_error *error)
{
	int status = nb_store_read_session(store, row, &digest->session, error);

	if (status == 0)
		status = nb_store_ended(store, row, &digest->valid, error);
	return status < 0 ? status : read_rows(store, row, digest, error);
}

static int read_digests(struct nb_store *store, const char *selector, struct nb_digest **digests,
			size_t *count, struct nb_error *error)
{
	struct nb_digest *found;
	int64_t *rows = NULL;
	int status = nb_store_select_all(store, selector, &rows, count, error);

	if (status < 0)
		return status;
	found = calloc(*count, sizeof(*found));
	if (!found)
		status = nb_error_set(error, ENOMEM, "no memory for %zu sessions", *count);
	for (size_t i = 0; found && status == 0 && i < *count; i++)
		status = read_digest(store, rows[i], &found[i], error);
	*digests = found;
	free(rows);
	return status;
}

int nb_store_digests(struct nb_store *store, const char *selector, struct nb_digest **digests,
		     size_t *count, struct nb_error *error)
{
	struct nb_digest *found = NULL;
	size_t length = 0;
	int status = nb_store_begin(store, NB_SQL_BEGIN, error);

	if (status < 0)
		return status;
	status = read_digests(store, selector, &found, &length, error);
	status = nb_store_finish(store, status, error);
	if (status < 0) {
		nb_store_free_digests(found, length);
		return status;
	}
	*digests = found;
	*count = length;
	return 0;
}

void nb_store_free_digests(struct nb_digest *digests, size_t count)
{
	for (size_t i = 0; digests && i < count; i++)
		nb_digest_free(&digests[i]);
	free(digests);
}
