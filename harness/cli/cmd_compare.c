/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli_compare.h"

struct choices {
	const char *db, *margin, *margins, *seed;
	struct nb_cli_list fail_on;
	bool include_invalid, markdown, json, all;
};

static const struct nb_cli_option options[] = {
	{ "margin", 'm', NB_CLI_TEXT, offsetof(struct choices, margin), "PERCENT",
	  "a change up to this does not matter (default: 3)" },
	{ "margins", 0, NB_CLI_TEXT, offsetof(struct choices, margins), "FILE",
	  "margins of single series: a line \"PATTERN PERCENT\" each,\n"
	  "as \"irq.* 5\"; the last one that matches counts" },
	{ "fail-on", 0, NB_CLI_LIST, offsetof(struct choices, fail_on), "VERDICT,...",
	  "exit with 1 if anything is \"regressed\", with 4 if it is\n"
	  "\"inconclusive\" or \"invalid\"" },
	{ "all", 'a', NB_CLI_FLAG, offsetof(struct choices, all), NULL,
	  "print what is the same, too, where there are over 30 rows" },
	{ "include-invalid", 0, NB_CLI_FLAG, offsetof(struct choices, include_invalid), NULL,
	  "keep sessions over 20 % of whose rounds were disturbed" },
	{ "seed", 0, NB_CLI_TEXT, offsetof(struct choices, seed), "N",
	  "seed of the permutations (default: 1)" },
	{ "markdown", 0, NB_CLI_FLAG, offsetof(struct choices, markdown), NULL,
	  "print for a comment on a pull request" },
	NB_CLI_OPTION_JSON(struct choices),
	NB_CLI_OPTION_DB(struct choices),
	NB_CLI_OPTION_HELP,
	NB_CLI_OPTION_END,
};

/* What was asked for, checked. */
struct request {
	struct nb_compare_options options;
	struct nb_compare_margin *margins; /* owned */
	const char *asked[1];
	char key[sizeof(((struct nb_label *)0)->key)];
	unsigned fail_on;
	char database[NB_CLI_PATH_SIZE];
	struct nb_cli_side base, candidate;
};

static int read_margins(const char *path, struct request *request)
{
	struct nb_error error = { 0 };
	char *text = NULL, *terminated;
	size_t size;
	int status = nb_cli_read_file(path, &text, &size, &error);

	if (status < 0)
		return nb_cli_fail(&nb_cli_compare, NB_EXIT_FAILED, "%s", error.text);
	terminated = strndup(text, size);
	free(text);
	if (!terminated)
		return nb_cli_fail(&nb_cli_compare, NB_EXIT_FAILED, "out of memory");
	status = nb_compare_margins_parse(terminated, &request->margins,
					  &request->options.margin_count, &error);
	free(terminated);
	if (status < 0)
		return nb_cli_fail(&nb_cli_compare, NB_EXIT_FAILED, "%s: %s", path, error.text);
	request->options.margins = request->margins;
	return NB_EXIT_FINE;
}

/* Where both sides name values of one label, and it is a column, that column is meant to differ. */
static void take_asked(const char *base, const char *candidate, struct request *request)
{
	static const char prefix[] = "label:";
	size_t length = strlen(prefix);
	const char *key = base + length;
	size_t key_length;

	if (strncmp(base, prefix, length) != 0 || strncmp(candidate, prefix, length) != 0)
		return;
	key_length = strcspn(key, "=");
	if (key_length >= sizeof(request->key) || key[key_length] != '=' ||
	    strncmp(candidate + length, key, key_length + 1) != 0)
		return;
	memcpy(request->key, key, key_length);
	request->asked[0] = request->key;
	request->options.asked = request->asked;
	request->options.asked_count = 1;
}

