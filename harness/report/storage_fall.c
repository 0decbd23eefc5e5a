/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "nestbench/inference.h"

#include "report_storage.h"

/*
 * Burst against sustained. Credits of a cloud's disk are full at first and last for half an hour
 * at most; the fall after them is to a fraction, as from 3 500 to 500 I/Os a second (Azure's P10,
 * "Managed disk bursting"). A neighbour's load wanders by less, or comes and goes.
 */
static const double fallen = 2.0 / 3;	 /* of the pace before: less is a fall */
static const double recovered = 5.0 / 6; /* of it: more is as good as before */

/* With the size of a fall: about one alarm in a thousand series that do nothing but scatter. */
static const struct nb_change_options options = {
	.alpha = 0.0025, .permutations = 9999, .segment = 3, .seed = 1
};

/* Of values start .. end - 1, which need not be sorted. */
static int median_of(const double *values, size_t start, size_t end, double *median)
{
	double *sorted = calloc(end - start + 1, sizeof(*sorted));

	if (!sorted)
		return -ENOMEM;
	memcpy(sorted, values + start, (end - start) * sizeof(*sorted));
	nb_stats_sort(sorted, end - start);
	*median = nb_stats_quantile(sorted, end - start, 0.5);
	free(sorted);
	return 0;
}

/* Medians of the stretches between changes; there is one more of them than of changes. */
static int stretch_medians(const double *paces, size_t count, const struct nb_change *changes,
			   size_t change_count, double *medians)
{
	int status = 0;

	for (size_t i = 0; i <= change_count && status == 0; i++)
		status = median_of(paces, i > 0 ? changes[i - 1].index : 0,
				   i < change_count ? changes[i].index : count, &medians[i]);
	return status;
}

/* The deepest fall; where it ended, if it did. */
static void choose(const struct nb_change *changes, size_t count, const double *medians,
		   struct nb_storage_fall *fall)
{
	double deepest = fallen;
	size_t at = 0;

	for (size_t i = 0; i < count; i++) {
		if (!(medians[i + 1] < deepest * medians[i]))
			continue;
		deepest = medians[i + 1] / medians[i];
		*fall = (struct nb_storage_fall){ .found = true,
						  .index = changes[i].index,
						  .before = medians[i],
						  .after = medians[i + 1] };
		at = i + 1;
	}
	for (size_t i = at; fall->found && i < count && fall->recovered == 0; i++)
		if (medians[i + 1] > recovered * fall->before)
			fall->recovered = changes[i].index;
}

static int judge(const double *paces, size_t count, const struct nb_change *changes,
		 size_t change_count, struct nb_storage_fall *fall)
{
	double *medians = calloc(change_count + 1, sizeof(*medians));
	int status = medians ? 0 : -ENOMEM;

	if (status == 0)
		status = stretch_medians(paces, count, changes, change_count, medians);
	if (status == 0)
		choose(changes, change_count, medians, fall);
	free(medians);
	return status;
}

int nb_storage_find_fall(const double *paces, size_t count, struct nb_storage_fall *fall,
			 struct nb_error *error)
{
	double *logarithms = calloc(count + 1, sizeof(*logarithms));
	struct nb_change *changes = NULL;
	size_t change_count = 0;
	int status;

	*fall = (struct nb_storage_fall){ .found = false };
	if (!logarithms)
		return nb_error_set(error, ENOMEM, "no memory for the paces of %zu windows", count);
	for (size_t i = 0; i < count; i++)
		logarithms[i] = log(paces[i]);
	status = nb_stats_changes(logarithms, count, &options, &changes, &change_count, error);
	free(logarithms);
	if (status < 0)
		return status;
	status = judge(paces, count, changes, change_count, fall);
	free(changes);
	return status == 0 ? 0 : nb_error_set(error, ENOMEM, "no memory for the paces");
}

static bool is_paced(const struct nb_series_rounds *series)
{
	const char *name = series->series.benchmark;
	size_t length = strlen(name);

	return strncmp(name, "io.seq_", 7) == 0 || (strncmp(name, "io.", 3) == 0 && length > 4 &&
						    strcmp(name + length - 4, "_q32") == 0);
}

/* Wall time of all rounds before that one: a session takes its series by turns. */
static double seconds_before(const struct nb_record *record, int ordinal)
{
	double milliseconds = 0;

	for (size_t i = 0; i < record->count; i++) {
		for (size_t j = 0; j < record->series[i].count; j++) {
			const struct nb_round *round = &record->series[i].rounds[j];

			if (round->ordinal < ordinal && round->guards.wall_ms > 0)
				milliseconds += round->guards.wall_ms;
		}
	}
	return milliseconds / 1000;
}

struct window {
	int ordinal;
	double pace;
};

struct windows {
	struct window *all;
	double *paces; /* of them, in the order of time */
	size_t count;
};

static int by_ordinal(const void *left, const void *right)
{
	const struct window *a = left;
	const struct window *b = right;

	return a->ordinal < b->ordinal ? -1 : a->ordinal > b->ordinal;
}

static void collect_windows(const struct nb_record *record, const struct nb_series_rounds *series,
			    struct windows *windows)
{
	for (size_t i = 0; i < series->count; i++) {
		const struct nb_round *round = &series->rounds[i];
		struct nb_storage storage;

		if (nb_storage_of_round(&record->session, &series->series, round, &storage) &&
		    storage.per_second > 0)
			windows->all[windows->count++] =
				(struct window){ round->ordinal, storage.per_second };
	}
	qsort(windows->all, windows->count, sizeof(*windows->all), by_ordinal);
	for (size_t i = 0; i < windows->count; i++)
		windows->paces[i] = windows->all[i].pace;
}

static int find_decline(const struct nb_record *record, const struct nb_series_rounds *series,
			struct windows *windows, struct nb_storage_decline *decline,
			struct nb_error *error)
{
	int status;

	collect_windows(record, series, windows);
	if (windows->count < nb_stats_changes_needed(options.alpha, options.segment))
		return 0;
	status = nb_storage_find_fall(windows->paces, windows->count, &decline->fall, error);
	if (status < 0 || !decline->fall.found)
		return status;
	decline->seconds = seconds_before(record, windows->all[decline->fall.index].ordinal);
	decline->recovered_seconds =
		seconds_before(record, windows->all[decline->fall.recovered].ordinal);
	return 0;
}

int nb_storage_find_decline(const struct nb_record *record, const struct nb_series_rounds *series,
			    struct nb_storage_decline *decline, struct nb_error *error)
{
	struct windows windows = { .count = 0 };
	int status;

	*decline = (struct nb_storage_decline){ .seconds = 0 };
	if (!is_paced(series))
		return 0;
	windows.paces = calloc(series->count + 1, sizeof(*windows.paces));
	windows.all = calloc(series->count + 1, sizeof(*windows.all));
	if (windows.paces && windows.all)
		status = find_decline(record, series, &windows, decline, error);
	else
		status = nb_error_set(error, ENOMEM, "no memory for the paces of a disk");
	free(windows.paces);
	free(windows.all);
	return status;
}
