/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli_view.h"

/* As many series as people look at; reading more of a large database would take seconds. */
enum { SERIES_MAX = 12, SESSIONS_MIN = 3 };

struct choice {
	char names[SERIES_MAX][sizeof(((struct nb_series *)0)->benchmark) +
			       sizeof(((struct nb_series *)0)->params)];
	const char *words[SERIES_MAX];
	size_t count;
};

/* A series that is measured at two vantages has one name. */
static void choose(struct choice *choice, const struct nb_series *series)
{
	char *name;

	if (choice->count == SERIES_MAX)
		return;
	name = choice->names[choice->count];
	nb_record_series_name(name, sizeof(choice->names[0]), series);
	for (size_t i = 0; i < choice->count; i++)
		if (strcmp(choice->names[i], name) == 0)
			return;
	choice->words[choice->count++] = name;
}

/* What changed, else what was measured, in report order. */
static void choose_series(const struct nb_view *view, struct choice *choice)
{
	struct nb_view_change changes[SERIES_MAX];
	size_t count = nb_view_changes(view, changes, SERIES_MAX);

	for (size_t i = 0; i < count; i++)
		choose(choice, &changes[i].row->series);
	for (size_t i = 0; i < view->row_count && count == 0; i++)
		if (view->rows[i].cells[0].outcome == NB_OK)
			choose(choice, &view->rows[i].series);
}

static int read_past(struct nb_store *store, const char *pattern, struct nb_cli_view *view,
		     struct nb_error *error)
{
	struct choice *choice = calloc(1, sizeof(*choice));
	const struct nb_history_choice all = { 0 };
	struct nb_cli_words words;
	int status;

	if (!choice)
		return nb_error_set(error, ENOMEM, "no memory for the history");
	if (pattern)
		choice->words[choice->count++] = pattern;
	else
		choose_series(&view->view, choice);
	words = (struct nb_cli_words){ choice->words, choice->count };
	status = choice->count > 0 ? nb_cli_past_read(store, words, &all, &view->past, error)
				   : -ENOENT;
	free(choice);
	return status;
}

static int find_changes(struct nb_cli_view *view, struct nb_error *error)
{
	int status;

	if (view->past.input.count == 0 || view->past.timeline.session_count < SESSIONS_MIN)
		return 0;
	status = nb_history_find(&view->past.input, &nb_history_defaults, &view->history, error);
	if (status < 0)
		return status;
	view->history_report = (struct nb_history_report){ .timeline = &view->past.timeline,
							   .input = &view->past.input,
							   .history = &view->history,
							   .options = &nb_history_defaults };
	view->view.history = &view->history_report;
	return 0;
}

int nb_cli_view_remember(const struct nb_cli_view_request *request, struct nb_cli_view *view)
{
	struct nb_error error = { 0 };
	struct nb_store *store;
	int status;

	/* Files can be looked at without any database. */
	if (access(request->database, F_OK) != 0)
		return NB_EXIT_FINE;
	store = nb_cli_open_store(request->verb, request->database, NB_STORE_READ);
	if (!store)
		return NB_EXIT_FAILED;
	status = read_past(store, request->past_pattern, view, &error);
	nb_store_close(store);
	/* The database need not know the series of a file. */
	if (status == -ENOENT)
		return NB_EXIT_FINE;
	if (status == 0)
		status = find_changes(view, &error);
	if (status < 0)
		return nb_cli_fail(request->verb, NB_EXIT_FAILED, "%s", error.text);
	return NB_EXIT_FINE;
}
