/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli_private.h"

enum { ID, STARTED, PROFILE, SERIES, ROUNDS, STATE, LABELS, COLUMNS };

struct row {
	char id[NB_ULID_SIZE];
	char started[NB_TIMESTAMP_SIZE];
	char profile[sizeof(((struct nb_session *)0)->profile)];
	char series[24];
	char rounds[24];
	char labels[256];
};

bool nb_cli_load(const struct nb_cli_verb *verb, struct nb_store *store,
		 const struct nb_cli_words *words, struct nb_record *record, int *status)
{
	const char *selector = words->count > 0 ? words->words[0] : NULL;
	struct nb_error error = { 0 };
	int result = nb_store_load(store, selector, record, &error);

	if (result == 0)
		return true;
	*status = selector && (result == -ENOENT || result == -EEXIST) ? NB_EXIT_USAGE
								       : NB_EXIT_FAILED;
	nb_cli_fail(verb, *status, "%s", error.text);
	if (*status == NB_EXIT_USAGE)
		nb_cli_hint("nestbench show --list shows all of them");
	else if (result == -ENOENT)
		nb_cli_hint("nestbench run measures a first session");
	return false;
}

static const char *state_of(const struct nb_store_entry *entry)
{
	if (entry->session.partial)
		return "partial";
	return entry->valid ? "complete" : "disturbed";
}

/* "2026-11-21 03:12" of "2026-11-21T03:12:05.123Z". */
static void fill_started(const char *started, struct row *row)
{
	char text[NB_TIMESTAMP_SIZE];

	snprintf(text, sizeof(text), "%.10s %.5s", started,
		 strlen(started) > 11 ? started + 11 : "");
	nb_report_plain(row->started, sizeof(row->started), text);
}

static void fill_labels(const struct nb_session *session, struct row *row)
{
	char text[sizeof(row->labels)] = "";
	size_t used = 0;

	for (size_t i = 0; i < session->label_count && used < sizeof(text); i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s=%s",
					 i > 0 ? ", " : "", session->labels[i].key,
					 session->labels[i].value);
	nb_report_plain(row->labels, sizeof(row->labels), text);
}

/* Every text is made plain: sessions may have been merged from anywhere. */
static void fill_row(const struct nb_store_entry *entry, struct row *row, const char **cells)
{
	const struct nb_session *session = &entry->session;

	nb_report_plain(row->id, sizeof(row->id), session->id);
	fill_started(session->started, row);
	nb_report_plain(row->profile, sizeof(row->profile), session->profile);
	snprintf(row->series, sizeof(row->series), "%ld", entry->series);
	snprintf(row->rounds, sizeof(row->rounds), "%ld", entry->rounds);
	fill_labels(session, row);
	cells[ID] = row->id;
	cells[STARTED] = row->started;
	cells[PROFILE] = row->profile;
	cells[SERIES] = row->series;
	cells[ROUNDS] = row->rounds;
	cells[STATE] = state_of(entry);
	cells[LABELS] = row->labels;
}

int nb_cli_print_entries(const struct nb_cli_verb *verb, const struct nb_store_entry *entries,
			 size_t count)
{
	static const char *const header[COLUMNS] = { "session", "started (UTC)", "profile",
						     "series",	"rounds",	 "state",
						     "labels" };
	struct row *rows = calloc(count + 1, sizeof(*rows));
	const char **cells = calloc((count + 1) * COLUMNS, sizeof(*cells));
	int status = NB_EXIT_FAILED;

	if (rows && cells) {
		for (size_t c = 0; c < COLUMNS; c++)
			cells[c] = header[c];
		for (size_t i = 0; i < count; i++)
			fill_row(&entries[i], &rows[i], cells + (i + 1) * COLUMNS);
		status = nb_cli_print_grid(verb, stdout, "<<<>><<", cells, count + 1);
	} else {
		nb_cli_fail(verb, status, "out of memory");
	}
	free(rows);
	free(cells);
	return status;
}

static json_t *labels_tree(const struct nb_session *session)
{
	json_t *tree = json_object();

	for (size_t i = 0; i < session->label_count; i++)
		json_object_set_new(tree, session->labels[i].key,
				    json_string(session->labels[i].value));
	return tree;
}

static json_t *session_tree(const struct nb_store_entry *entry)
{
	const struct nb_session *session = &entry->session;

	return json_pack("{s:s, s:s, s:s, s:s, s:o, s:I, s:I, s:b, s:b}", "id", session->id,
			 "started", session->started, "version", session->version, "profile",
			 session->profile, "labels", labels_tree(session), "series",
			 (json_int_t)entry->series, "rounds", (json_int_t)entry->rounds, "partial",
			 (int)session->partial, "valid", (int)entry->valid);
}

static json_t *sessions_tree(const struct nb_store_entry *entries, size_t count)
{
	json_t *sessions = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(sessions, session_tree(&entries[i]));
	return json_pack("{s:s, s:o}", "schema", "nestbench/1", "sessions", sessions);
}

int nb_cli_print_sessions(const struct nb_cli_verb *verb, struct nb_store *store, bool json)
{
	struct nb_store_entry *entries;
	struct nb_error error = { 0 };
	size_t count;
	int status;

	if (nb_store_list(store, &entries, &count, &error) < 0)
		return nb_cli_fail(verb, NB_EXIT_FAILED, "%s", error.text);
	status = json ? nb_cli_print_json(verb, sessions_tree(entries, count))
		      : nb_cli_print_entries(verb, entries, count);
	free(entries);
	return status;
}
