/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store_private.h"

/* Which sessions people mean. */

enum { PREFIX_MIN = 4, NAMED_MAX = 5, NAMED_ROOM = 24, NAMES_SIZE = 160 };

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

static bool is_latest(const char *selector)
{
	return !selector || strcmp(selector, "latest") == 0;
}

/* which: NB_SQL_SESSION_LATEST or NB_SQL_SESSION_ENDED_LATEST */
static int select_newest(struct nb_store *store, enum nb_store_sql which, int64_t *row,
			 struct nb_error *error)
{
	sqlite3_stmt *find = nb_store_statement(store, which);
	int status = nb_store_step(store, find, "look up the latest session", error);

	if (status == 1)
		*row = sqlite3_column_int64(find, 0);
	sqlite3_reset(find);
	if (status == 0)
		return nb_error_set(error, ENOENT, "%s holds no session%s", store->file.name,
				    which == NB_SQL_SESSION_LATEST ? "" : " that has ended");
	return status < 0 ? status : 0;
}

/*
 * The rows of the prefix' first two matches: one is what we want, the other one too many. What was
 * typed is what people find again in a message.
 */
static int select_prefix(struct nb_store *store, const char *selector, const char *prefix,
			 int64_t *row, struct nb_error *error)
{
	sqlite3_stmt *find = nb_store_statement(store, NB_SQL_SESSION_PREFIX);
	char first[NB_ULID_SIZE], second[NB_ULID_SIZE];
	int64_t found = 0;
	int status;

	sqlite3_bind_text(find, 1, prefix, -1, SQLITE_STATIC);
	status = nb_store_step(store, find, "look up a session", error);
	if (status == 0)
		return nb_error_set(error, ENOENT, "no session %s in %s", selector,
				    store->file.name);
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

	if (is_latest(selector))
		return select_newest(store, NB_SQL_SESSION_LATEST, row, error);
	/* Ids are written in capitals, but people need not type them so. */
	nb_base_copy(id, sizeof(id), selector);
	for (length = 0; id[length] != '\0'; length++)
		id[length] = (char)toupper((unsigned char)id[length]);
	if (length < PREFIX_MIN)
		return nb_error_set(error, ENOENT,
				    "no session %s: give at least %d characters of its id",
				    selector, PREFIX_MIN);
	return select_prefix(store, selector, id, row, error);
}

int nb_store_ended(struct nb_store *store, int64_t row, bool *valid, struct nb_error *error)
{
	sqlite3_stmt *find = nb_store_statement(store, NB_SQL_SESSION_STATE);
	int ended = 0;
	int status;

	sqlite3_bind_int64(find, 1, row);
	status = nb_store_step(store, find, "look up a session", error);
	if (status == 1) {
		ended = sqlite3_column_int(find, 0);
		if (valid)
			*valid = sqlite3_column_int(find, 1) != 0;
	}
	sqlite3_reset(find);
	return status < 0 ? status : ended;
}

int nb_store_name_some(struct nb_store *store, enum nb_store_sql which, char *text, size_t size,
		       struct nb_error *error)
{
	sqlite3_stmt *list = nb_store_statement(store, which);
	size_t length = 0;
	int status, named = 0;

	text[0] = '\0';
	while ((status = nb_store_step(store, list, "list names", error)) == 1) {
		const char *name = (const char *)sqlite3_column_text(list, 0);
		bool fits;

		/* A file may come from anybody, and what it calls things may be unfit to print. */
		if (!name || !nb_store_plain(name))
			continue;
		fits = named < NAMED_MAX && length + strlen(name) + NAMED_ROOM < size;
		length +=
			(size_t)snprintf(text + length, size - length, "%s%s",
					 named == 0 ? " (there are: " : ", ", fits ? name : "...");
		named++;
		if (!fits)
			break;
	}
	sqlite3_reset(list);
	if (named > 0)
		snprintf(text + length, size - length, ")");
	return status < 0 ? status : 0;
}

struct selection {
	int64_t *rows;
	size_t count, left_out; /* left out: not ended */
};

/* Takes rows of a session's number and whether it ended. */
static int collect(struct nb_store *store, sqlite3_stmt *list, struct selection *selection,
		   struct nb_error *error)
{
	int status;

	while ((status = nb_store_step(store, list, "look up sessions", error)) == 1) {
		int64_t *grown;

		if (sqlite3_column_int(list, 1) == 0) {
			selection->left_out++;
			continue;
		}
		grown = nb_store_grow(selection->rows, selection->count, sizeof(*grown), error);
		if (!grown) {
			status = -ENOMEM;
			break;
		}
		selection->rows = grown;
		selection->rows[selection->count++] = sqlite3_column_int64(list, 0);
	}
	sqlite3_reset(list);
	return status;
}

/* words: KEY=VALUE */
static int collect_labelled(struct nb_store *store, const char *words, struct selection *selection,
			    struct nb_error *error)
{
	sqlite3_stmt *list = nb_store_statement(store, NB_SQL_SESSION_LABELLED);
	const char *equals = strchr(words, '=');
	char names[NAMES_SIZE];
	int status;

