/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>

#include "nestbench/baseline_report.h"

#include "report_baseline.h"
#include "report_compare.h"
#include "report_json.h"

static int put_value(json_t *tree, const struct nb_figure *figure)
{
	if (figure->text)
		return nb_json_put_text(tree, "text", figure->text);
	if (strcmp(figure->unit, "bool") == 0)
		return nb_json_put_flag(tree, "value", figure->value > 0);
	/* A whole number is written as one, as in the file that it came from. */
	if (figure->value >= 0 && figure->value < 1e15 &&
	    figure->value == (double)(int64_t)figure->value)
		return nb_json_put_count(tree, "value", (int64_t)figure->value);
	return nb_json_put_number(tree, "value", figure->value);
}

json_t *nb_report_figure_tree(const struct nb_figure *figure)
{
	json_t *tree = json_object(), *source = json_object();
	int bad = nb_json_put_text(tree, "metric", figure->metric);

	bad |= put_value(tree, figure);
	bad |= nb_json_put_text(tree, "unit", figure->unit);
	bad |= nb_json_put_text(tree, "kind", nb_figure_kind_name(figure->kind));
	bad |= nb_json_put_text(tree, "level", figure->level);
	bad |= nb_json_put_text(tree, "hardware", figure->hardware);
	bad |= nb_json_put_text(source, "title", figure->source_title);
	bad |= nb_json_put_text(source, "address", figure->source_address);
	bad |= json_object_set_new(tree, "source", source);
	if (figure->note[0])
		bad |= nb_json_put_text(tree, "note", figure->note);
	return nb_json_complete(tree, bad);
}

static json_t *baseline_tree(const struct nb_baseline *baseline)
{
	json_t *tree = json_object(), *figures = json_array();
	int bad = nb_json_put_text(tree, "schema", "nestbench-baseline/1");

	bad |= nb_json_put_text(tree, "name", baseline->name);
	bad |= nb_json_put_text(tree, "title", baseline->title);
	bad |= nb_json_put_text(tree, "kind", baseline->size ? "size" : "literature");
	bad |= nb_json_put_text(tree, "summary", baseline->summary);
	for (size_t i = 0; i < baseline->count; i++)
		bad |= json_array_append_new(figures, nb_report_figure_tree(&baseline->figures[i]));
	bad |= json_object_set_new(tree, "figures", figures);
	return nb_json_complete(tree, bad);
}

static int print_tree(FILE *stream, json_t *tree, struct nb_error *error)
{
	if (!tree)
		return nb_error_set(error, ENOMEM, "no memory for baselines as JSON");
	return nb_json_print(stream, tree, error);
}

int nb_report_baseline_json(FILE *stream, const struct nb_baseline *baseline,
			    struct nb_error *error)
{
	return print_tree(stream, baseline_tree(baseline), error);
}

static json_t *saved_tree(const struct nb_baseline_saved *saved)
{
	json_t *tree = json_object(), *sessions = json_array();
	int bad = nb_json_put_text(tree, "created", saved->created);

	bad |= nb_json_put_text(tree, "provenance", saved->provenance);
	for (size_t i = 0; i < saved->count; i++) {
		json_t *entry = json_object();

		bad |= nb_json_put_text(entry, "id", saved->sessions[i]->id);
		bad |= nb_json_put_text(entry, "started", saved->sessions[i]->started);
		bad |= nb_json_put_text(entry, "platform", saved->sessions[i]->machine.platform);
		bad |= json_array_append_new(sessions, entry);
	}
	bad |= json_object_set_new(tree, "sessions", sessions);
	return nb_json_complete(tree, bad);
}

int nb_report_baseline_both_json(FILE *stream, const char *name, const struct nb_baseline *builtin,
				 const struct nb_baseline_saved *saved, struct nb_error *error)
{
	json_t *tree = json_object();
	int bad = nb_json_put_text(tree, "schema", NB_JSON_SCHEMA);

	bad |= nb_json_put_text(tree, "name", name);
	bad |= json_object_set_new(tree, "builtin", builtin ? baseline_tree(builtin) : json_null());
	bad |= json_object_set_new(tree, "saved", saved ? saved_tree(saved) : json_null());
	return print_tree(stream, nb_json_complete(tree, bad), error);
}

static json_t *entry_tree(const struct nb_baseline_entry *entry)
{
	json_t *tree = json_object();
	int bad = nb_json_put_text(tree, "name", entry->name);

	bad |= nb_compare_put_optional(tree, "title", entry->title);
	bad |= nb_json_put_flag(tree, "builtin", entry->builtin);
	bad |= nb_compare_put_optional(tree, "kind",
				       !entry->builtin ? ""
				       : entry->size   ? "size"
						       : "literature");
	bad |= nb_json_put_count(tree, "figures", (int64_t)entry->figures);
	bad |= nb_json_put_count(tree, "sessions", entry->sessions);
	bad |= nb_compare_put_optional(tree, "created", entry->created);
	bad |= nb_compare_put_optional(tree, "provenance", entry->provenance);
	return nb_json_complete(tree, bad);
}

int nb_report_baselines_json(FILE *stream, const struct nb_baseline_entry *entries, size_t count,
			     struct nb_error *error)
{
	json_t *tree = json_object(), *list = json_array();
	int bad = nb_json_put_text(tree, "schema", NB_JSON_SCHEMA);

	for (size_t i = 0; i < count; i++)
		bad |= json_array_append_new(list, entry_tree(&entries[i]));
	bad |= json_object_set_new(tree, "baselines", list);
	return print_tree(stream, nb_json_complete(tree, bad), error);
}
