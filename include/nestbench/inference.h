/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_INFERENCE_H
#define NB_INFERENCE_H

#include <stddef.h>
#include <stdint.h>

#include "nestbench/error.h"

/*
 * Inference about two groups of sessions and about a series over time. Pure functions: the same
 * input and seed give the same bits, as far as the C library's log() and exp() do: glibc's differ
 * in the last one between processors with and without fused multiply-add. Values are logarithms
 * where a function says so; none may be NAN. -ENOMEM, or -ENODATA where there are too few values
 * for an answer.
 */

/* One value a session. */
struct nb_group {
	const double *values;
	size_t count;
};

/* Random draws: so many, by this seed. */
struct nb_draws {
	unsigned count;
	uint64_t seed;
};

/*
 * Two-sided p of the Mann-Whitney test: the probability of a rank sum at least as far from its
 * middle under all splits of the pooled values, ties by midranks. Exact by dynamic programming
 * (Streitberg and Roehmel 1986) while that takes at most NB_INFERENCE_EXACT states, else the
 * normal approximation with tie and continuity correction (Lehmann, "Nonparametrics", 1975).
 */
int nb_stats_mann_whitney(struct nb_group a, struct nb_group b, double *p, struct nb_error *error);

/*
 * Hodges-Lehmann shift, the median of all differences b - a, and its interval from the order
 * statistics of the differences at the Mann-Whitney quantile (Hollander, Wolfe and Chicken 2014,
 * section 4.3). On logarithms, exp() of the three is the ratio b / a. -ENODATA where the groups are
 * too small for the confidence (0.95 needs 3 with 5 or 4 with 4); shift is set even then.
 */
struct nb_shift {
	double shift, low, high;
};
int nb_stats_shift(struct nb_group a, struct nb_group b, double confidence, struct nb_shift *shift,
		   struct nb_error *error);

/*
 * Two-sided p of a permutation test of the difference of means, (1 + extreme) / (1 + permutations)
 * (Phipson and Smyth 2010), groups shuffled by seed.
 */
int nb_stats_permutation(struct nb_group a, struct nb_group b, struct nb_draws draws, double *p,
			 struct nb_error *error);

/* Benjamini-Hochberg: replaces each p by its adjusted one. NAN entries stay and do not count. */
int nb_stats_adjust(double *p, size_t count, struct nb_error *error);

/*
 * Shift of a quantile between two groups of sessions, by bootstrap of clusters: sessions are drawn
 * with replacement, then rounds within each (Davison and Hinkley 1997, section 3.8). values: the
 * rounds' statistics (logarithms), session by session.
 */
struct nb_clusters {
	const double *values;
	const size_t *sizes; /* rounds of each session; NULL: one each */
	size_t count;	     /* sessions */
};
int nb_stats_cluster_shift(const struct nb_clusters *a, const struct nb_clusters *b,
			   struct nb_draws draws, double confidence, struct nb_shift *shift,
			   struct nb_error *error);

/*
 * Smallest shift that the Mann-Whitney test at level alpha finds with the given power between
 * groups of these sizes, for session values of this standard deviation: the normal formula with
 * the asymptotic relative efficiency 3/pi (Lehmann 1975). INFINITY where no result of the exact
 * test could be significant at alpha.
 */
double nb_stats_detectable(double deviation, size_t a_count, size_t b_count, double alpha,
			   double power);
/* Standard deviation of both groups pooled, each around its own mean; NAN: no group has two. */
double nb_stats_pooled_deviation(const double *a, size_t a_count, const double *b, size_t b_count);

/*
 * Change points of a series, in the manner of E-divisive (Matteson and James, JASA 2014): the
 * split with the largest energy statistic, accepted where at most alpha of the permutations of its
 * segment reach it, then both sides again. Searched in overlapping windows of several lengths
 * (Fryzlewicz, "Wild Binary Segmentation", 2014; Fleming et al., "Hunter", ICPE 2023), so that a
 * change that was undone is seen, and time grows with the length and not its square.
 */
struct nb_change {
	size_t index; /* first value after the change */
	double p;
	struct nb_shift shift; /* of the segment after against the one before */
};
struct nb_change_options {
	double alpha;	       /* 0.01 */
	unsigned permutations; /* 9999 */
	size_t segment;	       /* shortest: 3 */
	uint64_t seed;
};
/*
 * The shortest series in which any change can be found: fewer values can be dealt in too few ways
 * for a p of alpha, however far apart they lie. 10 for 0.01 and 3.
 */
size_t nb_stats_changes_needed(double alpha, size_t segment);
/* The caller frees *changes (NULL where *count is 0), ascending by index. */
int nb_stats_changes(const double *values, size_t length, const struct nb_change_options *options,
		     struct nb_change **changes, size_t *count, struct nb_error *error);

#endif
