/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>

#include "report_doctor.h"
#include "report_json.h"

static const char *known(const char *text)
{
	return text ? text : "";
}

static int put_cell(json_t *tree, const char *name, const struct nb_support_cell *cell)
{
	json_t *value;
	int bad = 0;

	if (!known(cell->text)[0])
		return json_object_set_new(tree, name, json_null());
	value = json_object();
	bad |= nb_json_put_text(value, "text", cell->text);
	bad |= nb_json_put_text(value, "source", known(cell->source_title));
	bad |= nb_json_put_text(value, "address", known(cell->source_address));
	bad |= nb_json_put_text(value, "date", known(cell->date));
	return json_object_set_new(tree, name, nb_json_complete(value, bad));
}

json_t *nb_report_platform_tree(const struct nb_support_row *row)
{
	json_t *tree = json_object();
	json_t *commands = json_array();
	int bad = 0;

	bad |= nb_json_put_text(tree, "id", row->id);
	bad |= nb_json_put_text(tree, "name", row->name);
	bad |= put_cell(tree, "nesting", &row->nesting);
	bad |= put_cell(tree, "support", &row->support);
	bad |= put_cell(tree, "conditions", &row->conditions);
	bad |= put_cell(tree, "enable", &row->enable);
	bad |= put_cell(tree, "limits", &row->limits);
	bad |= put_cell(tree, "alternative", &row->alternative);
	for (size_t i = 0; i < NB_SUPPORT_COMMANDS && row->commands[i]; i++)
		bad |= json_array_append_new(commands, json_string(row->commands[i]));
	bad |= json_object_set_new(tree, "commands", commands);
	return nb_json_complete(tree, bad);
}

int nb_report_support_json(FILE *stream, const struct nb_support_row *const *rows, size_t count,
			   struct nb_error *error)
{
	json_t *tree = json_object();
	json_t *platforms = json_array();
	int bad = nb_json_put_text(tree, "schema", NB_JSON_SCHEMA);

	for (size_t i = 0; i < count; i++)
		bad |= json_array_append_new(platforms, nb_report_platform_tree(rows[i]));
	bad |= json_object_set_new(tree, "platforms", platforms);
	return nb_json_print(stream, nb_json_complete(tree, bad), error);
}
