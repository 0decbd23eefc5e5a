/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long the store takes, and how much space: many sessions inserted, one of them loaded as
 * "nestbench show" does, all of them listed, and single rounds added as "nestbench run" does.
 */
#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "nestbench/base.h"
#include "nestbench/store.h"

enum { SAMPLES = 600, SINGLE_ROUNDS = 200, COUNT_MAX = 100000, ROUNDS_MAX = 10000 };

static const char usage[] =
	"Usage: store_bench [options]\n"
	"Inserts sessions into a new database, then loads one, lists all and adds single rounds.\n"
	"\n"
	"  --sessions N  sessions to insert (1000)\n"
	"  --series N    series of each session (60)\n"
	"  --rounds N    rounds of each series, of 600 samples each (20)\n"
	"  --db FILE     where to write, which must not exist yet; it is kept\n"
	"                (else a temporary file, which is removed)\n"
	"  --help        this text\n";

struct options {
	unsigned sessions, series, rounds;
	char path[512];
	bool keep;
};

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void print_seconds(const char *what, double seconds)
{
	if (seconds >= 1)
		printf("%-34s %8.2f s\n", what, seconds);
	else if (seconds >= 1e-3)
		printf("%-34s %8.2f ms\n", what, 1e3 * seconds);
	else
		printf("%-34s %8.2f us\n", what, 1e6 * seconds);
}

static double uniform(struct nb_random *random)
{
	return (nb_random_next(random) + 0.5) / 4294967296.0;
}

/* Lognormal with a far outlier now and then, as times of VM exits roughly are. */
static int make_histogram(struct nb_histogram *histogram, struct nb_random *random,
			  struct nb_error *error)
{
	uint64_t ticks[SAMPLES];
	double median = 1500 * (1 + (double)nb_random_below(random, 20));

	for (size_t i = 0; i < SAMPLES; i++) {
		double normal =
			sqrt(-2 * log(uniform(random))) * cos(6.283185307179586 * uniform(random));
		double outlier = nb_random_below(random, 100) == 0 ? 10 : 1;

		ticks[i] = (uint64_t)(median * exp(0.06 * normal) * outlier);
	}
	return nb_stats_histogram_build(histogram, ticks, SAMPLES, error);
}

static int make_round(struct nb_round *round, int ordinal, struct nb_random *random,
		      struct nb_error *error)
{
	static const char *const kinds[] = { "exits", "io_exits", "insn_emulation" };
	double tick_ns = 1 / 2.3;

	*round = (struct nb_round){ .ordinal = ordinal, .samples = SAMPLES, .batch = 1 };
	if (make_histogram(&round->histogram, random, error) < 0)
		return -error->code;
	round->tick_hz = 2.3e9 + uniform(random);
	round->null_ticks = 48;
	round->clock = NB_CLOCK_GUEST_TSC;
	round->min = tick_ns * (double)round->histogram.min;
	round->p50 = tick_ns * (double)nb_stats_histogram_quantile(&round->histogram, 0.5);
	round->p95 = tick_ns * (double)nb_stats_histogram_quantile(&round->histogram, 0.95);
	round->p99 = tick_ns * (double)nb_stats_histogram_quantile(&round->histogram, 0.99);
	round->p999 = NAN;
	round->max = tick_ns * (double)round->histogram.max;
	round->ops = SAMPLES;
	round->exits_per_op = 1.0 + 1.0 / SAMPLES;
	round->expected = 1;
	round->kind_count = sizeof(kinds) / sizeof(kinds[0]);
	for (size_t i = 0; i < round->kind_count; i++) {
		nb_base_copy(round->kinds[i].name, sizeof(round->kinds[i].name), kinds[i]);
		round->kinds[i].count = SAMPLES + (int64_t)i;
	}
	round->guards.wall_ms = 10 + uniform(random);
	round->guards.stall_us = uniform(random);
	round->guards.tsc_ppm = uniform(random);
	round->guards.psi_cpu_ms = NAN;
	round->guards.canary_before_us = 100 + uniform(random);
	round->guards.canary_after_us = 100 + uniform(random);
	return 0;
}

