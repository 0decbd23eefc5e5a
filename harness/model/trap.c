/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model_private.h"

/* With nested paging, as all hypervisors of today have it. */
static const struct {
	const char *nested, *params, *guest;
} traps[] = {
	{ "nested.roundtrip_cpuid", "stage2=on", "exit.cpuid" },
	{ "nested.roundtrip_hypercall", "stage2=on", "exit.hypercall" },
};

enum { TRAPS = sizeof(traps) / sizeof(traps[0]) };

static double quotient(const double at[NB_MODEL_INPUTS], int level)
{
	(void)level;
	return at[1] / at[0];
}

static const struct nb_result *find(const struct nb_model_side *side, const char *benchmark,
				    const char *params)
{
	struct nb_series series = { .vantage = NB_GUEST };

	nb_base_copy(series.benchmark, sizeof(series.benchmark), benchmark);
	nb_base_copy(series.params, sizeof(series.params), params);
	return nb_model_side_find(side, &series);
}

/*
 * The loop's own start and end are entries of the inner guest, too, and its report to the VMM is an
 * exit of I/O: where operations are few, as in an emulator, they would count.
 */
static double exits_of(const struct nb_result *nested)
{
	int64_t entries = nb_record_count(nested, "nested_run");
	int64_t exits = nb_record_count(nested, "exits") - nb_record_count(nested, "irq_exits") -
			nb_record_count(nested, "io_exits");

	return entries > 0 ? (double)exits / (double)entries : NAN;
}

static void find_fitted(const struct nb_model *model, struct nb_model_trap *trap)
{
	trap->fitted = nb_model_growth(model);
	for (size_t i = 0; i < model->step_count; i++) {
		const struct nb_model_step *step = &model->steps[i];

		if (!step->used || strcmp(step->deeper.benchmark, trap->upper.benchmark) != 0 ||
		    strcmp(step->deeper.params, trap->upper.params) != 0)
			continue;
		trap->fitted = step->ratio;
		trap->own = true;
	}
}

static void add_trap(const struct nb_model_work *work, const struct nb_result *nested,
		     const struct nb_result *guest)
{
	struct nb_model *model = work->model;
	struct nb_model_trap *trap = &model->traps[model->trap_count++];
	enum nb_model_unfit why;

	*trap = (struct nb_model_trap){
		.series = nested->series,
		.level = nested->level,
		.exits = exits_of(nested),
		.ratio = nb_model_unknown,
	};
	if (guest && nb_model_fit_for_use(guest, &why)) {
		const struct nb_model_value times[] = { nb_model_time_of(guest),
							nb_model_time_of(nested) };

		trap->upper = guest->series;
		trap->ratio = nb_model_propagate(quotient, 0, times, 2);
	}
	find_fitted(model, trap);
}

int nb_model_trap(const struct nb_model_work *work, struct nb_error *error)
{
	work->model->traps = calloc(TRAPS, sizeof(*work->model->traps));
	if (!work->model->traps) {
		nb_error_set(error, ENOMEM, "no memory for %d traps", (int)TRAPS);
		return -ENOMEM;
	}
	for (size_t i = 0; i < TRAPS; i++) {
		const struct nb_result *nested =
			find(work->fitted, traps[i].nested, traps[i].params);

		/* Of another number of entries it is another thing than its name says. */
		if (nested && nested->p50 > 0 && nested->evidence != NB_UNVERIFIED &&
		    nested->evidence != NB_EMULATED)
			add_trap(work, nested, find(work->fitted, traps[i].guest, ""));
	}
	return 0;
}
