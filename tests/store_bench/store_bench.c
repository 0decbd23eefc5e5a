/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long the store takes, and how much space: many sessions inserted, read as "show", "compare"
 * and "history" do, and single rounds added as "run" does. What issue 6 asks of the last two:
 *
 *	store_bench --sessions 10000 --series 100 --rounds 1
 */
#include "store_bench.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { SINGLE_ROUNDS = 200, COUNT_MAX = 100000, ROUNDS_MAX = 10000 };

static const char usage[] =
	"Usage: store_bench [options]\n"
	"Inserts sessions into a new database, then reads them in every way and adds single rounds.\n"
	"\n"
	"  --sessions N  sessions to insert (1000)\n"
	"  --series N    series of each session (60)\n"
	"  --rounds N    rounds of each series, of 600 samples each (20)\n"
	"  --db FILE     where to write, which must not exist yet; it is kept\n"
	"                (else a temporary file, which is removed)\n"
	"  --read FILE   only read such a database, which --db kept, in every way\n"
	"  --help        this text\n";

double nb_bench_now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

void nb_bench_print_seconds(const char *what, double seconds)
{
	if (seconds >= 1)
		printf("%-34s %8.2f s\n", what, seconds);
	else if (seconds >= 1e-3)
		printf("%-34s %8.2f ms\n", what, 1e3 * seconds);
	else
		printf("%-34s %8.2f us\n", what, 1e6 * seconds);
}

static int insert(struct nb_store *store, struct nb_record *record, const struct options *options,
		  struct nb_error *error)
{
	double start = nb_bench_now(), seconds;
	unsigned rounds = options->sessions * options->series * options->rounds;

	for (unsigned number = 0; number < options->sessions; number++) {
		bool added;
		int status;

		nb_bench_make_session(&record->session, number);
		status = nb_store_import(store, record, &added, error);
		if (status < 0)
			return status;
	}
	seconds = nb_bench_now() - start;
	nb_bench_print_seconds("insert all sessions", seconds);
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

static int add_rounds(struct nb_store *store, struct nb_record *record, unsigned number,
		      struct nb_error *error)
{
	struct nb_round *round = &record->series[0].rounds[0];
	double start;
	int status;

	nb_bench_make_session(&record->session, number);
	status = nb_store_begin_session(store, &record->session, error);
	start = nb_bench_now();
	for (int i = 0; status == 0 && i < SINGLE_ROUNDS; i++) {
		round->ordinal = i;
		status = nb_store_add_round(store, record->session.id, &record->series[0].series, 0,
					    round, error);
	}
	if (status == 0)
		nb_bench_print_seconds("add one round, safely on disk",
				       (nb_bench_now() - start) / SINGLE_ROUNDS);
	return status;
}

static int add_singly(const struct options *options, struct nb_record *record,
		      struct nb_error *error)
{
	struct nb_store *store;
	double start = nb_bench_now();
	int status = nb_store_open(&store, options->path, NB_STORE_WRITE, error);

	if (status < 0)
		return status;
	nb_bench_print_seconds("open for writing, with a check", nb_bench_now() - start);
	status = add_rounds(store, record, options->sessions, error);
	start = nb_bench_now();
	if (status == 0)
		status = nb_store_end_session(store, record->session.id, false, true, error);
	nb_bench_print_seconds("end a session", nb_bench_now() - start);
	start = nb_bench_now();
	nb_store_close(store);
	nb_bench_print_seconds("close", nb_bench_now() - start);
	return status;
}

static int run(const struct options *options, struct nb_error *error)
{
	struct nb_record record = { 0 };
	struct nb_store *store = NULL;
	double start;
	int status = nb_bench_make_record(&record, options, error);

	printf("%u sessions of %u series of %u rounds of %d samples\n\n", options->sessions,
	       options->series, options->rounds, SAMPLES);
	start = nb_bench_now();
	if (status == 0)
		status = nb_store_open(&store, options->path, NB_STORE_WRITE, error);
	if (status == 0)
		nb_bench_print_seconds("make the database", nb_bench_now() - start);
	if (status == 0)
		status = insert(store, &record, options, error);
	nb_store_close(store);
	print_size(options);
	if (status == 0)
		status = nb_bench_read_back(options, error);
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
		{ "read", required_argument, NULL, 'R' },
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
		else if (c == 'd' || c == 'R') {
			nb_base_copy(options->path, sizeof(options->path), optarg);
			options->keep = true;
			options->read = c == 'R';
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
	if (options.keep && !options.read && access(options.path, F_OK) == 0) {
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
	status = options.read ? nb_bench_read_back(&options, &error) : run(&options, &error);
	if (status < 0)
		fprintf(stderr, "store_bench: %s\n", error.text);
	if (!options.keep) {
		(void)unlink(options.path);
		(void)rmdir(folder);
	}
	return status < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
