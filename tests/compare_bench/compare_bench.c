/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How fast are verdicts and change points?
 *
 * usage: compare_bench [SESSIONS]
 *
 * Compares 20 with 5 and 50 with 50 sessions of 100 series (9 999 permutations for their tails),
 * and looks for change points in 100 series of SESSIONS sessions (default: 10000) with two threads,
 * as "nestbench compare" and "nestbench history" do it.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "nestbench/compare.h"
#include "nestbench/history.h"

enum { SERIES = 100, SESSIONS_MAX = 100 };

static void die(const char *what)
{
	fprintf(stderr, "compare_bench: %s\n", what);
	exit(1);
}

static double now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return 1e3 * (double)now.tv_sec + 1e-6 * (double)now.tv_nsec;
}

/* About normal, with a standard deviation of 3 %. */
static double value(struct nb_random *random)
{
	double sum = -6;

	for (int i = 0; i < 12; i++)
		sum += nb_random_next(random) / 4294967296.0;
	return 1000 * exp(0.03 * sum);
}

static void fill_session(struct nb_digest *session, struct nb_random *random)
{
	session->valid = true;
	session->count = SERIES;
	session->rows = calloc(SERIES, sizeof(*session->rows));
	if (!session->rows)
		die("no memory");
	for (size_t i = 0; i < SERIES; i++) {
		struct nb_digest_row *row = &session->rows[i];

		*row = (struct nb_digest_row){ .batch = 1, .p50 = value(random) };
		row->p99 = 3 * value(random);
		snprintf(row->series.benchmark, sizeof(row->series.benchmark), "exit.s%zu", i);
	}
}

static void bench_compare(size_t base, size_t candidate)
{
	struct nb_digest *sessions = calloc(SESSIONS_MAX, sizeof(*sessions));
	struct nb_compare_group left = { sessions, base }, right = { NULL, candidate };
	struct nb_comparison comparison;
	struct nb_error error;
	struct nb_random random;
	double start;

	if (!sessions)
		die("no memory");
	right.sessions = sessions + base;
	nb_random_seed(&random, 1);
	for (size_t i = 0; i < base + candidate; i++)
		fill_session(&sessions[i], &random);
	start = now_ms();
	if (nb_compare(&left, &right, &nb_compare_defaults, &comparison, &error) < 0)
		die(error.text);
	printf("compare %zu against %zu sessions, %d series: %.0f ms\n", base, candidate, SERIES,
	       now_ms() - start);
	nb_comparison_free(&comparison);
	for (size_t i = 0; i < base + candidate; i++)
		nb_digest_free(&sessions[i]);
	free(sessions);
}

/* With a step of 10 % after every thousand sessions, as a project with upgrades has it, or none. */
static void fill_series(struct nb_history_series *series, struct nb_history_point *points,
			size_t length, double step, struct nb_random *random)
{
	for (size_t i = 0; i < length; i++) {
		points[i].session = i;
		points[i].value = value(random) * (i / 1000 % 2 ? 1 + step : 1);
	}
	series->points = points;
	series->count = length;
}

static void bench_history(size_t length, size_t count, unsigned threads, double step)
{
	struct nb_history_point *points = calloc(length * count, sizeof(*points));
	struct nb_history_series *series = calloc(count, sizeof(*series));
	struct nb_history_input input = { .series = series, .count = count };
	struct nb_history_options options = nb_history_defaults;
	struct nb_history history;
	struct nb_error error;
	struct nb_random random;
	size_t changes = 0;
	double start;

	if (!points || !series)
		die("no memory");
	nb_random_seed(&random, 2);
	for (size_t i = 0; i < count; i++)
		fill_series(&series[i], points + i * length, length, step, &random);
	options.threads = threads;
	start = now_ms();
	if (nb_history_find(&input, &options, &history, &error) < 0)
		die(error.text);
	for (size_t i = 0; i < history.count; i++)
		changes += history.series[i].count;
	printf("change points of %zu series of %zu sessions, %u threads: %.1f s, %zu found\n",
	       count, length, threads, (now_ms() - start) / 1e3, changes);
	nb_history_free(&history);
	free(points);
	free(series);
}

int main(int argc, char **argv)
{
	size_t length = argc > 1 ? strtoul(argv[1], NULL, 10) : 10000;

	if (argc > 2 || length == 0 || length > 1000000) {
		fprintf(stderr, "usage: compare_bench [SESSIONS]\n");
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	bench_compare(20, 5);
	bench_compare(50, 50);
	bench_history(length, 1, 1, 0);
	bench_history(length, 1, 1, 0.1);
	bench_history(length, SERIES, 2, 0);
	bench_history(length, SERIES, 2, 0.1);
	return 0;
}
