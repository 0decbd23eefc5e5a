/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_PLOT_DRAW_H
#define NB_PLOT_DRAW_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "nestbench/plot.h"

/* A gnuplot that draws one job. Its picture comes out of its standard output, into memory. */
struct nb_plot_child {
	pid_t pid;   /* 0: none */
	int picture; /* file in memory */
	int errors;  /* pipe, does not block */
	double due;  /* when it has taken too long, as nb_plot_now() tells */
	double seconds;
	bool late;	 /* it was ended for that */
	char said[2048]; /* the beginning of what came out of errors, cleaned later */
	size_t said_length;
};

/* Seconds of a clock that nobody sets. */
double nb_plot_now(void);

/* Starts program on the job. -EMFILE, -ENOMEM, ...: the machine has no room for it. */
int nb_plot_child_start(struct nb_plot_child *child, const char *program,
			const struct nb_plot_job *job, double seconds, struct nb_error *error);
/* Takes in what it said, ends it when it is late. True: it has ended, *status is as of wait(2). */
bool nb_plot_child_ended(struct nb_plot_child *child, int *status);
/* Why it failed: what it said, or how it ended. */
void nb_plot_child_reason(const struct nb_plot_child *child, int status, char *text, size_t size);
/* Safe twice. A child that still runs is killed. */
void nb_plot_child_close(struct nb_plot_child *child);

/* -ENOENT with what to install, unless there is such a program. NULL: "gnuplot" of PATH. */
int nb_plot_find(const char *asked, char *path, size_t size, struct nb_error *error);

/*
 * gnuplot's SVG made fit: smaller, and with an id that of a part of a page (nestbench/plot.h,
 * scripts/plot/common.gp). -EPROTO: it is not whole. The caller frees *made, which is terminated.
 */
int nb_plot_svg(const char *text, const char *id, const char *label, char **made,
		struct nb_error *error);

/* Replaces the file at path at once or, on failure, not at all. */
int nb_plot_replace(const char *path, const void *bytes, size_t size, struct nb_error *error);

#endif
