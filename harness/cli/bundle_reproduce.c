/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli_bundle.h"

enum { NAME_SIZE = 160, FAMILY_SIZE = 48 };

/* One session a side has no verdict; its change is worth a look all the same. */
static bool looks_worse(const struct nb_compare_row *row)
{
	bool lower = row->series.lower_is_better;

	if (!row->indicative || row->provenance[0] || !isfinite(row->low) || !isfinite(row->high))
		return false;
	return lower ? row->ratio > 1 + row->margin && row->low > 1
		     : row->ratio < 1 - row->margin && row->high < 1;
}

static bool is_worse(const struct nb_compare_row *row)
{
	return row->ratio > 0 && (row->verdict == NB_REGRESSED || looks_worse(row));
}

static int by_size(const void *left, const void *right)
{
	const struct nb_cli_regression *a = left, *b = right;
	double first = fabs(log(a->verdict->ratio)), second = fabs(log(b->verdict->ratio));

	/* What is of the same size stays in report order: rows lie one behind the other. */
	if (first != second)
		return first > second ? -1 : 1;
	return a->row < b->row ? -1 : a->row > b->row;
}

int nb_cli_regressions(const struct nb_view *view, struct nb_cli_regression **list, size_t *count,
		       struct nb_error *error)
{
	*count = 0;
	*list = calloc(view->row_count * view->count + 1, sizeof(**list));
	if (!*list)
		return nb_error_set(error, ENOMEM, "no memory for %zu series", view->row_count);
	for (size_t i = 0; i < view->row_count; i++) {
		for (size_t j = 0; j < view->count; j++) {
			const struct nb_compare_row *verdict = view->rows[i].cells[j].verdict;

			if (!verdict || !is_worse(verdict))
				continue;
			(*list)[(*count)++] =
				(struct nb_cli_regression){ &view->rows[i], verdict, j };
		}
	}
	qsort(*list, *count, sizeof(**list), by_size);
	return 0;
}

void nb_cli_series_text(const struct nb_series *series, char *text, size_t size)
{
	char name[NAME_SIZE];

	nb_record_series_name(name, sizeof(name), series);
	nb_report_plain(text, size, name);
}

static void put_regression(FILE *stream, const struct nb_view *view,
			   const struct nb_cli_regression *found)
{
	const struct nb_compare_row *row = found->verdict;
	char name[NAME_SIZE];

	nb_cli_series_text(&row->series, name, sizeof(name));
	fprintf(stream, "\t# %s%s%s, %s vantage: %.6g -> %.6g %s, ratio %.4g",
		view->count > 1 ? view->groups[found->group].name : "", view->count > 1 ? ": " : "",
		name, nb_record_vantage_name(row->series.vantage), row->base.p50,
		row->candidate.p50, row->series.unit, row->ratio);
	if (isfinite(row->low) && isfinite(row->high))
		fprintf(stream, " (95 %% interval %.4g to %.4g)", row->low, row->high);
	fprintf(stream, ", sessions %zu and %zu%s\n", row->base.sessions, row->candidate.sessions,
		row->indicative ? "; indicative only" : "");
}

/* The target that a series of io.* names among its params; NULL: it names none. */
static const struct nb_target *target_of(const struct nb_session *session,
					 const struct nb_series *series)
{
	static const char key[] = "target=";
	const char *name = strstr(series->params, key);
	size_t length;

	if (!name)
		return NULL;
	name += strlen(key);
	length = strcspn(name, ",");
	for (size_t i = 0; i < session->target_count; i++) {
		if (strlen(session->targets[i].name) == length &&
		    strncmp(session->targets[i].name, name, length) == 0)
			return &session->targets[i];
	}
	return NULL;
}

/* Where storage was measured; the folder is not the same on another machine. */
static void put_target(FILE *stream, const struct nb_session *session,
		       const struct nb_series *series)
{
	const struct nb_target *target = target_of(session, series);
	char path[sizeof(target->path)];

	if (!target)
		return;
	nb_report_plain(path, sizeof(path), target->path);
	fprintf(stream,
		"\t# It was measured in %s (%s): start this in such a folder, or name one\n"
		"\t# with --io-path.\n",
		path, target->kind);
}

