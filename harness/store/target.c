/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "store_private.h"

/* The columns of the table, for both directions (struct nb_walk). */
static void target_fields(struct nb_walk *walk, struct nb_target *target)
{
#define WALK_TEXT(field, size) nb_walk_text(walk, #field, target->field, size);
#define WALK_NUMBER(field)     nb_walk_count(walk, #field, &target->field, INT64_MAX);
	NB_TARGET_TEXTS(WALK_TEXT)
	NB_TARGET_NUMBERS(WALK_NUMBER)
#undef WALK_TEXT
#undef WALK_NUMBER
}

int nb_store_add_targets(struct nb_store *store, int64_t row, struct nb_session *session,
			 struct nb_error *error)
{
	if (session->target_count > NB_TARGET_MAX)
		return nb_error_set(error, EINVAL, "%s: more than %d targets", store->file.name,
				    NB_TARGET_MAX);
	for (size_t i = 0; i < session->target_count; i++) {
		struct nb_walk walk = { .statement = nb_store_statement(store, NB_SQL_TARGET_ADD),
					.column = 2 };
		int status;

		sqlite3_bind_int64(walk.statement, 1, row);
		sqlite3_bind_int64(walk.statement, 2, (int64_t)i);
		target_fields(&walk, &session->targets[i]);
		status = nb_walk_end(&walk, store, "target", error);
		if (status == 0)
			status = nb_store_run(store, walk.statement, "store a target", error);
		if (status < 0)
			return status;
	}
	return 0;
}

int nb_store_read_targets(struct nb_store *store, int64_t row, struct nb_session *session,
			  struct nb_error *error)
{
	sqlite3_stmt *list = nb_store_statement(store, NB_SQL_TARGET_LIST);
	int status;

	sqlite3_bind_int64(list, 1, row);
	for (;;) {
		struct nb_walk walk = { .statement = list, .reading = true };
		int64_t position;

		status = nb_store_step(store, list, "read the targets", error);
		if (status <= 0)
			break;
		if (session->target_count == NB_TARGET_MAX) {
			status = nb_error_set(error, EBADMSG, "%s is damaged: too many targets",
					      store->file.name);
			break;
		}
		nb_walk_number(&walk, "position", &position, INT64_MAX);
		target_fields(&walk, &session->targets[session->target_count++]);
		status = nb_walk_end(&walk, store, "target", error);
		if (status < 0)
			break;
	}
	sqlite3_reset(list);
	return status;
}
