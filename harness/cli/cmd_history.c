/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli_compare.h"
#include "cli_past.h"

struct choices {
	const char *db, *margin, *seed;
	struct nb_cli_list labels, fail_on;
	bool include_invalid, all, json;
};

static const struct nb_cli_option options[] = {
	{ "label", 0, NB_CLI_LIST, offsetof(struct choices, labels), "KEY=VALUE",
	  "only sessions that carry this label; may stand several times" },
	{ "margin", 'm', NB_CLI_TEXT, offsetof(struct choices, margin), "PERCENT",
	  "a change up to this does not matter (default: 3)" },
	{ "fail-on", 0, NB_CLI_LIST, offsetof(struct choices, fail_on), "regressed",
	  "exit with 1 if the last change of a series is for the worse" },
	{ "include-invalid", 0, NB_CLI_FLAG, offsetof(struct choices, include_invalid), NULL,
	  "keep sessions over 20 % of whose rounds were disturbed" },
	{ "seed", 0, NB_CLI_TEXT, offsetof(struct choices, seed), "N",
	  "seed of the permutations (default: 1)" },
	{ "all", 'a', NB_CLI_FLAG, offsetof(struct choices, all), NULL,
	  "every session of every series, not the last 20 of a few" },
	NB_CLI_OPTION_JSON(struct choices),
	NB_CLI_OPTION_DB(struct choices),
	NB_CLI_OPTION_HELP,
	NB_CLI_OPTION_END,
};

/* Block elements on a terminal that says it knows UTF-8; what goes elsewhere is ASCII. */
static bool knows_blocks(void)
{
	static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };

	if (!isatty(STDOUT_FILENO))
		return false;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value = getenv(names[i]);

		/* The first one that is set decides (POSIX, "Internationalization Variables"). */
		if (value && value[0])
			return strcasestr(value, "utf-8") || strcasestr(value, "utf8");
	}
	return false;
}

/* What was asked for, checked. */
struct request {
	struct nb_history_options options;
	struct nb_label labels[NB_LABEL_MAX];
	const char *const *patterns;
	size_t pattern_count;
	struct nb_history_choice choice;
	unsigned fail_on;
	char database[NB_CLI_PATH_SIZE];
};

static int take_choices(const struct choices *choices, const struct nb_cli_words *words,
			struct request *request)
{
	static const enum nb_verdict gates[] = { NB_REGRESSED };

	request->options = nb_history_defaults;
	if (words->count == 0) {
		nb_cli_fail(&nb_cli_history, NB_EXIT_USAGE, "which series? a name or a glob");
		nb_cli_hint("such as: nestbench history exit.cpuid 'io.*'");
		return NB_EXIT_USAGE;
	}
	if (choices->margin &&
	    !nb_cli_percent(&nb_cli_history, "--margin", choices->margin, &request->options.margin))
		return NB_EXIT_USAGE;
	if (!nb_cli_seed(&nb_cli_history, choices->seed, &request->options.seed) ||
	    !nb_cli_labels(&nb_cli_history, &choices->labels, request->labels) ||
	    !nb_cli_fail_on(&nb_cli_history, &choices->fail_on, gates, 1, &request->fail_on) ||
	    !nb_cli_database(&nb_cli_history, choices->db, request->database))
		return NB_EXIT_USAGE;
	request->patterns = words->words;
	request->pattern_count = words->count;
	request->choice = (struct nb_history_choice){ .labels = request->labels,
						      .label_count = choices->labels.count,
						      .include_invalid = choices->include_invalid };
	return NB_EXIT_FINE;
}

static int print(const struct choices *choices, const struct nb_history_report *report)
{
	const struct nb_history_look look = { choices->all, knows_blocks() };
	struct nb_report_style style = nb_cli_style();
	struct nb_error error = { 0 };
	int status = choices->json ? nb_report_history_json(stdout, report, &error)
				   : nb_report_history(stdout, report, &look, &style, &error);

	if (status < 0)
		return nb_cli_fail(&nb_cli_history, NB_EXIT_FAILED, "%s", error.text);
	return NB_EXIT_FINE;
}

