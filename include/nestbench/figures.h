/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_FIGURES_H
#define NB_FIGURES_H

#include <stdbool.h>
#include <stddef.h>

#include "nestbench/baseline.h"
#include "nestbench/compare.h"
#include "nestbench/error.h"

/*
 * Sessions against figures that others published or documented (nestbench/baseline.h). Such a
 * figure has no distribution: what comes of it is a ratio and where it is from, never a p value and
 * never a gate. What nobody has told stays unknown (NAN).
 */

/*
 * The baseline's figures that are of benchmarks ("exit.cpuid"), as rows like those of nb_compare():
 * indicative, with provenance; the figure is the base. A figure is compared with every series of
 * its name at its level. ratio is NAN, and note says why, where the units cannot be converted (the
 * cycles of another processor). Figures without a series, or at another level, are in only_base.
 * The size of a VM is not looked at here: nb_fit() of nestbench/fit.h compares it. The caller frees
 * *comparison with nb_comparison_free(). -ENODATA: no session counts.
 */
int nb_figures_compare(const struct nb_baseline *baseline, const struct nb_compare_group *candidate,
		       const struct nb_compare_options *options, struct nb_comparison *comparison,
		       struct nb_error *error);

/* What a paper measured of one level against the one above it: two of its figures divided. */
struct nb_published_ratio {
	const struct nb_baseline *baseline;
	const struct nb_figure *deeper, *upper; /* of L2 and of L1 */
	double ratio;
	bool in_band; /* false: ARM, or no nesting in hardware; shown, but not comparable */
};

enum nb_band { NB_BAND_UNKNOWN, NB_BAND_BELOW, NB_BAND_WITHIN, NB_BAND_ABOVE };
const char *nb_band_name(enum nb_band band); /* "unknown", "below", "within", "above" */

/*
 * One operation, one level deeper: "L2/L1 of exit.cpuid: 9.4; published 13-22, any exit 5.5-31".
 * The numbers are those of the deeper and the upper level, in unit, over the sessions that have
 * both (guest vantage over user vantage); else guest vantages of sessions of different levels.
 */
struct nb_level_ratio {
	char benchmark[48], params[96], unit[8];
	int level;		 /* of the deeper one; 2: L2 over L1 */
	double ratio, low, high; /* median over sessions, least and largest; low, high NAN: one */
	double deeper_p50, upper_p50;
	size_t sessions;
	bool across; /* the two levels are of different sessions */
	/* Of the same operation; NAN and NULL where nobody published it. */
	double band_low, band_high;
	const struct nb_published_ratio *published;
	size_t published_count;
	enum nb_band band; /* where ratio lies: in the operation's own band, else in that of any */
	char note[120];	   /* "emulated", ...; "" for nothing */
};

struct nb_level_table {
	struct nb_level_ratio *rows; /* in report order */
	size_t count;
	double any_low, any_high; /* published L2/L1 of any operation that exits; NAN: none */
	void *own;		  /* the baselines and lists that the rows point into */
};

/*
 * All level ratios that the sessions allow, with the figures of all embedded literature baselines.
 * count is 0 where no operation was measured at two levels. Invalid sessions are passed over unless
 * options->include_invalid.
 */
int nb_figures_levels(const struct nb_compare_group *sessions,
		      const struct nb_compare_options *options, struct nb_level_table *table,
		      struct nb_error *error);
void nb_level_table_free(struct nb_level_table *table); /* safe on an empty one */

/*
 * "published: Turtles, OSDI 2010, table 3; IBM x3650 ...": kind, source and hardware of a figure in
 * one line.
 */
void nb_figure_provenance(const struct nb_figure *figure, char *text, size_t size);

#endif