static bool seen_before(const struct nb_cli_regression *list, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (strcmp(list[i].row->series.benchmark, list[index].row->series.benchmark) == 0)
			return true;
	return false;
}

static const struct nb_session *newest_of(const struct nb_view_group *group)
{
	return &group->records[group->count - 1]->session;
}

/* How the session was measured; what it measured stands before. */
static void put_options(FILE *stream, const struct nb_session *session)
{
	char profile[sizeof(session->profile)];

	nb_report_plain(profile, sizeof(profile), session->profile);
	fprintf(stream, " --profile %s --seed %" PRIu64 " --label side=\"$1\" --db \"$DATABASE\"\n",
		profile, session->seed);
}

static void put_command(FILE *stream, const struct nb_session *session, const char *benchmark)
{
	char name[sizeof(((struct nb_series *)0)->benchmark)];

	nb_report_plain(name, sizeof(name), benchmark);
	fprintf(stream, "\tnestbench run '%s'", name);
	put_options(stream, session);
}

/* Every family by its name: some run only where they are asked for. */
static void put_everything(FILE *stream, const struct nb_view *view,
			   const struct nb_session *session)
{
	char family[FAMILY_SIZE], last[FAMILY_SIZE] = "";

	fputs("\t# Nothing is known to have got slower: this measures everything again.\n"
	      "\tnestbench run",
	      stream);
	for (size_t i = 0; i < view->row_count; i++) {
		nb_view_family(&view->rows[i].series, family, sizeof(family));
		if (strcmp(family, last) != 0)
			fprintf(stream, " '%s.*'", family);
		nb_base_copy(last, sizeof(last), family);
	}
	put_options(stream, session);
}

/* A benchmark has one command, whatever came of its series. */
static void put_commands(FILE *stream, const struct nb_view *view,
			 const struct nb_cli_regression *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct nb_series *series = &list[i].row->series;
		const struct nb_session *session = newest_of(&view->groups[list[i].group]);

		if (seen_before(list, i))
			continue;
		for (size_t j = i; j < count; j++)
			if (strcmp(list[j].row->series.benchmark, series->benchmark) == 0)
				put_regression(stream, view, &list[j]);
		put_target(stream, session, series);
		put_command(stream, session, series->benchmark);
	}
}

int nb_cli_bundle_reproduce(FILE *stream, const struct nb_cli_bundle *bundle,
			    struct nb_error *error)
{
	struct nb_cli_regression *list;
	size_t count;
	int status = nb_cli_regressions(bundle->view, &list, &count, error);

	if (status < 0)
		return status;
	fprintf(stream,
		"#!/bin/sh\n"
		"# The smallest commands that show again what got slower in\n"
		"# %s. They need nestbench in PATH and change\n"
		"# nothing but the database below. Type:\n"
		"#\n"
		"#   ./reproduce.sh base        on the system as it was\n"
		"#   ./reproduce.sh candidate   on the one that got slower\n"
		"#   ./reproduce.sh compare     with both in one database (nestbench merge joins two)\n"
		"set -eu\n"
		": \"${SESSIONS:=5}\" \"${DATABASE:=reproduce.db}\"\n"
		"case ${1:-} in\n"
		"base | candidate) ;;\n"
		"compare) exec nestbench compare label:side=base label:side=candidate --db "
		"\"$DATABASE\" ;;\n"
		"*) echo 'usage: reproduce.sh base|candidate|compare' >&2 && exit 2 ;;\n"
		"esac\n"
		"\n"
		"session=0\n"
		"while [ \"$session\" -lt \"$SESSIONS\" ]; do\n",
		bundle->name);
	if (count > 0)
		put_commands(stream, bundle->view, list, count);
	else
		put_everything(stream, bundle->view, bundle->newest);
	fputs("\tsession=$((session + 1))\ndone\n", stream);
	free(list);
	return 0;
}
