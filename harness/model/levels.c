/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "nestbench/recurrence.h"

#include "model_private.h"

/* b and f from times at two levels, or three (at[2] > 0, of L1, L2 and L3). */
static struct nb_recurrence solve(const double at[NB_MODEL_INPUTS])
{
	double b = at[1] / at[0] - 1;
	double f = at[2] > 0 ? at[2] / at[0] - 1 - b - b * b : b;

	return (struct nb_recurrence){ b, f };
}

static double exits_at(const double at[NB_MODEL_INPUTS], int level)
{
	const struct nb_recurrence recurrence = solve(at);
	double exits = nb_recurrence_exits(&recurrence, level);

	/* Where the times contradict the recurrence it may come out at anything. */
	return exits >= 1 ? exits : NAN;
}

/* The time so many levels below that of at[0]. */
static double time_after(const double at[NB_MODEL_INPUTS], int levels)
{
	if (at[2] > 0)
		return at[0] * exits_at(at, 1 + levels);
	return at[0] * pow(at[1] / at[0], levels);
}

struct nb_model_value nb_model_step_after(const struct nb_model_step *step, int levels)
{
	const struct nb_model_value times[] = { step->upper_time, step->deeper_time, step->third };
	size_t count = isfinite(step->f.value) ? 3 : 2;

	return nb_model_propagate(time_after, levels, times, count);
}

static void fill(const struct nb_model_step *step, int level, struct nb_model_level *row)
{
	const struct nb_model_value times[] = { step->upper_time, step->deeper_time, step->third };
	size_t count = isfinite(step->f.value) ? 3 : 2;
	int levels = level - step->level;

	row->level = level;
	row->exits = nb_model_propagate(exits_at, level, times, count);
	row->origin = NB_MEASURED;
	if (levels < 2) {
		row->time = times[levels];
	} else if (levels == 2 && isfinite(step->third.value)) {
		row->time = step->third;
	} else {
		row->origin = NB_EXTRAPOLATED;
		row->time = nb_model_step_after(step, levels);
	}
}

int nb_model_levels(const struct nb_model_work *work, struct nb_error *error)
{
	struct nb_model *model = work->model;
	size_t count = (size_t)(model->target + 2 - model->level);
	const struct nb_model_step *step;
	double single;

	while (!model->steps[model->reference].used)
		model->reference++;
	step = &model->steps[model->reference];
	model->levels = calloc(count, sizeof(*model->levels));
	if (!model->levels)
		return nb_error_set(error, ENOMEM, "no memory for %zu levels", count);
	for (size_t i = 0; i < count; i++)
		fill(step, model->level + (int)i, &model->levels[i]);
	/* What one exit takes at level 1, which a deep session has not seen itself. */
	single = model->levels[0].time.value / model->levels[0].exits.value;
	for (size_t i = 0; i < count; i++)
		model->levels[i].ideal = nb_recurrence_ideal(model->levels[i].level, single);
	model->level_count = count;
	return 0;
}
