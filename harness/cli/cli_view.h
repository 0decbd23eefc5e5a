/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_CLI_VIEW_H
#define NB_CLI_VIEW_H

#include "nestbench/view.h"

#include "cli_compare.h"
#include "cli_past.h"

/*
 * What report, plot, bundle and export look at: sessions that words of the command line stand for
 * (as sides of compare do; none: the latest one), and what they are compared with.
 *
 *	struct nb_cli_view *view = calloc(1, sizeof(*view));
 *
 *	status = nb_cli_view_load(&request, view);    (records; they may be redacted now)
 *	status = nb_cli_view_make(&request, view);    (view->view)
 *	nb_cli_view_free(view);
 */
struct nb_cli_view_request {
	const struct nb_cli_verb *verb;
	const char *database;
	struct nb_cli_words words;
	const char *base; /* of --baseline: a baseline's name, or a side as in compare; NULL */
	bool whole_base;  /* the base's sessions whole, too: base_records */
	bool past;	  /* with the history of series: */
	const char *past_pattern; /* of these; NULL: what changed, else the first ones */
};

struct nb_cli_view {
	struct nb_record *records; /* each session once; owned */
	size_t count;
	struct nb_record *base_records; /* owned */
	size_t base_count;
	struct nb_cli_side base; /* digests and figures; .asked NULL: there is none */
	char base_name[256];
	struct nb_compare_options options;
	struct nb_cli_past past;
	struct nb_history history;
	struct nb_history_report history_report;
	struct nb_view view;
};

/* Exit statuses, after saying what is wrong where it is not 0. *view is all zero before. */
int nb_cli_view_load(const struct nb_cli_view_request *request, struct nb_cli_view *view);
int nb_cli_view_make(const struct nb_cli_view_request *request, struct nb_cli_view *view);
/* view_past.c: the history that request->past asks for; nb_cli_view_make() calls it. */
int nb_cli_view_remember(const struct nb_cli_view_request *request, struct nb_cli_view *view);
/* Frees what it holds and the view itself; NULL is fine. */
void nb_cli_view_free(struct nb_cli_view *view);

/*
 * page.c: writes the page of the view. plots: with pictures, as far as there is a gnuplot; what
 * kept them away is written into the page, and *note (if not NULL) tells it in one line, else "".
 */
int nb_cli_page_write(FILE *stream, const struct nb_cli_view *view, bool plots, char *note,
		      size_t size, struct nb_error *error);

#endif