static int make_record(struct nb_record *record, const struct options *options,
		       struct nb_error *error)
{
	struct nb_random random;

	nb_random_seed(&random, 1);
	for (unsigned i = 0; i < options->series; i++) {
		struct nb_series series = { .vantage = NB_GUEST, .lower_is_better = true };

		snprintf(series.benchmark, sizeof(series.benchmark), "exit.number_%u", i);
		nb_base_copy(series.metric, sizeof(series.metric), "latency");
		nb_base_copy(series.unit, sizeof(series.unit), "ns");
		for (unsigned j = 0; j < options->rounds; j++) {
			struct nb_round round;
			int status = make_round(&round, (int)j, &random, error);

			if (status == 0)
				status = nb_record_append(record, &series, &round, error);
			nb_stats_histogram_free(&round.histogram);
			if (status < 0)
				return status;
		}
	}
	return 0;
}

/* The rounds stay those of *record: only the session and its machine, a new boot, differ. */
static void make_session(struct nb_session *session, unsigned number)
{
	snprintf(session->id, sizeof(session->id), "01JD00000000000000%08u", number);
	snprintf(session->started, sizeof(session->started), "2026-11-%02uT%02u:%02u:%02u.000Z",
		 1 + number / 86400 % 30, number / 3600 % 24, number / 60 % 60, number % 60);
	nb_base_copy(session->version, sizeof(session->version), NB_VERSION);
	nb_base_copy(session->profile, sizeof(session->profile), "standard");
	session->seed = number;
	session->level = 1;
	nb_base_copy(session->machine.kernel, sizeof(session->machine.kernel), "6.1.0-27-amd64");
	snprintf(session->machine.boot_id, sizeof(session->machine.boot_id),
		 "00000000-0000-0000-0000-%012u", number);
}

static int insert(struct nb_store *store, struct nb_record *record, const struct options *options,
		  struct nb_error *error)
{
	double start = now(), seconds;
	unsigned rounds = options->sessions * options->series * options->rounds;

	for (unsigned number = 0; number < options->sessions; number++) {
		bool added;
		int status;

		make_session(&record->session, number);
		status = nb_store_import(store, record, &added, error);
		if (status < 0)
			return status;
	}
	seconds = now() - start;
	print_seconds("insert all sessions", seconds);
	printf("%-34s %8.0f rounds/s\n", "", rounds / seconds);
	return 0;
}

static void print_size(const struct options *options)
{
	struct stat information;
	double rounds = (double)options->sessions * options->series * options->rounds;

	if (stat(options->path, &information) < 0)
		return;
	printf("%-34s %8.1f MB\n", "size of the file", 1e-6 * (double)information.st_size);
	printf("%-34s %8.1f kB\n", "  per session",
	       1e-3 * (double)information.st_size / options->sessions);
	printf("%-34s %8.0f bytes\n", "  per round", (double)information.st_size / rounds);
}

static int read_back(const struct options *options, struct nb_error *error)
{
	struct nb_store_entry *sessions = NULL;
	struct nb_record record = { 0 };
	struct nb_store *store;
	double start = now(), opened, loaded;
	size_t count = 0;
	int status = nb_store_open(&store, options->path, NB_STORE_READ, error);

	if (status < 0)
		return status;
	opened = now();
	status = nb_store_load(store, NULL, &record, error);
	loaded = now();
	if (status == 0)
		status = nb_store_list(store, &sessions, &count, error);
	if (status == 0) {
		print_seconds("open for reading", opened - start);
		print_seconds("load one session", loaded - opened);
		print_seconds("list all sessions", now() - loaded);
	}
	nb_record_free(&record);
	free(sessions);
	nb_store_close(store);
	return status;
}

static int add_rounds(struct nb_store *store, struct nb_record *record, unsigned number,
		      struct nb_error *error)
{
	struct nb_round *round = &record->series[0].rounds[0];
	double start;
	int status;

