/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_FIGURES_PRIVATE_H
#define NB_FIGURES_PRIVATE_H

#include "nestbench/figures.h"

/* "L2" is 2; NB_LEVEL_UNKNOWN for anything else. */
int nb_figure_level(const struct nb_figure *figure);

/* figures_published.c: ratios of two levels in all embedded literature, by metric and level. */
struct nb_published {
	struct nb_baseline *baselines;
	size_t baseline_count;
	struct nb_published_ratio *ratios;
	size_t count;
};
int nb_published_make(struct nb_published *published, struct nb_error *error);
void nb_published_free(struct nb_published *published);
/* The run of ratios of one benchmark at one level; NULL: there is none. */
const struct nb_published_ratio *nb_published_find(const struct nb_published *published,
						   const char *benchmark, int level, size_t *count);
/* Least and largest of those that are in the band; NAN: there is none. */
void nb_published_band(const struct nb_published_ratio *ratios, size_t count, double *low,
		       double *high);
/* True where the ratio is of an operation that leaves the guest, two levels down. */
bool nb_published_is_exit(const struct nb_published_ratio *ratio);

#endif
