/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "cli_baseline.h"

struct choices {
	const char *db, *as, *provenance, *output;
	bool force, replace, json;
};

static const struct nb_cli_option options[] = {
	{ "provenance", 0, NB_CLI_TEXT, offsetof(struct choices, provenance), "TEXT",
	  "save, import: where the sessions are from, for people" },
	{ "as", 0, NB_CLI_TEXT, offsetof(struct choices, as), "NAME",
	  "import: the name; one of a built-in size claims to be\n"
	  "such a VM, which is checked against what was recorded" },
	{ "force", 0, NB_CLI_FLAG, offsetof(struct choices, force), NULL,
	  "save, import: although the machine is not such a VM" },
	{ "replace", 0, NB_CLI_FLAG, offsetof(struct choices, replace), NULL,
	  "save, import: in place of a saved one of that name" },
	{ "output", 'o', NB_CLI_TEXT, offsetof(struct choices, output), "FILE",
	  "export: write to FILE, which is replaced once all is\n"
	  "written (default: stdout)" },
	{ "json", 0, NB_CLI_FLAG, offsetof(struct choices, json), NULL,
	  "list, show: print one JSON object" },
	NB_CLI_OPTION_DB(struct choices),
	NB_CLI_OPTION_HELP,
	NB_CLI_OPTION_END,
};

enum { LIST, SHOW, SAVE, IMPORT, EXPORT, REMOVE, ACTIONS };

static const struct {
	const char *name, *arguments;
	size_t count;
} actions[ACTIONS] = {
	[LIST] = { "list", "", 0 },
	[SHOW] = { "show", " NAME", 1 },
	[SAVE] = { "save", " NAME SELECTOR", 2 },
	[IMPORT] = { "import", " FILE", 1 },
	[EXPORT] = { "export", " NAME", 1 },
	[REMOVE] = { "remove", " NAME", 1 },
};

static int find_action(const struct nb_cli_words *words, size_t *action)
{
	const char *names[ACTIONS];

	for (size_t i = 0; i < ACTIONS; i++)
		names[i] = actions[i].name;
	if (words->count == 0) {
		nb_cli_fail(&nb_cli_baseline, NB_EXIT_USAGE,
			    "list, show, save, import, export or remove?");
		nb_cli_hint("nestbench baseline --help tells more");
		return NB_EXIT_USAGE;
	}
	for (*action = 0; *action < ACTIONS; (*action)++)
		if (strcmp(words->words[0], names[*action]) == 0)
			break;
	if (*action == ACTIONS)
		return nb_cli_fail(&nb_cli_baseline, NB_EXIT_USAGE, "no '%s'; nearest: %s",
				   words->words[0],
				   nb_cli_nearest(words->words[0], names, ACTIONS));
	if (words->count - 1 != actions[*action].count)
		return nb_cli_fail(&nb_cli_baseline, NB_EXIT_USAGE,
				   "write: nestbench baseline %s%s", actions[*action].name,
				   actions[*action].arguments);
	return NB_EXIT_FINE;
}

/* An option that has no meaning for the action; NULL: none was given. */
static const char *idle_option(const struct choices *choices, size_t action)
{
	bool keeps = action == SAVE || action == IMPORT;

	if (choices->as && action != IMPORT)
		return "--as";
	if (choices->provenance && !keeps)
		return "--provenance";
	if (choices->force && !keeps)
		return "--force";
	if (choices->replace && !keeps)
		return "--replace";
	if (choices->output && action != EXPORT)
		return "--output";
	return choices->json && action != LIST && action != SHOW ? "--json" : NULL;
}

static int act(const struct nb_cli_keeping *asked, size_t action, const struct nb_cli_words *words)
{
	switch (action) {
	case LIST:
		return nb_cli_baseline_list(asked);
	case SHOW:
		return nb_cli_baseline_show(asked, words->words[1]);
	case SAVE:
		return nb_cli_baseline_save(asked, words->words[1], words->words[2]);
	case IMPORT:
		return nb_cli_baseline_import(asked, words->words[1]);
	case EXPORT:
		return nb_cli_baseline_export(asked, words->words[1]);
	default:
		return nb_cli_baseline_remove(asked, words->words[1]);
	}
}

static int run(int argc, char **argv)
{
	struct choices choices = { 0 };
	char database[NB_CLI_PATH_SIZE];
	struct nb_cli_keeping asked = { .verb = &nb_cli_baseline, .database = database };
	struct nb_cli_words words;
	const char *idle;
	size_t action = 0;
	int status;

	if (!nb_cli_parse(&nb_cli_baseline, argc, argv, &choices, &words, &status))
		return status;
	status = find_action(&words, &action);
	if (status != NB_EXIT_FINE)
		return status;
	idle = idle_option(&choices, action);
	if (idle)
		return nb_cli_fail(&nb_cli_baseline, NB_EXIT_USAGE, "%s is not for %s", idle,
				   actions[action].name);
	if (!nb_cli_database(&nb_cli_baseline, choices.db, database))
		return NB_EXIT_USAGE;
	asked.as = choices.as;
	asked.provenance = choices.provenance;
	asked.output = choices.output;
	asked.force = choices.force;
	asked.replace = choices.replace;
	asked.json = choices.json;
	return act(&asked, action, &words);
}

const struct nb_cli_verb nb_cli_baseline = {
	.name = "baseline",
	.arguments = "list|show|save|import|export|remove ...",
	.summary = "reference baselines: sizes, figures of papers, frozen sessions",
	.details =
		"  list                 those that are built in and those that are saved\n"
		"  show NAME            every figure with its source, every saved session; a FILE of\n"
		"                       the format of results/README.md is checked and shown, too\n"
		"  save NAME SELECTOR   freezes sessions: an id, ids with commas between, \"latest\" or\n"
		"                       \"label:KEY=VALUE\"\n"
		"  import FILE          saves what \"nestbench export\" or \"baseline export\" wrote\n"
		"  export NAME          writes a saved one with its sessions, else a built-in one\n"
		"  remove NAME          forgets a saved one; its sessions stay\n",
	.options = options,
	.run = run,
};
