/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_FORMATS_GBENCH_H
#define NB_FORMATS_GBENCH_H

#include <jansson.h>

#include "formats_rounds.h"

/* google-benchmark's JSON: gbench.c has its frame, gbench_series.c one series of one platform. */

struct nb_gbench {
	FILE *stream;
	const struct nb_view *view;
	struct nb_error *error;
	bool begun; /* the list has an entry already */
};

struct nb_gbench_place {
	const struct nb_view_row *row;
	size_t index; /* of the row */
	size_t group;
};

/*
 * json_object_set_new() refuses NULL, so that a failed allocation ends as a NULL tree: a function
 * sums up the results of its put calls in "bad".
 */
int nb_gbench_put_text(json_t *object, const char *name, const char *text);
json_t *nb_gbench_complete(json_t *object, int bad);

/* Writes one entry (NULL: out of memory) and releases it. */
int nb_gbench_print(struct nb_gbench *out, json_t *object);

/* The caller frees it; NULL without memory. */
char *nb_gbench_name(const struct nb_gbench *out, const struct nb_gbench_place *place);

/* How many rounds have a median in a unit of time. */
size_t nb_gbench_repetitions(const struct nb_view *view, const struct nb_gbench_place *place);

/* An entry a round and, of several, their aggregates. */
int nb_gbench_series(struct nb_gbench *out, const struct nb_gbench_place *place);

#endif
