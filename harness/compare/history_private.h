/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_HISTORY_PRIVATE_H
#define NB_HISTORY_PRIVATE_H

#include "nestbench/history.h"

#include "compare_private.h"

/* history_causes.c: what else changed, and what was told, at each change. */
int nb_history_explain(const struct nb_history_input *input, struct nb_history *history,
		       struct nb_error *error);

#endif
