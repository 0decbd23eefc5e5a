/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <math.h>

#include "report_compare.h"
#include "report_json.h"

json_t *nb_compare_interval_tree(double low, double high)
{
	if (!isfinite(low) || !isfinite(high))
		return json_null();
	return json_pack("[f, f]", low, high);
}

int nb_compare_put_optional(json_t *tree, const char *name, const char *text)
{
	return text[0] ? nb_json_put_text(tree, name, text)
		       : json_object_set_new(tree, name, json_null());
}

/* What was asked for on a side, and the sessions that it came to. */
json_t *nb_compare_side_tree(const char *asked, const char *provenance,
			     const struct nb_compare_group *group)
{
	json_t *tree = json_object(), *sessions = json_array();
	int bad = nb_json_put_text(tree, "asked", asked);

	bad |= nb_compare_put_optional(tree, "provenance", provenance ? provenance : "");
	for (size_t i = 0; i < group->count; i++) {
		const struct nb_session *session = &group->sessions[i].session;
		json_t *entry = json_object();

		bad |= nb_json_put_text(entry, "id", session->id);
		bad |= nb_json_put_text(entry, "started", session->started);
		bad |= nb_json_put_flag(entry, "valid", group->sessions[i].valid);
		bad |= nb_json_put_flag(entry, "partial", session->partial);
		bad |= nb_compare_put_optional(entry, "platform", session->machine.platform);
		bad |= nb_compare_put_optional(entry, "kernel", session->machine.kernel);
		bad |= json_array_append_new(sessions, entry);
	}
	bad |= json_object_set_new(tree, "sessions", sessions);
	return nb_json_complete(tree, bad);
}

int nb_json_put_series(json_t *tree, const struct nb_series *series, int level)
{
	int bad = nb_json_put_text(tree, "benchmark", series->benchmark);

	bad |= nb_json_put_text(tree, "vantage", nb_record_vantage_name(series->vantage));
	bad |= nb_json_put_count(tree, "level", level);
	bad |= json_object_set_new(tree, "params", nb_json_params(series->params));
	/* A published figure is of no metric of ours. */
	bad |= nb_compare_put_optional(tree, "metric", series->metric);
	bad |= nb_json_put_text(tree, "unit", series->unit);
	return bad | nb_json_put_text(tree, "better", series->lower_is_better ? "lower" : "higher");
}

static json_t *tail_tree(const struct nb_compare_row *row)
{
	json_t *tree = json_object();
	int bad = nb_json_put_number(tree, "base_p99", row->base.p99);

	bad |= nb_json_put_number(tree, "cand_p99", row->candidate.p99);
	bad |= nb_json_put_number(tree, "ratio", row->tail_ratio);
	bad |= json_object_set_new(tree, "ci95",
				   nb_compare_interval_tree(row->tail_low, row->tail_high));
	bad |= nb_json_put_number(tree, "p_adjusted", row->tail_p_adjusted);
	bad |= nb_json_put_text(tree, "verdict", nb_verdict_name(row->tail));
	return nb_json_complete(tree, bad);
}

static json_t *row_tree(const struct nb_compare_row *row)
{
	json_t *tree = json_object();
	int bad = nb_json_put_series(tree, &row->series, row->level);

	bad |= nb_json_put_count(tree, "base_sessions", (int64_t)row->base.sessions);
	bad |= nb_json_put_count(tree, "cand_sessions", (int64_t)row->candidate.sessions);
	bad |= nb_json_put_number(tree, "base_p50", row->base.p50);
	bad |= nb_json_put_number(tree, "cand_p50", row->candidate.p50);
	bad |= nb_json_put_number(tree, "base_deviation", row->base.deviation);
	bad |= nb_json_put_number(tree, "cand_deviation", row->candidate.deviation);
	bad |= nb_json_put_number(tree, "ratio", row->ratio);
	bad |= json_object_set_new(tree, "ci95", nb_compare_interval_tree(row->low, row->high));
	bad |= nb_json_put_number(tree, "p", row->p);
	bad |= nb_json_put_number(tree, "p_adjusted", row->p_adjusted);
	bad |= nb_json_put_number(tree, "margin", row->margin);
	bad |= nb_json_put_number(tree, "mde", row->mde);
	bad |= json_object_set_new(tree, "tail", tail_tree(row));
	bad |= nb_json_put_text(tree, "verdict", nb_verdict_name(row->verdict));
	bad |= nb_json_put_flag(tree, "indicative", row->indicative);
	bad |= nb_json_put_count(tree, "more_sessions", row->more_sessions);
	bad |= nb_compare_put_optional(tree, "note", row->note);
	bad |= nb_compare_put_optional(tree, "provenance", row->provenance);
	return nb_json_complete(tree, bad);
}

