/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "nestbench/digest.h"

void nb_record_free(struct nb_record *record)
{
	for (size_t i = 0; i < record->count; i++) {
		struct nb_series_rounds *series = &record->series[i];

		for (size_t j = 0; j < series->count; j++)
			nb_stats_histogram_free(&series->rounds[j].histogram);
		free(series->rounds);
	}
	free(record->series);
	memset(record, 0, sizeof(*record));
}

/*
 * Makes room for one more element. The capacity is not stored: it is the smallest power of two
 * that holds count, so that an array grows exactly when its count is 0 or a power of two. Growing
 * and then not using the new room is harmless.
 */
static int grow(void **array, size_t count, size_t size)
{
	void *grown;

	if ((count & (count - 1)) != 0)
		return 0;
	grown = reallocarray(*array, count > 0 ? 2 * count : 1, size);
	if (!grown)
		return -ENOMEM;
	*array = grown;
	return 0;
}

/* A record is filled series by series more often than not: the last one is the likeliest. */
static struct nb_series_rounds *find_series(struct nb_record *record,
					    const struct nb_series *series)
{
	for (size_t i = record->count; i-- > 0;)
		if (nb_record_same_series(&record->series[i].series, series))
			return &record->series[i];
	return NULL;
}

/* The entry of series, or the free one behind the last, which does not count yet; NULL: ENOMEM. */
static struct nb_series_rounds *place_series(struct nb_record *record,
					     const struct nb_series *series)
{
	struct nb_series_rounds *entry = find_series(record, series);
	void *array = record->series;

	if (entry)
		return entry;
	if (grow(&array, record->count, sizeof(*record->series)) < 0)
		return NULL;
	assert(array);
	record->series = array;
	entry = &record->series[record->count];
	*entry = (struct nb_series_rounds){ .series = *series };
	return entry;
}

int nb_record_append(struct nb_record *record, const struct nb_series *series,
		     struct nb_round *round, struct nb_error *error)
{
	struct nb_series_rounds *entry = place_series(record, series);
	void *array = entry ? entry->rounds : NULL;

	if (!entry || grow(&array, entry->count, sizeof(*entry->rounds)) < 0)
		return nb_error_set(error, ENOMEM, "no memory for a round of %s",
				    series->benchmark);
	entry->rounds = array;
	entry->rounds[entry->count++] = *round;
	round->histogram = (struct nb_histogram){ 0 };
	if (entry == &record->series[record->count])
		record->count++;
	return 0;
}

/* Rounds that measured something, and those of them that carry a guard tag. */
static void count_rounds(const struct nb_series_rounds *series, size_t *measured, size_t *tagged)
{
	for (size_t i = 0; i < series->count; i++) {
		const struct nb_round *round = &series->rounds[i];

		if (round->outcome != NB_OK)
			continue;
		*measured += 1;
		*tagged += round->guards.tags != 0;
	}
}

bool nb_record_valid(const struct nb_record *record)
{
	size_t measured = 0, tagged = 0;

	for (size_t i = 0; i < record->count; i++)
		count_rounds(&record->series[i], &measured, &tagged);
	/* 20 %, in whole numbers */
	return measured > 0 && 5 * tagged <= measured;
}
