/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "nestbench/base.h"

#include "baseline_parts.h"

static const char schema[] = "nestbench-baseline/1";

enum { FILE_SIZE_MAX = 1 << 20, FIGURES_MAX = 1000 };

/* What a baseline stands on: its texts are those of the JSON. */
struct tree {
	json_t *root;
	struct nb_figure figures[];
};

/*
 * A size has one figure for a metric. A paper measures the same thing at several levels and on
 * several machines.
 */
static bool is_same(const struct nb_figure *a, const struct nb_figure *b, bool size)
{
	if (strcmp(a->metric, b->metric) != 0)
		return false;
	return size || (strcmp(a->level, b->level) == 0 && strcmp(a->unit, b->unit) == 0 &&
			strcmp(a->hardware, b->hardware) == 0);
}

static void refuse_twins(struct nb_baseline_reader *reader, const struct nb_figure *figures,
			 bool size)
{
	int last = reader->figure;

	for (int i = 0; i < last && reader->status == 0; i++)
		if (is_same(&figures[i], &figures[last], size))
			nb_baseline_fault(reader, "%s again, after figures[%d]",
					  figures[last].metric, i);
}

static void read_figures(struct nb_baseline_reader *reader, const json_t *list,
			 struct nb_baseline *baseline, struct nb_figure *figures)
{
	for (size_t i = 0; i < json_array_size(list) && reader->status == 0; i++) {
		reader->figure = (int)i;
		nb_baseline_read_figure(reader, json_array_get(list, i), &figures[i]);
		if (reader->status == 0)
			refuse_twins(reader, figures, baseline->size);
	}
	reader->figure = -1;
	baseline->figures = figures;
	baseline->count = json_array_size(list);
}

/* Names are typed on command lines and become names of files. */
static bool is_name(const char *name)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-";

	return *name != '-' && name[strspn(name, letters)] == '\0';
}

static void read_head(struct nb_baseline_reader *reader, const json_t *root,
		      struct nb_baseline *baseline)
{
	const char *kind;

	if (strcmp(nb_baseline_text(reader, root, "schema", true), schema) != 0)
		nb_baseline_fault(reader, "schema is not \"%s\", so this is no baseline", schema);
	baseline->name = nb_baseline_text(reader, root, "name", true);
	if (!is_name(baseline->name))
		nb_baseline_fault(reader, "name has other characters than a-z, 0-9 and \"-\"");
	baseline->title = nb_baseline_text(reader, root, "title", true);
	baseline->summary = nb_baseline_text(reader, root, "summary", true);
	kind = nb_baseline_text(reader, root, "kind", true);
	baseline->size = strcmp(kind, "size") == 0;
	if (!baseline->size && strcmp(kind, "literature") != 0)
		nb_baseline_fault(reader, "kind is neither \"size\" nor \"literature\"");
}

/* Checks and counts the list, so that the memory for it can be had at once. */
static size_t count_figures(struct nb_baseline_reader *reader, const json_t *root)
{
	const json_t *list = json_object_get(root, "figures");
	size_t count = json_array_size(list);

	if (!json_is_object(root))
		nb_baseline_fault(reader, "not an object, so this is no baseline");
	else if (list && !json_is_array(list))
		nb_baseline_fault(reader, "figures is not a list");
	else if (count > FIGURES_MAX)
		nb_baseline_fault(reader, "more than %d figures", FIGURES_MAX);
	return count;
}

static int read_root(json_t *root, struct nb_baseline *baseline, struct nb_error *error)
{
	struct nb_baseline_reader reader = { .error = error, .figure = -1 };
	struct nb_baseline read = { 0 };
	size_t count = count_figures(&reader, root);
	struct tree *tree;

	if (reader.status < 0)
		return reader.status;
	tree = calloc(1, sizeof(*tree) + count * sizeof(tree->figures[0]));
	if (!tree)
		return nb_error_set(error, ENOMEM, "no memory for %zu figures", count);
	read_head(&reader, root, &read);
	if (count == 0)
		nb_baseline_fault(&reader, "no figures");
	read_figures(&reader, json_object_get(root, "figures"), &read, tree->figures);
	if (reader.status < 0) {
		free(tree);
		return reader.status;
	}
	tree->root = json_incref(root);
	read.tree = tree;
	*baseline = read;
	return 0;
}

/* The parser's words may quote the file: they go to a terminal. */
static int refuse_text(const json_error_t *fault, struct nb_error *error)
{
	char text[JSON_ERROR_TEXT_LENGTH];

	nb_base_copy(text, sizeof(text), fault->text);
	for (char *byte = text; *byte; byte++)
		if (*byte < ' ' || *byte > '~')
			*byte = '?';
	return nb_error_set(error, EBADMSG, "line %d: %s", fault->line, text);
}

int nb_baseline_parse(const char *text, size_t size, struct nb_baseline *baseline,
		      struct nb_error *error)
{
	json_error_t fault;
	json_t *root;
	int status;

	if (size > FILE_SIZE_MAX)
		return nb_error_set(error, EBADMSG, "larger than 1 MiB, so this is no baseline");
	root = json_loadb(text, size, JSON_REJECT_DUPLICATES, &fault);
	if (!root)
		return refuse_text(&fault, error);
	status = read_root(root, baseline, error);
	json_decref(root);
	return status;
}

void nb_baseline_free(struct nb_baseline *baseline)
{
	struct tree *tree = baseline->tree;

	if (tree)
		json_decref(tree->root);
	free(tree);
	*baseline = (struct nb_baseline){ 0 };
}
