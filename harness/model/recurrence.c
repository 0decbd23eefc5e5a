/* SPDX-License-Identifier: Apache-2.0 */
#include "nestbench/recurrence.h"

struct rung {
	double delivery; /* D of the level */
	double exits;	 /* N of the level */
	double below;	 /* N(1) + ... + N of the level before */
};

static struct rung climb(const struct nb_recurrence *recurrence, int level)
{
	struct rung rung = { .delivery = 1 };

	for (int i = 0; i < level; i++) {
		double handled = rung.delivery + recurrence->b * rung.exits;

		rung.below += rung.exits;
		rung.delivery += recurrence->f * rung.exits;
		rung.exits = handled;
	}
	return rung;
}

double nb_recurrence_exits(const struct nb_recurrence *recurrence, int level)
{
	return climb(recurrence, level).exits;
}

double nb_recurrence_delivery(const struct nb_recurrence *recurrence, int level)
{
	return climb(recurrence, level).delivery;
}

double nb_recurrence_interrupt(const struct nb_recurrence *recurrence, int level, double eoi,
			       double windows)
{
	struct rung rung = climb(recurrence, level);

	return 1 + recurrence->b * rung.below + (eoi + windows) * rung.exits;
}

double nb_recurrence_exception(const struct nb_recurrence *recurrence, int handler)
{
	struct rung rung = climb(recurrence, handler);

	return handler < 0 ? 0 : rung.delivery + recurrence->b * rung.exits;
}

double nb_recurrence_time(const struct nb_recurrence *recurrence, int level, double trip,
			  double work)
{
	return nb_recurrence_exits(recurrence, level) * trip + work;
}

double nb_recurrence_ideal(int level, double cost)
{
	return level * cost;
}

int nb_recurrence_depth(double growth, double capacity, double cost, double rate)
{
	double load = cost * rate;
	int depth = 0;

	while (depth < NB_RECURRENCE_DEEP && load <= capacity) {
		depth++;
		load *= growth;
	}
	return depth;
}
