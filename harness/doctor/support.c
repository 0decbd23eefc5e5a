/* SPDX-License-Identifier: Apache-2.0 */
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "doctor_support.h"

int nb_support_open(struct nb_support_table **table, struct nb_error *error)
{
	return nb_support_load(table, nb_support_files[0].text, nb_support_files[0].size, error);
}

size_t nb_support_count(const struct nb_support_table *table)
{
	return table->count;
}

const struct nb_support_row *nb_support_row(const struct nb_support_table *table, size_t index)
{
	return index < table->count ? &table->entries[index].row : NULL;
}

/* The only row that a test holds for; NULL: none or several. */
static const struct nb_support_row *
find_only(const struct nb_support_table *table, const char *name,
	  bool (*test)(const struct nb_support_row *row, const char *name))
{
	const struct nb_support_row *found = NULL;

	for (size_t i = 0; i < table->count; i++) {
		const struct nb_support_row *row = &table->entries[i].row;

		if (!test(row, name))
			continue;
		if (found)
			return NULL;
		found = row;
	}
	return found;
}

static bool is_called(const struct nb_support_row *row, const char *name)
{
	return strcasecmp(row->id, name) == 0 || strcasecmp(row->name, name) == 0;
}

static bool contains(const struct nb_support_row *row, const char *name)
{
	return strcasestr(row->id, name) || strcasestr(row->name, name);
}

/* A whole name goes first: "WSL 2" is a row and a part of others. */
const struct nb_support_row *nb_support_find(const struct nb_support_table *table, const char *name)
{
	const struct nb_support_row *row = find_only(table, name, is_called);

	return row || !name[0] ? row : find_only(table, name, contains);
}

static bool lists(const char *const *list, const char *slug)
{
	for (; *list; list++) {
		if (strcmp(*list, slug) == 0)
			return true;
	}
	return false;
}

/* The rows chosen so far. */
struct choice {
	const struct nb_support_table *table;
	const struct nb_support_row **rows;
	size_t count, max;
};

static bool is_chosen(const struct choice *choice, const struct nb_support_row *row)
{
	for (size_t i = 0; i < choice->count; i++) {
		if (choice->rows[i] == row)
			return true;
	}
	return false;
}

/*
 * True if a chosen row has the slug, too, or stands in for it: "vmware" adds nothing once "esxi"
 * was found, and "hyper-v" nothing to "azure".
 */
static bool is_answered(const struct choice *choice, const char *slug)
{
	for (size_t i = 0; i < choice->table->count; i++) {
		const struct support_entry *entry = &choice->table->entries[i];

		if (is_chosen(choice, &entry->row) &&
		    (lists(entry->row.match, slug) || lists(entry->instead_of, slug)))
			return true;
	}
	return false;
}

static void choose(struct choice *choice, const char *slug)
{
	for (size_t i = 0; i < choice->table->count && choice->count < choice->max; i++) {
		const struct nb_support_row *row = &choice->table->entries[i].row;

		if (lists(row->match, slug))
			choice->rows[choice->count++] = row;
	}
}

size_t nb_support_match(const struct nb_support_table *table, const struct nb_identity *identity,
			const struct nb_support_row **rows, size_t max)
{
	struct choice choice = { .table = table, .rows = rows, .max = max };

	for (size_t i = 0; i < NB_IDENTITY_SLUGS && identity->slugs[i][0]; i++) {
		if (!is_answered(&choice, identity->slugs[i]))
			choose(&choice, identity->slugs[i]);
	}
	return choice.count;
}
