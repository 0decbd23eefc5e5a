/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nestbench/baseline_report.h"

#include "cli_baseline.h"

/* A set on its way out: the sessions follow one another, so that only one is in memory. */
static int write_head(FILE *stream, const struct nb_store_baseline *baseline)
{
	json_t *head = json_pack("{s:s, s:s, s:s, s:s}", "schema", "nestbench-baseline-sessions/1",
				 "name", baseline->name, "created", baseline->created, "provenance",
				 baseline->provenance);
	char *text = head ? json_dumps(head, JSON_INDENT(1)) : NULL;
	size_t length = text ? strlen(text) : 0;

	json_decref(head);
	if (length < 2)
		return -ENOMEM;
	/* Without the line end and the brace, since it goes on. */
	fprintf(stream, "%.*s,\n \"sessions\": [\n", (int)length - 2, text);
	free(text);
	return 0;
}

static int write_session(FILE *stream, struct nb_store *store, const char *id,
			 struct nb_error *error)
{
	struct nb_record record = { 0 };
	int status = nb_store_load(store, id, &record, error);

	if (status < 0)
		return status;
	status = nb_report_json(stream, &record, true, error);
	nb_record_free(&record);
	return status;
}

static int write_set(FILE *stream, struct nb_store *store, const struct nb_store_baseline *baseline,
		     struct nb_error *error)
{
	struct nb_store_entry *sessions;
	size_t count;
	int status = nb_store_show_baseline(store, baseline->name, &sessions, &count, error);

	if (status < 0)
		return status;
	if (write_head(stream, baseline) < 0)
		status = nb_error_set(error, ENOMEM, "no memory for the baseline");
	for (size_t i = 0; status == 0 && i < count; i++) {
		if (i > 0)
			fputs(",\n", stream);
		status = write_session(stream, store, sessions[i].session.id, error);
	}
	fputs(" ]\n}\n", stream);
	free(sessions);
	return status;
}

/* *found is false where the database has no set of that name. */
static int find_set(struct nb_store *store, const char *name, struct nb_store_baseline *baseline,
		    bool *found, struct nb_error *error)
{
	struct nb_store_baseline *list;
	size_t count;
	int status = nb_store_list_baselines(store, &list, &count, error);

	*found = false;
	for (size_t i = 0; status == 0 && i < count; i++) {
		if (strcmp(list[i].name, name) != 0)
			continue;
		*baseline = list[i];
		*found = true;
	}
	if (status == 0)
		free(list);
	return status;
}

/* What was measured comes before what was told. */
static int write_any(FILE *stream, struct nb_store *store, const char *name, struct nb_error *error)
{
	struct nb_store_baseline saved;
	struct nb_baseline spec;
	bool found = false;
	int status = store ? find_set(store, name, &saved, &found, error) : 0;

	if (status < 0)
		return status;
	if (found)
		return write_set(stream, store, &saved, error);
	status = nb_baseline_find(name, &spec, error);
	if (status < 0)
		return status;
	status = nb_report_baseline_json(stream, &spec, error);
	nb_baseline_free(&spec);
	return status;
}

int nb_cli_baseline_export(const struct nb_cli_keeping *asked, const char *name)
{
	const char *path = asked->output ? asked->output : "-";
	struct nb_store *store = NULL;
	struct nb_cli_output output;
	struct nb_error error = { 0 };
	int status;

	if (access(asked->database, F_OK) == 0) {
		store = nb_cli_open_store(asked->verb, asked->database, NB_STORE_READ);
		if (!store)
			return NB_EXIT_FAILED;
	}
	status = nb_cli_output_open(&output, path, &error);
	if (status == 0) {
		status = write_any(output.stream, store, name, &error);
		if (status == 0)
			status = nb_cli_output_commit(&output, path, &error);
		else
			nb_cli_output_abandon(&output);
	}
	nb_store_close(store);
	if (status < 0)
		return nb_cli_fail(asked->verb, status == -ENOENT ? NB_EXIT_USAGE : NB_EXIT_FAILED,
				   "%s", error.text);
	return NB_EXIT_FINE;
}
