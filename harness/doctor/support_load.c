/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "doctor_support.h"

enum { ROWS_MAX = 256 };

static const char schema[] = "nestbench-platforms/1";
static const char unknown[] = "unknown";

/* Where the reader is, for the place of a fault. */
struct reader {
	const json_t *sources;
	size_t row;
	struct nb_error *error;
};

static int fault(const struct reader *reader, const char *key, const char *what)
{
	return nb_error_set(reader->error, EBADMSG, "rows[%zu].%s: %s", reader->row, key, what);
}

/* The text of key, which must be there and not empty; NULL: it is not. */
static const char *find_text(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text && text[0] ? text : NULL;
}

static int read_text(const struct reader *reader, const json_t *object, const char *key,
		     const char **text)
{
	*text = find_text(object, key);
	return *text ? 0 : fault(reader, key, "not a text");
}

/* list has room for max texts and the NULL behind them; a list that is not there is empty. */
static int read_list(const struct reader *reader, const json_t *object, const char *key,
		     const char **list, size_t max)
{
	const json_t *array = json_object_get(object, key);

	list[0] = NULL;
	if (!array)
		return 0;
	if (!json_is_array(array))
		return fault(reader, key, "not a list");
	if (json_array_size(array) > max)
		return fault(reader, key, "too many entries");
	for (size_t i = 0; i < json_array_size(array); i++) {
		list[i] = json_string_value(json_array_get(array, i));
		if (!list[i] || !list[i][0])
			return fault(reader, key, "an entry is not a text");
		list[i + 1] = NULL;
	}
	return 0;
}

/* Nobody is the source of "unknown"; whatever else a cell says, somebody must have said it. */
static int read_source(const struct reader *reader, const json_t *object, const char *key,
		       struct nb_support_cell *cell)
{
	const char *name = find_text(object, "source");
	const json_t *source;

	if (strcmp(cell->text, unknown) == 0)
		return name ? fault(reader, key, "unknown, but with a source") : 0;
	if (!name)
		return fault(reader, key, "no source");
	source = json_object_get(reader->sources, name);
	cell->source_title = find_text(source, "title");
	cell->source_address = find_text(source, "address");
	cell->date = find_text(source, "date");
	if (!cell->source_title || !cell->source_address || !cell->date)
		return fault(reader, key, "its source lacks a title, an address or a date");
	return 0;
}

/* null: the question does not arise for this row. */
static int read_cell(const struct reader *reader, const json_t *row, const char *key,
		     struct nb_support_cell *cell)
{
	const json_t *object = json_object_get(row, key);

	*cell = (struct nb_support_cell){ "", "", "", "" };
	if (!object)
		return fault(reader, key, "missing");
	if (json_is_null(object))
		return 0;
	cell->text = find_text(object, "text");
	if (!cell->text)
		return fault(reader, key, "no text");
	return read_source(reader, object, key, cell);
}

static int read_cells(const struct reader *reader, const json_t *object, struct nb_support_row *row)
{
	const struct {
		const char *key;
		struct nb_support_cell *cell;
	} cells[] = {
		{ "nesting", &row->nesting },	    { "support", &row->support },
		{ "conditions", &row->conditions }, { "enable", &row->enable },
		{ "limits", &row->limits },	    { "alternative", &row->alternative },
	};

	for (size_t i = 0; i < sizeof(cells) / sizeof(cells[0]); i++) {
		int result = read_cell(reader, object, cells[i].key, cells[i].cell);

		if (result < 0)
			return result;
	}
	return 0;
}

static int read_row(const struct reader *reader, const json_t *object, struct support_entry *entry)
{
	struct nb_support_row *row = &entry->row;
	int result = read_text(reader, object, "id", &row->id);

	if (result == 0)
		result = read_text(reader, object, "name", &row->name);
	if (result == 0)
		result = read_list(reader, object, "match", row->match, NB_SUPPORT_MATCHES - 1);
	if (result == 0)
		result = read_list(reader, object, "instead_of", entry->instead_of,
				   NB_SUPPORT_MATCHES - 1);
	if (result == 0)
		result = read_list(reader, object, "commands", row->commands,
				   NB_SUPPORT_COMMANDS - 1);
	return result == 0 ? read_cells(reader, object, row) : result;
}

static bool has_id(const struct nb_support_table *table, const char *id)
{
	for (size_t i = 0; i < table->count; i++) {
		if (strcmp(table->entries[i].row.id, id) == 0)
			return true;
	}
	return false;
}

static int read_rows(struct nb_support_table *table, const json_t *rows, struct reader *reader)
{
	size_t count = json_array_size(rows);

	if (count == 0 || count > ROWS_MAX)
		return nb_error_set(reader->error, EBADMSG, "rows: not a list of 1 to %d",
				    ROWS_MAX);
	table->entries = calloc(count, sizeof(*table->entries));
	if (!table->entries)
		return nb_error_set(reader->error, ENOMEM, "the support table: no memory");
	for (reader->row = 0; reader->row < count; reader->row++) {
		struct support_entry *entry = &table->entries[reader->row];
		int result = read_row(reader, json_array_get(rows, reader->row), entry);

		if (result < 0)
			return result;
		if (has_id(table, entry->row.id))
			return fault(reader, "id", "told twice");
		table->count++;
	}
	return 0;
}

static int read_tree(struct nb_support_table *table, struct nb_error *error)
{
	struct reader reader = { .error = error };
	const char *told = find_text(table->tree, "schema");

	if (!told || strcmp(told, schema) != 0)
		return nb_error_set(error, EBADMSG, "schema: not \"%s\"", schema);
	reader.sources = json_object_get(table->tree, "sources");
	return read_rows(table, json_object_get(table->tree, "rows"), &reader);
}

int nb_support_load(struct nb_support_table **table, const char *text, size_t size,
		    struct nb_error *error)
{
	struct nb_support_table *made = calloc(1, sizeof(*made));
	json_error_t parsed;
	int result;

	if (!made)
		return nb_error_set(error, ENOMEM, "the support table: no memory");
	made->tree = json_loadb(text, size, JSON_REJECT_DUPLICATES, &parsed);
	if (made->tree)
		result = read_tree(made, error);
	else
		result = nb_error_set(error, EBADMSG, "line %d: %s", parsed.line, parsed.text);
	if (result < 0)
		nb_support_close(made);
	else
		*table = made;
	return result;
}

void nb_support_close(struct nb_support_table *table)
{
	if (!table)
		return;
	json_decref(table->tree);
	free(table->entries);
	free(table);
}
