/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIMULATION_H
#define SIMULATION_H

#include <stddef.h>

#include "noise.h"

/*
 * How often the detector is right, by simulation with fixed seeds. Every function prints lines of
 * the one table and returns how many goals were missed. share: of the usual number of repetitions.
 */

enum direction { AT_MOST, AT_LEAST, NO_GOAL };

struct finding {
	const struct model *model;
	const char *setting;
	size_t hits, trials;
	enum direction direction;
	double goal;
};

/* Prints the line; 1 where its goal is missed. */
int nb_simulation_report(const struct finding *finding);

int nb_simulate_comparisons(double share);
int nb_simulate_changes(double share);

#endif
