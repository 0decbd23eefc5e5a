/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli_private.h"

static const char *name_of(const char *path)
{
	return strcmp(path, "-") == 0 ? "stdin" : path;
}

/* Some shells write ">" as UTF-16, and some editors put a mark in front of UTF-8. */
static int parse(const char *text, size_t size, struct nb_record *record, struct nb_error *error)
{
	static const char utf8_mark[] = { '\xef', '\xbb', '\xbf' };
	size_t skipped = 0;

	if (size >= 2 && (memcmp(text, "\xff\xfe", 2) == 0 || memcmp(text, "\xfe\xff", 2) == 0))
		return nb_error_set(error, EBADMSG, "UTF-16: write it with export -o FILE");
	if (size >= sizeof(utf8_mark) && memcmp(text, utf8_mark, sizeof(utf8_mark)) == 0)
		skipped = sizeof(utf8_mark);
	return nb_report_json_read(text + skipped, size - skipped, record, error);
}

/* Reads the record of a file; what is wrong with it is printed with the name of the file. */
static int read_record(const char *path, struct nb_record *record)
{
	struct nb_error error = { 0 };
	char *text;
	size_t size;
	int status = nb_cli_read_file(path, &text, &size, &error);

	if (status < 0) {
		nb_cli_fail(&nb_cli_import, NB_EXIT_FAILED, "%s", error.text);
		return status;
	}
	status = parse(text, size, record, &error);
	free(text);
	if (status < 0)
		nb_cli_fail(&nb_cli_import, NB_EXIT_FAILED, "%s: %s", name_of(path), error.text);
	return status;
}

static int import(struct nb_store *store, const char *path, bool print, struct nb_cli_sums *sums)
{
	struct nb_record record = { 0 };
	struct nb_error error = { 0 };
	bool added;
	int status = read_record(path, &record);

	if (status < 0)
		return status;
	status = nb_store_import(store, &record, &added, &error);
	if (status < 0) {
		nb_cli_fail(&nb_cli_import, NB_EXIT_FAILED, "%s: %s", name_of(path), error.text);
	} else {
		*(added ? &sums->added : &sums->known) += 1;
		if (print)
			printf("%s: session %s %s\n", name_of(path), record.session.id,
			       added ? "added" : "known already");
	}
	nb_record_free(&record);
	return status;
}

static int run(int argc, char **argv)
{
	return nb_cli_gather(&nb_cli_import, import, argc, argv);
}

const struct nb_cli_verb nb_cli_import = {
	.name = "import",
	.arguments = "FILE...",
	.summary = "add sessions from files that \"export --format json\" wrote",
	.details =
		"Adds the sessions in FILE... (\"-\": stdin), which \"nestbench export\" wrote.\n"
		"Importing the same file a second time changes nothing.\n",
	.options = nb_cli_gather_options,
	.run = run,
};
