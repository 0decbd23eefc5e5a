/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "store_private.h"

enum { PREFIX_MIN = 4 };

int nb_store_look_up(struct nb_store *store, const char *id, int64_t *row, struct nb_error *error)
{
	sqlite3_stmt *find = nb_store_statement(store, NB_SQL_SESSION_FIND);
	int status;

	sqlite3_bind_text(find, 1, id, -1, SQLITE_STATIC);
	status = nb_store_step(store, find, "look up a session", error);
	if (status == 1)
		*row = sqlite3_column_int64(find, 0);
	sqlite3_reset(find);
	return status;
}

int nb_store_find_session(struct nb_store *store, const char *id, int64_t *row,
			  struct nb_error *error)
{
	int status = nb_store_look_up(store, id, row, error);

	if (status == 0)
		return nb_error_set(error, ENOENT, "no session %s in %s", id, store->file.name);
	return status < 0 ? status : 0;
}

static int select_latest(struct nb_store *store, int64_t *row, struct nb_error *error)
{
	sqlite3_stmt *find = nb_store_statement(store, NB_SQL_SESSION_LATEST);
	int status = nb_store_step(store, find, "look up the latest session", error);

	if (status == 1)
		*row = sqlite3_column_int64(find, 0);
	sqlite3_reset(find);
	if (status == 0)
		return nb_error_set(error, ENOENT, "%s holds no session", store->file.name);
	return status < 0 ? status : 0;
}

/* The rows of the prefix' first two matches: one is what we want, the other one too many. */
static int select_prefix(struct nb_store *store, const char *prefix, int64_t *row,
			 struct nb_error *error)
{
	sqlite3_stmt *find = nb_store_statement(store, NB_SQL_SESSION_PREFIX);
	char first[NB_ULID_SIZE], second[NB_ULID_SIZE];
	int64_t found = 0;
	int status;

	sqlite3_bind_text(find, 1, prefix, -1, SQLITE_STATIC);
	status = nb_store_step(store, find, "look up a session", error);
	if (status == 0)
		return nb_error_set(error, ENOENT, "no session %s in %s", prefix, store->file.name);
	if (status < 0)
		return status;
	found = sqlite3_column_int64(find, 0);
	nb_base_copy(first, sizeof(first), (const char *)sqlite3_column_text(find, 1));
	status = nb_store_step(store, find, "look up a session", error);
	if (status == 1) {
		nb_base_copy(second, sizeof(second), (const char *)sqlite3_column_text(find, 1));
		status = nb_error_set(error, EEXIST, "several sessions in %s begin with %s: %s, %s",
				      store->file.name, prefix, first, second);
	}
	sqlite3_reset(find);
	if (status == 0)
		*row = found;
	return status;
}

int nb_store_select(struct nb_store *store, const char *selector, int64_t *row,
		    struct nb_error *error)
{
	char id[NB_ULID_SIZE + 1];
	size_t length;

	if (!selector || strcmp(selector, "latest") == 0)
		return select_latest(store, row, error);
	/* Ids are written in capitals, but people need not type them so. */
	nb_base_copy(id, sizeof(id), selector);
	for (length = 0; id[length] != '\0'; length++)
		id[length] = (char)toupper((unsigned char)id[length]);
	if (length < PREFIX_MIN)
		return nb_error_set(error, ENOENT,
				    "no session %s: give at least %d characters of its id",
				    selector, PREFIX_MIN);
	return select_prefix(store, id, row, error);
}

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

/* From the current row of NB_SQL_SESSION_LIST. */
static int read_entry(struct nb_store *store, sqlite3_stmt *list, struct nb_store_entry *entry,
		      struct nb_error *error)
{
	struct nb_walk walk = { .statement = list, .reading = true };
	int64_t row, series, rounds;
	int status;

	assert(entry);
	*entry = (struct nb_store_entry){ 0 };
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
	return nb_store_read_labels(store, row, &entry->session, error);
}

/* Room for one more entry: an array grows when its count is 0 or a power of two. */
static int grow(struct nb_store_entry **entries, size_t count, struct nb_error *error)
{
	struct nb_store_entry *grown;

	if ((count & (count - 1)) != 0)
		return 0;
	grown = reallocarray(*entries, count > 0 ? 2 * count : 1, sizeof(*grown));
	if (!grown)
		return nb_error_set(error, ENOMEM, "no memory for the sessions");
	*entries = grown;
	return 0;
}

static int read_entries(struct nb_store *store, struct nb_store_entry **entries, size_t *count,
			struct nb_error *error)
{
	sqlite3_stmt *list = nb_store_statement(store, NB_SQL_SESSION_LIST);
	int status;

	while ((status = nb_store_step(store, list, "list the sessions", error)) == 1) {
		status = grow(entries, *count, error);
		if (status == 0)
			status = read_entry(store, list, &(*entries)[*count], error);
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
	status = nb_store_finish(store, read_entries(store, &entries, &found, error), error);
	if (status < 0) {
		free(entries);
		return status;
	}
	*sessions = entries;
	*count = found;
	return 0;
}
