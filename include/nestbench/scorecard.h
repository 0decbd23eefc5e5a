/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_SCORECARD_H
#define NB_SCORECARD_H

#include <stddef.h>
#include <stdint.h>

#include "nestbench/compare.h"
#include "nestbench/error.h"

/*
 * How good the detector is on this machine ("selftest aa"): sessions of one machine are dealt at
 * random into two halves, again and again, and every half is compared with the other as
 * nb_compare() does it. What is called a change is a false alarm, since the machine is the same.
 */

/* Four against four are the fewest that Mann-Whitney can call a change: p = 2 / 70. */
enum { NB_SCORECARD_SIZES = 4, NB_SCORECARD_ALARMING = 8 };
/* Sessions a side, for which the detectable effect is told: 1, 5, 10, 20. */
extern const size_t nb_scorecard_sizes[NB_SCORECARD_SIZES];

struct nb_scorecard_options {
	struct nb_compare_options compare; /* its seed deals the halves too */
	unsigned splits;		   /* 200 */
};
extern const struct nb_scorecard_options nb_scorecard_defaults;

struct nb_scorecard_row {
	struct nb_series series;
	int level;
	size_t sessions; /* that have a value */
	double p50;	 /* median over them */
	double spread;	 /* between sessions: standard deviation of logarithms, about relative */
	size_t compared; /* splits in which it was compared */
	size_t alarms;	 /* of these: regressed or improved */
	/*
	 * Smallest relative change that gets a verdict four times out of five, alone among all
	 * series, for each of nb_scorecard_sizes; INFINITY: none can be significant. One session a
	 * side never gets a verdict: its number is the change that stands out of the spread.
	 */
	double detectable[NB_SCORECARD_SIZES];
};

struct nb_scorecard {
	struct nb_scorecard_row *rows; /* in report order */
	size_t count;
	size_t sessions, splits;
	size_t compared, alarms;		/* over all rows */
	size_t alarmed_splits;			/* with at least one false alarm */
	char left_out[NB_COMPARE_WARNINGS][96]; /* invalid sessions: id and why */
	size_t left_out_count;
};

/* -ENODATA below four sessions that count. The caller frees *card. */
int nb_scorecard_make(const struct nb_compare_group *sessions,
		      const struct nb_scorecard_options *options, struct nb_scorecard *card,
		      struct nb_error *error);
void nb_scorecard_free(struct nb_scorecard *card); /* safe on an empty one */

#endif
