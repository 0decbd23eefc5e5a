/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_PLOT_HISTORY_H
#define NB_PLOT_HISTORY_H

#include "plot_labels.h"

/*
 * history_scale.c: where sessions stand on the axis. Their times; but where these are not known or
 * stand so close that points would hide each other, their numbers, 1, 2, 3 ...
 */
struct nb_plot_scale {
	const struct nb_timeline *timeline;
	bool time;	  /* x is in seconds since 1970-01-01 UTC */
	double low, high; /* of all sessions */
};
void nb_plot_scale_make(const struct nb_timeline *timeline, struct nb_plot_scale *scale);
double nb_plot_scale_session(const struct nb_plot_scale *scale, size_t number);
/* Of an event; NAN: it is not between the first and the last session. */
double nb_plot_scale_event(const struct nb_plot_scale *scale, const char *time);

/* history_marks.c: what happened when, numbered in order of time; one line of notes each. */
void nb_plot_marks(FILE *stream, const struct nb_history_report *report,
		   const struct nb_plot_scale *scale);
/* A line of the notes of this plot: kind, text, place on the axis (NAN: none). */
void nb_plot_mark(FILE *stream, const char *kind, const char *text, double x);

#endif
