/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_VIEW_PRIVATE_H
#define NB_VIEW_PRIVATE_H

#include "nestbench/tax.h"
#include "nestbench/view.h"

/* What a view owns beside its rows. */
struct nb_view_own {
	const struct nb_record **records; /* all, group after group */
	struct nb_digest *digests;	  /* likewise */
	size_t count;
	struct nb_comparison comparisons[NB_VIEW_GROUPS_MAX];
	struct nb_tax *taxes[NB_VIEW_GROUPS_MAX];
};

/* view_group.c: fills groups (records, digests, title), which own is there for. */
int nb_view_group(const struct nb_view_sources *sources, struct nb_view *view,
		  struct nb_error *error);

/* view_row.c: one row a series of any group, and all its cells. */
int nb_view_rows(struct nb_view *view, struct nb_error *error);

#endif
