/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "report_storage.h"
#include "report_table.h"

/* What is to be said of each target, below the grid of io.*. */

/*
 * etcd flushes its log before it answers, and asks for a 99th percentile of fdatasync below 10 ms
 * with records of 2 300 bytes: "Using Fio to Tell Whether Your Storage Is Fast Enough for Etcd",
 * IBM Cloud blog, April 2019; etcd's own documentation gives the same limit.
 */
static const double etcd_limit_ns = 10e6;

static const double notable = 1.5; /* first write over rewrite */

enum { NAME_SIZE = sizeof(((struct nb_target *)0)->name), LINE_SIZE = 256 };

struct lines {
	const struct nb_table *table;
	size_t count;
};

/* The first one stands apart from the grid. */
static void print_line(struct lines *lines, const char *target, const char *text)
{
	fprintf(lines->table->stream, "%s%s%s%s\n", lines->count++ == 0 ? "\n" : "", target,
		target[0] ? ": " : "", text);
}

/* The benchmark's result on that target; NULL where it has none that is ok. */
static const struct nb_result *find(const struct nb_table *table, const char *benchmark,
				    const char *target)
{
	char name[NAME_SIZE];

	for (size_t i = 0; i < table->count; i++) {
		const struct nb_result *result = &table->results[i];

		if (result->outcome == NB_OK && strcmp(result->series.benchmark, benchmark) == 0 &&
		    strcmp(result->series.unit, "ns") == 0 &&
		    nb_storage_param(result->series.params, "target", name, sizeof(name)) &&
		    strcmp(name, target) == 0)
			return result;
	}
	return NULL;
}

static bool is_memory(const struct nb_result *result)
{
	char kind[NAME_SIZE];

	return nb_storage_param(result->series.params, "fs", kind, sizeof(kind)) &&
	       (strcmp(kind, "tmpfs") == 0 || strcmp(kind, "ramfs") == 0);
}

/* Too few samples for a p99 are still enough where a lower percentile is too slow already. */
static void judge_etcd(const struct nb_result *result, char *text, size_t size)
{
	const struct {
		const char *name;
		double value;
	} known[] = { { "p99", result->p99 }, { "p95", result->p95 }, { "p50", result->p50 } };
	char value[NB_REPORT_VALUE_SIZE];

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		bool slow = known[i].value >= etcd_limit_ns;

		if (!isfinite(known[i].value) || (i > 0 && !slow))
			continue;
		nb_report_duration(value, sizeof(value), fmax(known[i].value, 0));
		snprintf(text, size, "fdatasync %s %s: %s for etcd (p99 < 10 ms)", known[i].name,
			 value, slow ? "too slow" : "good enough");
		return;
	}
	snprintf(text, size,
		 "fdatasync: %lld samples are too few for a p99, which takes %zu: no verdict for "
		 "etcd (p99 < 10 ms)",
		 (long long)result->samples, nb_stats_samples_needed(0.99));
}

static void print_etcd(struct lines *lines, const char *target)
{
	const struct nb_result *result = find(lines->table, "io.fdatasync_2300b", target);
	char text[LINE_SIZE];

	if (!result)
		return;
	if (is_memory(result))
		nb_base_copy(text, sizeof(text),
			     "memory, which fdatasync writes nowhere: no place "
			     "for etcd");
	else
		judge_etcd(result, text, sizeof(text));
	print_line(lines, target, text);
}

/* A VHDX or a thin volume that grows shows here, and so do the file system's own allocations. */
static void print_growth(struct lines *lines, const char *target)
{
	const struct nb_result *first = find(lines->table, "io.first_write", target);
	const struct nb_result *again = find(lines->table, "io.rewrite", target);
	char text[LINE_SIZE];

	if (!first || !again || is_memory(first) || !(first->ci_low > again->ci_high) ||
	    !(again->p50 > 0) || first->p50 < notable * again->p50)
		return;
	snprintf(text, sizeof(text),
		 "a first write takes %.1f times as long as a rewrite: the file system allocates, "
		 "or a disk below it grows",
		 first->p50 / again->p50);
	print_line(lines, target, text);
}

/* A pace in operations a second, as the rate of that benchmark is told. */
static void pace_text(char *text, size_t size, const struct nb_series *series,
		      const struct nb_storage *whole, double pace)
{
	struct nb_storage storage = {
		.per_second = pace,
		.bytes_per_second = pace * whole->bytes_per_second / whole->per_second,
	};

	nb_storage_rate_text(text, size, nb_storage_rate(series->benchmark), &storage);
}

static void print_decline(struct lines *lines, const struct nb_series_rounds *series,
			  const struct nb_storage_decline *decline)
{
	char before[NB_REPORT_VALUE_SIZE], after[NB_REPORT_VALUE_SIZE];
	struct nb_storage whole;
	char target[NAME_SIZE];
	char text[LINE_SIZE];

	nb_storage_param(series->series.params, "target", target, sizeof(target));
	nb_storage_of_series(&lines->table->record->session, series, &whole);
	pace_text(before, sizeof(before), &series->series, &whole, decline->fall.before);
	pace_text(after, sizeof(after), &series->series, &whole, decline->fall.after);
	if (decline->fall.recovered == 0)
		snprintf(text, sizeof(text), "%s: credits ran out after %.0f s: from %s to %s",
			 series->series.benchmark, decline->seconds, before, after);
	else
		snprintf(text, sizeof(text),
			 "%s: fell from %s to %s after %.0f s and was back after %.0f s: something "
			 "disturbed it",
			 series->series.benchmark, before, after, decline->seconds,
			 decline->recovered_seconds);
	print_line(lines, target, text);
}

static int print_declines(struct lines *lines, const char *target, struct nb_error *error)
{
	const struct nb_record *record = lines->table->record;
	int status = 0;

	for (size_t i = 0; i < record->count && status == 0; i++) {
		struct nb_storage_decline decline;
		char name[NAME_SIZE];

		if (!nb_storage_param(record->series[i].series.params, "target", name,
				      sizeof(name)) ||
		    strcmp(name, target) != 0)
			continue;
		status = nb_storage_find_decline(record, &record->series[i], &decline, error);
		if (status == 0 && decline.fall.found)
			print_decline(lines, &record->series[i], &decline);
	}
	return status;
}

/* False where an earlier series has told of that target. */
static bool begins_target(const struct nb_table *table, size_t index, char target[NAME_SIZE])
{
	char earlier[NAME_SIZE];

	if (!nb_table_is_storage(&table->results[index]) ||
	    !nb_storage_param(table->results[index].series.params, "target", target, NAME_SIZE))
		return false;
	for (size_t i = 0; i < index; i++)
		if (nb_table_is_storage(&table->results[i]) &&
		    nb_storage_param(table->results[i].series.params, "target", earlier,
				     sizeof(earlier)) &&
		    strcmp(earlier, target) == 0)
			return false;
	return true;
}

int nb_table_print_storage(const struct nb_table *table, struct nb_error *error)
{
	struct lines lines = { .table = table };
	int status = 0;

	for (size_t i = 0; i < table->count && status == 0; i++) {
		char target[NAME_SIZE];

		if (!begins_target(table, i, target))
			continue;
		print_etcd(&lines, target);
		print_growth(&lines, target);
		status = print_declines(&lines, target, error);
	}
	return status;
}
