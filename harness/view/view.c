/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "nestbench/base.h"

#include "view_private.h"

static int compare_group(const struct nb_view_sources *sources, const struct nb_view_group *group,
			 struct nb_comparison *comparison, struct nb_error *error)
{
	if (sources->figures)
		return nb_figures_compare(sources->figures, &group->digests, sources->options,
					  comparison, error);
	return nb_compare(&sources->base_sessions, &group->digests, sources->options, comparison,
			  error);
}

/* That no session counts is no fault of the view: the numbers can be looked at all the same. */
static int judge_group(const struct nb_view_sources *sources, struct nb_view_group *group,
		       struct nb_comparison *comparison, struct nb_error *error)
{
	size_t length = strlen(group->title);
	int status;

	if (!sources->figures && sources->base_sessions.count == 0)
		return 0;
	status = compare_group(sources, group, comparison, error);
	if (status == 0)
		group->comparison = comparison;
	if (status != -ENODATA)
		return status;
	snprintf(group->title + length, sizeof(group->title) - length,
		 "; not compared: no session that counts");
	return 0;
}

static int judge(const struct nb_view_sources *sources, struct nb_view *view,
		 struct nb_error *error)
{
	struct nb_view_own *own = view->own;
	int status = 0;

	for (size_t i = 0; status == 0 && i < view->count; i++) {
		struct nb_view_group *group = &view->groups[i];

		status = judge_group(sources, group, &own->comparisons[i], error);
		if (status == 0)
			status = nb_figures_levels(&group->digests, sources->options,
						   &group->levels, error);
		/* Invalid sessions have no ratios, which is nothing to fail for. */
		status = status == -ENODATA ? 0 : status;
		if (status == 0)
			status = nb_tax_make(group->records, group->count,
					     sources->options->include_invalid, &own->taxes[i],
					     error);
		group->tax = own->taxes[i];
	}
	return status;
}

static int fill(const struct nb_view_sources *sources, struct nb_view *view, struct nb_error *error)
{
	int status = nb_view_group(sources, view, error);

	if (status == 0)
		status = judge(sources, view, error);
	if (status == 0)
		status = nb_view_rows(view, error);
	return status;
}

int nb_view_limit(size_t sessions, struct nb_error *error)
{
	if (sessions <= NB_VIEW_SESSIONS_MAX)
		return 0;
	return nb_error_set(error, E2BIG,
			    "%zu sessions are more than the %d that can be looked at side by side: "
			    "choose fewer by a label, or see them over time with nestbench history",
			    sessions, NB_VIEW_SESSIONS_MAX);
}

int nb_view_make(const struct nb_view_sources *sources, struct nb_view *view,
		 struct nb_error *error)
{
	struct nb_view made = {
		.base = sources->base,
		.base_provenance = sources->base_provenance ? sources->base_provenance : "",
		.base_sessions = sources->base_sessions,
		.options = sources->options,
		.history = sources->history,
	};
	int status = nb_view_limit(sources->count, error);

	if (status < 0)
		return status;
	if (sources->count == 0)
		return nb_error_set(error, ENODATA, "no session to look at");
	made.own = calloc(1, sizeof(struct nb_view_own));
	if (!made.own)
		return nb_error_set(error, ENOMEM, "no memory for a view");
	status = fill(sources, &made, error);
	if (status == 0)
		*view = made;
	else
		nb_view_free(&made);
	return status;
}

void nb_view_free(struct nb_view *view)
{
	struct nb_view_own *own = view->own;

	for (size_t i = 0; i < view->count; i++)
		nb_level_table_free(&view->groups[i].levels);
	for (size_t i = 0; own && i < NB_VIEW_GROUPS_MAX; i++) {
		nb_comparison_free(&own->comparisons[i]);
		free(own->taxes[i]);
	}
	for (size_t i = 0; own && i < own->count; i++)
		nb_digest_free(&own->digests[i]);
	if (own) {
		free(own->digests);
		free(own->records);
	}
	free(own);
	free(view->rows);
	*view = (struct nb_view){ 0 };
}