json_t *nb_compare_rows_tree(const struct nb_compare_row *rows, size_t count)
{
	json_t *tree = json_array();
	int bad = 0;

	for (size_t i = 0; i < count; i++)
		bad |= json_array_append_new(tree, row_tree(&rows[i]));
	return nb_json_complete(tree, bad);
}

/* Series that only this side has; measured: false where not even it could measure them. */
json_t *nb_compare_only_tree(const struct nb_compare_row *rows, size_t count)
{
	json_t *tree = json_array();
	int bad = 0;

	for (size_t i = 0; i < count; i++) {
		json_t *entry = json_object();

		bad |= nb_json_put_series(entry, &rows[i].series, rows[i].level);
		bad |= nb_json_put_flag(entry, "measured", !nb_compare_unmeasured(&rows[i]));
		bad |= json_array_append_new(tree, entry);
	}
	return nb_json_complete(tree, bad);
}

static int append_text(json_t *list, const char *text)
{
	char plain[256];

	nb_report_plain(plain, sizeof(plain), text);
	return json_array_append_new(list, json_string(plain));
}

static json_t *counts_tree(const struct nb_comparison *comparison)
{
	json_t *tree = json_object();
	int bad = 0;

	for (int verdict = NB_SAME; verdict <= NB_INVALID; verdict++)
		bad |= nb_json_put_count(tree, nb_verdict_name((enum nb_verdict)verdict),
					 (int64_t)comparison->verdicts[verdict]);
	return nb_json_complete(tree, bad);
}

json_t *nb_compare_options_tree(const struct nb_compare_options *options)
{
	json_t *tree = json_object();
	int bad = nb_json_put_number(tree, "margin", options->margin);

	bad |= nb_json_put_number(tree, "rate", options->rate);
	bad |= nb_json_put_number(tree, "confidence", options->confidence);
	bad |= nb_json_put_count(tree, "permutations", options->permutations);
	bad |= nb_json_put_count(tree, "replicates", options->replicates);
	bad |= nb_json_put_count(tree, "seed", (int64_t)options->seed);
	bad |= nb_json_put_flag(tree, "include_invalid", options->include_invalid);
	return nb_json_complete(tree, bad);
}

int nb_compare_put_warnings(json_t *tree, const struct nb_comparison *comparison)
{
	json_t *warnings = json_array(), *left_out = json_array();
	int bad = 0;

	for (size_t i = 0; i < comparison->warning_count; i++)
		bad |= append_text(warnings, comparison->warnings[i]);
	for (size_t i = 0; i < comparison->left_out_count; i++)
		bad |= append_text(left_out, comparison->left_out[i]);
	bad |= json_object_set_new(tree, "warnings", warnings);
	return bad | json_object_set_new(tree, "left_out", left_out);
}

static int put_findings(json_t *tree, const struct nb_comparison *comparison)
{
	char summary[NB_COMPARE_TEXT_SIZE];
	int bad = nb_compare_put_warnings(tree, comparison);

	nb_report_compare_summary(summary, sizeof(summary), comparison);
	bad |= json_object_set_new(tree, "counts", counts_tree(comparison));
	bad |= nb_json_put_text(tree, "summary", summary);
	bad |= nb_json_put_flag(tree, "indicative", comparison->indicative);
	bad |= nb_json_put_count(tree, "more_sessions", comparison->more_sessions);
	return bad | nb_json_put_text(tree, "verdict", nb_verdict_name(comparison->verdict));
}

static json_t *report_tree(const struct nb_compare_report *report)
{
	const struct nb_comparison *comparison = report->comparison;
	json_t *tree = json_object();
	int bad = nb_json_put_text(tree, "schema", NB_JSON_SCHEMA);

	bad |= json_object_set_new(
		tree, "base",
		nb_compare_side_tree(report->base, report->base_provenance, &report->base_group));
	bad |= json_object_set_new(tree, "candidate",
				   nb_compare_side_tree(report->candidate,
							report->candidate_provenance,
							&report->candidate_group));
	bad |= json_object_set_new(tree, "options", nb_compare_options_tree(report->options));
	bad |= json_object_set_new(tree, "rows",
				   nb_compare_rows_tree(comparison->rows, comparison->count));
	bad |= json_object_set_new(
		tree, "only_base",
		nb_compare_only_tree(comparison->only_base, comparison->only_base_count));
	bad |= json_object_set_new(
		tree, "only_candidate",
		nb_compare_only_tree(comparison->only_candidate, comparison->only_candidate_count));
	bad |= put_findings(tree, comparison);
	return nb_json_complete(tree, bad);
}

int nb_report_compare_json(FILE *stream, const struct nb_compare_report *report,
			   struct nb_error *error)
{
	json_t *tree = report_tree(report);

	if (!tree)
		return nb_error_set(error, ENOMEM, "no memory for the comparison as JSON");
	return nb_json_print(stream, tree, error);
}
