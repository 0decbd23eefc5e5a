/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "nestbench/json.h"

#include "bundle_claims.h"

/*
 * json_object_set_new() takes over its value and refuses NULL, so that a failed allocation anywhere
 * ends as a NULL tree and needs no test of its own: "bad" sums up the results of the put calls.
 */

/* JSON knows neither: null is "not known", and infinity stays what it is, in words. */
static json_t *number(double value)
{
	if (isnan(value))
		return json_null();
	if (isinf(value))
		return json_string(value > 0 ? "inf" : "-inf");
	return json_real(value);
}

static int put_number(json_t *object, const char *name, double value)
{
	return json_object_set_new(object, name, number(value));
}

static int put_interval(json_t *object, const char *name, double low, double high)
{
	json_t *list = json_array();
	int bad = json_array_append_new(list, number(low));

	bad |= json_array_append_new(list, number(high));
	return bad | json_object_set_new(object, name, list);
}

static json_t *ids_tree(const struct nb_compare_group *group)
{
	json_t *list = json_array();
	int bad = 0;

	for (size_t i = 0; i < group->count; i++)
		bad |= json_array_append_new(list, json_string(group->sessions[i].session.id));
	return nb_json_complete(list, bad);
}

static json_t *margins_tree(const struct nb_compare_options *options)
{
	json_t *list = json_array();
	int bad = 0;

	for (size_t i = 0; i < options->margin_count; i++) {
		json_t *entry = json_object();

		bad |= nb_json_put_text(entry, "pattern", options->margins[i].pattern);
		bad |= put_number(entry, "margin", options->margins[i].margin);
		bad |= json_array_append_new(list, entry);
	}
	return nb_json_complete(list, bad);
}

static json_t *options_tree(const struct nb_compare_options *options)
{
	json_t *tree = json_object(), *asked = json_array();
	int bad = put_number(tree, "margin", options->margin);
	char seed[24];

	/* Not a number: most readers of JSON would round what is beyond 2^53. */
	snprintf(seed, sizeof(seed), "%" PRIu64, options->seed);
	bad |= put_number(tree, "rate", options->rate);
	bad |= put_number(tree, "confidence", options->confidence);
	bad |= nb_json_put_count(tree, "permutations", options->permutations);
	bad |= nb_json_put_count(tree, "replicates", options->replicates);
	bad |= nb_json_put_text(tree, "seed", seed);
	bad |= nb_json_put_flag(tree, "include_invalid", options->include_invalid);
	bad |= json_object_set_new(tree, "margins", margins_tree(options));
	for (size_t i = 0; i < options->asked_count; i++)
		bad |= json_array_append_new(asked, json_string(options->asked[i]));
	bad |= json_object_set_new(tree, "asked", asked);
	return nb_json_complete(tree, bad);
}

static json_t *base_tree(const struct nb_view *view)
{
	const char *asked = view->base ? view->base : "";
	json_t *tree;
	int bad;

	if (!view->base && view->base_sessions.count == 0)
		return json_null();
	tree = json_object();
	bad = nb_json_put_text(tree, "asked", asked);
	bad |= nb_json_put_text(tree, "provenance",
				view->base_provenance ? view->base_provenance : "");
	bad |= json_object_set_new(tree, "sessions", ids_tree(&view->base_sessions));
	if (view->base_sessions.count > 0)
		bad |= json_object_set_new(tree, "figures", json_null());
	else
		bad |= nb_json_put_text(tree, "figures", nb_bundle_figures_name(asked));
	return nb_json_complete(tree, bad);
}

static json_t *tail_tree(const struct nb_compare_row *row)
{
	json_t *tree = json_object();
	int bad = put_number(tree, "base_p99", row->base.p99);

	bad |= put_number(tree, "cand_p99", row->candidate.p99);
	bad |= put_number(tree, "ratio", row->tail_ratio);
	bad |= put_interval(tree, "ci95", row->tail_low, row->tail_high);
	bad |= put_number(tree, "p_adjusted", row->tail_p_adjusted);
	bad |= nb_json_put_text(tree, "verdict", nb_verdict_name(row->tail));
	return nb_json_complete(tree, bad);
}

static int put_series(json_t *tree, const struct nb_compare_row *row)
{
	const struct nb_series *series = &row->series;
	int bad = nb_json_put_text(tree, "benchmark", series->benchmark);

	bad |= nb_json_put_text(tree, "vantage", nb_record_vantage_name(series->vantage));
	bad |= nb_json_put_count(tree, "level", row->level);
	bad |= nb_json_put_text(tree, "params", series->params);
	bad |= nb_json_put_text(tree, "metric", series->metric);
	bad |= nb_json_put_text(tree, "unit", series->unit);
	return bad | nb_json_put_text(tree, "better", series->lower_is_better ? "lower" : "higher");
}