/* What is within the margin mends nothing: the last change beyond it counts. */
static bool is_worse(const struct nb_history_changes *changes)
{
	for (size_t i = changes->count; i-- > 0;)
		if (changes->changes[i].verdict != NB_SAME)
			return changes->changes[i].verdict == NB_REGRESSED;
	return false;
}

static int gate(const struct nb_history *history, unsigned fail_on)
{
	for (size_t i = 0; fail_on && i < history->count; i++)
		if (is_worse(&history->series[i]))
			return NB_EXIT_REGRESSED;
	return NB_EXIT_FINE;
}

static int look_for_changes(const struct choices *choices, const struct request *request,
			    const struct nb_cli_past *past)
{
	struct nb_history history = { 0 };
	struct nb_error error = { 0 };
	const struct nb_history_report report = { .timeline = &past->timeline,
						  .input = &past->input,
						  .history = &history,
						  .options = &request->options };
	int status;

	if (nb_history_find(&past->input, &request->options, &history, &error) < 0)
		return nb_cli_fail(&nb_cli_history, NB_EXIT_FAILED, "%s", error.text);
	status = print(choices, &report);
	if (status == NB_EXIT_FINE)
		status = gate(&history, request->fail_on);
	nb_history_free(&history);
	return status;
}

static int no_past(int result, const struct nb_error *error)
{
	if (result != -ENOENT)
		return nb_cli_fail(&nb_cli_history, NB_EXIT_FAILED, "%s", error->text);
	nb_cli_fail(&nb_cli_history, NB_EXIT_USAGE, "%s", error->text);
	nb_cli_hint("nestbench show lists the series of a session");
	return NB_EXIT_USAGE;
}

static int history(const struct choices *choices, const struct request *request)
{
	struct nb_store *store =
		nb_cli_open_store(&nb_cli_history, request->database, NB_STORE_READ);
	struct nb_cli_past past = { 0 };
	struct nb_error error = { 0 };
	int result, status;

	if (!store)
		return NB_EXIT_FAILED;
	result = nb_cli_past_read(
		store, (struct nb_cli_words){ request->patterns, request->pattern_count },
		&request->choice, &past, &error);
	nb_store_close(store);
	if (result < 0)
		status = no_past(result, &error);
	else if (past.input.count == 0)
		status = nb_cli_fail(&nb_cli_history, NB_EXIT_USAGE,
				     "no session%s has a value of such a series",
				     choices->labels.count > 0 ? " with that label" : "");
	else
		status = look_for_changes(choices, request, &past);
	nb_cli_past_free(&past);
	return status;
}

static int run(int argc, char **argv)
{
	struct choices choices = { 0 };
	struct request request = { 0 };
	struct nb_cli_words words;
	int status;

	if (!nb_cli_parse(&nb_cli_history, argc, argv, &choices, &words, &status))
		return status;
	status = take_choices(&choices, &words, &request);
	return status == NB_EXIT_FINE ? history(&choices, &request) : status;
}

const struct nb_cli_verb nb_cli_history = {
	.name = "history",
	.arguments = "SERIES...",
	.summary = "series over all sessions, and where they changed for good",
	.details =
		"Prints series over all sessions, oldest first, and finds where one changed for good:\n"
		"when, by how much, and what else changed with it (kernel, hypervisor, CPU, microcode,\n"
		"..., and events, see nestbench event). SERIES is a shell glob on \"BENCHMARK\" or\n"
		"\"BENCHMARK PARAMS\". Up to three series have a table each. Sessions of several\n"
		"machines are one history, unless --label tells them apart.\n"
		"Exit status: 0; with --fail-on regressed 1 if the last change of any is for the worse.\n",
	.options = options,
	.run = run,
};
