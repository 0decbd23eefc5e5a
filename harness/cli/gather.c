/* SPDX-License-Identifier: Apache-2.0 */
#include "cli_private.h"

/* The verbs that add sessions of files to the own database: import, merge. */

struct choices {
	const char *db;
	bool json;
};

const struct nb_cli_option nb_cli_gather_options[] = {
	NB_CLI_OPTION_DB(struct choices),
	NB_CLI_OPTION_JSON(struct choices),
	NB_CLI_OPTION_HELP,
	NB_CLI_OPTION_END,
};

/* A file that fails does not keep the others from being added. */
static int gather_all(const struct nb_cli_verb *verb, nb_cli_adder add, struct nb_store *store,
		      const struct nb_cli_words *words, bool json)
{
	struct nb_cli_sums sums = { 0 };
	int status = NB_EXIT_FINE;
	json_t *tree;

	for (size_t i = 0; i < words->count; i++) {
		if (add(store, words->words[i], !json, &sums) < 0)
			status = NB_EXIT_FAILED;
	}
	if (!json)
		return status;
	tree = json_pack("{s:s, s:I, s:I}", "schema", "nestbench/1", "added",
			 (json_int_t)sums.added, "known", (json_int_t)sums.known);
	return nb_cli_print_json(verb, tree) == NB_EXIT_FINE ? status : NB_EXIT_FAILED;
}

int nb_cli_gather(const struct nb_cli_verb *verb, nb_cli_adder add, int argc, char **argv)
{
	struct choices choices = { 0 };
	char path[NB_CLI_PATH_SIZE];
	struct nb_cli_words words;
	struct nb_store *store;
	int status;

	if (!nb_cli_parse(verb, argc, argv, &choices, &words, &status))
		return status;
	if (words.count == 0)
		return nb_cli_fail(verb, NB_EXIT_USAGE, "which file? nestbench %s %s", verb->name,
				   verb->arguments);
	if (!nb_cli_database(verb, choices.db, path))
		return NB_EXIT_USAGE;
	store = nb_cli_open_store(verb, path, NB_STORE_WRITE);
	if (!store)
		return NB_EXIT_FAILED;
	status = gather_all(verb, add, store, &words, choices.json);
	nb_store_close(store);
	return status;
}
