/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_PAGE_H
#define NB_PAGE_H

#include <stddef.h>
#include <stdio.h>

#include "nestbench/error.h"
#include "nestbench/view.h"

/*
 * One HTML file to look at: style and pictures inside, no script needed to read it, nothing loaded
 * from anywhere. Every text of a session is escaped; the file holds no byte that was not checked.
 */

/* A picture of the page. */
struct nb_page_plot {
	const char *id;	    /* [a-z0-9_]: anchor, and what its SVG's ids begin with */
	const char *family; /* section it stands in, "exit"; "" for the first screen */
	const char *title;
	const char *summary; /* how to read it: caption, and what a screen reader says first */
	const char *svg;     /* as nb_plot_draw() made it for inline_id = id; NULL: none */
	const char *reason;  /* why there is none */
};

struct nb_page {
	const struct nb_view *view;
	const struct nb_page_plot *plots;
	size_t plot_count;
	const char *note;      /* to print above the plots, as where gnuplot is absent; NULL */
	const char *generated; /* time stamp; NULL: now */
};

/* -EIO when the stream failed. */
int nb_page_write(FILE *stream, const struct nb_page *page, struct nb_error *error);

#endif
