/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>

#include "store_private.h"

int nb_store_put_event(struct nb_store *store, const struct nb_event *event, struct nb_error *error)
{
	struct nb_event copy = *event;
	struct nb_walk walk = { .statement = nb_store_statement(store, NB_SQL_EVENT_ADD) };
	int status;

	nb_store_event_fields(&walk, &copy);
	status = nb_walk_end(&walk, store, "event", error);
	return status < 0 ? status : nb_store_run(store, walk.statement, "store an event", error);
}

static int make_event(const char *at, const char *text, struct nb_event *event,
		      struct nb_error *error)
{
	if (!nb_store_plain(text))
		return nb_error_set(error, EINVAL,
				    "the text of an event is one line of 1 to %d bytes of UTF-8 "
				    "without control characters",
				    NB_STORE_TEXT_SIZE - 1);
	if (at && !nb_store_read_moment(at, event->at))
		return nb_error_set(error, EINVAL,
				    "%.40s is not a time: write it like 2026-11-21T03:12 (UTC) or "
				    "2026-11-21T03:12+01:00",
				    nb_store_plain(at) ? at : "this");
	if (!at)
		nb_base_timestamp(event->at);
	nb_base_copy(event->text, sizeof(event->text), text);
	return nb_base_ulid(event->id, error);
}

int nb_store_add_event(struct nb_store *store, const char *at, const char *text,
		       struct nb_event *event, struct nb_error *error)
{
	struct nb_event made = { 0 };
	int status = make_event(at, text, &made, error);

	if (status == 0)
		status = nb_store_begin(store, NB_SQL_BEGIN_WRITE, error);
	if (status < 0)
		return status;
	status = nb_store_finish(store, nb_store_put_event(store, &made, error), error);
	if (status == 0 && event)
		*event = made;
	return status;
}

static int read_events(struct nb_store *store, struct nb_event **events, size_t *count,
		       struct nb_error *error)
{
	sqlite3_stmt *list = nb_store_statement(store, NB_SQL_EVENT_LIST);
	int status;

	while ((status = nb_store_step(store, list, "list the events", error)) == 1) {
		struct nb_walk walk = { .statement = list, .reading = true };
		struct nb_event *grown = nb_store_grow(*events, *count, sizeof(*grown), error);

		status = -ENOMEM;
		if (grown) {
			*events = grown;
			nb_store_event_fields(&walk, &grown[*count]);
			status = nb_walk_end(&walk, store, "event", error);
		}
		if (status < 0)
			break;
		*count += 1;
	}
	sqlite3_reset(list);
	return status;
}

int nb_store_list_events(struct nb_store *store, struct nb_event **events, size_t *count,
			 struct nb_error *error)
{
	struct nb_event *found = NULL;
	size_t length = 0;
	int status = nb_store_begin(store, NB_SQL_BEGIN, error);

	if (status < 0)
		return status;
	status = nb_store_finish(store, read_events(store, &found, &length, error), error);
	if (status < 0) {
		free(found);
		return status;
	}
	*events = found;
	*count = length;
	return 0;
}
