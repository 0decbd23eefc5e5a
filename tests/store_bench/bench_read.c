/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include "nestbench/archive.h"

#include "store_bench.h"

/* Reading, as the verbs do it: each on a store that was just opened, and once more on that. */

typedef int (*reader)(struct nb_store *store, struct nb_error *error);

static int read_one(struct nb_store *store, struct nb_error *error)
{
	struct nb_record record = { 0 };
	int status = nb_store_load(store, NULL, &record, error);

	nb_record_free(&record);
	return status;
}

static int read_list(struct nb_store *store, struct nb_error *error)
{
	struct nb_store_entry *sessions = NULL;
	size_t count;
	int status = nb_store_list(store, &sessions, &count, error);

	free(sessions);
	return status;
}

static int read_series_list(struct nb_store *store, struct nb_error *error)
{
	struct nb_store_series *series = NULL;
	size_t count;
	int status = nb_store_series_list(store, &series, &count, error);

	free(series);
	return status;
}

static int read_history(struct nb_store *store, const char *pattern, struct nb_error *error)
{
	struct nb_timeline timeline = { 0 };
	int status = nb_store_history(store, &pattern, 1, &timeline, error);

	nb_store_free_timeline(&timeline);
	return status;
}

static int read_series(struct nb_store *store, struct nb_error *error)
{
	return read_history(store, "exit.number_0", error);
}

static int read_all_series(struct nb_store *store, struct nb_error *error)
{
	return read_history(store, "*", error);
}

/* Sessions 0 to 19 and 20 to 24, where there are so many. */
static int read_groups(struct nb_store *store, struct nb_error *error)
{
	static const char *const selectors[] = { "label:group=0", "label:group=1" };
	int status = 0;

	for (size_t i = 0; status == 0 && i < sizeof(selectors) / sizeof(selectors[0]); i++) {
		struct nb_digest *digests = NULL;
		size_t count = 0;

		status = nb_store_digests(store, selectors[i], &digests, &count, error);
		nb_store_free_digests(digests, count);
	}
	return status;
}

static int measure(const struct options *options, const char *what, reader read,
		   struct nb_error *error)
{
	struct nb_store *store;
	double opened, first, second;
	char again[64];
	int status = nb_store_open(&store, options->path, NB_STORE_READ, error);

	if (status < 0)
		return status;
	opened = nb_bench_now();
	status = read(store, error);
	first = nb_bench_now();
	if (status == 0)
		status = read(store, error);
	second = nb_bench_now();
	nb_store_close(store);
	if (status < 0)
		return status;
	snprintf(again, sizeof(again), "%s again", what);
	nb_bench_print_seconds(what, first - opened);
	nb_bench_print_seconds(again, second - first);
	return 0;
}

static int open_once(const struct options *options, struct nb_error *error)
{
	struct nb_store *store;
	double start = nb_bench_now();
	int status = nb_store_open(&store, options->path, NB_STORE_READ, error);

	if (status < 0)
		return status;
	nb_bench_print_seconds("open for reading", nb_bench_now() - start);
	nb_store_close(store);
	return 0;
}

int nb_bench_read_back(const struct options *options, struct nb_error *error)
{
	static const struct {
		const char *what;
		reader read;
		unsigned sessions; /* that it takes */
	} readers[] = {
		{ "load one session", read_one, 1 },
		{ "list all sessions", read_list, 1 },
		{ "list all series", read_series_list, 1 },
		{ "digests of 20 and 5 sessions", read_groups, 25 },
		{ "history of one series", read_series, 1 },
		{ "history of all series", read_all_series, 1 },
	};
	int status = open_once(options, error);

	for (size_t i = 0; status == 0 && i < sizeof(readers) / sizeof(readers[0]); i++)
		if (options->read || options->sessions >= readers[i].sessions)
			status = measure(options, readers[i].what, readers[i].read, error);
	return status;
}
