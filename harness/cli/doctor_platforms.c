/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "cli_doctor.h"

enum { ROWS_MAX = 64, NEAREST = 3, LIST_SIZE = 512 };

static size_t all_rows(const struct nb_support_table *table,
		       const struct nb_support_row *rows[ROWS_MAX])
{
	size_t count = 0;

	for (size_t i = 0; i < nb_support_count(table) && count < ROWS_MAX; i++)
		rows[count++] = nb_support_row(table, i);
	return count;
}

static int print_rows(const struct nb_cli_verb *verb, const struct nb_support_row *const *rows,
		      size_t count, bool json)
{
	struct nb_report_style style = nb_cli_style();
	struct nb_error error = { 0 };
	int result = json ? nb_report_support_json(stdout, rows, count, &error)
			  : nb_report_support(stdout, rows, count, &style, &error);

	return result < 0 ? nb_cli_fail(verb, NB_EXIT_FAILED, "%s", error.text) : NB_EXIT_FINE;
}

static void add_word(char list[LIST_SIZE], const char *word)
{
	size_t used = strlen(list);

	snprintf(list + used, LIST_SIZE - used, "%s%s", used > 0 ? ", " : "", word);
}

static bool has_part(const struct nb_support_row *row, const char *part)
{
	return part[0] && (strcasestr(row->id, part) || strcasestr(row->name, part));
}

/* The rows that a name fits; where it fits none, those that are spelt most like it. */
static void list_candidates(const struct nb_support_table *table, const char *name,
			    char list[LIST_SIZE])
{
	const struct nb_support_row *rows[ROWS_MAX];
	const char *ids[ROWS_MAX];
	size_t count = all_rows(table, rows);

	list[0] = '\0';
	for (size_t i = 0; i < count; i++) {
		ids[i] = rows[i]->id;
		if (has_part(rows[i], name))
			add_word(list, rows[i]->id);
	}
	for (size_t n = 0; list[0] == '\0' || n > 0; n++) {
		const char *nearest = nb_cli_nearest(name, ids, count);

		if (!nearest || n == NEAREST)
			break;
		add_word(list, nearest);
		for (size_t i = 0; i < count; i++)
			if (ids[i] == nearest)
				ids[i] = ids[--count];
	}
}

static int no_such_platform(const struct nb_cli_verb *verb, const struct nb_support_table *table,
			    const char *name)
{
	char list[LIST_SIZE];
	bool several = false;

	for (size_t i = 0; i < nb_support_count(table); i++)
		several |= has_part(nb_support_row(table, i), name);
	list_candidates(table, name, list);
	if (several)
		nb_cli_fail(verb, NB_EXIT_USAGE, "--platform: '%s' may be any of %s", name, list);
	else
		nb_cli_fail(verb, NB_EXIT_USAGE, "--platform: no platform '%s'; nearest: %s", name,
			    list);
	nb_cli_hint("nestbench doctor --platforms prints all of them");
	return NB_EXIT_USAGE;
}

static struct nb_support_table *open_table(const struct nb_cli_verb *verb)
{
	struct nb_support_table *table;
	struct nb_error error = { 0 };

	if (nb_support_open(&table, &error) == 0)
		return table;
	nb_cli_fail(verb, NB_EXIT_FAILED, "%s", error.text);
	return NULL;
}

int nb_cli_print_platform(const struct nb_cli_verb *verb, const char *name, bool json)
{
	struct nb_support_table *table = open_table(verb);
	const struct nb_support_row *row;
	int status;

	if (!table)
		return NB_EXIT_FAILED;
	row = nb_support_find(table, name);
	status = row ? print_rows(verb, &row, 1, json) : no_such_platform(verb, table, name);
	nb_support_close(table);
	return status;
}

int nb_cli_print_platforms(const struct nb_cli_verb *verb, bool json)
{
	struct nb_support_table *table = open_table(verb);
	const struct nb_support_row *rows[ROWS_MAX];
	int status;

	if (!table)
		return NB_EXIT_FAILED;
	status = print_rows(verb, rows, all_rows(table, rows), json);
	nb_support_close(table);
	return status;
}
