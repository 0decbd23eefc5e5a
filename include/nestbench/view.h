/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_VIEW_H
#define NB_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nestbench/compare.h"
#include "nestbench/digest.h"
#include "nestbench/error.h"
#include "nestbench/figures.h"
#include "nestbench/history_report.h"
#include "nestbench/record.h"

/*
 * Sessions as people look at them: put together by platform, every series one row, every platform
 * one column, and beside it what came of the comparison with a base. The page, the plots, the
 * bundle and the exports all read this and nothing else, so that they cannot disagree.
 *
 *	struct nb_view view;
 *
 *	nb_view_make(&sources, &view, &error);
 *	nb_view_free(&view);
 */

/* Columns that can be told apart side by side. */
enum { NB_VIEW_GROUPS_MAX = 6, NB_VIEW_SESSIONS_MAX = 200 };

/* Sessions of one platform (nb_machine.platform) and of one level, oldest first. */
struct nb_view_group {
	char name[4];	 /* "A", "B", ...: for legends and heads of columns; unique */
	char title[240]; /* one line for people: hypervisor, CPU, level, "3 sessions" */
	int level;	 /* of the operating system; the guest vantage is one deeper */
	const struct nb_record *const *records; /* whole, with histograms */
	size_t count;
	struct nb_compare_group digests;	/* the same sessions in the same order */
	const struct nb_comparison *comparison; /* with the base; NULL: there is none */
	struct nb_level_table levels;		/* count 0: nothing was measured at two levels */
	const struct nb_tax *tax;		/* NULL: no nested.* was measured */
};

/* One series in one group. Numbers in the series' unit, NAN where not known. */
struct nb_view_cell {
	size_t sessions;	 /* that measured it; 0: none of this group knows the series */
	enum nb_outcome outcome; /* the best of its sessions: one that measured it is enough */
	char reason[224];	 /* "" only if outcome is NB_OK */
	int level;		 /* of the measured code */
	double p50;		 /* of one session; of several the median of theirs */
	/*
	 * 95 % interval of p50: of one session its own; of six and more the order-statistic
	 * interval of their medians; of two to five the least and the largest (spread is true).
	 */
	double low, high;
	bool spread;
	double min, p95, p99, p999, max; /* median over sessions; min, max: of all */
	enum nb_evidence evidence;	 /* the worst */
	double exits_per_op, expected;	 /* median over sessions */
	int64_t rounds, tagged_rounds, samples;
	const struct nb_compare_row *verdict; /* of group.comparison; NULL: none */
};

struct nb_view_row {
	struct nb_series series;
	struct nb_view_cell cells[NB_VIEW_GROUPS_MAX]; /* view.count of them */
};

struct nb_view {
	struct nb_view_group groups[NB_VIEW_GROUPS_MAX];
	size_t count;		  /* at least 1 */
	struct nb_view_row *rows; /* in report order; a family stands together */
	size_t row_count;
	const char *base;		       /* as it was asked for: "baseline:old"; NULL: none */
	const char *base_provenance;	       /* "" where nobody told */
	struct nb_compare_group base_sessions; /* none where the base is published figures */
	const struct nb_compare_options *options;
	const struct nb_history_report *history; /* NULL: there is none */
	void *own;
};

/* What a view is made of. All of it must outlive the view. */
struct nb_view_sources {
	const struct nb_record *records; /* in any order */
	size_t count;
	const char *base, *base_provenance;    /* NULL: no base */
	struct nb_compare_group base_sessions; /* measured ones: nb_compare() */
	const struct nb_baseline *figures;     /* else these: nb_figures_compare(); NULL: none */
	const struct nb_compare_options *options;
	const struct nb_history_report *history;
};

/* -E2BIG, and what to do, where so many sessions are too many; for whoever loads them. */
int nb_view_limit(size_t sessions, struct nb_error *error);

/*
 * -E2BIG: more sessions or platforms than the limits above, and what to do; -ENODATA: no session.
 * A comparison that is not possible (every session invalid) leaves group.comparison NULL and says
 * so in its title.
 */
int nb_view_make(const struct nb_view_sources *sources, struct nb_view *view,
		 struct nb_error *error);
void nb_view_free(struct nb_view *view); /* safe on zeroes and twice */

/*
 * The rows with the largest changes of all groups: what regressed, then what improved, the largest
 * (by |log ratio|) first. At most max; returns how many.
 */
struct nb_view_change {
	const struct nb_view_row *row;
	size_t group;
};
size_t nb_view_changes(const struct nb_view *view, struct nb_view_change *changes, size_t max);

/* The verdict in one sentence; without a base, what was measured and of what quality. */
void nb_view_sentence(const struct nb_view *view, char *text, size_t size);

/* "exit" of "exit.cpuid". */
void nb_view_family(const struct nb_series *series, char *text, size_t size);

#endif
