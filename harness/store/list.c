/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>

#include "store_private.h"

int nb_store_read_labels(struct nb_store *store, int64_t row, struct nb_session *session,
			 struct nb_error *error)
{
	sqlite3_stmt *list = nb_store_statement(store, NB_SQL_LABEL_LIST);
	int status;

	sqlite3_bind_int64(list, 1, row);
	for (;;) {
		struct nb_walk walk = { .statement = list, .reading = true };

		status = nb_store_step(store, list, "read the labels", error);
		if (status <= 0)
			break;
		if (session->label_count == NB_LABEL_MAX) {
			status = nb_error_set(error, EBADMSG, "%s is damaged: too many labels",
					      store->file.name);
			break;
		}
		nb_store_label_fields(&walk, &session->labels[session->label_count++]);
		status = nb_walk_end(&walk, store, "label", error);
		if (status < 0)
			break;
	}
	sqlite3_reset(list);
	return status;
}

/* From the current row of NB_SQL_SESSION_LIST, or another with its columns. */
static int read_entry(struct nb_store *store, sqlite3_stmt *list, struct nb_store_entry *entry,
		      struct nb_error *error)
{
	struct nb_walk walk = { .statement = list, .reading = true };
	int64_t row, series, rounds;
	int status;

	nb_store_session_fields(&walk, &entry->session);
	nb_store_machine_fields(&walk, &entry->session.machine);
	nb_walk_number(&walk, "id", &row, INT64_MAX);
	nb_walk_flag(&walk, "valid", &entry->valid);
	nb_walk_number(&walk, "series", &series, INT64_MAX);
	nb_walk_number(&walk, "rounds", &rounds, INT64_MAX);
	status = nb_walk_end(&walk, store, "session", error);
	if (status < 0)
		return status;
	entry->series = (long)series;
	entry->rounds = (long)rounds;
	status = nb_store_read_labels(store, row, &entry->session, error);
	return status < 0 ? status : nb_store_read_targets(store, row, &entry->session, error);
}

int nb_store_read_entries(struct nb_store *store, sqlite3_stmt *list,
			  struct nb_store_entry **entries, size_t *count, struct nb_error *error)
{
	int status;

	while ((status = nb_store_step(store, list, "list the sessions", error)) == 1) {
		struct nb_store_entry *grown =
			nb_store_grow(*entries, *count, sizeof(*grown), error);

		status = -ENOMEM;
		if (grown) {
			*entries = grown;
			status = read_entry(store, list, &grown[*count], error);
		}
		if (status < 0)
			break;
		*count += 1;
	}
	sqlite3_reset(list);
	return status;
}

int nb_store_list(struct nb_store *store, struct nb_store_entry **sessions, size_t *count,
		  struct nb_error *error)
{
	struct nb_store_entry *entries = NULL;
	size_t found = 0;
	int status = nb_store_begin(store, NB_SQL_BEGIN, error);

	if (status < 0)
		return status;
	status = nb_store_read_entries(store, nb_store_statement(store, NB_SQL_SESSION_LIST),
				       &entries, &found, error);
	status = nb_store_finish(store, status, error);
	if (status < 0) {
		free(entries);
		return status;
	}
	*sessions = entries;
	*count = found;
	return 0;
}
