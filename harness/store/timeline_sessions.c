/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>

#include "store_private.h"

/* What a timeline says about its sessions: when, on which machine, with which labels. */

struct reading {
	struct nb_store *store;
	struct nb_timeline *timeline;
	struct nb_timeline_rows *rows;
	int64_t *machines; /* the row of each of timeline->machines */
	size_t label_count;
};

/* Reads a machine that was not met before. */
static int add_machine(struct reading *reading, int64_t row, struct nb_error *error)
{
	struct nb_timeline *timeline = reading->timeline;
	size_t count = timeline->machine_count;
	sqlite3_stmt *get = nb_store_statement(reading->store, NB_SQL_MACHINE_GET);
	struct nb_walk walk = { .statement = get, .reading = true };
	struct nb_machine *machines =
		nb_store_grow(timeline->machines, count, sizeof(*machines), error);
	int64_t *rows;
	int status;

	if (!machines)
		return -ENOMEM;
	timeline->machines = machines;
	rows = nb_store_grow(reading->machines, count, sizeof(*rows), error);
	if (!rows)
		return -ENOMEM;
	reading->machines = rows;
	sqlite3_bind_int64(get, 1, row);
	status = nb_store_step(reading->store, get, "read a machine", error);
	if (status < 0)
		return status;
	if (status == 0)
		return nb_error_set(error, EBADMSG, "%s is damaged: a machine is not found",
				    reading->store->file.name);
	nb_walk_number(&walk, "id", &rows[count], INT64_MAX);
	nb_store_machine_fields(&walk, &machines[count]);
	status = nb_walk_end(&walk, reading->store, "machine", error);
	sqlite3_reset(get);
	/* It stands for all boots. */
	machines[count].boot_id[0] = '\0';
	timeline->machine_count += status == 0;
	return status;
}

/* Sessions next to each other are mostly of one machine: the newest known ones are tried first. */
static int find_machine(struct reading *reading, int64_t row, size_t *index, struct nb_error *error)
{
	size_t count = reading->timeline->machine_count;
	const int64_t *machines = reading->machines;

	for (size_t i = count; machines && i > 0; i--)
		if (machines[i - 1] == row) {
			*index = i - 1;
			return 0;
		}
	*index = count;
	return add_machine(reading, row, error);
}

/* From the current row of NB_SQL_TIMELINE_SESSIONS. */
static int read_session(struct reading *reading, sqlite3_stmt *list,
			struct nb_timeline_session *session, struct nb_timeline_row *row,
			struct nb_error *error)
{
	struct nb_walk walk = { .statement = list, .reading = true };
	int64_t machine = 0;
	int status;

	nb_store_timeline_fields(&walk, session);
	nb_walk_number(&walk, "id", &row->row, INT64_MAX);
	nb_walk_number(&walk, "alike", &machine, INT64_MAX);
	status = nb_walk_end(&walk, reading->store, "session", error);
	return status < 0 ? status : find_machine(reading, machine, &session->machine, error);
}

static int add_session(struct reading *reading, sqlite3_stmt *list, struct nb_error *error)
{
	struct nb_timeline *timeline = reading->timeline;
	struct nb_timeline_rows *rows = reading->rows;
	size_t count = timeline->session_count;
	struct nb_timeline_session *sessions =
		nb_store_grow(timeline->sessions, count, sizeof(*sessions), error);
	struct nb_timeline_row *grown;
	int status;

	if (!sessions)
		return -ENOMEM;
	timeline->sessions = sessions;
	grown = nb_store_grow(rows->rows, rows->count, sizeof(*grown), error);
	if (!grown)
		return -ENOMEM;
	rows->rows = grown;
	grown[count].index = count;
	status = read_session(reading, list, &sessions[count], &grown[count], error);
	if (status == 0)
		rows->count = ++timeline->session_count;
	return status;
}

static int read_sessions(struct reading *reading, struct nb_error *error)
{
	sqlite3_stmt *list = nb_store_statement(reading->store, NB_SQL_TIMELINE_SESSIONS);
	int status;

	while ((status = nb_store_step(reading->store, list, "list the sessions", error)) == 1) {
		status = add_session(reading, list, error);
		if (status < 0)
			break;
	}
	sqlite3_reset(list);
	return status;
}

static int order_rows(const void *left, const void *right)
{
	const struct nb_timeline_row *a = left, *b = right;

	return (a->row > b->row) - (a->row < b->row);
}

const struct nb_timeline_row *nb_store_timeline_row(const struct nb_timeline_rows *rows,
						    int64_t row)
{
	struct nb_timeline_row key = { .row = row };

	return rows->count > 0 ? bsearch(&key, rows->rows, rows->count, sizeof(key), order_rows)
			       : NULL;
}

/* From the current row of NB_SQL_TIMELINE_LABELS. */
static int add_label(struct reading *reading, sqlite3_stmt *list, struct nb_error *error)
{
	struct nb_walk walk = { .statement = list, .reading = true };
	struct nb_timeline *timeline = reading->timeline;
	struct nb_label *labels =
		nb_store_grow(timeline->labels, reading->label_count, sizeof(*labels), error);
	const struct nb_timeline_row *row;
	int64_t session = 0;
	int status;

	if (!labels)
		return -ENOMEM;
	timeline->labels = labels;
	nb_store_label_fields(&walk, &labels[reading->label_count]);
	nb_walk_number(&walk, "session", &session, INT64_MAX);
	status = nb_walk_end(&walk, reading->store, "label", error);
	row = nb_store_timeline_row(reading->rows, session);
	/* None where the session has not ended. */
	if (status < 0 || !row)
		return status;
	timeline->sessions[row->index].label_count++;
	reading->label_count++;
	return 0;
}

/* They come session by session, in the order of rows; the array must have stopped moving. */
static void hand_out_labels(const struct nb_timeline *timeline, const struct nb_timeline_rows *rows)
{
	const struct nb_label *next = timeline->labels;

	for (size_t i = 0; i < rows->count; i++) {
		struct nb_timeline_session *session = &timeline->sessions[rows->rows[i].index];

		session->labels = next;
		if (session->label_count > 0)
			next += session->label_count;
	}
}

static int read_labels(struct reading *reading, struct nb_error *error)
{
	sqlite3_stmt *list = nb_store_statement(reading->store, NB_SQL_TIMELINE_LABELS);
	int status;

	while ((status = nb_store_step(reading->store, list, "read the labels", error)) == 1) {
		status = add_label(reading, list, error);
		if (status < 0)
			break;
	}
	sqlite3_reset(list);
	if (status == 0)
		hand_out_labels(reading->timeline, reading->rows);
	return status;
}

int nb_store_timeline_sessions(struct nb_store *store, struct nb_timeline *timeline,
			       struct nb_timeline_rows *rows, struct nb_error *error)
{
	struct reading reading = { .store = store, .timeline = timeline, .rows = rows };
	int status = read_sessions(&reading, error);

	free(reading.machines);
	if (status < 0)
		return status;
	if (rows->count > 0)
		qsort(rows->rows, rows->count, sizeof(*rows->rows), order_rows);
	return read_labels(&reading, error);
}
