/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "store_private.h"

/* One that runs, or was killed, stays so. */
static int copy_session(struct nb_store *store, struct nb_store *other, const char *id, bool *added,
			struct nb_error *error)
{
	struct nb_record record = { 0 };
	int64_t row = 0;
	int ended = 0;
	int status = nb_store_find_session(other, id, &row, error);

	if (status == 0)
		ended = nb_store_ended(other, row, NULL, error);
	if (status == 0 && ended < 0)
		status = ended;
	if (status == 0)
		status = nb_store_load(other, id, &record, error);
	if (status == 0)
		status = nb_store_import_as(store, &record, ended == 1, added, error);
	nb_record_free(&record);
	return status;
}

/* *added tells whether the session was new, or more of it than was known. */
static int merge_session(struct nb_store *store, struct nb_store *other,
			 const struct nb_store_entry *entry, bool *added, struct nb_error *error)
{
	int64_t row = 0;
	int status = nb_store_look_up(store, entry->session.id, &row, error);

	*added = false;
	if (status == 1) {
		status =
			nb_store_outdated(store, row, entry->rounds, entry->session.partial, error);
		if (status == 0)
			return 0;
	}
	return status < 0 ? status : copy_session(store, other, entry->session.id, added, error);
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
	status = nb_store_check_archive(store, other, error);
	if (status == 0)
		status = nb_store_list(other, &sessions, &count, error);
	/* From the oldest to the newest, so that rows stand in the file as they came to be. */
	for (size_t i = count; status == 0 && i > 0; i--) {
		bool new;

		status = merge_session(store, other, &sessions[i - 1], &new, error);
		news += new;
	}
	if (status == 0)
		status = nb_store_merge_archive(store, other, error);
	free(sessions);
	nb_store_close(other);
	if (status < 0)
		return status;
	*added = news;
	*known = count - news;
	return 0;
}
