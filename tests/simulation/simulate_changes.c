/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "nestbench/inference.h"

#include "simulation.h"

enum { LENGTH = 50, STEP_AT = 40, NEAR = 3 };

/* Scale is all one to change points, so that one deviation stands for all. */
static const struct model models[] = {
	{ "sd 3 %", 0.03, 0, false },
	{ "sd 3 %, tails, 5 % spikes", 0.03, 0, true },
};
enum { MODELS = sizeof(models) / sizeof(models[0]) };

struct counted {
	size_t found, changed;
};

/* Series of sessions that are slower by step deviations from STEP_AT on. */
static struct counted repeat(const struct model *model, double step, size_t times)
{
	struct counted counted = { 0 };

	for (size_t i = 0; i < times; i++) {
		const struct nb_change_options options = { 0.01, 9999, 3, i };
		double values[LENGTH];
		struct nb_random random;
		struct nb_change *changes;
		struct nb_error error;
		size_t count;
		bool found = false;

		nb_random_seed(&random, 9000 + i);
		for (size_t at = 0; at < LENGTH; at++)
			values[at] = nb_noise_session(model, &random, 0.5, 1) +
				     (at >= STEP_AT ? step * model->deviation : 0);
		if (nb_stats_changes(values, LENGTH, &options, &changes, &count, &error) < 0) {
			fprintf(stderr, "simulation: %s\n", error.text);
			exit(3);
		}
		for (size_t change = 0; change < count; change++)
			found = found || labs((long)changes[change].index - STEP_AT) <= NEAR;
		counted.found += found ? 1 : 0;
		counted.changed += count > 0 ? 1 : 0;
		free(changes);
	}
	return counted;
}

int nb_simulate_changes(double share)
{
	size_t still = (size_t)fmax(300, ceil(600 * share)), stepped = (size_t)ceil(200 * share);
	int missed = 0;

	for (size_t i = 0; i < MODELS; i++)
		missed += nb_simulation_report(&(struct finding){
			&models[i], "history of 50, no change: change points",
			repeat(&models[i], 0, still).changed, still, AT_MOST, 0.02 });
	for (size_t i = 0; i < MODELS; i++)
		missed += nb_simulation_report(&(struct finding){
			&models[i], "history of 50, +2 sd for the last 10: found",
			repeat(&models[i], 2, stepped).found, stepped, AT_LEAST, 0.75 });
	return missed;
}
