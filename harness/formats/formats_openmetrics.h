/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_FORMATS_OPENMETRICS_H
#define NB_FORMATS_OPENMETRICS_H

#include "formats_private.h"

/* One metric family after another: openmetrics.c has the writer, openmetrics_series.c its series.
 */

struct nb_metric_family {
	const char *name, *unit, *help; /* unit: "" for none; name ends with it */
};

struct nb_metric_writer {
	FILE *stream;
	const struct nb_view *view;
	const struct nb_metric_family *family;
	bool begun;  /* its head is written */
	bool labels; /* the line has some already */
};

void nb_metric_family(struct nb_metric_writer *writer, const struct nb_metric_family *family);
/* One line: its name, its labels, its number, which is finite. */
void nb_metric_begin(struct nb_metric_writer *writer);
void nb_metric_label(struct nb_metric_writer *writer, const char *name, const char *value);
void nb_metric_level(struct nb_metric_writer *writer, int level);
void nb_metric_end(const struct nb_metric_writer *writer, double value);

/* All families of which every series of a group has a line. */
void nb_metric_all_series(struct nb_metric_writer *writer);

#endif
