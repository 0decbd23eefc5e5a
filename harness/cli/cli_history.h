/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_CLI_HISTORY_H
#define NB_CLI_HISTORY_H

#include "nestbench/archive.h"
#include "nestbench/history_report.h"

#include "cli_compare.h"

/* What history looks at, once read out of the store. All of it is owned. */
struct nb_cli_past {
	struct nb_timeline timeline;
	struct nb_event *events;
	size_t event_count;
	struct nb_history_series *series; /* of one level each */
	struct nb_history_point *points;  /* of all series */
	struct nb_history_left_out *left_out;
	size_t count;
	struct nb_history_event *told; /* the events, as history wants them */
	struct nb_session session;     /* the last one that was asked for */
};

/* Which sessions count. */
struct nb_cli_past_choice {
	const char *const *patterns;
	size_t pattern_count;
	const struct nb_label *labels; /* a session has all of them */
	size_t label_count;
	bool include_invalid;
};

/* *past is all zeroes before, and to be freed in any case. */
int nb_cli_past_read(struct nb_store *store, const struct nb_cli_past_choice *choice,
		     struct nb_cli_past *past, struct nb_error *error);
void nb_cli_past_free(struct nb_cli_past *past);
struct nb_history_input nb_cli_past_input(struct nb_cli_past *past);

#endif
