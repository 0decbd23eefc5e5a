/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model_private.h"

static const struct nb_model_step *step_of(const struct nb_model *model,
					   const struct nb_series *series)
{
	for (size_t i = 0; i < model->step_count; i++)
		if (model->steps[i].used &&
		    strcmp(model->steps[i].deeper.benchmark, series->benchmark) == 0 &&
		    strcmp(model->steps[i].deeper.params, series->params) == 0)
			return &model->steps[i];
	return NULL;
}

/* From the two levels that were fitted alone: a third one is what it is checked against. */
static struct nb_model_value foretell(const struct nb_model *model, const struct nb_model_row *row,
				      const struct nb_model_step *step)
{
	int levels = model->target - model->level;

	if (!row->forwarded)
		return row->measured;
	if (step) {
		struct nb_model_step two = *step;

		two.third = nb_model_unknown;
		two.f = nb_model_unknown;
		return nb_model_step_after(&two, levels);
	}
	return nb_model_grow(row->measured, nb_model_growth(model), levels - 1);
}

static void check(const struct nb_model_side *deep, struct nb_model_row *row)
{
	const struct nb_result *found = nb_model_side_find(deep, &row->series);
	enum nb_model_unfit why;

	if (!found || !nb_model_fit_for_use(found, &why))
		return;
	row->found = nb_model_time_of(found);
	row->error = row->found.value / row->predicted.value - 1;
	row->covered =
		row->found.value >= row->predicted.low && row->found.value <= row->predicted.high;
}

static void add_row(const struct nb_model_work *work, const struct nb_result *result,
		    struct nb_model_row *row)
{
	const struct nb_model_step *step = step_of(work->model, &result->series);

	row->series = result->series;
	row->exits_per_op = nb_model_exits_of(result);
	row->forwarded = nb_model_exits(result);
	row->own = row->forwarded && step;
	row->measured = nb_model_time_of(result);
	row->predicted = foretell(work->model, row, step);
	row->found = nb_model_unknown;
	row->error = NAN;
	if (work->deep && work->fitted == work->shallow)
		check(work->deep, row);
}

static int make_room(const struct nb_model_work *work, struct nb_error *error)
{
	struct nb_model *model = work->model;
	size_t count = work->fitted->count + 1;

	model->rows = calloc(count, sizeof(*model->rows));
	model->left_out = calloc(count, sizeof(*model->left_out));
	if (!model->rows || !model->left_out)
		return nb_error_set(error, ENOMEM, "no memory for %zu series", count);
	return 0;
}

int nb_model_predict(const struct nb_model_work *work, struct nb_error *error)
{
	struct nb_model *model = work->model;
	int status = make_room(work, error);

	for (size_t i = 0; status == 0 && i < work->fitted->count; i++) {
		const struct nb_result *result = &work->fitted->results[i];
		struct nb_model_left_out out = { result->series, result->level, NB_MODEL_UNFITS };
		struct nb_model_row row = { 0 };

		if (!nb_model_measured(result) || !nb_model_kind_of(&result->series, &row.kind))
			continue;
		if (!nb_model_fit_for_use(result, &out.why)) {
			model->left_out[model->left_out_count++] = out;
		} else if (model->used_count > 0) {
			add_row(work, result, &row);
			model->rows[model->row_count++] = row;
		}
	}
	return status;
}
