/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "nestbench/archive.h"

#include "cli_bundle.h"

/* "baseline:Old one" becomes "old-one": what a baseline may be called. */
static void make_name(const char *asked, char *name, size_t size)
{
	const char *prefix = "baseline:";
	size_t used = 0;

	if (strncmp(asked, prefix, strlen(prefix)) == 0)
		asked += strlen(prefix);
	for (; *asked && used < size - 1; asked++) {
		char character = (char)tolower((unsigned char)*asked);

		if (isalnum((unsigned char)character) || (used > 0 && strchr("._-", character)))
			name[used++] = character;
		else if (used > 0 && name[used - 1] != '-')
			name[used++] = '-';
	}
	while (used > 0 && name[used - 1] == '-')
		used--;
	name[used] = '\0';
	if (used == 0)
		nb_base_copy(name, size, "base");
}

static int import(struct nb_store *store, const struct nb_record *record, struct nb_error *error)
{
	struct nb_error inner = { 0 };
	bool added;
	int status = nb_store_import(store, record, &added, &inner);

	if (status == 0)
		return 0;
	return nb_error_set(error, -status, "session %s: %s", record->session.id, inner.text);
}

static int import_candidates(struct nb_store *store, const struct nb_view *view,
			     struct nb_error *error)
{
	int status = 0;

	for (size_t i = 0; i < view->count; i++) {
		for (size_t j = 0; status == 0 && j < view->groups[i].count; j++)
			status = import(store, view->groups[i].records[j], error);
	}
	return status;
}

/* A session that never ended cannot be frozen, and is there all the same. */
static int freeze(struct nb_store *store, struct nb_cli_bundle *bundle, const char *ids,
		  struct nb_error *error)
{
	char provenance[NB_STORE_TEXT_SIZE];
	struct nb_store_freeze set = { .name = bundle->baseline,
				       .provenance = provenance,
				       .selector = ids };
	struct nb_error refused = { 0 };
	size_t count;
	int status;

	nb_report_plain(provenance, sizeof(provenance),
			bundle->view->base_provenance[0] ? bundle->view->base_provenance
							 : bundle->view->base);
	status = nb_store_save_baseline(store, &set, &count, &refused);
	if (status == 0)
		return 0;
	bundle->baseline[0] = '\0';
	return status == -EINVAL ? 0 : nb_error_set(error, refused.code, "%s", refused.text);
}

static int import_base(struct nb_store *store, struct nb_cli_bundle *bundle, struct nb_error *error)
{
	char *ids = calloc(bundle->base_count + 1, NB_ULID_SIZE);
	size_t used = 0;
	int status = ids ? 0 : nb_error_set(error, ENOMEM, "no memory for the base");

	for (size_t i = 0; status == 0 && i < bundle->base_count; i++) {
		status = import(store, &bundle->base[i], error);
		used += (size_t)sprintf(ids + used, "%s%s", i > 0 ? "," : "",
					bundle->base[i].session.id);
	}
	if (status == 0) {
		make_name(bundle->view->base, bundle->baseline, sizeof(bundle->baseline));
		status = freeze(store, bundle, ids, error);
	}
	free(ids);
	return status;
}

int nb_cli_bundle_extract(const char *path, struct nb_cli_bundle *bundle, struct nb_error *error)
{
	struct nb_store *store;
	int status = nb_store_open(&store, path, NB_STORE_WRITE, error);

	if (status < 0)
		return status;
	status = import_candidates(store, bundle->view, error);
	if (status == 0 && bundle->base_count > 0)
		status = import_base(store, bundle, error);
	nb_store_close(store);
	return status;
}

/* A session as this nestbench writes it, whoever wrote it first. */
static int write_session(const struct nb_record *record, char **text, size_t *size,
			 struct nb_error *error)
{
	FILE *stream = open_memstream(text, size);
	int status;

	if (!stream)
		return nb_error_set(error, ENOMEM, "no memory for a session");
	status = nb_report_json(stream, record, true, error);
	if (fclose(stream) != 0 && status == 0)
		status = nb_error_set(error, ENOMEM, "no memory for a session");
	return status;
}

