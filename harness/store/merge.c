/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "store_private.h"

/* *added tells whether the session was new, or more of it than was known. */
static int merge_session(struct nb_store *store, struct nb_store *other,
			 const struct nb_store_entry *entry, bool *added, struct nb_error *error)
{
	struct nb_record record = { 0 };
	int64_t row;
	int status = nb_store_look_up(store, entry->session.id, &row, error);

	*added = false;
	if (status == 1) {
		status =
			nb_store_outdated(store, row, entry->rounds, entry->session.partial, error);
		if (status == 0)
			return 0;
	}
	if (status < 0)
		return status;
	status = nb_store_load(other, entry->session.id, &record, error);
	if (status == 0)
		status = nb_store_import(store, &record, added, error);
	nb_record_free(&record);
	return status;
}

int nb_store_merge(struct nb_store *store, const char *path, size_t *added, size_t *known,
		   struct nb_error *error)
{
	struct nb_store_entry *sessions = NULL;
	size_t count = 0, news = 0;
	struct nb_store *other;
	int status = nb_store_open(&other, path, NB_STORE_READ, error);

	if (status < 0)
		return status;
	status = nb_store_list(other, &sessions, &count, error);
	/* From the oldest to the newest, so that rows stand in the file as they came to be. */
	for (size_t i = count; status == 0 && i > 0; i--) {
		bool new;

		status = merge_session(store, other, &sessions[i - 1], &new, error);
		news += new;
	}
	free(sessions);
	nb_store_close(other);
	if (status < 0)
		return status;
	*added = news;
	*known = count - news;
	return 0;
}
