/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_CLI_PAST_H
#define NB_CLI_PAST_H

#include "nestbench/archive.h"
#include "nestbench/history_report.h"

#include "cli_private.h"

/* What the store has of some series over time, and what people told. All of it is owned. */
struct nb_cli_past {
	struct nb_timeline timeline;
	struct nb_event *events;
	struct nb_history_event *told; /* the events, as history wants them */
	struct nb_history_input input;
};

/* Errors are those of nb_store_history(). Free in any case; *past is all zero before. */
int nb_cli_past_read(struct nb_store *store, struct nb_cli_words patterns,
		     const struct nb_history_choice *choice, struct nb_cli_past *past,
		     struct nb_error *error);
void nb_cli_past_free(struct nb_cli_past *past);

#endif
