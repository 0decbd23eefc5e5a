/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "nestbench/view.h"

#include "cli_compare.h"

bool nb_cli_is_database(const char *path)
{
	static const char magic[] = "SQLite format 3"; /* the terminating NUL belongs to it */
	char start[sizeof(magic)];
	FILE *stream = fopen(path, "re");
	bool database;

	if (!stream)
		return false;
	database = fread(start, 1, sizeof(start), stream) == sizeof(start) &&
		   memcmp(start, magic, sizeof(magic)) == 0;
	fclose(stream);
	return database;
}

int nb_cli_visit_database(const char *path, bool limit, nb_cli_visitor each, void *context,
			  struct nb_error *error)
{
	struct nb_store_entry *entries = NULL;
	struct nb_store *store = NULL;
	size_t count = 0;
	int status = nb_store_open(&store, path, NB_STORE_READ, error);

	if (status == 0)
		status = nb_store_list(store, &entries, &count, error);
	if (status == 0 && count == 0)
		status = nb_error_set(error, ENODATA, "%s has no session", path);
	if (status == 0 && limit)
		status = nb_view_limit(count, error);
	/* The list is newest first. */
	for (size_t i = count; status == 0 && i-- > 0;)
		status = each(context, store, entries[i].session.id, error);
	free(entries);
	nb_store_close(store);
	return status;
}

void nb_cli_records_free(struct nb_cli_records *records)
{
	for (size_t i = 0; i < records->count; i++)
		nb_record_free(&records->records[i]);
	free(records->records);
	nb_baseline_free(&records->spec);
	*records = (struct nb_cli_records){ 0 };
}

static int add_record(const char *text, size_t size, struct nb_cli_records *records,
		      struct nb_error *error)
{
	struct nb_record *grown =
		reallocarray(records->records, records->count + 1, sizeof(*grown));
	int status;

	if (!grown)
		return nb_error_set(error, ENOMEM, "no memory for a session");
	records->records = grown;
	grown[records->count] = (struct nb_record){ 0 };
	status = nb_report_json_read(text, size, &grown[records->count], error);
	records->count += status == 0;
	return status;
}

/* One session of a set: the reader wants text, so that there is one reader only. */
static int add_element(const json_t *tree, size_t index, struct nb_cli_records *records,
		       struct nb_error *error)
{
	char *text = json_dumps(tree, JSON_COMPACT | JSON_REAL_PRECISION(17) | JSON_ENCODE_ANY);
	struct nb_error inner = { 0 };
	int status;

	if (!text)
		return nb_error_set(error, ENOMEM, "no memory for a session");
	status = add_record(text, strlen(text), records, &inner);
	free(text);
	if (status < 0)
		return nb_error_set(error, -status, "sessions[%zu]: %s", index, inner.text);
	return 0;
}

static int read_set(const json_t *tree, struct nb_cli_records *records, struct nb_error *error)
{
	const json_t *sessions = json_object_get(tree, "sessions");
	const char *name = json_string_value(json_object_get(tree, "name"));
	const char *provenance = json_string_value(json_object_get(tree, "provenance"));
	int status = 0;

	records->kind = NB_CLI_SET;
	if (!name || !name[0] || strlen(name) >= sizeof(records->name))
		return nb_error_set(error, EBADMSG, "name: missing or no name");
	if (!provenance || strlen(provenance) >= sizeof(records->provenance))
		return nb_error_set(error, EBADMSG, "provenance: missing or too long");
	if (json_array_size(sessions) == 0)
		return nb_error_set(error, EBADMSG, "sessions: missing or none");
	nb_base_copy(records->name, sizeof(records->name), name);
	nb_base_copy(records->provenance, sizeof(records->provenance), provenance);
	for (size_t i = 0; status == 0 && i < json_array_size(sessions); i++)
		status = add_element(json_array_get(sessions, i), i, records, error);
	return status;
}

/* By what its schema says; whatever names none of ours is read as a session, which says why not. */
static int read_text(const char *text, size_t size, struct nb_cli_records *records,
		     struct nb_error *error)
{
	json_t *tree = json_loadb(text, size, JSON_REJECT_DUPLICATES, NULL);
	const char *schema = json_string_value(json_object_get(tree, "schema"));
	int status;

	if (schema && strcmp(schema, "nestbench-baseline-sessions/1") == 0) {
		status = read_set(tree, records, error);
	} else if (schema && strncmp(schema, "nestbench-baseline/", 19) == 0) {
		records->kind = NB_CLI_SPEC;
		status = nb_baseline_parse(text, size, &records->spec, error);
	} else {
		records->kind = NB_CLI_SESSION;
		status = add_record(text, size, records, error);
	}
	json_decref(tree);
	return status;
}

int nb_cli_read_records(const char *path, struct nb_cli_records *records, struct nb_error *error)
{
	struct nb_error inner = { 0 };
	char *text;
	size_t size;
	int status;

	*records = (struct nb_cli_records){ 0 };
	status = nb_cli_read_file(path, &text, &size, error);
	if (status < 0)
		return status;
	status = read_text(text, size, records, &inner);
	free(text);
	if (status == 0)
		return 0;
	nb_cli_records_free(records);
	return nb_error_set(error, -status, "%s: %s", path, inner.text);
}
