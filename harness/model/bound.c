/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "model_private.h"

/* What two ways of reckoning one number may differ by. */
static const double rounding = 1e-9;

/* The worst that one exit of the fitted operations took in user mode. */
static void find_slowest(const struct nb_model_work *work)
{
	struct nb_model_slowest *slowest = &work->model->slowest;

	*slowest = (struct nb_model_slowest){ .p999 = NAN, .max = NAN };
	for (size_t i = 0; i < work->model->step_count; i++) {
		const struct nb_series *series = &work->model->steps[i].upper;
		const struct nb_result *upper = nb_model_side_find(work->fitted, series);

		if (!work->model->steps[i].used || !upper)
			continue;
		if (isfinite(upper->p999) && !(upper->p999 <= slowest->p999)) {
			slowest->p999 = upper->p999;
			slowest->p999_of = *series;
		}
		if (isfinite(upper->max) && !(upper->max <= slowest->max)) {
			slowest->max = upper->max;
			slowest->max_of = *series;
		}
	}
}

/* Like is held against like: a largest value of all samples is no p99.9. */
static bool make_bound(const struct nb_model *model, const struct nb_result *result,
		       struct nb_model_bound *bound)
{
	const struct nb_model_value growth = nb_model_growth(model);
	double high = isnan(growth.high) ? growth.value : growth.high;
	double exits = fmax(1, nb_model_exits_of(result)); /* of NAN: 1 */
	bool is_max = isnan(result->p999) || isnan(model->slowest.p999);

	*bound = (struct nb_model_bound){
		.series = result->series,
		.level = result->level,
		.is_max = is_max,
		.worst = is_max ? result->max : result->p999,
		.bound = exits * (is_max ? model->slowest.max : model->slowest.p999) *
			 pow(high, result->level - model->level),
	};
	bound->broken = bound->worst > bound->bound * (1 + rounding);
	return isfinite(bound->worst) && isfinite(bound->bound);
}

static void limit_side(struct nb_model *model, const struct nb_model_side *side)
{
	enum nb_model_kind kind;
	enum nb_model_unfit why;

	for (size_t i = 0; i < side->count; i++) {
		const struct nb_result *result = &side->results[i];
		struct nb_model_bound *bound = &model->bounds[model->bound_count];

		if (!nb_model_measured(result) || !nb_model_kind_of(&result->series, &kind) ||
		    !nb_model_fit_for_use(result, &why) || !nb_model_exits(result) ||
		    !make_bound(model, result, bound))
			continue;
		model->bound_count++;
		model->broken_count += bound->broken;
	}
}

int nb_model_limit(const struct nb_model_work *work, struct nb_error *error)
{
	const struct nb_model_side *deep = work->fitted == work->deep ? NULL : work->deep;
	size_t count = work->fitted->count + (deep ? deep->count : 0) + 1;

	work->model->bounds = calloc(count, sizeof(*work->model->bounds));
	if (!work->model->bounds)
		return nb_error_set(error, ENOMEM, "no memory for %zu bounds", count);
	find_slowest(work);
	limit_side(work->model, work->fitted);
	if (deep)
		limit_side(work->model, deep);
	return 0;
}