static int take_choices(const struct choices *choices, struct request *request)
{
	static const enum nb_verdict gates[] = { NB_REGRESSED, NB_INCONCLUSIVE, NB_INVALID };

	request->options = nb_compare_defaults;
	request->options.include_invalid = choices->include_invalid;
	if (choices->json && choices->markdown)
		return nb_cli_fail(&nb_cli_compare, NB_EXIT_USAGE,
				   "--json and --markdown exclude each other");
	if (choices->margin &&
	    !nb_cli_percent(&nb_cli_compare, "--margin", choices->margin, &request->options.margin))
		return NB_EXIT_USAGE;
	if (!nb_cli_seed(&nb_cli_compare, choices->seed, &request->options.seed) ||
	    !nb_cli_fail_on(&nb_cli_compare, &choices->fail_on, gates,
			    sizeof(gates) / sizeof(gates[0]), &request->fail_on) ||
	    !nb_cli_database(&nb_cli_compare, choices->db, request->database))
		return NB_EXIT_USAGE;
	return choices->margins ? read_margins(choices->margins, request) : NB_EXIT_FINE;
}

/*
 * A row gates where it has a verdict: one session a side, or a published figure, has none. Two
 * groups without a series in common leave everything open.
 */
static int gate(const struct nb_compare_group *base, const struct nb_comparison *comparison,
		unsigned fail_on)
{
	unsigned seen = base->count > 0 && comparison->count == 0 ? 1U << NB_INCONCLUSIVE : 0;

	for (size_t i = 0; i < comparison->count; i++)
		if (!comparison->rows[i].indicative)
			seen |= 1U << comparison->rows[i].verdict;
	if (seen & fail_on & 1U << NB_REGRESSED)
		return NB_EXIT_REGRESSED;
	if (seen & fail_on & (1U << NB_INCONCLUSIVE | 1U << NB_INVALID))
		return NB_EXIT_UNDECIDED;
	if (fail_on && seen == 0)
		nb_cli_hint("--fail-on: nothing here can fail: one session a side and published "
			    "figures are indicative only");
	return NB_EXIT_FINE;
}

static int print(const struct choices *choices, const struct nb_compare_report *report)
{
	struct nb_report_style style = nb_cli_style();
	struct nb_error error = { 0 };
	int status;

	if (choices->json)
		status = nb_report_compare_json(stdout, report, &error);
	else if (choices->markdown)
		status = nb_report_compare_markdown(stdout, report, &error);
	else
		status = nb_report_compare(stdout, report, choices->all, &style, &error);
	if (status < 0)
		return nb_cli_fail(&nb_cli_compare, NB_EXIT_FAILED, "%s", error.text);
	return NB_EXIT_FINE;
}

/* One session on both sides makes them look more alike than they are. */
static void warn_of_twins(const struct request *request)
{
	for (size_t i = 0; i < request->base.count; i++) {
		const char *id = request->base.sessions[i].session.id;

		for (size_t j = 0; j < request->candidate.count; j++) {
			if (strcmp(id, request->candidate.sessions[j].session.id) != 0)
				continue;
			nb_cli_fail(&nb_cli_compare, NB_EXIT_FINE,
				    "note: session %s is on both sides", id);
			return;
		}
	}
}

static void describe(const struct request *request, const struct nb_comparison *comparison,
		     struct nb_compare_report *about)
{
	*about = (struct nb_compare_report){
		.base = request->base.asked,
		.candidate = request->candidate.asked,
		.base_provenance = request->base.provenance,
		.candidate_provenance = request->candidate.provenance,
		.base_group = nb_cli_side_group(&request->base),
		.candidate_group = nb_cli_side_group(&request->candidate),
		.options = &request->options,
		.comparison = comparison,
	};
}

/* Prints, then keeps the verdicts where both sides can be found again. */
static int report(const struct choices *choices, const struct request *request,
		  const struct nb_comparison *comparison)
{
	const struct nb_cli_against against = {
		.verb = &nb_cli_compare,
		.spec = &request->base.spec,
		.json = choices->json,
		.all = choices->all,
	};
	struct nb_compare_report about;
	int status;

	describe(request, comparison, &about);
	if (!request->base.specified)
		status = print(choices, &about);
	else if (choices->markdown)
		status = nb_cli_fail(&nb_cli_compare, NB_EXIT_USAGE,
				     "--markdown is for two groups of sessions, and %s is a "
				     "specification",
				     request->base.asked);
	else
		status = nb_cli_compare_spec(&against, &about);
	if (status != NB_EXIT_FINE)
		return status;
	if (request->base.stored && request->candidate.stored)
		nb_cli_store_verdicts(&nb_cli_compare, request->database, &about);
	return gate(&about.base_group, comparison, request->fail_on);
}

