/* SPDX-License-Identifier: Apache-2.0 */
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

/* A file that fails does not keep the others from being merged. */
static int merge_all(struct nb_store *store, const struct nb_cli_words *words, bool json)
{
	size_t added_sum = 0, known_sum = 0;
	int status = NB_EXIT_FINE;

	for (size_t i = 0; i < words->count; i++) {
		struct nb_error error = { 0 };
		size_t added = 0, known = 0;

		if (nb_store_merge(store, words->words[i], &added, &known, &error) < 0) {
			status = nb_cli_fail(&nb_cli_merge, NB_EXIT_FAILED, "%s", error.text);
			continue;
		}
		added_sum += added;
		known_sum += known;
		if (!json)
			printf("%s: %zu added, %zu known\n", words->words[i], added, known);
	}
	if (json &&
	    nb_cli_print_json(&nb_cli_merge, json_pack("{s:s, s:I, s:I}", "schema", "nestbench/1",
						       "added", (json_int_t)added_sum, "known",
						       (json_int_t)known_sum)) != NB_EXIT_FINE)
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

	if (!nb_cli_parse(&nb_cli_merge, argc, argv, &choices, &words, &status))
		return status;
	if (words.count == 0)
		return nb_cli_fail(&nb_cli_merge, NB_EXIT_USAGE,
				   "which database? nestbench merge FILE...");
	if (!nb_cli_database(&nb_cli_merge, choices.db, path))
		return NB_EXIT_USAGE;
	store = nb_cli_open_store(&nb_cli_merge, path, NB_STORE_WRITE);
	if (!store)
		return NB_EXIT_FAILED;
	status = merge_all(store, &words, choices.json);
	nb_store_close(store);
	return status;
}

const struct nb_cli_verb nb_cli_merge = {
	.name = "merge",
	.arguments = "FILE...",
	.summary = "add the sessions of other databases",
	.details =
		"Adds every session of the databases FILE... that the own one lacks. Merging the\n"
		"same file a second time changes nothing.\n",
	.options = options,
	.run = run,
};
