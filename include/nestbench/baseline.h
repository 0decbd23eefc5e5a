/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_BASELINE_H
#define NB_BASELINE_H

#include <stdbool.h>
#include <stddef.h>

#include "nestbench/error.h"

/*
 * Reference baselines as data: JSON files of results/baselines, embedded at build time. Every
 * figure says where it comes from; results/README.md tells the format and its rules. No figure is
 * ever invented: what nobody has published is not in the file.
 */

enum nb_figure_kind {
	NB_FIGURE_MEASURED,
	NB_FIGURE_DOCUMENTED,	       /* the vendor's own documents */
	NB_FIGURE_PUBLISHED,	       /* a paper or a talk */
	NB_FIGURE_PUBLISHED_SECONDARY, /* told by others about it */
	NB_FIGURE_DERIVED,	       /* computed from the others; note says how */
};

struct nb_figure {
	const char *metric; /* "vcpus", "memory", ...: the list is in results/README.md */
	double value;	    /* in unit; a yes or no is 1 or 0 of unit "bool" */
	const char *text;   /* of a figure that is words (unit "text"), else NULL */
	const char *unit;
	enum nb_figure_kind kind;
	const char *level;    /* "L1", ...; "" where it has none */
	const char *hardware; /* "" unknown */
	const char *source_title, *source_address;
	const char *note; /* "" for nothing */
};

struct nb_baseline {
	const char *name;  /* "azure-d4s-v5" */
	const char *title; /* "Azure Standard_D4s_v5" */
	const char *summary;
	bool size; /* a VM's size to be compared with; else figures of a paper */
	const struct nb_figure *figures;
	size_t count;
	void *tree; /* the reader's own */
};

/*
 * -EBADMSG with the place of the fault: not JSON, a missing unit, source or kind, a figure that is
 * negative or no number, a unit that does not fit the metric, a metric told twice. text need not
 * be terminated. Free with nb_baseline_free().
 */
int nb_baseline_parse(const char *text, size_t size, struct nb_baseline *baseline,
		      struct nb_error *error);
void nb_baseline_free(struct nb_baseline *baseline); /* safe on zeroes and twice */

/* The embedded ones, sizes first, by name. */
size_t nb_baseline_count(void);
int nb_baseline_load(size_t index, struct nb_baseline *baseline, struct nb_error *error);
/* -ENOENT: none of that name; the text names the nearest. */
int nb_baseline_find(const char *name, struct nb_baseline *baseline, struct nb_error *error);

const struct nb_figure *nb_baseline_figure(const struct nb_baseline *baseline, const char *metric);
const char *nb_figure_kind_name(enum nb_figure_kind kind); /* "documented" */

#endif