	make_session(&record->session, number);
	status = nb_store_begin_session(store, &record->session, error);
	start = now();
	for (int i = 0; status == 0 && i < SINGLE_ROUNDS; i++) {
		round->ordinal = i;
		status = nb_store_add_round(store, record->session.id, &record->series[0].series, 0,
					    round, error);
	}
	if (status == 0)
		print_seconds("add one round, safely on disk", (now() - start) / SINGLE_ROUNDS);
	return status;
}

static int add_singly(const struct options *options, struct nb_record *record,
		      struct nb_error *error)
{
	struct nb_store *store;
	double start = now();
	int status = nb_store_open(&store, options->path, NB_STORE_WRITE, error);

	if (status < 0)
		return status;
	print_seconds("open for writing, with a check", now() - start);
	status = add_rounds(store, record, options->sessions, error);
	start = now();
	nb_store_close(store);
	print_seconds("close", now() - start);
	return status;
}

static int run(const struct options *options, struct nb_error *error)
{
	struct nb_record record = { 0 };
	struct nb_store *store = NULL;
	double start;
	int status = make_record(&record, options, error);

	printf("%u sessions of %u series of %u rounds of %d samples\n\n", options->sessions,
	       options->series, options->rounds, SAMPLES);
	start = now();
	if (status == 0)
		status = nb_store_open(&store, options->path, NB_STORE_WRITE, error);
	if (status == 0)
		print_seconds("make the database", now() - start);
	if (status == 0)
		status = insert(store, &record, options, error);
	nb_store_close(store);
	print_size(options);
	if (status == 0)
		status = read_back(options, error);
	if (status == 0)
		status = add_singly(options, &record, error);
	nb_record_free(&record);
	return status;
}

static bool read_count(const char *text, unsigned max, unsigned *count)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);

	if (*end != '\0' || text[0] == '-' || value < 1 || value > max)
		return false;
	*count = (unsigned)value;
	return true;
}

static bool parse(int argc, char **argv, struct options *options)
{
	static const struct option known[] = {
		{ "sessions", required_argument, NULL, 's' },
		{ "series", required_argument, NULL, 'e' },
		{ "rounds", required_argument, NULL, 'r' },
		{ "db", required_argument, NULL, 'd' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	bool fine = true;

	for (int c = 0; fine && (c = getopt_long(argc, argv, "", known, NULL)) != -1;) {
		if (c == 's')
			fine = read_count(optarg, COUNT_MAX, &options->sessions);
		else if (c == 'e')
			fine = read_count(optarg, ROUNDS_MAX, &options->series);
		else if (c == 'r')
			fine = read_count(optarg, ROUNDS_MAX, &options->rounds);
		else if (c == 'd') {
			nb_base_copy(options->path, sizeof(options->path), optarg);
			options->keep = true;
		} else if (c == 'h') {
			fputs(usage, stdout);
			exit(EXIT_SUCCESS);
		} else
			fine = false;
	}
	return fine && optind == argc;
}

int main(int argc, char **argv)
{
	struct options options = { .sessions = 1000, .series = 60, .rounds = 20 };
	char folder[] = "/tmp/store-bench-XXXXXX";
	struct nb_error error = { 0 };
	int status;

	if (!parse(argc, argv, &options)) {
		fputs(usage, stderr);
		return 2;
	}
	if (options.keep && access(options.path, F_OK) == 0) {
		fprintf(stderr, "store_bench: %s exists\n", options.path);
		return 2;
	}
	if (!options.keep) {
		if (!mkdtemp(folder)) {
			perror(folder);
			return EXIT_FAILURE;
		}
		snprintf(options.path, sizeof(options.path), "%s/bench.db", folder);
	}
	status = run(&options, &error);
	if (status < 0)
		fprintf(stderr, "store_bench: %s\n", error.text);
	if (!options.keep) {
		(void)unlink(options.path);
		(void)rmdir(folder);
	}
	return status < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
