/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_COMPARE_H
#define NB_COMPARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nestbench/digest.h"
#include "nestbench/error.h"

/*
 * Two groups of sessions, one verdict a series (DESIGN section 6). Sessions are the unit: one value
 * of each counts, however many samples it has. Nothing here knows a database.
 *
 *	nb_compare(&base, &candidate, &options, &comparison, &error);
 *	nb_comparison_free(&comparison);
 */

enum nb_verdict { NB_SAME, NB_IMPROVED, NB_REGRESSED, NB_INCONCLUSIVE, NB_INVALID };
const char *nb_verdict_name(enum nb_verdict verdict); /* "same" */

struct nb_compare_group {
	const struct nb_digest *sessions;
	size_t count;
};

/* A margin for the series whose names match; the last one that matches counts. */
struct nb_compare_margin {
	char pattern[80]; /* a shell glob on "benchmark" or "benchmark params" */
	double margin;
};

struct nb_compare_options {
	double margin;	       /* 0.03: what is smaller than 3 % does not matter */
	double rate;	       /* 0.05: false discoveries among what is called a change */
	double confidence;     /* 0.95 */
	unsigned permutations; /* 9999, for the tail; 0: tails are passed over */
	unsigned replicates;   /* 2000, of the tail's bootstrap */
	uint64_t seed;
	bool include_invalid; /* sessions that their guards made invalid count too */
	const struct nb_compare_margin *margins;
	size_t margin_count;
	const char *const *asked; /* columns that are meant to differ: "kernel" */
	size_t asked_count;
};
extern const struct nb_compare_options nb_compare_defaults;

struct nb_compare_side {
	size_t sessions;  /* that have a value of this series */
	int level;	  /* of the measured code; NB_LEVEL_UNKNOWN */
	double p50;	  /* median over them; NAN: none */
	double p99;	  /* likewise of their p99 */
	double deviation; /* between sessions, relative (sd of logarithms); NAN: below 2 */
};

struct nb_compare_row {
	struct nb_series series;
	int level; /* of both sides; NB_LEVEL_UNKNOWN where they differ */
	struct nb_compare_side base, candidate;
	double ratio, low, high; /* candidate over base, with its interval; NAN: not known */
	double p, p_adjusted;	 /* Mann-Whitney; Benjamini-Hochberg over the suite; NAN: none */
	double margin;
	/*
	 * Smallest relative change that these groups would have shown four times out of five, with
	 * the other series as they are; NAN: not known, INFINITY: no change could be significant.
	 */
	double mde;
	double tail_ratio, tail_low, tail_high, tail_p_adjusted; /* of p99; NAN: not known */
	enum nb_verdict tail; /* of p99, with a margin of at least 10 %; never a gate */
	enum nb_verdict verdict;
	bool indicative; /* one session a side, or published figures: never a gate */
	/*
	 * A side, that would settle an inconclusive row four times out of five if the ratio is the
	 * true one; -1: not known, or more than 100.
	 */
	int more_sessions;
	char note[200];	      /* why invalid or inconclusive, or what to mind; "" for nothing */
	char provenance[320]; /* of a published figure; "" for measured sessions */
};

enum { NB_COMPARE_WARNINGS = 32 };

struct nb_comparison {
	struct nb_compare_row *rows; /* sorted: family, then size of change */
	size_t count;
	/* Series that the other side lacks; what both only skipped is nowhere. */
	struct nb_compare_row *only_base, *only_candidate;
	size_t only_base_count, only_candidate_count;
	size_t verdicts[NB_INVALID + 1]; /* how many rows of each */
	enum nb_verdict verdict; /* the worst: regressed, invalid, inconclusive, improved, same */
	bool indicative;	 /* all of it */
	int more_sessions;	 /* a side, that would settle so many inconclusive rows; -1: none */
	size_t settled;
	/* Columns in which the groups differ without being asked about: "kernel: 6.1 | 6.12". */
	char warnings[NB_COMPARE_WARNINGS][240];
	size_t warning_count;
	char left_out[NB_COMPARE_WARNINGS][96]; /* invalid sessions: id and why */
	size_t left_out_count;
};

/*
 * Margins from a file: a line "PATTERN PERCENT" each, "#" begins a comment. -EBADMSG with the line
 * at fault. The caller frees *margins.
 */
int nb_compare_margins_parse(const char *text, struct nb_compare_margin **margins, size_t *count,
			     struct nb_error *error);

/* -ENODATA: a side has no session that counts. The caller frees *comparison. */
int nb_compare(const struct nb_compare_group *base, const struct nb_compare_group *candidate,
	       const struct nb_compare_options *options, struct nb_comparison *comparison,
	       struct nb_error *error);
void nb_comparison_free(struct nb_comparison *comparison); /* safe on an empty one */

#endif
