/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "nestbench/base.h"
#include "nestbench/report.h"

#include "bundle_claims.h"
#include "bundle_private.h"

static const char sessions_folder[] = "sessions/";
static const char base_folder[] = "baseline/";

/* Says in which file; what kind of fault it was does not change. */
static int refuse_file(const char *name, int code, const struct nb_error *cause,
		       struct nb_error *error)
{
	if (code == -ENOMEM)
		return nb_error_set(error, ENOMEM, "%s", cause->text);
	return nb_error_set(error, EBADMSG, "%s: %s", name, cause->text);
}

static const struct nb_bundle_file *find(const struct nb_bundle_files *files, const char *folder,
					 const char *name, struct nb_error *error)
{
	char path[NB_BUNDLE_NAME_SIZE];
	const struct nb_bundle_file *file;

	snprintf(path, sizeof(path), "%s%s.json", folder, name);
	file = nb_bundle_find(files, path);
	if (!file)
		nb_error_set(error, EBADMSG,
			     "%s is missing, but " NB_BUNDLE_VERDICTS " stands on it", path);
	return file;
}

static int load_session(const struct nb_bundle_files *files, const char *folder, const char *id,
			struct nb_record *record, struct nb_error *error)
{
	const struct nb_bundle_file *file = find(files, folder, id, error);
	struct nb_error cause = { 0 };
	int result;

	if (!file)
		return -EBADMSG;
	result = nb_report_json_read(file->bytes, file->size, record, &cause);
	if (result < 0)
		return refuse_file(file->name, result, &cause, error);
	if (strcmp(record->session.id, id) == 0)
		return 0;
	nb_error_set(error, EBADMSG, "%s: it holds session %s", file->name, record->session.id);
	nb_record_free(record);
	return -EBADMSG;
}

static int load_records(const struct nb_bundle_files *files, const struct nb_bundle_claims *claims,
			struct nb_bundle_data *data, struct nb_error *error)
{
	data->records = calloc(claims->count, sizeof(*data->records));
	if (!data->records)
		return nb_error_set(error, ENOMEM, "no memory for %zu sessions", claims->count);
	for (size_t i = 0; i < claims->count; i++) {
		int result = load_session(files, sessions_folder, claims->ids[i], &data->records[i],
					  error);

		if (result < 0)
			return result;
		data->count++;
	}
	return 0;
}

/* Of the base, nothing but digests is needed. */
static int load_base(const struct nb_bundle_files *files, const struct nb_bundle_claims *claims,
		     struct nb_bundle_data *data, struct nb_error *error)
{
	data->base = calloc(claims->base_count + 1, sizeof(*data->base));
	if (!data->base)
		return nb_error_set(error, ENOMEM, "no memory for %zu sessions",
				    claims->base_count);
	for (size_t i = 0; i < claims->base_count; i++) {
		struct nb_record record = { 0 };
		int result = load_session(files, base_folder, claims->base_ids[i], &record, error);

		if (result == 0)
			result = nb_digest_make(&record, &data->base[i], error);
		nb_record_free(&record);
		if (result < 0)
			return result;
		data->base_count++;
	}
	return 0;
}

static int load_figures(const struct nb_bundle_files *files, const struct nb_bundle_claims *claims,
			struct nb_bundle_data *data, struct nb_error *error)
{
	const struct nb_bundle_file *file;
	struct nb_error cause = { 0 };
	int result;

	if (!claims->figures)
		return 0;
	file = find(files, base_folder, claims->figures, error);
	if (!file)
		return -EBADMSG;
	result = nb_baseline_parse(file->bytes, file->size, &data->figures, &cause);
	if (result < 0)
		return refuse_file(file->name, result, &cause, error);
	if (strcmp(data->figures.name, claims->figures) == 0)
		return 0;
	return nb_error_set(error, EBADMSG, "%s: it holds baseline %s", file->name,
			    data->figures.name);
}

/* Whether name is FOLDER ID .json of one of the ids. */
static bool is_used(const char *name, const char *const *ids, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		size_t length = strlen(ids[i]);

		if (strncmp(name, ids[i], length) == 0 && strcmp(name + length, ".json") == 0)
			return true;
	}
	return false;
}

static bool is_stray(const char *name, const struct nb_bundle_claims *claims)
{
	const size_t in_sessions = sizeof(sessions_folder) - 1, in_base = sizeof(base_folder) - 1;

	if (strncmp(name, sessions_folder, in_sessions) == 0)
		return !is_used(name + in_sessions, claims->ids, claims->count);
	if (strncmp(name, base_folder, in_base) != 0)
		return false;
	return !is_used(name + in_base, claims->base_ids, claims->base_count) &&
	       !(claims->figures && is_used(name + in_base, &claims->figures, 1));
}

/* Data that no verdict stands on would be taken for such that one does. */
static int refuse_strays(const struct nb_bundle_files *files, const struct nb_bundle_claims *claims,
			 struct nb_error *error)
{
	for (size_t i = 0; i < files->count; i++)
		if (is_stray(files->files[i].name, claims))
			return nb_error_set(error, EBADMSG,
					    "%s: " NB_BUNDLE_VERDICTS " does not use it",
					    files->files[i].name);
	return 0;
}

int nb_bundle_load(const struct nb_bundle_files *files, const struct nb_bundle_claims *claims,
		   struct nb_bundle_data *data, struct nb_error *error)
{
	struct nb_bundle_data loaded = { .count = 0 };
	int result = refuse_strays(files, claims, error);

	if (result == 0)
		result = load_figures(files, claims, &loaded, error);
	if (result == 0)
		result = load_records(files, claims, &loaded, error);
	if (result == 0)
		result = load_base(files, claims, &loaded, error);
	if (result < 0)
		nb_bundle_data_free(&loaded);
	else
		*data = loaded;
	return result;
}

void nb_bundle_data_free(struct nb_bundle_data *data)
{
	for (size_t i = 0; i < data->count; i++)
		nb_record_free(&data->records[i]);
	for (size_t i = 0; i < data->base_count; i++)
		nb_digest_free(&data->base[i]);
	free(data->records);
	free(data->base);
	nb_baseline_free(&data->figures);
	*data = (struct nb_bundle_data){ .count = 0 };
}
