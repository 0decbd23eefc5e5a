/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_BASELINE_PARTS_H
#define NB_BASELINE_PARTS_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "nestbench/baseline.h"

/* What the files of this room share. */

/* A file being read: the first fault stays, and nothing is read after it. */
struct nb_baseline_reader {
	struct nb_error *error;
	int status;
	int figure; /* its index; -1: not inside one */
};

/* "figures[3]: TEXT" or, outside of figures, "TEXT". */
void nb_baseline_fault(struct nb_baseline_reader *reader, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * The text of a member. One that is missing, null or "" is a fault where it is needed ("no unit"),
 * else "". It lives as long as object.
 */
const char *nb_baseline_text(struct nb_baseline_reader *reader, const json_t *object,
			     const char *name, bool needed);

/* Reads figures[reader->figure]; its texts live as long as object. */
void nb_baseline_read_figure(struct nb_baseline_reader *reader, const json_t *object,
			     struct nb_figure *figure);

/*
 * What a metric is measured in, as "GiB, GB"; NULL if there is no such metric. One of a benchmark
 * ("exit.cpuid") need not be known: figures of papers are about more than we measure.
 */
const char *nb_metric_units(const char *metric);
bool nb_metric_has_unit(const char *metric, const char *unit);

/* Text of unknown origin on its way to a terminal: printable ASCII, and not too long. */
enum { NB_BASELINE_QUOTE_SIZE = 48 };
void nb_baseline_quote(char quote[NB_BASELINE_QUOTE_SIZE], const char *text);

#endif
