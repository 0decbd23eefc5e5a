/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report_model.h"

static void add_step(struct nb_model_grid *grid, const struct nb_model_step *step)
{
	nb_model_grid_name(grid, &step->deeper);
	nb_model_grid_value(grid, &step->upper_time, step->upper.unit);
	nb_model_grid_value(grid, &step->deeper_time, step->deeper.unit);
	if (step->used) {
		nb_model_grid_value(grid, &step->ratio, "");
		nb_model_grid_value(grid, &step->b, "");
	} else {
		for (int i = 0; i < 4; i++)
			nb_model_grid_add(grid, "-");
	}
	if (step->used && strcmp(step->upper.benchmark, step->deeper.benchmark) != 0)
		nb_model_grid_add(grid, "user mode: %s, which somebody else handles%s%s",
				  step->upper.benchmark, step->note[0] ? "; " : "", step->note);
	else
		nb_model_grid_add(grid, "%s%s", step->used ? "" : "left out: ", step->note);
}

/* What f is, or what would tell. */
static void print_f(const struct nb_model_view *view)
{
	const struct nb_model *model = view->model;
	char text[NB_COMPARE_TEXT_SIZE];
	bool fitted = false;

	for (size_t i = 0; i < model->step_count; i++) {
		const struct nb_model_step *step = &model->steps[i];
		char name[NB_COMPARE_NAME_SIZE];

		if (!step->used || !isfinite(step->f.value))
			continue;
		nb_model_describe(text, sizeof(text), &step->f, "");
		nb_report_series(name, sizeof(name), &step->deeper);
		fprintf(view->stream, "f = %s, fitted from %s at L3\n", text, name);
		fitted = true;
	}
	if (fitted)
		return;
	fputs("f = b is assumed: passing an exit on costs as much as handling it. One step between "
	      "levels\n"
	      "cannot tell the two apart",
	      view->stream);
	if (model->level == 1 && !model->deep.id[0])
		fputs("; a session at L2 would: nestbench model THIS_SESSION THAT_SESSION",
		      view->stream);
	else if (model->level > 1)
		fputs("; only sessions at L1 and L2 together do", view->stream);
	fputc('\n', view->stream);
}

static void print_published(const struct nb_model_view *view)
{
	const struct nb_model *model = view->model;

	fprintf(view->stream,
		"published R of x86, L1 to L2: %.1f (PVM, SOSP 2023, invalid opcode) to %.0f "
		"(NEVE, SOSP 2017, hypercall)\n",
		NB_MODEL_RATIO_LOW, NB_MODEL_RATIO_HIGH);
	for (size_t i = 0; i < model->step_count; i++) {
		const struct nb_model_step *step = &model->steps[i];
		char name[NB_COMPARE_NAME_SIZE];
		bool above = step->ratio.value > NB_MODEL_RATIO_HIGH;

		if (!step->used || (!above && step->ratio.value >= NB_MODEL_RATIO_LOW))
			continue;
		nb_report_series(name, sizeof(name), &step->deeper);
		fprintf(view->stream, "  R of %s is %s that range%s\n", name,
			above ? "above" : "below",
			above ? ": no EPT or NPT, no VMCS shadowing, or one level more than it seems?"
			      : ": few of its handler's instructions trap");
	}
}

int nb_model_print_steps(const struct nb_model_view *view, struct nb_error *error)
{
	const struct nb_model *model = view->model;
	struct nb_model_grid grid;
	char text[NB_COMPARE_TEXT_SIZE];
	int status;

	if (model->step_count == 0)
		return 0;
	snprintf(text, sizeof(text), "From L%d to L%d, operation by operation", model->level,
		 model->level + 1);
	nb_compare_print_title(view->stream, view->style, text);
	nb_model_grid_open(&grid, 10, model->step_count + 1);
	nb_model_grid_add(&grid, "exit");
	for (int i = 0; i < 2; i++) {
		nb_model_grid_add(&grid, "L%d, measured", model->level + i);
		nb_model_grid_add(&grid, "95 %% CI");
	}
	nb_model_grid_add(&grid, "R, fitted");
	nb_model_grid_add(&grid, "interval");
	nb_model_grid_add(&grid, "b, fitted");
	nb_model_grid_add(&grid, "interval");
	nb_model_grid_add(&grid, "%s", "");
	for (size_t i = 0; i < model->step_count; i++)
		add_step(&grid, &model->steps[i]);
	status = nb_model_grid_print(view->stream, &grid, "<>>>>>>>><", error);
	if (status < 0 || model->used_count == 0)
		return status;
	nb_model_describe(text, sizeof(text), &model->b, "");
	fprintf(view->stream, "\nb = %s, fitted: %s\n", text,
		model->used_count == 1
			? "of one operation"
			: "the median of these operations, the widest of their intervals");
	print_f(view);
	print_published(view);
	return 0;
}

int nb_model_print_levels(const struct nb_model_view *view, struct nb_error *error)
{
	const struct nb_model *model = view->model;
	const struct nb_model_step *step = &model->steps[model->reference];
	char name[NB_COMPARE_NAME_SIZE], title[NB_COMPARE_NAME_SIZE + 32];
	char ideal[NB_REPORT_VALUE_SIZE];
	struct nb_model_grid grid;

	nb_report_series(name, sizeof(name), &step->deeper);
	snprintf(title, sizeof(title), "%s, level by level", name);
	nb_compare_print_title(view->stream, view->style, title);
	nb_model_grid_open(&grid, 7, model->level_count + 1);
	nb_model_grid_add(&grid, "level");
	nb_model_grid_add(&grid, "exits N");
	nb_model_grid_add(&grid, "interval");
	nb_model_grid_add(&grid, "time");
	nb_model_grid_add(&grid, "interval");
	nb_model_grid_add(&grid, "the time is, N is");
	nb_model_grid_add(&grid, "delivered directly, at most");
	for (size_t i = 0; i < model->level_count; i++) {
		const struct nb_model_level *level = &model->levels[i];

		nb_model_grid_add(&grid, "L%d", level->level);
		nb_model_grid_value(&grid, &level->exits, "");
		nb_model_grid_value(&grid, &level->time, step->deeper.unit);
		nb_model_grid_add(&grid, "%s",
				  level->origin == NB_MEASURED ? "measured, fitted"
							       : "extrapolated, both");
		nb_report_value(ideal, sizeof(ideal), level->ideal, step->deeper.unit,
				NB_REPORT_DIGITS);
		nb_model_grid_add(&grid, "%s", ideal);
	}
	return nb_model_grid_print(view->stream, &grid, "<>>>><>", error);
}