	if (!equals || equals == words)
		return nb_error_set(error, EINVAL, "label:%s: write label:KEY=VALUE", words);
	sqlite3_bind_text(list, 1, words, (int)(equals - words), SQLITE_STATIC);
	sqlite3_bind_text(list, 2, equals + 1, -1, SQLITE_STATIC);
	status = collect(store, list, selection, error);
	if (status < 0 || selection->count > 0)
		return status;
	if (selection->left_out > 0)
		return nb_error_set(error, ENOENT,
				    "no session of %s with the label %s has ended: to take one as "
				    "it is, name it by its id",
				    store->file.name, words);
	status = nb_store_name_some(store, NB_SQL_LABEL_NAMES, names, sizeof(names), error);
	if (status < 0)
		return status;
	return nb_error_set(error, ENOENT, "no session of %s has the label %s%s", store->file.name,
			    words, names);
}

static int collect_frozen(struct nb_store *store, const char *name, struct selection *selection,
			  struct nb_error *error)
{
	sqlite3_stmt *list;
	int64_t row = 0;
	int status = nb_store_find_baseline(store, name, &row, error);

	if (status < 0)
		return status;
	list = nb_store_statement(store, NB_SQL_MEMBER_ROWS);
	sqlite3_bind_int64(list, 1, row);
	status = collect(store, list, selection, error);
	if (status == 0 && selection->count == 0)
		return nb_error_set(error, ENOENT, "the baseline %s of %s holds no session", name,
				    store->file.name);
	return status;
}

static int collect_one(struct nb_store *store, const char *selector, struct selection *selection,
		       struct nb_error *error)
{
	int status;

	selection->rows = calloc(1, sizeof(*selection->rows));
	if (!selection->rows)
		return nb_error_set(error, ENOMEM, "no memory for a session");
	selection->count = 1;
	if (is_latest(selector))
		status = select_newest(store, NB_SQL_SESSION_ENDED_LATEST, selection->rows, error);
	else
		status = nb_store_select(store, selector, selection->rows, error);
	return status;
}

/* One of several sessions that are named one by one, with what puts them in order. */
struct choice {
	int64_t row;
	char started[NB_TIMESTAMP_SIZE];
	char id[NB_ULID_SIZE];
};

static int choose(struct nb_store *store, const char *selector, struct choice *choice,
		  struct nb_error *error)
{
	struct selection one = { 0 };
	struct nb_session session = { 0 };
	int status = collect_one(store, selector, &one, error);

	if (status == 0) {
		choice->row = one.rows[0];
		status = nb_store_read_session(store, choice->row, &session, error);
	}
	free(one.rows);
	nb_base_copy(choice->started, sizeof(choice->started), session.started);
	nb_base_copy(choice->id, sizeof(choice->id), session.id);
	return status;
}

static int order_choices(const void *left, const void *right)
{
	const struct choice *a = left, *b = right;
	int order = strcmp(a->started, b->started);

	return order != 0 ? order : strcmp(a->id, b->id);
}

/* selectors: ids with commas between. */
static int choose_all(struct nb_store *store, const char *selectors, struct choice **choices,
		      size_t *count, struct nb_error *error)
{
	int status = 0;

	for (const char *rest = selectors; status == 0 && rest; *count += 1) {
		char selector[NB_ULID_SIZE + 1];
		size_t length = strcspn(rest, ",");
		struct choice *grown = nb_store_grow(*choices, *count, sizeof(*grown), error);

		if (!grown)
			return -ENOMEM;
		*choices = grown;
		snprintf(selector, sizeof(selector), "%.*s",
			 (int)(length < sizeof(selector) ? length : sizeof(selector)), rest);
		status = choose(store, selector, &grown[*count], error);
		rest = rest[length] == ',' ? rest + length + 1 : NULL;
	}
	return status;
}

/* Each session once, however often it is named. */
static int collect_named(struct nb_store *store, const char *selectors, struct selection *selection,
			 struct nb_error *error)
{
	struct choice *choices = NULL;
	size_t count = 0;
	int64_t *rows = NULL;
	int status = choose_all(store, selectors, &choices, &count, error);

	if (status == 0) {
		qsort(choices, count, sizeof(*choices), order_choices);
		rows = calloc(count, sizeof(*rows));
		if (!rows)
			status = nb_error_set(error, ENOMEM, "no memory for %zu sessions", count);
	}
	for (size_t i = 0; rows && i < count; i++)
		if (i == 0 || choices[i].row != choices[i - 1].row)
			rows[selection->count++] = choices[i].row;
	selection->rows = rows;
	free(choices);
	return status;
}

static const char *behind(const char *selector, const char *prefix)
{
	size_t length = strlen(prefix);

	return selector && strncmp(selector, prefix, length) == 0 ? selector + length : NULL;
}

int nb_store_select_all(struct nb_store *store, const char *selector, int64_t **rows, size_t *count,
			struct nb_error *error)
{
	const char *label = behind(selector, "label:");
	const char *baseline = behind(selector, "baseline:");
	struct selection selection = { 0 };
	int status;

	if (label)
		status = collect_labelled(store, label, &selection, error);
	else if (baseline)
		status = collect_frozen(store, baseline, &selection, error);
	else if (selector && strchr(selector, ','))
		status = collect_named(store, selector, &selection, error);
	else
		status = collect_one(store, selector, &selection, error);
	if (status < 0) {
		free(selection.rows);
		return status;
	}
	*rows = selection.rows;
	*count = selection.count;
	return 0;
}
