/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIMULATION_NOISE_H
#define SIMULATION_NOISE_H

#include <stdbool.h>

#include "nestbench/base.h"

/* How sessions of one machine differ from each other, in logarithms: 0.03 is about 3 %. */
struct model {
	const char *name;
	double deviation;
	/* The machine slides through this many deviations from a group's first session to its last.
	 */
	double drift;
	/* Student's t with 4 degrees of freedom, and 1 in 20 values 5 to 15 deviations up. */
	bool heavy;
};

/* Uniform in 0 .. 1, without either. */
double nb_noise_uniform(struct nb_random *random);
double nb_noise_normal(struct nb_random *random);
/* One session of a group; place: 0 the first, 1 the last; direction of the drift: 1 or -1. */
double nb_noise_session(const struct model *model, struct nb_random *random, double place,
			double direction);

#endif
