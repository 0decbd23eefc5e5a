/* SPDX-License-Identifier: Apache-2.0 */
#include "noise.h"

#include <math.h>

static const double pi = 3.14159265358979323846;

double nb_noise_uniform(struct nb_random *random)
{
	return (nb_random_next(random) + 0.5) / 4294967296.0;
}

/* G. E. P. Box and M. E. Muller, 1958; the second number of each pair is not used. */
double nb_noise_normal(struct nb_random *random)
{
	double radius = sqrt(-2 * log(nb_noise_uniform(random)));

	return radius * cos(2 * pi * nb_noise_uniform(random));
}

/* A normal over the root of a mean of 4 squares; its variance is 2, which is divided out. */
static double student(struct nb_random *random)
{
	double squares = 0, value = nb_noise_normal(random);

	for (int i = 0; i < 4; i++) {
		double one = nb_noise_normal(random);

		squares += one * one / 4;
	}
	return value / sqrt(squares) / sqrt(2);
}

double nb_noise_session(const struct model *model, struct nb_random *random, double place,
			double direction)
{
	double value = model->heavy ? student(random) : nb_noise_normal(random);

	if (model->heavy && nb_noise_uniform(random) < 0.05)
		value += 5 + 10 * nb_noise_uniform(random);
	return model->deviation * (value + direction * model->drift * (place - 0.5));
}