static int no_comparison(int result, const struct nb_error *error)
{
	nb_cli_fail(&nb_cli_compare, NB_EXIT_FAILED, "%s", error->text);
	if (result == -ENODATA)
		nb_cli_hint("--include-invalid keeps sessions that were disturbed");
	return NB_EXIT_FAILED;
}

static int judge(const struct choices *choices, const struct request *request)
{
	const struct nb_compare_group base = nb_cli_side_group(&request->base);
	const struct nb_compare_group candidate = nb_cli_side_group(&request->candidate);
	struct nb_comparison comparison = { 0 };
	struct nb_error error = { 0 };
	int result = 0, status;

	if (candidate.count == 0)
		return nb_cli_fail(&nb_cli_compare, NB_EXIT_USAGE,
				   "%s is a specification without sessions: it can only be the "
				   "base, the first of the two",
				   request->candidate.asked);
	warn_of_twins(request);
	if (base.count > 0)
		result = nb_compare(&base, &candidate, &request->options, &comparison, &error);
	if (result < 0)
		return no_comparison(result, &error);
	status = report(choices, request, &comparison);
	nb_comparison_free(&comparison);
	return status;
}

static int compare(const struct choices *choices, const struct nb_cli_words *words,
		   struct request *request)
{
	int status = take_choices(choices, request);

	if (status != NB_EXIT_FINE)
		return status;
	take_asked(words->words[0], words->words[1], request);
	status = nb_cli_side_load(&nb_cli_compare, request->database, words->words[0],
				  &request->base);
	if (status == NB_EXIT_FINE)
		status = nb_cli_side_load(&nb_cli_compare, request->database, words->words[1],
					  &request->candidate);
	return status == NB_EXIT_FINE ? judge(choices, request) : status;
}

static int run(int argc, char **argv)
{
	struct choices choices = { 0 };
	struct nb_cli_words words;
	struct request *request;
	int status;

	if (!nb_cli_parse(&nb_cli_compare, argc, argv, &choices, &words, &status))
		return status;
	if (words.count != 2) {
		nb_cli_fail(&nb_cli_compare, NB_EXIT_USAGE,
			    words.count < 2 ? "two sides are needed, BASE and CANDIDATE"
					    : "more than two sides");
		nb_cli_hint("such as: nestbench compare label:kernel=6.1 label:kernel=6.12");
		return NB_EXIT_USAGE;
	}
	request = calloc(1, sizeof(*request));
	if (!request)
		return nb_cli_fail(&nb_cli_compare, NB_EXIT_FAILED, "out of memory");
	status = compare(&choices, &words, request);
	nb_cli_side_free(&request->base);
	nb_cli_side_free(&request->candidate);
	free(request->margins);
	free(request);
	return status;
}

const struct nb_cli_verb nb_cli_compare = {
	.name = "compare",
	.arguments = "BASE CANDIDATE",
	.summary = "what got slower or faster from one group of sessions to another",
	.details =
		"Compares two groups of sessions, one verdict a series: same, improved, regressed,\n"
		"inconclusive (more sessions are needed) or invalid. Each side is a session's id,\n"
		"\"latest\", \"label:KEY=VALUE\" (all sessions that carry the label), \"baseline:NAME\"\n"
		"(see nestbench baseline) or a file: .json of nestbench export, or another .db with\n"
		"all its sessions. A verdict needs about 5 sessions a side; one on each side shows a\n"
		"ratio that is indicative only, as are published figures. Where both sides are in the\n"
		"database, the verdicts are stored there, too.\n"
		"Exit status: 0; with --fail-on 1 for regressed, 4 for inconclusive or invalid.\n",
	.options = options,
	.run = run,
};
