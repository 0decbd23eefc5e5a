/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <math.h>

#include "report_baseline.h"
#include "report_compare.h"
#include "report_doctor.h"
#include "report_json.h"

static json_t *fit_row_tree(const struct nb_fit_row *row)
{
	json_t *tree = json_object();
	int bad = nb_json_put_text(tree, "metric", row->metric);

	bad |= nb_json_put_text(tree, "label", row->label);
	bad |= nb_compare_put_optional(tree, "wanted", row->wanted);
	bad |= nb_json_put_text(tree, "have", row->have);
	bad |= nb_json_put_text(tree, "fit", nb_report_fit_name(row->fit));
	bad |= nb_json_put_flag(tree, "counted", row->counted);
	bad |= nb_compare_put_optional(tree, "note", row->note);
	return nb_json_complete(tree, bad);
}

static json_t *fit_tree(const struct nb_fit_table *fit)
{
	json_t *tree, *rows;
	int bad;

	if (!fit)
		return json_null();
	tree = json_object();
	rows = json_array();
	bad = nb_json_put_text(tree, "verdict", nb_report_fit_name(fit->verdict));
	bad |= nb_json_put_text(tree, "summary", fit->summary);
	for (size_t i = 0; i < fit->count; i++)
		bad |= json_array_append_new(rows, fit_row_tree(&fit->rows[i]));
	bad |= json_object_set_new(tree, "rows", rows);
	return nb_json_complete(tree, bad);
}

static json_t *published_tree(const struct nb_published_ratio *published)
{
	json_t *tree = json_object();
	int bad = nb_json_put_text(tree, "baseline", published->baseline->name);

	bad |= nb_json_put_number(tree, "ratio", published->ratio);
	bad |= nb_json_put_flag(tree, "in_band", published->in_band);
	bad |= json_object_set_new(tree, "deeper", nb_report_figure_tree(published->deeper));
	bad |= json_object_set_new(tree, "upper", nb_report_figure_tree(published->upper));
	return nb_json_complete(tree, bad);
}

static json_t *level_tree(const struct nb_level_ratio *row)
{
	json_t *tree = json_object(), *published = json_array();
	int bad = nb_json_put_text(tree, "benchmark", row->benchmark);

	bad |= json_object_set_new(tree, "params", nb_json_params(row->params));
	bad |= nb_json_put_count(tree, "level", row->level);
	bad |= nb_json_put_number(tree, "ratio", row->ratio);
	bad |= json_object_set_new(tree, "range", nb_compare_interval_tree(row->low, row->high));
	bad |= nb_json_put_text(tree, "unit", row->unit);
	bad |= nb_json_put_number(tree, "deeper_p50", row->deeper_p50);
	bad |= nb_json_put_number(tree, "upper_p50", row->upper_p50);
	bad |= nb_json_put_count(tree, "sessions", (int64_t)row->sessions);
	bad |= nb_json_put_flag(tree, "across", row->across);
	bad |= json_object_set_new(tree, "published",
				   nb_compare_interval_tree(row->band_low, row->band_high));
	bad |= nb_json_put_text(tree, "band", nb_band_name(row->band));
	for (size_t i = 0; i < row->published_count; i++)
		bad |= json_array_append_new(published, published_tree(&row->published[i]));
	bad |= json_object_set_new(tree, "sources", published);
	bad |= nb_compare_put_optional(tree, "note", row->note);
	return nb_json_complete(tree, bad);
}

static json_t *levels_tree(const struct nb_level_table *levels)
{
	json_t *tree = json_object(), *rows = json_array();
	int bad = json_object_set_new(tree, "any",
				      nb_compare_interval_tree(levels->any_low, levels->any_high));

	for (size_t i = 0; i < levels->count; i++)
		bad |= json_array_append_new(rows, level_tree(&levels->rows[i]));
	bad |= json_object_set_new(tree, "rows", rows);
	return nb_json_complete(tree, bad);
}

/* Sessions that were saved by this name, then its figures: indicative rows stand among them. */
static json_t *all_rows(const struct nb_spec_report *report)
{
	const struct nb_comparison *measured =
		report->measured ? report->measured->comparison : NULL;
	json_t *tree =
		measured ? nb_compare_rows_tree(measured->rows, measured->count) : json_array();
	json_t *figures = nb_compare_rows_tree(report->figures->rows, report->figures->count);
	int bad = json_array_extend(tree, figures);

	json_decref(figures);
	return nb_json_complete(tree, bad);
}

static json_t *base_tree(const struct nb_spec_report *report)
{
	const struct nb_compare_group none = { 0 };
	json_t *tree = nb_compare_side_tree(
		report->base, report->measured ? report->measured->base_provenance : NULL,
		report->measured ? &report->measured->base_group : &none);
	int bad = nb_json_put_text(tree, "name", report->baseline->name);

	bad |= nb_json_put_text(tree, "title", report->baseline->title);
	bad |= nb_json_put_text(tree, "kind", report->baseline->size ? "size" : "literature");
	return nb_json_complete(tree, bad);
}

int nb_report_spec_json(FILE *stream, const struct nb_spec_report *report, struct nb_error *error)
{
	const struct nb_comparison *measured =
		report->measured ? report->measured->comparison : NULL;
	const struct nb_comparison *figures = report->figures;
	json_t *tree = json_object();
	int bad = nb_json_put_text(tree, "schema", NB_JSON_SCHEMA);

	bad |= json_object_set_new(tree, "base", base_tree(report));
	bad |= json_object_set_new(
		tree, "candidate",
		nb_compare_side_tree(report->candidate, NULL, &report->candidate_group));
	bad |= json_object_set_new(tree, "options", nb_compare_options_tree(report->options));
	bad |= json_object_set_new(tree, "size", fit_tree(report->fit));
	bad |= json_object_set_new(tree, "rows", all_rows(report));
	bad |= json_object_set_new(
		tree, "only_base",
		nb_compare_only_tree(figures->only_base, figures->only_base_count));
	bad |= json_object_set_new(tree, "levels", levels_tree(report->levels));
	bad |= nb_compare_put_warnings(tree, measured ? measured : figures);
	bad |= nb_json_put_flag(tree, "indicative", !measured || measured->indicative);
	bad |= nb_json_put_text(tree, "verdict",
				nb_verdict_name(measured ? measured->verdict : NB_INCONCLUSIVE));
	tree = nb_json_complete(tree, bad);
	if (!tree)
		return nb_error_set(error, ENOMEM, "no memory for the comparison as JSON");
	return nb_json_print(stream, tree, error);
}
