/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "nestbench/model_report.h"

#include "report_compare.h"
#include "report_json.h"

/* A number with its interval and where it is from. */
static json_t *value_tree(const struct nb_model_value *value, enum nb_model_origin origin)
{
	json_t *tree;
	int bad;

	if (!isfinite(value->value))
		return json_null();
	tree = json_object();
	bad = nb_json_put_number(tree, "value", value->value);
	bad |= json_object_set_new(tree, "interval",
				   nb_compare_interval_tree(value->low, value->high));
	bad |= nb_json_put_text(tree, "origin", nb_model_origin_name(origin));
	return nb_json_complete(tree, bad);
}

static int put_value(json_t *tree, const char *name, const struct nb_model_value *value,
		     enum nb_model_origin origin)
{
	return json_object_set_new(tree, name, value_tree(value, origin));
}

static json_t *session_tree(const struct nb_session *session)
{
	json_t *tree;
	int bad;

	if (!session->id[0])
		return json_null();
	tree = json_object();
	bad = nb_json_put_text(tree, "id", session->id);
	bad |= nb_json_put_text(tree, "started", session->started);
	bad |= nb_json_put_count(tree, "level", session->level);
	bad |= nb_json_put_flag(tree, "partial", session->partial);
	bad |= nb_compare_put_optional(tree, "platform", session->machine.platform);
	return nb_json_complete(tree, bad);
}

static json_t *step_tree(const struct nb_model_step *step)
{
	json_t *tree = json_object();
	int bad = nb_json_put_series(tree, &step->deeper, step->level + 1);

	bad |= nb_json_put_text(tree, "upper_benchmark", step->upper.benchmark);
	bad |= nb_json_put_flag(tree, "used", step->used);
	bad |= nb_compare_put_optional(tree, "note", step->note);
	bad |= nb_json_put_number(tree, "exits_per_op", step->exits_per_op);
	bad |= put_value(tree, "upper", &step->upper_time, NB_MEASURED);
	bad |= put_value(tree, "deeper", &step->deeper_time, NB_MEASURED);
	bad |= put_value(tree, "again", &step->again, NB_MEASURED);
	bad |= put_value(tree, "third", &step->third, NB_MEASURED);
	bad |= put_value(tree, "ratio", &step->ratio, NB_FITTED);
	bad |= put_value(tree, "b", &step->b, NB_FITTED);
	bad |= put_value(tree, "f", &step->f, NB_FITTED);
	return nb_json_complete(tree, bad);
}

static json_t *level_tree(const struct nb_model_level *level)
{
	enum nb_model_origin exits = level->origin == NB_MEASURED ? NB_FITTED : NB_EXTRAPOLATED;
	json_t *tree = json_object();
	int bad = nb_json_put_count(tree, "level", level->level);

	bad |= put_value(tree, "exits", &level->exits, exits);
	bad |= put_value(tree, "time", &level->time, level->origin);
	bad |= nb_json_put_number(tree, "ideal", level->ideal);
	return nb_json_complete(tree, bad);
}

static json_t *trap_tree(const struct nb_model_trap *trap)
{
	json_t *tree = json_object();
	int bad = nb_json_put_series(tree, &trap->series, trap->level);

	bad |= nb_compare_put_optional(tree, "upper_benchmark", trap->upper.benchmark);
	bad |= nb_json_put_number(tree, "exits_per_trap", trap->exits);
	bad |= put_value(tree, "ratio", &trap->ratio, NB_MEASURED);
	bad |= put_value(tree, "fitted", &trap->fitted, NB_FITTED);
	bad |= nb_json_put_flag(tree, "own_ratio", trap->own);
	return nb_json_complete(tree, bad);
}

static json_t *row_tree(const struct nb_model_row *row, int level)
{
	json_t *tree = json_object();
	int bad = nb_json_put_text(tree, "event", nb_model_kind_name(row->kind));

	bad |= nb_json_put_series(tree, &row->series, level);
	bad |= nb_json_put_number(tree, "exits_per_op", row->exits_per_op);
	bad |= nb_json_put_flag(tree, "forwarded", row->forwarded);
	bad |= nb_json_put_flag(tree, "own_ratio", row->own);
	bad |= put_value(tree, "measured", &row->measured, NB_MEASURED);
	bad |= put_value(tree, "predicted", &row->predicted, NB_EXTRAPOLATED);
	bad |= put_value(tree, "found", &row->found, NB_MEASURED);
	bad |= nb_json_put_number(tree, "error", row->error);
	bad |= json_object_set_new(tree, "covered",
				   isnan(row->error) || isnan(row->predicted.low)
					   ? json_null()
					   : json_boolean(row->covered));
	return nb_json_complete(tree, bad);
}

static json_t *bound_tree(const struct nb_model_bound *bound)
{
	json_t *tree = json_object();
	int bad = nb_json_put_series(tree, &bound->series, bound->level);

	bad |= nb_json_put_text(tree, "statistic", bound->is_max ? "max" : "p999");
	bad |= nb_json_put_number(tree, "worst", bound->worst);
	bad |= nb_json_put_number(tree, "bound", bound->bound);
	bad |= nb_json_put_flag(tree, "broken", bound->broken);
	return nb_json_complete(tree, bad);
}