/* The verdict first: of an edited row it is what people want to be told. */
static json_t *row_tree(const struct nb_compare_row *row)
{
	json_t *tree = json_object();
	int bad = put_series(tree, row);

	bad |= nb_json_put_text(tree, "verdict", nb_verdict_name(row->verdict));
	bad |= nb_json_put_flag(tree, "indicative", row->indicative);
	bad |= nb_json_put_count(tree, "base_sessions", (int64_t)row->base.sessions);
	bad |= nb_json_put_count(tree, "cand_sessions", (int64_t)row->candidate.sessions);
	bad |= put_number(tree, "base_p50", row->base.p50);
	bad |= put_number(tree, "cand_p50", row->candidate.p50);
	bad |= put_number(tree, "base_deviation", row->base.deviation);
	bad |= put_number(tree, "cand_deviation", row->candidate.deviation);
	bad |= put_number(tree, "ratio", row->ratio);
	bad |= put_interval(tree, "ci95", row->low, row->high);
	bad |= put_number(tree, "p", row->p);
	bad |= put_number(tree, "p_adjusted", row->p_adjusted);
	bad |= put_number(tree, "margin", row->margin);
	bad |= put_number(tree, "mde", row->mde);
	bad |= nb_json_put_count(tree, "more_sessions", row->more_sessions);
	bad |= json_object_set_new(tree, "tail", tail_tree(row));
	return nb_json_complete(tree, bad);
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

static json_t *comparison_tree(const struct nb_comparison *comparison)
{
	json_t *tree, *rows;
	int bad = 0;

	if (!comparison)
		return json_null();
	tree = json_object();
	rows = json_array();
	for (size_t i = 0; i < comparison->count; i++)
		bad |= json_array_append_new(rows, row_tree(&comparison->rows[i]));
	bad |= json_object_set_new(tree, "rows", rows);
	bad |= json_object_set_new(tree, "counts", counts_tree(comparison));
	bad |= nb_json_put_count(tree, "only_base", (int64_t)comparison->only_base_count);
	bad |= nb_json_put_count(tree, "only_candidate", (int64_t)comparison->only_candidate_count);
	bad |= nb_json_put_flag(tree, "indicative", comparison->indicative);
	bad |= nb_json_put_count(tree, "more_sessions", comparison->more_sessions);
	bad |= nb_json_put_text(tree, "verdict", nb_verdict_name(comparison->verdict));
	return nb_json_complete(tree, bad);
}

static json_t *groups_tree(const struct nb_view *view)
{
	json_t *list = json_array();
	int bad = 0;

	for (size_t i = 0; i < view->count; i++) {
		const struct nb_view_group *group = &view->groups[i];
		json_t *tree = json_object();

		bad |= nb_json_put_text(tree, "name", group->name);
		bad |= nb_json_put_count(tree, "level", group->level);
		bad |= json_object_set_new(tree, "sessions", ids_tree(&group->digests));
		bad |= json_object_set_new(tree, "comparison", comparison_tree(group->comparison));
		bad |= json_array_append_new(list, tree);
	}
	return nb_json_complete(list, bad);
}

static json_t *root_tree(const struct nb_view *view, const char *version)
{
	json_t *tree = json_object();
	int bad = nb_json_put_text(tree, "schema", NB_BUNDLE_SCHEMA);

	bad |= nb_json_put_text(tree, "version", version);
	bad |= json_object_set_new(
		tree, "options",
		options_tree(view->options ? view->options : &nb_compare_defaults));
	bad |= json_object_set_new(tree, "base", base_tree(view));
	bad |= json_object_set_new(tree, "groups", groups_tree(view));
	return nb_json_complete(tree, bad);
}

/* 17 digits bring every double back bit for bit. */
static int print(const json_t *tree, char **text, size_t *size)
{
	char *made = NULL;
	size_t length = 0;
	FILE *stream = open_memstream(&made, &length);
	int bad;

	if (!stream)
		return -1;
	bad = json_dumpf(tree, stream, JSON_INDENT(1) | JSON_REAL_PRECISION(17));
	bad |= fputc('\n', stream) == EOF;
	bad |= fclose(stream);
	if (bad) {
		free(made);
		return -1;
	}
	*text = made;
	*size = length;
	return 0;
}

int nb_bundle_verdicts_of(const struct nb_view *view, const char *version, char **text,
			  size_t *size, struct nb_error *error)
{
	json_t *tree = root_tree(view, version);
	int bad = tree ? print(tree, text, size) : -1;

	json_decref(tree);
	return bad ? nb_error_set(error, ENOMEM, "no memory for verdicts") : 0;
}

int nb_bundle_verdicts(const struct nb_view *view, char **text, size_t *size,
		       struct nb_error *error)
{
	const char *why;

	if (view->options && !nb_bundle_options_fit(view->options, &why))
		return nb_error_set(error, EINVAL, "verdicts that nobody could check: %s", why);
	if (view->base_sessions.count > NB_BUNDLE_BASE_MAX)
		return nb_error_set(error, E2BIG,
				    "%zu sessions as base are more than the %d of a bundle: choose "
				    "fewer",
				    view->base_sessions.count, NB_BUNDLE_BASE_MAX);
	if (view->base && view->base_sessions.count == 0 && !nb_bundle_figures_name(view->base))
		return nb_error_set(error, EINVAL, "the base is no name of a baseline");
	return nb_bundle_verdicts_of(view, NB_VERSION, text, size, error);
}
