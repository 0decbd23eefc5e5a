/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "cli_bundle.h"

static int write_copy(const char *path, const struct nb_bundle_file *file, struct nb_error *error)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	int result = fd < 0 ? -errno : nb_base_write_all(fd, file->bytes, file->size);

	if (fd >= 0 && close(fd) < 0 && result == 0)
		result = -errno;
	if (result < 0)
		return nb_error_set(error, -result, "cannot copy %s to %s: %s", file->name, path,
				    strerror(-result));
	return 0;
}

/* SQLite reads files only; nothing of the archive's is ever written but this one copy. */
static int check_database(const struct nb_bundle_files *files, struct nb_error *error)
{
	const struct nb_bundle_file *file = nb_bundle_find(files, "sessions.db");
	char folder[NB_CLI_FOLDER_SIZE], path[NB_CLI_PATH_SIZE];
	struct nb_error inner = { 0 };
	int status;

	if (!file)
		return nb_error_set(error, EBADMSG, "sessions.db is not there");
	status = nb_cli_folder_make(folder, error);
	if (status < 0)
		return status;
	snprintf(path, sizeof(path), "%s/sessions.db", folder);
	status = write_copy(path, file, error);
	if (status == 0) {
		status = nb_cli_bundle_check_store(path, files, &inner);
		/* Where the copy lay tells nobody anything. */
		if (status < 0)
			nb_error_set(error, inner.code, "%s",
				     strncmp(inner.text, folder, strlen(folder)) == 0
					     ? inner.text + strlen(folder) + 1
					     : inner.text);
	}
	nb_cli_folder_remove(folder);
	return status;
}

static int check(const char *path, struct nb_bundle_files *files, struct nb_bundle_result *result,
		 struct nb_error *error)
{
	int status = nb_bundle_read(path, files, error);

	if (status == 0)
		status = nb_bundle_verify(files, result, error);
	return status < 0 ? status : check_database(files, error);
}

static json_t *sound_tree(const char *folder, const struct nb_bundle_result *result)
{
	return json_pack("{s:s, s:s, s:I, s:I, s:I, s:b}", "bundle", folder, "version",
			 result->version, "files", (json_int_t)result->files, "sessions",
			 (json_int_t)result->sessions, "verdicts", (json_int_t)result->verdicts,
			 "exact", (int)result->exact);
}

/* fault: NULL where it is sound, and folder and result tell of it. */
static int print_json(const struct nb_cli_verb *verb, const char *path, const char *folder,
		      const struct nb_bundle_result *result, const char *fault)
{
	char plain[NB_CLI_PATH_SIZE];
	json_t *tree;
	int bad;

	nb_report_plain(plain, sizeof(plain), path);
	tree = json_pack("{s:s, s:s, s:b}", "schema", "nestbench-bundle/1", "file", plain, "ok",
			 !fault);
	bad = fault ? json_object_set_new(tree, "fault", json_string(fault))
		    : json_object_update_new(tree, sound_tree(folder, result));
	if (bad) {
		json_decref(tree);
		tree = NULL;
	}
	return nb_cli_print_json(verb, tree);
}

static int print_sound(const struct nb_cli_verb *verb, const char *path, const char *folder,
		       const struct nb_bundle_result *result, bool json)
{
	char plain[NB_CLI_PATH_SIZE];

	if (json)
		return print_json(verb, path, folder, result, NULL);
	nb_report_plain(plain, sizeof(plain), path);
	printf("%s: ok: %zu file%s, %zu session%s, %zu verdict%s recomputed%s\n", plain,
	       result->files, result->files == 1 ? "" : "s", result->sessions,
	       result->sessions == 1 ? "" : "s", result->verdicts, result->verdicts == 1 ? "" : "s",
	       result->exact ? "" : "; their last digits differ, as this machine rounds otherwise");
	return NB_EXIT_FINE;
}

int nb_cli_bundle_verify(const struct nb_cli_verb *verb, const char *path, bool json)
{
	struct nb_bundle_files files = { 0 };
	struct nb_bundle_result result = { 0 };
	struct nb_error error = { 0 };
	char plain[2 * sizeof(error.text)];
	int status;

	/* The copy of the database goes, too, when somebody interrupts. */
	(void)nb_cli_catch_signals();
	if (check(path, &files, &result, &error) == 0) {
		status = print_sound(verb, path, files.folder, &result, json);
	} else {
		nb_report_plain(plain, sizeof(plain), error.text);
		if (json)
			print_json(verb, path, NULL, NULL, plain);
		status = nb_cli_fail(verb, NB_EXIT_FAILED, "%s: %s", path, error.text);
	}
	nb_bundle_files_free(&files);
	return status;
}
