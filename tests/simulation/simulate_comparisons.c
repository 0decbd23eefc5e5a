/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nestbench/compare.h"

#include "simulation.h"

static const double effect_size = 0.10;
enum { SERIES = 60, BASE = 20, CANDIDATE = 5, GROUP_MAX = 110 };

static const struct model models[] = {
	{ "sd 1 %", 0.01, 0, false },
	{ "sd 3 %", 0.03, 0, false },
	{ "sd 6 %", 0.06, 0, false },
	{ "sd 3 %, drift of 2 sd", 0.03, 2, false },
	{ "sd 3 %, tails, 5 % spikes", 0.03, 0, true },
};
enum { SD3 = 1, MODELS = sizeof(models) / sizeof(models[0]) };

/* Two groups with room for more sessions. */
struct suite {
	const struct model *model;
	struct nb_random random;
	struct nb_digest sessions[2][GROUP_MAX];
	size_t counts[2];
};

static void *must(void *memory)
{
	if (memory)
		return memory;
	fprintf(stderr, "simulation: no memory\n");
	exit(3);
}

static struct suite *suite_new(const struct model *model, uint64_t seed)
{
	struct suite *suite = must(calloc(1, sizeof(*suite)));

	suite->model = model;
	nb_random_seed(&suite->random, seed);
	return suite;
}

static void suite_free(struct suite *suite)
{
	for (size_t side = 0; side < 2; side++)
		for (size_t i = 0; i < suite->counts[side]; i++)
			nb_digest_free(&suite->sessions[side][i]);
	free(suite);
}

static void name_rows(struct nb_digest *session)
{
	session->valid = true;
	session->count = SERIES;
	session->rows = must(calloc(SERIES, sizeof(*session->rows)));
	for (size_t i = 0; i < SERIES; i++) {
		struct nb_digest_row *row = &session->rows[i];

		*row = (struct nb_digest_row){ .batch = 1, .rounds = 20, .p99 = NAN };
		snprintf(row->series.benchmark, sizeof(row->series.benchmark), "exit.s%zu", i);
		nb_base_copy(row->series.metric, sizeof(row->series.metric), "latency");
		nb_base_copy(row->series.unit, sizeof(row->series.unit), "ns");
		row->series.lower_is_better = true;
	}
}

/* Sessions first .. first + count - 1 of a side; the first few series are slower by effect. */
static void add_sessions(struct suite *suite, size_t side, size_t count, size_t slower,
			 double effect)
{
	size_t first = suite->counts[side];

	for (size_t i = 0; i < count; i++)
		name_rows(&suite->sessions[side][first + i]);
	for (size_t series = 0; series < SERIES; series++) {
		double direction = nb_random_below(&suite->random, 2) ? 1 : -1;
		double away = series < slower ? log1p(effect) : 0;

		for (size_t i = 0; i < count; i++) {
			double place = count > 1 ? (double)i / (double)(count - 1) : 0.5;
			double noise =
				nb_noise_session(suite->model, &suite->random, place, direction);

			suite->sessions[side][first + i].rows[series].p50 =
				1000 * exp(away + noise);
		}
	}
	suite->counts[side] += count;
}

static void compare(const struct suite *suite, struct nb_comparison *comparison)
{
	struct nb_compare_group base = { suite->sessions[0], suite->counts[0] };
	struct nb_compare_group candidate = { suite->sessions[1], suite->counts[1] };
	struct nb_compare_options options = nb_compare_defaults;
	struct nb_error error;

	options.permutations = 0;
	if (nb_compare(&base, &candidate, &options, comparison, &error) == 0)
		return;
	fprintf(stderr, "simulation: %s\n", error.text);
	exit(3);
}

static size_t series_of(const struct nb_compare_row *row)
{
	return strtoul(row->series.benchmark + strlen("exit.s"), NULL, 10);
}

struct counted {
	size_t hits, trials, false_hits, others;
};

/* Rows that were made slower and are called so; others that are called anything but same. */
static void count_calls(const struct nb_comparison *comparison, size_t slower,
			struct counted *counted)
{
	for (size_t i = 0; i < comparison->count; i++) {
		const struct nb_compare_row *row = &comparison->rows[i];
		bool changed = row->verdict == NB_REGRESSED || row->verdict == NB_IMPROVED;

		if (series_of(row) < slower) {
			counted->trials++;
			counted->hits += row->verdict == NB_REGRESSED ? 1 : 0;
		} else {
			counted->others++;
			counted->false_hits += changed ? 1 : 0;
		}
	}
}

