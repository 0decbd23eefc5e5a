/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "nestbench/base.h"

#include "report_model.h"

/* Of the many exits those that were fitted, and the one that guests make on purpose. */
static bool shown(const struct nb_model_view *view, const struct nb_model_row *row)
{
	return view->all || row->own || row->kind != NB_MODEL_EXIT ||
	       strcmp(row->series.benchmark, "exit.hypercall") == 0;
}

static bool checked(const struct nb_model *model)
{
	return model->deep.id[0] && !model->from_deep;
}

static void add_check(struct nb_model_grid *grid, const struct nb_model_row *row)
{
	char change[24];

	if (isnan(row->error)) {
		for (int i = 0; i < 4; i++)
			nb_model_grid_add(grid, "-");
		return;
	}
	nb_model_grid_value(grid, &row->found, row->series.unit);
	nb_compare_change(change, sizeof(change), 1 + row->error);
	nb_model_grid_add(grid, "%s", change);
	nb_model_grid_add(grid, "%s",
			  isnan(row->predicted.low) ? "n/a"
			  : row->covered	    ? "inside"
						    : "outside");
}

static const char *how(const struct nb_model_row *row)
{
	if (!row->forwarded)
		return "stays: it does not exit";
	return row->own ? "times its own R" : "times 1 + b";
}

static void add_row(const struct nb_model_view *view, struct nb_model_grid *grid,
		    const struct nb_model_row *row)
{
	char exits[NB_REPORT_VALUE_SIZE];

	nb_model_grid_add(grid, "%s", nb_model_kind_name(row->kind));
	nb_model_grid_name(grid, &row->series);
	if (isnan(row->exits_per_op))
		nb_base_copy(exits, sizeof(exits), "-");
	else
		snprintf(exits, sizeof(exits), "%.2f", row->exits_per_op);
	nb_model_grid_add(grid, "%s", exits);
	nb_model_grid_value(grid, &row->measured, row->series.unit);
	nb_model_grid_value(grid, &row->predicted, row->series.unit);
	if (checked(view->model))
		add_check(grid, row);
	nb_model_grid_add(grid, "%s", how(row));
}

static void add_header(const struct nb_model *model, struct nb_model_grid *grid)
{
	nb_model_grid_add(grid, "event");
	nb_model_grid_add(grid, "benchmark");
	nb_model_grid_add(grid, "exits/op");
	nb_model_grid_add(grid, "L%d, measured", model->level + 1);
	nb_model_grid_add(grid, "95 %% CI");
	nb_model_grid_add(grid, "L%d, extrapolated", model->target);
	nb_model_grid_add(grid, "interval");
	if (checked(model)) {
		nb_model_grid_add(grid, "L%d, measured", model->target);
		nb_model_grid_add(grid, "95 %% CI");
		nb_model_grid_add(grid, "off by");
		nb_model_grid_add(grid, "interval");
	}
	nb_model_grid_add(grid, "how");
}

static void print_check(const struct nb_model_view *view)
{
	const struct nb_model *model = view->model;
	size_t found = 0, covered = 0;

	for (size_t i = 0; i < model->row_count; i++) {
		found += isfinite(model->rows[i].error) ? 1 : 0;
		covered += model->rows[i].covered;
	}
	if (found == 0)
		fprintf(view->stream, "\nnothing of this was measured at L%d: no check\n",
			model->target);
	else
		fprintf(view->stream,
			"\nchecked at L%d: %zu of %zu measured values lie inside the interval that "
			"was foretold\n",
			model->target, covered, found);
	for (size_t i = 0; i < model->step_count; i++) {
		const struct nb_model_step *step = &model->steps[i];
		char here[NB_COMPARE_TEXT_SIZE], there[NB_COMPARE_TEXT_SIZE];

		if (isnan(step->again.value))
			continue;
		nb_model_describe(here, sizeof(here), &step->deeper_time, step->deeper.unit);
		nb_model_describe(there, sizeof(there), &step->again, step->upper.unit);
		fprintf(view->stream,
			"%s at L%d: %s in the guest of the shallow session, %s in user mode of the "
			"deep one\n",
			step->deeper.benchmark, step->level + 1, here, there);
	}
}

static void print_missing(const struct nb_model_view *view, size_t hidden)
{
	static const char *const families[] = { "exit", "irq", "exc" };

	for (int kind = NB_MODEL_EXIT; kind <= NB_MODEL_EXCEPTION; kind++) {
		bool any = false;

		for (size_t i = 0; i < view->model->row_count; i++)
			any |= (int)view->model->rows[i].kind == kind;
		if (!any)
			fprintf(view->stream, "%s: unknown, none of %s.* has a usable time here\n",
				nb_model_kind_name((enum nb_model_kind)kind), families[kind]);
	}
	if (hidden > 0)
		fprintf(view->stream, "%zu more of exit.* (--all shows %s)\n", hidden,
			hidden == 1 ? "it" : "them");
}

int nb_model_print_rows(const struct nb_model_view *view, struct nb_error *error)
{
	const struct nb_model *model = view->model;
	bool wide = checked(model);
	struct nb_model_grid grid;
	size_t hidden = 0;
	char title[64];
	int status;

	snprintf(title, sizeof(title), "What it takes at L%d", model->target);
	nb_compare_print_title(view->stream, view->style, title);
	nb_model_grid_open(&grid, wide ? 12 : 8, model->row_count + 1);
	add_header(model, &grid);
	for (size_t i = 0; i < model->row_count; i++) {
		if (shown(view, &model->rows[i]))
			add_row(view, &grid, &model->rows[i]);
		else
			hidden++;
	}
	status =
		nb_model_grid_print(view->stream, &grid, wide ? "<<>>>>>>>><<" : "<<>>>>><", error);
	print_missing(view, hidden);
	if (status == 0 && wide)
		print_check(view);
	return status;
}
