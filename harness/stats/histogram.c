/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "nestbench/stats.h"

enum {
	HALF = 1024,			    /* buckets per power of two */
	LINEAR = 2 * HALF,		    /* values below it have a bucket of their own */
	INDEX_MAX = 53 * HALF + LINEAR - 1, /* of UINT64_MAX */
};

uint32_t nb_stats_bucket_index(uint64_t value)
{
	uint32_t shift = 0;

	while (value >= LINEAR) {
		value >>= 1;
		shift++;
	}
	return shift * HALF + (uint32_t)value;
}

/* By how many bits the values of a bucket are shifted to get its index. */
static uint32_t bucket_shift(uint32_t index)
{
	assert(index <= INDEX_MAX);
	return index < LINEAR ? 0 : index / HALF - 1;
}

uint64_t nb_stats_bucket_low(uint32_t index)
{
	uint32_t shift = bucket_shift(index);

	return (uint64_t)(index - shift * HALF) << shift;
}

uint64_t nb_stats_bucket_high(uint32_t index)
{
	uint64_t width = (uint64_t)1 << bucket_shift(index);

	return nb_stats_bucket_low(index) + (width - 1);
}

static int compare_ticks(const void *left, const void *right)
{
	uint64_t a = *(const uint64_t *)left;
	uint64_t b = *(const uint64_t *)right;

	return (a > b) - (a < b);
}

/* Counts the buckets that sorted[count] falls into, and fills them unless buckets is NULL. */
static size_t fill_buckets(const uint64_t *sorted, size_t count, struct nb_bucket *buckets)
{
	uint32_t last = UINT32_MAX;
	size_t length = 0;

	for (size_t i = 0; i < count; i++) {
		uint32_t index = nb_stats_bucket_index(sorted[i]);

		if (index != last) {
			if (buckets)
				buckets[length] = (struct nb_bucket){ .index = index };
			length++;
			last = index;
		}
		if (buckets)
			buckets[length - 1].count++;
	}
	return length;
}

int nb_stats_histogram_build(struct nb_histogram *histogram, const uint64_t *values, size_t count,
			     struct nb_error *error)
{
	struct nb_histogram built = { .count = count };
	uint64_t *sorted;

	if (count == 0) {
		*histogram = built;
		return 0;
	}
	sorted = calloc(count, sizeof(*sorted));
	if (!sorted)
		return nb_error_set(error, ENOMEM, "no memory for %zu samples", count);
	memcpy(sorted, values, count * sizeof(*sorted));
	qsort(sorted, count, sizeof(*sorted), compare_ticks);
	built.min = sorted[0];
	built.max = sorted[count - 1];
	built.length = fill_buckets(sorted, count, NULL);
	assert(built.length > 0);
	built.buckets = calloc(built.length, sizeof(*built.buckets));
	if (built.buckets)
		fill_buckets(sorted, count, built.buckets);
	free(sorted);
	if (!built.buckets)
		return nb_error_set(error, ENOMEM, "no memory for a histogram");
	*histogram = built;
	return 0;
}

void nb_stats_histogram_free(struct nb_histogram *histogram)
{
	free(histogram->buckets);
	*histogram = (struct nb_histogram){ 0 };
}

/* Writes the union of the buckets of a and b to target and returns its length. */
static size_t merge_buckets(const struct nb_histogram *a, const struct nb_histogram *b,
			    struct nb_bucket *target)
{
	size_t i = 0, j = 0, length = 0;

	while (i < a->length || j < b->length) {
		bool take_a = j == b->length ||
			      (i < a->length && a->buckets[i].index <= b->buckets[j].index);
		struct nb_bucket next = take_a ? a->buckets[i++] : b->buckets[j++];

		if (length > 0 && target[length - 1].index == next.index)
			target[length - 1].count += next.count;
		else
			target[length++] = next;
	}
	return length;
}

int nb_stats_histogram_merge(struct nb_histogram *into, const struct nb_histogram *from,
			     struct nb_error *error)
{
	struct nb_histogram merged = { .min = from->min, .max = from->max };

	if (from->count == 0)
		return 0;
	/* No single bucket can overflow where their sum does not. */
	if (from->count > UINT64_MAX - into->count)
		return nb_error_set(error, EOVERFLOW, "too many samples for one histogram");
	if (into->count > 0 && into->min < merged.min)
		merged.min = into->min;
	if (into->count > 0 && into->max > merged.max)
		merged.max = into->max;
	merged.count = into->count + from->count;
	merged.buckets = calloc(into->length + from->length, sizeof(*merged.buckets));
	if (!merged.buckets)
		return nb_error_set(error, ENOMEM, "no memory for a histogram");
	merged.length = merge_buckets(into, from, merged.buckets);
	free(into->buckets);
	*into = merged;
	return 0;
}

/* The bucket that holds the rank-th smallest value; rank is 1 .. count. */
static uint32_t bucket_of_rank(const struct nb_histogram *histogram, uint64_t rank)
{
	size_t i = 0;

	while (rank > histogram->buckets[i].count) {
		rank -= histogram->buckets[i].count;
		i++;
		assert(i < histogram->length);
	}
	return histogram->buckets[i].index;
}

uint64_t nb_stats_histogram_quantile(const struct nb_histogram *histogram, double q)
{
	uint64_t low, high, middle;
	uint32_t index;

	if (histogram->count == 0)
		return 0;
	index = bucket_of_rank(histogram, nb_stats_rank(histogram->count, q));
	low = nb_stats_bucket_low(index);
	high = nb_stats_bucket_high(index);
	middle = low + (high - low) / 2;
	if (middle < histogram->min)
		return histogram->min;
	return middle > histogram->max ? histogram->max : middle;
}

/* Between which values the sample of that rank lies; the first and the last are known exactly. */
static void rank_bounds(const struct nb_histogram *histogram, uint64_t rank, double *low,
			double *high)
{
	uint32_t index = bucket_of_rank(histogram, rank);
	double min = (double)histogram->min;
	double max = (double)histogram->max;

	*low = rank == histogram->count ? max : fmax((double)nb_stats_bucket_low(index), min);
	*high = rank == 1 ? min : fmin((double)nb_stats_bucket_high(index), max);
}

void nb_stats_histogram_bounds(const struct nb_histogram *histogram, double q, double *low,
			       double *high)
{
	double last = (double)(histogram->count - 1);
	double position = last * q;
	/* Beyond 2^53 the conversion may round up, in the end to what no uint64_t holds. */
	uint64_t below = position < last ? (uint64_t)position : histogram->count - 1;
	double fraction = position < last ? position - (double)below : 0;
	double next_low, next_high;

	assert(histogram->count > 0 && q >= 0 && q <= 1);
	if (below >= histogram->count - 1) {
		below = histogram->count - 1;
		fraction = 0;
	}
	rank_bounds(histogram, below + 1, low, high);
	if (fraction <= 0)
		return;
	rank_bounds(histogram, below + 2, &next_low, &next_high);
	*low += fraction * (next_low - *low);
	*high += fraction * (next_high - *high);
}
