/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>

#include "store_private.h"

/* Baselines: sets of sessions that stay as they are. */

enum { NAMES_SIZE = 160 };

int nb_store_look_up_baseline(struct nb_store *store, const char *name, int64_t *row,
			      struct nb_error *error)
{
	sqlite3_stmt *find = nb_store_statement(store, NB_SQL_BASELINE_FIND);
	int status;

	sqlite3_bind_text(find, 1, name, -1, SQLITE_STATIC);
	status = nb_store_step(store, find, "look up a baseline", error);
	if (status == 1)
		*row = sqlite3_column_int64(find, 0);
	sqlite3_reset(find);
	return status;
}

int nb_store_find_baseline(struct nb_store *store, const char *name, int64_t *row,
			   struct nb_error *error)
{
	int status = nb_store_look_up_baseline(store, name, row, error);
	char names[NAMES_SIZE];

	if (status != 0)
		return status < 0 ? status : 0;
	status = nb_store_name_some(store, NB_SQL_BASELINE_NAMES, names, sizeof(names), error);
	if (status < 0)
		return status;
	return nb_error_set(error, ENOENT, "no baseline %.64s in %s%s", name, store->file.name,
			    names);
}

int nb_store_baseline_members(struct nb_store *store, int64_t row, nb_store_id **ids, size_t *count,
			      struct nb_error *error)
{
	sqlite3_stmt *list = nb_store_statement(store, NB_SQL_MEMBER_IDS);
	nb_store_id *found = NULL;
	size_t length = 0;
	int status;

	sqlite3_bind_int64(list, 1, row);
	while ((status = nb_store_step(store, list, "read a baseline", error)) == 1) {
		nb_store_id *grown = nb_store_grow(found, length, sizeof(*grown), error);

		if (!grown) {
			status = -ENOMEM;
			break;
		}
		found = grown;
		nb_base_copy(found[length++], sizeof(*found),
			     (const char *)sqlite3_column_text(list, 0));
	}
	sqlite3_reset(list);
	if (status < 0) {
		free(found);
		return status;
	}
	*ids = found;
	*count = length;
	return 0;
}

int nb_store_put_baseline(struct nb_store *store, const struct nb_store_baseline *baseline,
			  int64_t *row, struct nb_error *error)
{
	struct nb_store_baseline copy = *baseline;
	struct nb_walk walk = { .statement = nb_store_statement(store, NB_SQL_BASELINE_ADD) };
	int status;

	nb_store_baseline_fields(&walk, &copy);
	status = nb_walk_end(&walk, store, "baseline", error);
	if (status == 0)
		status = nb_store_run(store, walk.statement, "store a baseline", error);
	if (status == 0)
		*row = sqlite3_last_insert_rowid(store->db);
	return status;
}

int nb_store_put_member(struct nb_store *store, int64_t baseline, int64_t session,
			struct nb_error *error)
{
	sqlite3_stmt *add = nb_store_statement(store, NB_SQL_MEMBER_ADD);

	sqlite3_bind_int64(add, 1, baseline);
	sqlite3_bind_int64(add, 2, session);
	return nb_store_run(store, add, "store a baseline", error);
}

static int drop_baseline(struct nb_store *store, int64_t row, struct nb_error *error)
{
	static const enum nb_store_sql drops[] = { NB_SQL_MEMBER_DROP, NB_SQL_BASELINE_DROP };
	int status = 0;

	for (size_t i = 0; status == 0 && i < sizeof(drops) / sizeof(drops[0]); i++) {
		sqlite3_stmt *drop = nb_store_statement(store, drops[i]);

		sqlite3_bind_int64(drop, 1, row);
		status = nb_store_run(store, drop, "remove a baseline", error);
	}
	return status;
}

static int make_room(struct nb_store *store, const struct nb_store_freeze *freeze,
		     struct nb_error *error)
{
	int64_t row = 0;
	int status = nb_store_look_up_baseline(store, freeze->name, &row, error);

	if (status <= 0)
		return status;
	if (!freeze->replace)
		return nb_error_set(error, EEXIST, "%s has a baseline %s already", store->file.name,
				    freeze->name);
	return drop_baseline(store, row, error);
}

/* One that still runs would not stay as it is. */
static int check_ended(struct nb_store *store, const int64_t *rows, size_t count,
		       struct nb_error *error)
{
	for (size_t i = 0; i < count; i++) {
		int status = nb_store_ended(store, rows[i], NULL, error);

		if (status < 0)
			return status;
		if (status == 0)
			return nb_error_set(error, EINVAL,
					    "a session that has not ended cannot be frozen");
	}
	return 0;
}

static int put_members(struct nb_store *store, int64_t baseline, const int64_t *rows, size_t count,
		       struct nb_error *error)
{
	int status = 0;

	for (size_t i = 0; status == 0 && i < count; i++)
		status = nb_store_put_member(store, baseline, rows[i], error);
	return status;
}