/* The file as this nestbench would have written it: an older one knew fewer fields. */
static int write_again(const struct nb_bundle_file *file, char **text, size_t *size,
		       struct nb_error *error)
{
	struct nb_record told = { 0 };
	struct nb_error inner = { 0 };
	int status = nb_report_json_read(file->bytes, file->size, &told, &inner);

	if (status < 0)
		return nb_error_set(error, -status, "%s: %s", file->name, inner.text);
	status = write_session(&told, text, size, error);
	nb_record_free(&told);
	return status;
}

/*
 * Every number of a session, its distributions too, is part of its JSON: no other test is needed.
 * As a rule the bytes are the same at once, and reading them again, which takes longest, is spared.
 */
static int compare(const struct nb_bundle_file *file, const struct nb_record *stored,
		   struct nb_error *error)
{
	char *told = NULL, *text = NULL;
	size_t told_size = 0, size = 0;
	int status = write_session(stored, &text, &size, error);

	if (status < 0 || (text && size == file->size && memcmp(text, file->bytes, size) == 0)) {
		free(text);
		return status;
	}
	status = write_again(file, &told, &told_size, error);
	if (status == 0 && (!text || !told || size != told_size || memcmp(text, told, size) != 0))
		status =
			nb_error_set(error, EBADMSG, "sessions.db: session %s is not the one of %s",
				     stored->session.id, file->name);
	free(told);
	free(text);
	return status;
}

/* Who checked the verdicts saw that the file holds the session that it is named after. */
static int check_file(struct nb_store *store, const struct nb_bundle_file *file,
		      struct nb_error *error)
{
	struct nb_record stored = { 0 };
	struct nb_error inner = { 0 };
	char id[NB_ULID_SIZE];
	int status;

	nb_base_copy(id, sizeof(id), strchr(file->name, '/') + 1);
	status = nb_store_load(store, id, &stored, &inner);
	if (status < 0)
		return nb_error_set(error, EBADMSG, "sessions.db: %s", inner.text);
	status = compare(file, &stored, error);
	nb_record_free(&stored);
	return status;
}

static bool begins_with(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* The base may be figures, which are no session and in no database. */
static bool is_session(const struct nb_bundle_file *file)
{
	char id[NB_ULID_SIZE];
	const char *name = strchr(file->name, '/');

	if (!begins_with(file->name, "sessions/") && !begins_with(file->name, "baseline/"))
		return false;
	nb_base_copy(id, sizeof(id), name + 1);
	return nb_base_ulid_valid(id) && strcmp(name + sizeof(id), ".json") == 0;
}

/* A session of the database that is no file: whose numbers are they? */
static int check_list(struct nb_store *store, const struct nb_bundle_files *files,
		      struct nb_error *error)
{
	struct nb_store_entry *entries = NULL;
	size_t count = 0;
	int status = nb_store_list(store, &entries, &count, error);

	for (size_t i = 0; status == 0 && i < count; i++) {
		char names[2][NB_BUNDLE_NAME_SIZE];
		const char *id = entries[i].session.id;

		snprintf(names[0], sizeof(names[0]), "sessions/%s.json", id);
		snprintf(names[1], sizeof(names[1]), "baseline/%s.json", id);
		if (!nb_bundle_find(files, names[0]) && !nb_bundle_find(files, names[1]))
			status = nb_error_set(error, EBADMSG,
					      "sessions.db: session %s is in no file of sessions/ "
					      "or baseline/",
					      id);
	}
	free(entries);
	return status;
}

int nb_cli_bundle_check_store(const char *path, const struct nb_bundle_files *files,
			      struct nb_error *error)
{
	struct nb_store *store;
	/* One that an older nestbench wrote is brought up to date: path is a copy. */
	int status = nb_store_open(&store, path, NB_STORE_WRITE, error);

	if (status < 0)
		return status;
	for (size_t i = 0; status == 0 && i < files->count; i++) {
		if (is_session(&files->files[i]))
			status = check_file(store, &files->files[i], error);
	}
	if (status == 0)
		status = check_list(store, files, error);
	nb_store_close(store);
	return status;
}
