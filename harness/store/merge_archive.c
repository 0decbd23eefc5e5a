/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "store_private.h"

/*
 * Events and baselines of another database. An event is known by its id. A baseline means its
 * sessions: one of the same name with the same sessions is known, whatever its provenance says;
 * with other sessions the two cannot both be meant by the name, and neither is taken for the other.
 */

static int members_of(struct nb_store *store, const char *name, nb_store_id **ids, size_t *count,
		      struct nb_error *error)
{
	int64_t row = 0;
	int status = nb_store_look_up_baseline(store, name, &row, error);

	if (status <= 0)
		return status;
	status = nb_store_baseline_members(store, row, ids, count, error);
	return status < 0 ? status : 1;
}

/* 1: store has it; 0: it lacks it; -EEXIST: it has another one of that name. */
static int compare_baseline(struct nb_store *store, struct nb_store *other, const char *name,
			    struct nb_error *error)
{
	nb_store_id *ours = NULL, *theirs = NULL;
	size_t our_count = 0, their_count = 0;
	int status = members_of(store, name, &ours, &our_count, error);

	if (status == 1)
		status = members_of(other, name, &theirs, &their_count, error);
	if (status == 1 &&
	    (our_count != their_count || memcmp(ours, theirs, our_count * sizeof(*ours)) != 0))
		status = nb_error_set(error, EEXIST,
				      "the baseline %s of %s holds other sessions than that of %s: "
				      "remove one of them first",
				      name, other->file.name, store->file.name);
	free(ours);
	free(theirs);
	return status;
}

int nb_store_check_archive(struct nb_store *store, struct nb_store *other, struct nb_error *error)
{
	struct nb_store_baseline *baselines;
	size_t count;
	int status = nb_store_list_baselines(other, &baselines, &count, error);

	if (status < 0)
		return status;
	for (size_t i = 0; status >= 0 && i < count; i++)
		status = compare_baseline(store, other, baselines[i].name, error);
	free(baselines);
	return status < 0 ? status : 0;
}

static int put_members(struct nb_store *store, int64_t row, nb_store_id *ids, size_t count,
		       struct nb_error *error)
{
	int status = 0;

	for (size_t i = 0; status == 0 && i < count; i++) {
		int64_t session = 0;

		status = nb_store_find_session(store, ids[i], &session, error);
		if (status == 0)
			status = nb_store_put_member(store, row, session, error);
	}
	return status;
}

static int merge_baseline(struct nb_store *store, struct nb_store *other,
			  const struct nb_store_baseline *baseline, struct nb_error *error)
{
	nb_store_id *ids = NULL;
	size_t count = 0;
	int64_t row = 0;
	int status = compare_baseline(store, other, baseline->name, error);

	if (status != 0)
		return status < 0 ? status : 0;
	status = members_of(other, baseline->name, &ids, &count, error);
	if (status == 1)
		status = nb_store_put_baseline(store, baseline, &row, error);
	if (status == 0)
		status = put_members(store, row, ids, count, error);
	free(ids);
	return status;
}

static int merge_all(struct nb_store *store, struct nb_store *other,
		     const struct nb_store_baseline *baselines, size_t baseline_count,
		     struct nb_error *error)
{
	struct nb_event *events = NULL;
	size_t event_count = 0;
	int status = nb_store_list_events(other, &events, &event_count, error);

	for (size_t i = 0; status == 0 && i < event_count; i++)
		status = nb_store_put_event(store, &events[i], error);
	for (size_t i = 0; status == 0 && i < baseline_count; i++)
		status = merge_baseline(store, other, &baselines[i], error);
	free(events);
	return status;
}

int nb_store_merge_archive(struct nb_store *store, struct nb_store *other, struct nb_error *error)
{
	struct nb_store_baseline *baselines;
	size_t count;
	int status = nb_store_list_baselines(other, &baselines, &count, error);

	if (status < 0)
		return status;
	status = nb_store_begin(store, NB_SQL_BEGIN_WRITE, error);
	if (status == 0)
		status = nb_store_finish(store, merge_all(store, other, baselines, count, error),
					 error);
	free(baselines);
	return status;
}
