/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "nestbench/base.h"
#include "nestbench/recurrence.h"

#include "report_model.h"

static void print_slowest(const struct nb_model_view *view)
{
	const struct nb_model *model = view->model;
	const struct nb_model_slowest *slowest = &model->slowest;
	bool any_p999 = false, any_max = false;
	char name[NB_COMPARE_NAME_SIZE], value[NB_REPORT_VALUE_SIZE];

	for (size_t i = 0; i < model->bound_count; i++) {
		any_max |= model->bounds[i].is_max;
		any_p999 |= !model->bounds[i].is_max;
	}
	fprintf(view->stream, "bound: exits/op times (1 + b)^levels times the slowest exit at L%d",
		model->level);
	if (any_p999) {
		nb_report_series(name, sizeof(name), &slowest->p999_of);
		nb_report_value(value, sizeof(value), slowest->p999, "ns", NB_REPORT_DIGITS);
		fprintf(view->stream, ", %s (p99.9 of %s, measured)", value, name);
	}
	if (any_max) {
		nb_report_series(name, sizeof(name), &slowest->max_of);
		nb_report_value(value, sizeof(value), slowest->max, "ns", NB_REPORT_DIGITS);
		fprintf(view->stream, ", %s (largest of %s, measured)", value, name);
	}
	fputc('\n', view->stream);
}

static void add_bound(struct nb_model_grid *grid, const struct nb_model_bound *bound)
{
	char worst[NB_REPORT_VALUE_SIZE], limit[NB_REPORT_VALUE_SIZE];

	nb_report_value(worst, sizeof(worst), bound->worst, "ns", NB_REPORT_DIGITS);
	nb_report_value(limit, sizeof(limit), bound->bound, "ns", NB_REPORT_DIGITS);
	nb_model_grid_name(grid, &bound->series);
	nb_model_grid_add(grid, "L%d", bound->level);
	nb_model_grid_add(grid, "%s", worst);
	nb_model_grid_add(grid, "%s", bound->is_max ? "largest" : "p99.9");
	nb_model_grid_add(grid, "%s", limit);
	nb_model_grid_add(grid, "%s", bound->broken ? "BROKEN" : "holds");
}

int nb_model_print_bounds(const struct nb_model_view *view, struct nb_error *error)
{
	const struct nb_model *model = view->model;
	struct nb_model_grid grid;
	char title[96];

	if (model->bound_count == 0)
		return 0;
	snprintf(title, sizeof(title),
		 "Worst case against the model's bound: %zu of %zu hold, %zu broken",
		 model->bound_count - model->broken_count, model->bound_count, model->broken_count);
	nb_compare_print_title(view->stream, view->style, title);
	print_slowest(view);
	if (model->broken_count == 0 && !view->all)
		return 0;
	nb_model_grid_open(&grid, 6, model->bound_count + 1);
	nb_model_grid_add(&grid, "benchmark");
	nb_model_grid_add(&grid, "level");
	nb_model_grid_add(&grid, "worst, measured");
	nb_model_grid_add(&grid, "%s", "");
	nb_model_grid_add(&grid, "bound, extrapolated");
	nb_model_grid_add(&grid, "%s", "");
	for (size_t i = 0; i < model->bound_count; i++)
		if (view->all || model->bounds[i].broken)
			add_bound(&grid, &model->bounds[i]);
	return nb_model_grid_print(view->stream, &grid, "<<><><", error);
}

static void add_depth(struct nb_model_grid *grid, int depth)
{
	if (depth < 0)
		nb_model_grid_add(grid, "n/a");
	else if (depth == 0)
		nb_model_grid_add(grid, "none");
	else
		nb_model_grid_add(grid, "L%d%s", depth,
				  depth == NB_RECURRENCE_DEEP ? " or more" : "");
}

static void print_basis(const struct nb_model_view *view)
{
	const struct nb_model_interrupt *interrupt = &view->model->interrupt;
	char name[NB_COMPARE_NAME_SIZE], time[NB_COMPARE_TEXT_SIZE];

	nb_model_describe(time, sizeof(time), &interrupt->time, "ns");
	nb_report_series(name, sizeof(name), &interrupt->series);
	if (name[0])
		fprintf(view->stream, "from %s, measured at L%d: %s; times 1 + b a level\n", name,
			interrupt->level, time);
	else
		fprintf(view->stream,
			"no interrupt that exits was measured: taken as two of the slowest exit "
			"(delivery and its end) at L%d, %s;\ntimes 1 + b a level\n",
			interrupt->level, time);
	fputs("at that level the CPU does nothing else any more\n", view->stream);
}

int nb_model_print_depths(const struct nb_model_view *view, struct nb_error *error)
{
	const struct nb_model *model = view->model;
	struct nb_model_grid grid;

	if (model->depth_count == 0)
		return 0;
	nb_compare_print_title(view->stream, view->style,
			       "The deepest level that sustains interrupts");
	print_basis(view);
	nb_model_grid_open(&grid, 4, model->depth_count + 1);
	nb_model_grid_add(&grid, "rate");
	nb_model_grid_add(&grid, "deepest, extrapolated");
	nb_model_grid_add(&grid, "least");
	nb_model_grid_add(&grid, "most");
	for (size_t i = 0; i < model->depth_count; i++) {
		nb_model_grid_add(&grid, "%.6g Hz", model->depths[i].rate);
		add_depth(&grid, model->depths[i].depth);
		add_depth(&grid, model->depths[i].least);
		add_depth(&grid, model->depths[i].most);
	}
	return nb_model_grid_print(view->stream, &grid, "><<<", error);
}

/* "emulated: software ran them ...: 3 (exit.a, exit.b ring=3, ...)" */
static void print_unfit(const struct nb_model_view *view, enum nb_model_unfit why)
{
	static const char *const texts[NB_MODEL_UNFITS] = {
		[NB_MODEL_EMULATED] = "emulated: software ran them, so their time is no exit's",
		[NB_MODEL_UNVERIFIED] = "unverified: KVM counted other exits than their name says",
		[NB_MODEL_UNCOUNTED] = "uncounted: whether they exit, and so multiply, is unknown",
		[NB_MODEL_TIMELESS] = "not to be told from no time at all",
	};
	enum { NAMED = 4 };
	const struct nb_model *model = view->model;
	char names[NB_COMPARE_TEXT_SIZE * 2] = "", name[NB_COMPARE_NAME_SIZE];
	size_t count = 0;

	for (size_t i = 0; i < model->left_out_count; i++) {
		if (model->left_out[i].why != why)
			continue;
		if (count++ >= NAMED && !view->all)
			continue;
		nb_report_series(name, sizeof(name), &model->left_out[i].series);
		nb_report_join(names, sizeof(names), ", ", name);
	}
	if (count > 0)
		fprintf(view->stream, "  %zu %s: %s%s\n", count, texts[why], names,
			count > NAMED && !view->all ? ", ..." : "");
}

void nb_model_print_left_out(const struct nb_model_view *view)
{
	if (view->model->left_out_count == 0)
		return;
	nb_compare_print_title(view->stream, view->style, "Left out");
	for (int why = 0; why < NB_MODEL_UNFITS; why++)
		print_unfit(view, (enum nb_model_unfit)why);
}
