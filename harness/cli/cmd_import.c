/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "cli_private.h"

struct choices {
	const char *db;
	bool json;
};

static const struct nb_cli_option options[] = {
	NB_CLI_OPTION_DB(struct choices),
	NB_CLI_OPTION_JSON(struct choices),
	NB_CLI_OPTION_HELP,
	NB_CLI_OPTION_END,
};

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
	status = nb_report_json_read(text, size, record, &error);
	free(text);
	if (status < 0)
		nb_cli_fail(&nb_cli_import, NB_EXIT_FAILED, "%s: %s", path, error.text);
	return status;
}

static int import(struct nb_store *store, const char *path, bool *added, bool json)
{
	struct nb_record record = { 0 };
	struct nb_error error = { 0 };
	int status = read_record(path, &record);

	if (status < 0)
		return status;
	status = nb_store_import(store, &record, added, &error);
	if (status < 0)
		nb_cli_fail(&nb_cli_import, NB_EXIT_FAILED, "%s: %s", path, error.text);
	else if (!json)
		printf("%s: session %s %s\n", path, record.session.id,
		       *added ? "added" : "known already");
	nb_record_free(&record);
	return status;
}

/* A file that fails does not keep the others from being imported. */
static int import_all(struct nb_store *store, const struct nb_cli_words *words, bool json)
{
	json_int_t added_sum = 0, known_sum = 0;
	int status = NB_EXIT_FINE;

	for (size_t i = 0; i < words->count; i++) {
		bool added = false;

		if (import(store, words->words[i], &added, json) < 0)
			status = NB_EXIT_FAILED;
		else if (added)
			added_sum++;
		else
			known_sum++;
	}
	if (json && nb_cli_print_json(&nb_cli_import,
				      json_pack("{s:s, s:I, s:I}", "schema", "nestbench/1", "added",
						added_sum, "known", known_sum)) != NB_EXIT_FINE)
		return NB_EXIT_FAILED;
	return status;
}

static int run(int argc, char **argv)
{
	struct choices choices = { 0 };
	char path[NB_CLI_PATH_SIZE];
	struct nb_cli_words words;
	struct nb_store *store;
	int status;

	if (!nb_cli_parse(&nb_cli_import, argc, argv, &choices, &words, &status))
		return status;
	if (words.count == 0)
		return nb_cli_fail(&nb_cli_import, NB_EXIT_USAGE,
				   "which file? nestbench import FILE... (\"-\": stdin)");
	if (!nb_cli_database(&nb_cli_import, choices.db, path))
		return NB_EXIT_USAGE;
	store = nb_cli_open_store(&nb_cli_import, path, NB_STORE_WRITE);
	if (!store)
		return NB_EXIT_FAILED;
	status = import_all(store, &words, choices.json);
	nb_store_close(store);
	return status;
}

const struct nb_cli_verb nb_cli_import = {
	.name = "import",
	.arguments = "FILE...",
	.summary = "add sessions from files that \"export --format json\" wrote",
	.details =
		"Adds the sessions in FILE... (\"-\": stdin), which \"nestbench export\" wrote.\n"
		"Importing the same file a second time changes nothing.\n",
	.options = options,
	.run = run,
};