/* The sessions are looked up before what has their name is removed: they may be its own. */
static int save(struct nb_store *store, const struct nb_store_freeze *freeze, size_t *count,
		struct nb_error *error)
{
	struct nb_store_baseline baseline = { 0 };
	int64_t *rows = NULL;
	int64_t row = 0;
	int status = nb_store_select_all(store, freeze->selector, &rows, count, error);

	nb_base_copy(baseline.name, sizeof(baseline.name), freeze->name);
	nb_base_copy(baseline.provenance, sizeof(baseline.provenance), freeze->provenance);
	nb_base_timestamp(baseline.created);
	if (status == 0)
		status = check_ended(store, rows, *count, error);
	if (status == 0)
		status = make_room(store, freeze, error);
	if (status == 0)
		status = nb_store_put_baseline(store, &baseline, &row, error);
	if (status == 0)
		status = put_members(store, row, rows, *count, error);
	free(rows);
	return status;
}

int nb_store_save_baseline(struct nb_store *store, const struct nb_store_freeze *freeze,
			   size_t *count, struct nb_error *error)
{
	size_t frozen = 0;
	int status;

	if (!nb_store_name_valid(freeze->name))
		return nb_error_set(error, EINVAL,
				    "the name of a baseline is 1 to %d of a-z, 0-9, '.', '_' and "
				    "'-', the first one a letter or digit",
				    NB_STORE_NAME_SIZE - 1);
	if (!nb_store_plain(freeze->provenance))
		return nb_error_set(error, EINVAL,
				    "the provenance of a baseline is one line of 1 to %d bytes of "
				    "UTF-8 without control characters",
				    NB_STORE_TEXT_SIZE - 1);
	status = nb_store_begin(store, NB_SQL_BEGIN_WRITE, error);
	if (status < 0)
		return status;
	status = nb_store_finish(store, save(store, freeze, &frozen, error), error);
	if (status == 0)
		*count = frozen;
	return status;
}

static int read_baselines(struct nb_store *store, struct nb_store_baseline **baselines,
			  size_t *count, struct nb_error *error)
{
	sqlite3_stmt *list = nb_store_statement(store, NB_SQL_BASELINE_LIST);
	int status;

	while ((status = nb_store_step(store, list, "list the baselines", error)) == 1) {
		struct nb_walk walk = { .statement = list, .reading = true };
		struct nb_store_baseline *grown =
			nb_store_grow(*baselines, *count, sizeof(*grown), error);
		int64_t sessions = 0;

		status = -ENOMEM;
		if (grown) {
			*baselines = grown;
			nb_store_baseline_fields(&walk, &grown[*count]);
			nb_walk_number(&walk, "sessions", &sessions, INT64_MAX);
			grown[*count].sessions = (long)sessions;
			status = nb_walk_end(&walk, store, "baseline", error);
		}
		if (status < 0)
			break;
		*count += 1;
	}
	sqlite3_reset(list);
	return status;
}

int nb_store_list_baselines(struct nb_store *store, struct nb_store_baseline **baselines,
			    size_t *count, struct nb_error *error)
{
	struct nb_store_baseline *found = NULL;
	size_t length = 0;
	int status = nb_store_begin(store, NB_SQL_BEGIN, error);

	if (status < 0)
		return status;
	status = nb_store_finish(store, read_baselines(store, &found, &length, error), error);
	if (status < 0) {
		free(found);
		return status;
	}
	*baselines = found;
	*count = length;
	return 0;
}

static int read_members(struct nb_store *store, const char *name, struct nb_store_entry **sessions,
			size_t *count, struct nb_error *error)
{
	int64_t row = 0;
	int status = nb_store_find_baseline(store, name, &row, error);
	sqlite3_stmt *list;

	if (status < 0)
		return status;
	list = nb_store_statement(store, NB_SQL_MEMBER_LIST);
	sqlite3_bind_int64(list, 1, row);
	return nb_store_read_entries(store, list, sessions, count, error);
}

int nb_store_show_baseline(struct nb_store *store, const char *name,
			   struct nb_store_entry **sessions, size_t *count, struct nb_error *error)
{
	struct nb_store_entry *found = NULL;
	size_t length = 0;
	int status = nb_store_begin(store, NB_SQL_BEGIN, error);

	if (status < 0)
		return status;
	status = nb_store_finish(store, read_members(store, name, &found, &length, error), error);
	if (status < 0) {
		free(found);
		return status;
	}
	*sessions = found;
	*count = length;
	return 0;
}

int nb_store_remove_baseline(struct nb_store *store, const char *name, struct nb_error *error)
{
	int64_t row = 0;
	int status = nb_store_begin(store, NB_SQL_BEGIN_WRITE, error);

	if (status < 0)
		return status;
	status = nb_store_find_baseline(store, name, &row, error);
	if (status == 0)
		status = drop_baseline(store, row, error);
	return nb_store_finish(store, status, error);
}
