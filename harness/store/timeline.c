/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>

#include "store_private.h"

enum { NAME_SIZE = 160 };

/* A point with what is kept beside it, while its series is read. */
struct found {
	struct nb_timeline_point point;
	double p50;
};

struct search {
	struct nb_store *store;
	const char *const *patterns;
	size_t count;
	bool *met;		 /* for each pattern: it matched something */
	char (*near)[NAME_SIZE]; /* the nearest name, and how far it is */
	size_t *distance;
	struct nb_timeline_rows rows;
	struct found *found; /* room that all series share */
};

static void free_search(struct search *search)
{
	free(search->met);
	free(search->near);
	free(search->distance);
	free(search->rows.rows);
	free(search->found);
}

static int start_search(struct search *search, struct nb_error *error)
{
	search->met = calloc(search->count + 1, sizeof(*search->met));
	search->near = calloc(search->count + 1, sizeof(*search->near));
	search->distance = calloc(search->count + 1, sizeof(*search->distance));
	if (!search->met || !search->near || !search->distance)
		return nb_error_set(error, ENOMEM, "no memory for %zu patterns", search->count);
	return 0;
}

static void note_near(struct search *search, size_t pattern, const char *name)
{
	size_t distance = nb_base_distance(search->patterns[pattern], name);

	if (search->near[pattern][0] != '\0' && distance >= search->distance[pattern])
		return;
	search->distance[pattern] = distance;
	nb_base_copy(search->near[pattern], NAME_SIZE, name);
}

static bool matches(struct search *search, const struct nb_series *series)
{
	char name[NAME_SIZE];
	bool matched = search->count == 0;

	nb_record_series_name(name, sizeof(name), series);
	for (size_t i = 0; i < search->count; i++) {
		if (fnmatch(search->patterns[i], name, 0) == 0) {
			matched = true;
			search->met[i] = true;
		} else if (!search->met[i])
			note_near(search, i, name);
	}
	return matched;
}

static int expect_all_met(const struct search *search, struct nb_error *error)
{
	for (size_t i = 0; i < search->count; i++) {
		const char *near = search->near[i];

		if (search->met[i])
			continue;
		return nb_error_set(error, ENOENT, "no series of %s matches %.80s%s%s%s",
				    search->store->file.name, search->patterns[i],
				    near[0] != '\0' ? " (the nearest is \"" : "",
				    nb_store_plain(near) ? near : "", near[0] != '\0' ? "\")" : "");
	}
	return 0;
}

static void make_point(struct found *found, const struct nb_digest_row *row, size_t session)
{
	*found = (struct found){ .p50 = row->p50 };
	found->point = (struct nb_timeline_point){
		.session = session,
		.level = row->level,
		.outcome = row->outcome,
		.evidence = row->evidence,
		.rounds = row->rounds,
		.tagged_rounds = row->tagged_rounds,
		.batch = row->batch,
		.ci_low = row->ci_low,
		.ci_high = row->ci_high,
		.p99 = row->p99,
	};
}

/* Into search->found, which has room for one point of each session. */
static int find_points(struct search *search, int64_t series, size_t *count, struct nb_error *error)
{
	sqlite3_stmt *list = nb_store_statement(search->store, NB_SQL_TIMELINE_POINTS);
	int status;

	sqlite3_bind_int64(list, 1, series);
	while ((status = nb_store_step(search->store, list, "read a series", error)) == 1) {
		struct nb_walk walk = { .statement = list, .reading = true };
		struct nb_digest_row row = { 0 };
		const struct nb_timeline_row *place;
		int64_t session = 0;

		nb_store_summary_fields(&walk, &row);
		nb_walk_number(&walk, "session", &session, INT64_MAX);
		status = nb_walk_end(&walk, search->store, "summary", error);
		if (status < 0)
			break;
		place = nb_store_timeline_row(&search->rows, session);
		if (place && *count < search->rows.count)
			make_point(&search->found[(*count)++], &row, place->index);
	}
	sqlite3_reset(list);
	return status;
}

static int order_points(const void *left, const void *right)
{
	const struct found *a = left, *b = right;

	return (a->point.session > b->point.session) - (a->point.session < b->point.session);
}

/* Files that were merged have their sessions in another order than time's. */
static int take_points(const struct search *search, size_t count, struct nb_timeline_series *series,
		       struct nb_error *error)
{
	series->p50 = calloc(count + 1, sizeof(*series->p50));
	series->points = calloc(count + 1, sizeof(*series->points));
	if (!series->p50 || !series->points)
		return nb_error_set(error, ENOMEM, "no memory for %zu points", count);
	qsort(search->found, count, sizeof(*search->found), order_points);
	for (size_t i = 0; i < count; i++) {
		series->p50[i] = search->found[i].p50;
		series->points[i] = search->found[i].point;
	}
	series->count = count;
	return 0;
}

