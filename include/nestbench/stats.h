/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_STATS_H
#define NB_STATS_H

#include <stddef.h>
#include <stdint.h>

#include "nestbench/error.h"

/* Pure functions over numbers: no I/O, no state, no clock. */

/* Sorts in ascending order; NAN is not allowed. */
void nb_stats_sort(double *values, size_t count);

/* Quantile q (0..1) of sorted values: type 7 of Hyndman and Fan 1996 (what R and NumPy use). */
double nb_stats_quantile(const double *sorted, size_t count, double q);

/* Samples below which a percentile is not printed: 6, 72, 368, 3 688 for p50, p95, p99, p99.9. */
size_t nb_stats_samples_needed(double q);

/* Nearest rank: which of count > 0 sorted values, 1 .. count, is quantile q (ceil(q * count)). */
uint64_t nb_stats_rank(uint64_t count, double q);

/*
 * Distribution-free interval of the median from order statistics (David and Nagaraja, "Order
 * Statistics", 3rd ed. 2003, section 7.1): the narrowest symmetric pair x(k), x(n+1-k) whose
 * binomial coverage is at least confidence (0.95). Returns -ENODATA below 6 values at 0.95.
 */
int nb_stats_median_interval(const double *sorted, size_t count, double confidence, double *low,
			     double *high);

/*
 * A mergeable log-linear histogram of unsigned ticks, sparse. Values up to 2047 have a bucket of
 * their own, larger ones share it with neighbours less than 0.1 % away (the layout of
 * HdrHistogram, http://hdrhistogram.org, with 11 significant bits): index = value below 2048;
 * above, with e = position of the top bit, index = (e - 10) * 1024 + (value >> (e - 10)).
 */
struct nb_bucket {
	uint32_t index;
	uint64_t count; /* > 0 */
};

struct nb_histogram {
	struct nb_bucket *buckets; /* ascending index; owned */
	size_t length;
	uint64_t count;	   /* of all samples */
	uint64_t min, max; /* exact; 0 if count is 0 */
};

uint32_t nb_stats_bucket_index(uint64_t value);
/* Lowest and highest value that share the bucket. */
uint64_t nb_stats_bucket_low(uint32_t index);
uint64_t nb_stats_bucket_high(uint32_t index);

/* Zero-initialise a histogram, or build it; free makes it empty again. */
int nb_stats_histogram_build(struct nb_histogram *histogram, const uint64_t *values, size_t count,
			     struct nb_error *error);
void nb_stats_histogram_free(struct nb_histogram *histogram);
/* Adds all of from to into; into is unchanged on failure. */
int nb_stats_histogram_merge(struct nb_histogram *into, const struct nb_histogram *from,
			     struct nb_error *error);
/* Middle of the bucket that holds the ceil(q * count)-th smallest value, kept within min..max. */
uint64_t nb_stats_histogram_quantile(const struct nb_histogram *histogram, double q);

/*
 * Between which two values nb_stats_quantile() of the samples themselves must lie: the same number
 * twice where they are in buckets of their own. count > 0.
 */
void nb_stats_histogram_bounds(const struct nb_histogram *histogram, double q, double *low,
			       double *high);

/*
 * A portable byte form for the store and for JSON, small for the few hundred samples of a round.
 * encode: the caller frees *bytes. decode refuses (-EBADMSG) whatever encode cannot have written.
 */
int nb_stats_histogram_encode(const struct nb_histogram *histogram, uint8_t **bytes, size_t *size,
			      struct nb_error *error);
int nb_stats_histogram_decode(struct nb_histogram *histogram, const uint8_t *bytes, size_t size,
			      struct nb_error *error);

#endif
