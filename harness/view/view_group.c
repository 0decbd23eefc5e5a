/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "nestbench/base.h"
#include "nestbench/compare_report.h"

#include "view_private.h"

/* Which of the sources stand together; the groups in order of their oldest session. */
struct plan {
	const struct nb_record **order; /* oldest first */
	size_t *group;			/* of each of them */
	const struct nb_record *first[NB_VIEW_GROUPS_MAX];
	size_t groups;
};

static int by_age(const void *a, const void *b)
{
	const struct nb_record *left = *(const struct nb_record *const *)a;
	const struct nb_record *right = *(const struct nb_record *const *)b;
	int order = strcmp(left->session.started, right->session.started);

	return order ? order : strcmp(left->session.id, right->session.id);
}

static bool same_platform(const struct nb_session *a, const struct nb_session *b)
{
	return a->level == b->level && strcmp(a->machine.platform, b->machine.platform) == 0;
}

static int find_group(struct plan *plan, const struct nb_record *record, struct nb_error *error)
{
	for (size_t i = 0; i < plan->groups; i++)
		if (same_platform(&plan->first[i]->session, &record->session))
			return (int)i;
	if (plan->groups == NB_VIEW_GROUPS_MAX)
		return nb_error_set(error, E2BIG,
				    "the sessions are of more than %d platforms: choose fewer",
				    NB_VIEW_GROUPS_MAX);
	plan->first[plan->groups] = record;
	return (int)plan->groups++;
}

static int make_plan(const struct nb_view_sources *sources, struct plan *plan,
		     struct nb_error *error)
{
	for (size_t i = 0; i < sources->count; i++)
		plan->order[i] = &sources->records[i];
	qsort(plan->order, sources->count, sizeof(const struct nb_record *), by_age);
	for (size_t i = 0; i < sources->count; i++) {
		int group = find_group(plan, plan->order[i], error);

		if (group < 0)
			return group;
		plan->group[i] = (size_t)group;
	}
	return 0;
}

static void name_group(struct nb_view_group *group, size_t index)
{
	char machines[200];
	const struct nb_session *first = &group->digests.sessions[0].session;

	group->name[0] = (char)('A' + index);
	group->level = first->level;
	nb_report_machines(machines, sizeof(machines), &group->digests);
	if (group->count == 1)
		snprintf(group->title, sizeof(group->title), "%s; session %.10s", machines,
			 first->started);
	else
		snprintf(group->title, sizeof(group->title), "%s; %zu sessions", machines,
			 group->count);
}

/* Digests stand in own as the records do, so that a group is a stretch of both. */
static int fill_group(const struct plan *plan, size_t count, size_t index, struct nb_view *view,
		      struct nb_error *error)
{
	struct nb_view_group *group = &view->groups[index];
	struct nb_view_own *own = view->own;
	size_t first = own->count;

	group->records = own->records + first;
	group->digests.sessions = own->digests + first;
	for (size_t i = 0; i < count; i++) {
		int status;

		if (plan->group[i] != index)
			continue;
		status = nb_digest_make(plan->order[i], &own->digests[own->count], error);
		if (status < 0)
			return status;
		own->records[own->count++] = plan->order[i];
	}
	group->count = own->count - first;
	group->digests.count = group->count;
	name_group(group, index);
	return 0;
}

static int fill_groups(const struct nb_view_sources *sources, struct plan *plan,
		       struct nb_view *view, struct nb_error *error)
{
	int status = make_plan(sources, plan, error);

	for (size_t i = 0; status == 0 && i < plan->groups; i++) {
		view->count = i + 1;
		status = fill_group(plan, sources->count, i, view, error);
	}
	return status;
}

static int no_memory(size_t sessions, struct nb_error *error)
{
	nb_error_set(error, ENOMEM, "no memory for %zu sessions", sessions);
	return -ENOMEM;
}

int nb_view_group(const struct nb_view_sources *sources, struct nb_view *view,
		  struct nb_error *error)
{
	struct nb_view_own *own = view->own;
	struct plan plan = {
		.order = calloc(sources->count, sizeof(const struct nb_record *)),
		.group = calloc(sources->count, sizeof(size_t)),
	};
	int status;

	own->records = calloc(sources->count, sizeof(const struct nb_record *));
	own->digests = calloc(sources->count, sizeof(*own->digests));
	if (plan.order && plan.group && own->records && own->digests)
		status = fill_groups(sources, &plan, view, error);
	else
		status = no_memory(sources->count, error);
	free(plan.order);
	free(plan.group);
	return status;
}