static struct counted repeat(const struct model *model, size_t slower, size_t suites)
{
	struct counted counted = { 0 };

	for (size_t i = 0; i < suites; i++) {
		struct suite *suite = suite_new(model, 1000 + i);
		struct nb_comparison comparison;

		add_sessions(suite, 0, BASE, 0, 0);
		add_sessions(suite, 1, CANDIDATE, slower, effect_size);
		compare(suite, &comparison);
		count_calls(&comparison, slower, &counted);
		nb_comparison_free(&comparison);
		suite_free(suite);
	}
	return counted;
}

static int identical(size_t suites)
{
	int missed = 0;

	for (size_t i = 0; i < MODELS; i++) {
		struct counted counted = repeat(&models[i], 0, suites);

		missed += nb_simulation_report(
			&(struct finding){ &models[i], "identical, 20 against 5: called changed",
					   counted.false_hits, counted.others, AT_MOST, 0.01 });
	}
	return missed;
}

/* The goal is that at 3 %; the other models are told for comparison. */
static int slower(size_t suites, size_t count, const char *setting, double goal)
{
	int missed = 0;

	for (size_t i = 0; i < MODELS; i++) {
		size_t times = i == SD3 ? suites : (suites + 3) / 4;
		struct counted counted = repeat(&models[i], count, times);

		missed += nb_simulation_report(
			&(struct finding){ &models[i], setting, counted.hits, counted.trials,
					   i == SD3 ? AT_LEAST : NO_GOAL, goal });
		if (i == SD3)
			missed += nb_simulation_report(&(struct finding){
				&models[i], "  its other series: called changed",
				counted.false_hits, counted.others, AT_MOST, 0.01 });
	}
	return missed;
}

static const struct nb_compare_row *row_of(const struct nb_comparison *comparison, size_t series)
{
	for (size_t i = 0; i < comparison->count; i++)
		if (series_of(&comparison->rows[i]) == series)
			return &comparison->rows[i];
	return NULL;
}

/* Runs as many more sessions as the row foretold, and counts all rows that foretold as many. */
static void settle(struct suite *suite, const struct nb_comparison *before, int more,
		   struct counted *counted)
{
	struct nb_comparison after;

	add_sessions(suite, 0, (size_t)more, 0, 0);
	add_sessions(suite, 1, (size_t)more, SERIES / 4, effect_size);
	compare(suite, &after);
	for (size_t i = 0; i < before->count; i++) {
		if (before->rows[i].more_sessions != more)
			continue;
		counted->trials++;
		counted->hits +=
			row_of(&after, series_of(&before->rows[i]))->verdict != NB_INCONCLUSIVE ? 1
												: 0;
	}
	nb_comparison_free(&after);
}

/*
 * "so many inconclusive: n more sessions each would settle them". The n of each row is for a chance
 * of 4 in 5, the ratio that was seen taken for the true one, which it is not.
 */
static struct counted repeat_settling(const struct model *model, size_t suites)
{
	struct counted counted = { 0 };

	for (size_t i = 0; i < suites; i++) {
		struct suite *suite = suite_new(model, 5000 + i);
		const struct nb_compare_row *row;
		struct nb_comparison before;

		add_sessions(suite, 0, CANDIDATE, 0, 0);
		add_sessions(suite, 1, CANDIDATE, SERIES / 4, effect_size);
		compare(suite, &before);
		row = row_of(&before, i % SERIES);
		if (row->more_sessions > 0)
			settle(suite, &before, row->more_sessions, &counted);
		nb_comparison_free(&before);
		suite_free(suite);
	}
	return counted;
}

static int settling(size_t suites)
{
	struct counted counted = repeat_settling(&models[SD3], suites);

	return nb_simulation_report(
		&(struct finding){ &models[SD3], "inconclusive, 5 against 5: settled as foretold",
				   counted.hits, counted.trials, AT_LEAST, 0.75 });
}

int nb_simulate_comparisons(double share)
{
	int missed = identical((size_t)ceil(100 * share));

	missed += slower((size_t)ceil(60 * share), 10, "+10 % in 10 of 60 series: regressed", 0.95);
	/*
	 * Alone among 60, a p value must be below 0.05 / 60: of the 100 pairs of sessions at most 5
	 * may be the other way round, which they are in 94.7 % of cases. That is the method's
	 * limit.
	 */
	missed += slower((size_t)ceil(400 * share), 1, "+10 % in 1 of 60 series: regressed", 0.90);
	missed += settling((size_t)ceil(150 * share));
	return missed;
}
