/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nestbench/recurrence.h"

#include "model_private.h"

void nb_model_warn(struct nb_model *model, const char *format, ...)
{
	va_list arguments;

	if (model->warning_count == NB_MODEL_WARNINGS)
		return;
	va_start(arguments, format);
	vsnprintf(model->warnings[model->warning_count++], sizeof(model->warnings[0]), format,
		  arguments);
	va_end(arguments);
}

void nb_model_free(struct nb_model *model)
{
	free(model->steps);
	free(model->levels);
	free(model->traps);
	free(model->rows);
	free(model->bounds);
	free(model->depths);
	free(model->left_out);
	*model = (struct nb_model){ 0 };
}

static int check_side(const struct nb_model_side *side, bool include_invalid,
		      struct nb_model *model, struct nb_error *error)
{
	const char *id = side->session.id;

	if (side->session.level == NB_LEVEL_UNKNOWN)
		return nb_error_set(error, EINVAL, "the level of session %s is not known", id);
	if (side->session.level > NB_RECURRENCE_DEEP)
		return nb_error_set(error, EINVAL, "session %s says that it is at level %d", id,
				    side->session.level);
	if (!side->valid && !include_invalid)
		return nb_error_set(
			error, ENODATA,
			"session %s is invalid: over 20 %% of its rounds were disturbed", id);
	if (!side->valid)
		nb_model_warn(model,
			      "session %s is invalid: over 20 %% of its rounds were disturbed", id);
	if (side->session.partial)
		nb_model_warn(model, "session %s is partial: it ended before its plan was done",
			      id);
	return 0;
}

/* What holds for one CPU does not foretell another. */
static void compare_machines(const struct nb_model_side *shallow, const struct nb_model_side *deep,
			     struct nb_model *model)
{
	const struct nb_machine *a = &shallow->session.machine, *b = &deep->session.machine;

	if (strcmp(a->cpu_vendor, b->cpu_vendor) != 0 || a->cpu_family != b->cpu_family ||
	    a->cpu_model != b->cpu_model)
		nb_model_warn(
			model,
			"the sessions are of different CPUs (%.60s | %.60s): the check is one "
			"of machines, too",
			a->cpu_brand, b->cpu_brand);
	if (deep->session.level != shallow->session.level + 1)
		nb_model_warn(model,
			      "the sessions are %d levels apart, so no step between two levels is "
			      "checked alone",
			      deep->session.level - shallow->session.level);
}

static bool has_interrupt(const struct nb_model_side *side, const char *benchmark)
{
	for (size_t i = 0; i < side->count; i++) {
		const struct nb_result *result = &side->results[i];

		if (strcmp(result->series.benchmark, benchmark) == 0 &&
		    result->series.vantage == NB_GUEST && nb_model_measured(result))
			return true;
	}
	return false;
}

/* What people ask for first, so its absence is worth a word. */
static void miss_interrupts(const struct nb_model_work *work)
{
	char missing[96] = "";

	for (size_t i = 0; i < NB_MODEL_INTERRUPTS; i++) {
		size_t used = strlen(missing);

		if (!has_interrupt(work->fitted, nb_model_interrupts[i]))
			snprintf(missing + used, sizeof(missing) - used, "%s%s",
				 used > 0 ? ", " : "", nb_model_interrupts[i]);
	}
	if (missing[0])
		nb_model_warn(work->model,
			      "not measured in the guest: %s (nestbench run 'irq.*' measures them)",
			      missing);
}

static int build(struct nb_model_work *work, struct nb_error *error)
{
	struct nb_model *model = work->model;
	int status = nb_model_fit(work, error);

	if (status < 0)
		return status;
	model->target = work->deep && !model->from_deep ? work->deep->session.level + 1
							: work->fitted->session.level + 2;
	status = nb_model_predict(work, error);
	if (status < 0 || model->used_count == 0)
		return status;
	miss_interrupts(work);
	status = nb_model_levels(work, error);
	if (status == 0)
		status = nb_model_trap(work, error);
	if (status == 0)
		status = nb_model_limit(work, error);
	return status < 0 ? status : nb_model_sink(work, error);
}

/* Puts the two in order of their levels. */
static int arrange(struct nb_model_side sides[2], struct nb_error *error)
{
	struct nb_model_side first = sides[0];

	if (sides[0].session.level == sides[1].session.level)
		return nb_error_set(error, EEXIST,
				    "sessions %s and %s are both of L%d: the second is to be one "
				    "level deeper",
				    sides[0].session.id, sides[1].session.id,
				    sides[0].session.level);
	if (sides[0].session.level > sides[1].session.level) {
		sides[0] = sides[1];
		sides[1] = first;
	}
	return 0;
}

static int make(struct nb_model_side sides[2], size_t count, const struct nb_model_options *options,
		struct nb_model *model, struct nb_error *error)
{
	struct nb_model_work work = { .options = options, .model = model };
	int status = 0;

	for (size_t i = 0; status == 0 && i < count; i++)
		status = check_side(&sides[i], options->include_invalid, model, error);
	if (status == 0 && count > 1)
		status = arrange(sides, error);
	if (status < 0)
		return status;
	work.shallow = &sides[0];
	model->shallow = sides[0].session;
	if (count > 1) {
		work.deep = &sides[1];
		model->deep = sides[1].session;
		compare_machines(&sides[0], &sides[1], model);
	}
	return build(&work, error);
}

int nb_model_make(const struct nb_record *shallow, const struct nb_record *deep,
		  const struct nb_model_options *options, struct nb_model *model,
		  struct nb_error *error)
{
	struct nb_model_side sides[2] = { 0 };
	struct nb_model made = { .b = nb_model_unknown };
	size_t count = deep ? 2 : 1;
	int status = nb_model_side_make(shallow, options->level, &sides[0], error);

	if (status == 0 && deep)
		status = nb_model_side_make(deep, NB_LEVEL_UNKNOWN, &sides[1], error);
	if (status == 0)
		status = make(sides, count, options, &made, error);
	nb_model_side_free(&sides[0]);
	nb_model_side_free(&sides[1]);
	if (status < 0)
		nb_model_free(&made);
	else
		*model = made;
	return status;
}