static json_t *depth_tree(const struct nb_model_depth *depth)
{
	json_t *tree = json_object();
	int bad = nb_json_put_number(tree, "rate_hz", depth->rate);

	bad |= nb_json_put_count(tree, "depth", depth->depth);
	bad |= nb_json_put_count(tree, "least", depth->least);
	bad |= nb_json_put_count(tree, "most", depth->most);
	bad |= nb_json_put_text(tree, "origin", nb_model_origin_name(NB_EXTRAPOLATED));
	return nb_json_complete(tree, bad);
}

static json_t *interrupt_tree(const struct nb_model *model)
{
	const struct nb_model_interrupt *interrupt = &model->interrupt;
	bool measured = interrupt->series.benchmark[0] != '\0';
	json_t *tree;
	int bad;

	if (model->used_count == 0)
		return json_null();
	tree = json_object();
	bad = nb_compare_put_optional(tree, "benchmark", interrupt->series.benchmark);
	bad |= json_object_set_new(tree, "params", nb_json_params(interrupt->series.params));
	bad |= nb_json_put_count(tree, "level", interrupt->level);
	bad |= put_value(tree, "time", &interrupt->time, measured ? NB_MEASURED : NB_EXTRAPOLATED);
	return nb_json_complete(tree, bad);
}

static json_t *left_out_tree(const struct nb_model_left_out *out)
{
	json_t *tree = json_object();
	int bad = nb_json_put_series(tree, &out->series, out->level);

	bad |= nb_json_put_text(tree, "why", nb_model_unfit_name(out->why));
	return nb_json_complete(tree, bad);
}

static int put_fit(json_t *tree, const struct nb_model *model)
{
	json_t *fit = json_object(), *steps = json_array();
	int bad = nb_json_put_flag(fit, "fitted", model->used_count > 0);
	bool f_known = false;

	for (size_t i = 0; i < model->step_count; i++) {
		bad |= json_array_append_new(steps, step_tree(&model->steps[i]));
		f_known |= isfinite(model->steps[i].f.value);
	}
	bad |= nb_compare_put_optional(fit, "reason", model->reason);
	bad |= nb_compare_put_optional(fit, "advice", model->advice);
	bad |= nb_json_put_count(fit, "level", model->level);
	bad |= nb_json_put_flag(fit, "from_deep", model->from_deep);
	bad |= nb_json_put_flag(fit, "f_is_b", !f_known);
	bad |= put_value(fit, "b", &model->b, NB_FITTED);
	bad |= json_object_set_new(fit, "steps", steps);
	return bad | json_object_set_new(tree, "fit", nb_json_complete(fit, bad));
}

static int put_lists(json_t *tree, const struct nb_model *model)
{
	json_t *levels = json_array(), *rows = json_array(), *bounds = json_array();
	json_t *depths = json_array(), *left_out = json_array(), *warnings = json_array();
	json_t *traps = json_array();
	int bad = 0;

	for (size_t i = 0; i < model->level_count; i++)
		bad |= json_array_append_new(levels, level_tree(&model->levels[i]));
	for (size_t i = 0; i < model->trap_count; i++)
		bad |= json_array_append_new(traps, trap_tree(&model->traps[i]));
	for (size_t i = 0; i < model->row_count; i++)
		bad |= json_array_append_new(rows, row_tree(&model->rows[i], model->level + 1));
	for (size_t i = 0; i < model->bound_count; i++)
		bad |= json_array_append_new(bounds, bound_tree(&model->bounds[i]));
	for (size_t i = 0; i < model->depth_count; i++)
		bad |= json_array_append_new(depths, depth_tree(&model->depths[i]));
	for (size_t i = 0; i < model->left_out_count; i++)
		bad |= json_array_append_new(left_out, left_out_tree(&model->left_out[i]));
	for (size_t i = 0; i < model->warning_count; i++) {
		char plain[sizeof(model->warnings[0])];

		nb_report_plain(plain, sizeof(plain), model->warnings[i]);
		bad |= json_array_append_new(warnings, json_string(plain));
	}
	bad |= json_object_set_new(tree, "levels", levels);
	bad |= json_object_set_new(tree, "traps", traps);
	bad |= json_object_set_new(tree, "rows", rows);
	bad |= json_object_set_new(tree, "bounds", bounds);
	bad |= json_object_set_new(tree, "interrupt", interrupt_tree(model));
	bad |= json_object_set_new(tree, "depths", depths);
	bad |= json_object_set_new(tree, "left_out", left_out);
	return bad | json_object_set_new(tree, "warnings", warnings);
}

int nb_report_model_json(FILE *stream, const struct nb_model *model, struct nb_error *error)
{
	json_t *tree = json_object();
	int bad = nb_json_put_text(tree, "schema", NB_JSON_SCHEMA);

	bad |= json_object_set_new(tree, "session", session_tree(&model->shallow));
	bad |= json_object_set_new(tree, "deep_session", session_tree(&model->deep));
	bad |= nb_json_put_count(tree, "target_level", model->target);
	bad |= put_fit(tree, model);
	bad |= put_lists(tree, model);
	return nb_json_print(stream, nb_json_complete(tree, bad), error);
}
