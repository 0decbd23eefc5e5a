/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_COMPARE_PRIVATE_H
#define NB_COMPARE_PRIVATE_H

#include "nestbench/compare.h"

/* What one side has of one series: logarithms of its sessions' values, ascending. */
struct nb_compare_values {
	double *medians, *tails; /* owned; tails only of sessions that have one */
	size_t count, tail_count;
	int level;			  /* of the measured code, in all that count */
	const struct nb_digest_row *only; /* the row of the first session that counts */
	/* Sessions that do not count, and why. */
	size_t failed, skipped, other_batch, other_level, below_null;
	const char *failure, *skip;  /* the reason of one of them; NULL: none told */
	size_t unverified, emulated; /* counted, but the number is not what its name says */
};

/* One series with both sides. */
struct nb_compare_pair {
	const struct nb_series *series;
	struct nb_compare_values base, candidate;
};

/* series.c: all series of both groups in report order; free with nb_compare_pairs_free(). */
struct nb_compare_pairs {
	struct nb_compare_pair *pairs;
	size_t count;
};
int nb_compare_pairs_make(const struct nb_compare_group *base,
			  const struct nb_compare_group *candidate, struct nb_compare_pairs *pairs,
			  struct nb_error *error);
void nb_compare_pairs_free(struct nb_compare_pairs *pairs);
/* Levels are no part of a series: what a machine is, is for the environment to tell. */
bool nb_compare_same_series(const struct nb_series *a, const struct nb_series *b);
/* The digest's row of a series, looked for at place hint first; NULL: none. */
const struct nb_digest_row *nb_compare_row_of(const struct nb_digest *digest,
					      const struct nb_series *series, size_t hint);
/* False where a side has nothing of the series, or nothing but skips. */
bool nb_compare_has(const struct nb_compare_values *values);

/* tally.c: how often each batch, or level, came up; zero-initialise. */
enum { NB_COMPARE_TALLY = 16 };
struct nb_compare_tally {
	int64_t value[NB_COMPARE_TALLY];
	size_t times[NB_COMPARE_TALLY];
	size_t count;
};
void nb_compare_tally_add(struct nb_compare_tally *tally, int64_t value);
/* The most frequent value; of equals the largest, so that order is all one; -1: there is none. */
int64_t nb_compare_usual(const struct nb_compare_tally *tally);

/* measure.c: everything but what needs the p values of all rows. */
struct nb_compare_row nb_compare_row_empty(const struct nb_series *series, double margin);
int nb_compare_measure(const struct nb_compare_pair *pair, const struct nb_compare_options *options,
		       struct nb_compare_row *row, struct nb_error *error);
struct nb_compare_side nb_compare_describe(const struct nb_compare_values *values);
void nb_compare_note_side(const char *name, const struct nb_compare_values *values,
			  struct nb_compare_row *row);
void nb_compare_note(struct nb_compare_row *row, const char *words, ...)
	__attribute__((format(printf, 2, 3)));

/* judge.c: verdict, mde, more_sessions. */
struct nb_compare_suite {
	size_t tested; /* rows with a p */
	size_t called; /* of these, adjusted ones that are significant */
};
void nb_compare_judge(const struct nb_compare_options *options,
		      const struct nb_compare_suite *suite, struct nb_compare_row *row);
/*
 * The level that the p of a series must reach where the others are as they are: p of rank k counts
 * up to rate * k / tested.
 */
double nb_compare_threshold(const struct nb_compare_options *options,
			    const struct nb_compare_suite *suite, bool called);
/* The smallest shift of logarithms that gets a verdict with the usual power of 0.8. */
double nb_compare_detectable(double deviation, size_t base, size_t candidate, double alpha,
			     double margin);

/* margins.c */
double nb_compare_margin_of(const struct nb_compare_options *options,
			    const struct nb_series *series);

/* leave.c: a group without its invalid sessions, which are named in left_out. */
struct nb_compare_counted {
	struct nb_compare_group group;
	struct nb_digest *kept; /* owned; copies that own nothing */
};
int nb_compare_leave_out(const struct nb_compare_group *group, const char *side,
			 bool include_invalid, struct nb_compare_counted *counted,
			 struct nb_error *error);
void nb_compare_name_invalid(const struct nb_compare_group *group, const char *side,
			     bool include_invalid, char (*left_out)[96], size_t *count);

/* differences.c: the environment, column by column. */
enum { NB_COMPARE_VALUE_SIZE = 1600, NB_COMPARE_DIFFERENCE_SIZE = 240 };
size_t nb_compare_columns(void);
void nb_compare_column_text(size_t column, const struct nb_session *session,
			    char text[NB_COMPARE_VALUE_SIZE]);
/* "kernel: 6.1.192 | 6.12.113"; where both begin alike, from where they differ. */
void nb_compare_difference(size_t column, const char *left, const char *right,
			   char text[NB_COMPARE_DIFFERENCE_SIZE]);
void nb_compare_differences(const struct nb_compare_group *base,
			    const struct nb_compare_group *candidate,
			    const struct nb_compare_options *options,
			    struct nb_comparison *comparison);

#endif
