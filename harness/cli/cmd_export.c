/* SPDX-License-Identifier: Apache-2.0 */
#include "cli_private.h"

struct choices {
	const char *db, *format, *output;
	bool json;
};

static const struct nb_cli_option options[] = {
	{ "format", 0, NB_CLI_TEXT, offsetof(struct choices, format), "FORMAT",
	  "json (everything, the default) or csv (one row a round)" },
	{ "json", 0, NB_CLI_FLAG, offsetof(struct choices, json), NULL,
	  "the same as --format json" },
	{ "output", 'o', NB_CLI_TEXT, offsetof(struct choices, output), "FILE",
	  "write to FILE, which is replaced once all is written\n"
	  "(default: stdout)" },
	NB_CLI_OPTION_DB(struct choices),
	NB_CLI_OPTION_HELP,
	NB_CLI_OPTION_END,
};

enum { JSON, CSV };

static int write_record(FILE *stream, const struct nb_record *record, size_t format,
			struct nb_error *error)
{
	if (format == CSV)
		return nb_report_csv(stream, record, true, error);
	return nb_report_json(stream, record, true, error);
}

static int export(const struct nb_record *record, size_t format, const char *path)
{
	struct nb_cli_output output;
	struct nb_error error = { 0 };
	int status = nb_cli_output_open(&output, path, &error);

	if (status == 0) {
		status = write_record(output.stream, record, format, &error);
		if (status == 0)
			status = nb_cli_output_commit(&output, path, &error);
		else
			nb_cli_output_abandon(&output);
	}
	if (status < 0)
		return nb_cli_fail(&nb_cli_export, NB_EXIT_FAILED, "%s", error.text);
	return NB_EXIT_FINE;
}

static int load_and_export(const char *database, const struct nb_cli_words *words, size_t format,
			   const char *path)
{
	struct nb_store *store = nb_cli_open_store(&nb_cli_export, database, NB_STORE_READ);
	struct nb_record record = { 0 };
	int status;

	if (!store)
		return NB_EXIT_FAILED;
	if (nb_cli_load(&nb_cli_export, store, words, &record, &status)) {
		status = export(&record, format, path);
		nb_record_free(&record);
	}
	nb_store_close(store);
	return status;
}

static int run(int argc, char **argv)
{
	static const char *const formats[] = { [JSON] = "json", [CSV] = "csv" };
	struct choices choices = { .output = "-" };
	char path[NB_CLI_PATH_SIZE];
	struct nb_cli_words words;
	size_t format;
	int status;

	if (!nb_cli_parse(&nb_cli_export, argc, argv, &choices, &words, &status))
		return status;
	if (words.count > 1)
		return nb_cli_fail(&nb_cli_export, NB_EXIT_USAGE, "one session at a time");
	if (!choices.format)
		choices.format = formats[JSON];
	if (!nb_cli_word(&nb_cli_export, "--format", choices.format, formats, 2, &format) ||
	    !nb_cli_database(&nb_cli_export, choices.db, path))
		return NB_EXIT_USAGE;
	if (choices.json && format != JSON)
		return nb_cli_fail(&nb_cli_export, NB_EXIT_USAGE,
				   "--json and --format %s exclude each other", choices.format);
	return load_and_export(path, &words, format, choices.output);
}

const struct nb_cli_verb nb_cli_export = {
	.name = "export",
	.arguments = "[SESSION]",
	.summary = "write a session as JSON or CSV, with every round",
	.details = "Writes a stored session with every round: the latest one, or the one whose id\n"
		   "begins with SESSION (four characters at least).\n",
	.options = options,
	.run = run,
};