static int add_series(struct search *search, int64_t row, const struct nb_series *series,
		      struct nb_timeline *timeline, struct nb_error *error)
{
	struct nb_timeline_series *grown =
		nb_store_grow(timeline->series, timeline->count, sizeof(*grown), error);
	size_t count = 0;
	int status;

	if (!grown)
		return -ENOMEM;
	timeline->series = grown;
	status = find_points(search, row, &count, error);
	if (status < 0)
		return status;
	grown[timeline->count] = (struct nb_timeline_series){ .series = *series };
	/* What take_points() leaves after a failure is freed with the timeline. */
	return take_points(search, count, &grown[timeline->count++], error);
}

static int read_series(struct search *search, struct nb_timeline *timeline, struct nb_error *error)
{
	sqlite3_stmt *list = nb_store_statement(search->store, NB_SQL_SERIES_LIST);
	int status;

	while ((status = nb_store_step(search->store, list, "list the series", error)) == 1) {
		struct nb_walk walk = { .statement = list, .reading = true };
		struct nb_series series = { 0 };
		int64_t row = 0;

		nb_store_series_fields(&walk, &series);
		nb_walk_number(&walk, "id", &row, INT64_MAX);
		status = nb_walk_end(&walk, search->store, "series", error);
		if (status == 0 && matches(search, &series))
			status = add_series(search, row, &series, timeline, error);
		if (status < 0)
			break;
	}
	sqlite3_reset(list);
	return status;
}

static int read_timeline(struct search *search, struct nb_timeline *timeline,
			 struct nb_error *error)
{
	int status = start_search(search, error);

	if (status == 0)
		status = nb_store_timeline_sessions(search->store, timeline, &search->rows, error);
	if (status < 0)
		return status;
	search->found = calloc(search->rows.count + 1, sizeof(*search->found));
	if (!search->found)
		return nb_error_set(error, ENOMEM, "no memory for %zu points", search->rows.count);
	status = read_series(search, timeline, error);
	return status < 0 ? status : expect_all_met(search, error);
}

int nb_store_history(struct nb_store *store, const char *const *patterns, size_t pattern_count,
		     struct nb_timeline *timeline, struct nb_error *error)
{
	struct search search = { .store = store, .patterns = patterns, .count = pattern_count };
	struct nb_timeline read = { 0 };
	int status = nb_store_begin(store, NB_SQL_BEGIN, error);

	if (status < 0)
		return status;
	status = nb_store_finish(store, read_timeline(&search, &read, error), error);
	free_search(&search);
	if (status < 0)
		nb_store_free_timeline(&read);
	else
		*timeline = read;
	return status;
}

void nb_store_free_timeline(struct nb_timeline *timeline)
{
	for (size_t i = 0; i < timeline->count; i++) {
		free(timeline->series[i].p50);
		free(timeline->series[i].points);
	}
	free(timeline->series);
	free(timeline->sessions);
	free(timeline->machines);
	free(timeline->labels);
	*timeline = (struct nb_timeline){ 0 };
}

static int read_counts(struct nb_store *store, struct nb_store_series **series, size_t *count,
		       struct nb_error *error)
{
	sqlite3_stmt *list = nb_store_statement(store, NB_SQL_SERIES_COUNTS);
	int status;

	while ((status = nb_store_step(store, list, "list the series", error)) == 1) {
		struct nb_walk walk = { .statement = list, .reading = true };
		struct nb_store_series *grown =
			nb_store_grow(*series, *count, sizeof(*grown), error);
		int64_t sessions = 0;

		status = -ENOMEM;
		if (grown) {
			*series = grown;
			nb_store_series_fields(&walk, &grown[*count].series);
			nb_walk_number(&walk, "sessions", &sessions, INT64_MAX);
			grown[*count].sessions = (long)sessions;
			status = nb_walk_end(&walk, store, "series", error);
		}
		if (status < 0)
			break;
		*count += 1;
	}
	sqlite3_reset(list);
	return status;
}

int nb_store_series_list(struct nb_store *store, struct nb_store_series **series, size_t *count,
			 struct nb_error *error)
{
	struct nb_store_series *found = NULL;
	size_t length = 0;
	int status = nb_store_begin(store, NB_SQL_BEGIN, error);

	if (status < 0)
		return status;
	status = nb_store_finish(store, read_counts(store, &found, &length, error), error);
	if (status < 0) {
		free(found);
		return status;
	}
	*series = found;
	*count = length;
	return 0;
}
