/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "report_model.h"

static void add_trap(struct nb_model_grid *grid, const struct nb_model_trap *trap)
{
	char text[NB_REPORT_VALUE_SIZE], change[24] = "n/a";

	nb_model_grid_name(grid, &trap->series);
	nb_report_value(text, sizeof(text), trap->exits, "", NB_REPORT_DIGITS);
	nb_model_grid_add(grid, "%s", text);
	nb_model_grid_value(grid, &trap->ratio, "");
	nb_model_grid_value(grid, &trap->fitted, "");
	if (isfinite(trap->ratio.value))
		nb_compare_change(change, sizeof(change), trap->ratio.value / trap->fitted.value);
	nb_model_grid_add(grid, "%s", change);
	nb_model_grid_add(grid, trap->own ? "its own R" : "of all operations");
}

int nb_model_print_traps(const struct nb_model_view *view, struct nb_error *error)
{
	const struct nb_model *model = view->model;
	struct nb_model_grid grid;
	int status;

	if (model->trap_count == 0)
		return 0;
	nb_compare_print_title(view->stream, view->style,
			       "One level deeper, by a hypervisor of our own in the guest");
	nb_model_grid_open(&grid, 8, model->trap_count + 1);
	nb_model_grid_add(&grid, "exit");
	nb_model_grid_add(&grid, "exits, measured");
	nb_model_grid_add(&grid, "L%d/L%d, measured", model->level + 2, model->level + 1);
	nb_model_grid_add(&grid, "interval");
	nb_model_grid_add(&grid, "R = 1 + b, fitted");
	nb_model_grid_add(&grid, "interval");
	nb_model_grid_add(&grid, "off by");
	nb_model_grid_add(&grid, "%s", "");
	for (size_t i = 0; i < model->trap_count; i++)
		add_trap(&grid, &model->traps[i]);
	status = nb_model_grid_print(view->stream, &grid, "<>>>>>><", error);
	fputs("exits: what the layer below took for one exit to our hypervisor, which does the "
	      "least that any\nhas to: a full one traps at least as often\n",
	      view->stream);
	return status;
}
