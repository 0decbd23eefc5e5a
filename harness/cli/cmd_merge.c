/* SPDX-License-Identifier: Apache-2.0 */
#include "cli_private.h"

static int merge(struct nb_store *store, const char *path, bool print, struct nb_cli_sums *sums)
{
	struct nb_error error = { 0 };
	size_t added, known;
	int status = nb_store_merge(store, path, &added, &known, &error);

	if (status < 0) {
		nb_cli_fail(&nb_cli_merge, NB_EXIT_FAILED, "%s", error.text);
		return status;
	}
	sums->added += added;
	sums->known += known;
	if (print)
		printf("%s: %zu added, %zu known\n", path, added, known);
	return 0;
}

static int run(int argc, char **argv)
{
	return nb_cli_gather(&nb_cli_merge, merge, argc, argv);
}

const struct nb_cli_verb nb_cli_merge = {
	.name = "merge",
	.arguments = "FILE...",
	.summary = "add the sessions of other databases",
	.details =
		"Adds every session of the databases FILE... that the own one lacks. Merging the\n"
		"same file a second time changes nothing.\n",
	.options = nb_cli_gather_options,
	.run = run,
};
