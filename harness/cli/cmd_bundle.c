/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli_bundle.h"

struct choices {
	const char *db, *baseline, *output;
	bool no_redact, no_plots, force, json;
};

static const struct nb_cli_option options[] = {
	{ "baseline", 'b', NB_CLI_TEXT, offsetof(struct choices, baseline), "NAME",
	  "judge against this baseline (nestbench baseline list), or\n"
	  "against what compare takes as a side: label:K=V, a file" },
	{ "output", 'o', NB_CLI_TEXT, offsetof(struct choices, output), "FILE",
	  "the archive (default: nestbench-SESSION.tar.zst; \"-\": stdout)" },
	{ "no-redact", 0, NB_CLI_FLAG, offsetof(struct choices, no_redact), NULL,
	  "leave host and user names, serial numbers, UUIDs, MAC and IP\n"
	  "addresses and instance ids in" },
	{ "no-plots", 0, NB_CLI_FLAG, offsetof(struct choices, no_plots), NULL,
	  "a page with tables only" },
	{ "force", 'f', NB_CLI_FLAG, offsetof(struct choices, force), NULL,
	  "replace FILE if it exists" },
	{ "json", 0, NB_CLI_FLAG, offsetof(struct choices, json), NULL,
	  "of verify: print one JSON object" },
	NB_CLI_OPTION_DB(struct choices),
	NB_CLI_OPTION_HELP,
	NB_CLI_OPTION_END,
};

enum { NAME_SIZE = 64, FILE_SIZE = NAME_SIZE + 16 };

/* Ids begin with their time. */
static const struct nb_session *newest_of(const struct nb_cli_view *view)
{
	const struct nb_session *newest = &view->records[0].session;

	for (size_t i = 1; i < view->count; i++)
		if (strcmp(view->records[i].session.id, newest->id) > 0)
			newest = &view->records[i].session;
	return newest;
}

static void print_done(const struct choices *choices, const struct nb_cli_bundle *bundle,
		       const char *path)
{
	char sentence[1024];

	if (bundle->note[0])
		nb_cli_fail(&nb_cli_bundle, NB_EXIT_FINE, "%s", bundle->note);
	if (strcmp(path, "-") == 0)
		return;
	nb_view_sentence(bundle->view, sentence, sizeof(sentence));
	nb_cli_hint("%s: %s", path, sentence);
	nb_cli_hint("%s", choices->no_redact ? "Nothing was taken out of it: do not send it on "
					       "without thought."
					     : "Redacted; look it through before you send it on.");
	nb_cli_hint("Next: nestbench bundle verify %s", path);
}

static int make(const struct choices *choices, const struct nb_cli_view *view,
		struct nb_cli_bundle *bundle, const char *path)
{
	struct nb_error error = { 0 };
	int result;

	bundle->view = &view->view;
	bundle->base = view->base_records;
	bundle->base_count = view->base_count;
	if (view->base.asked && view->base_count == 0 && view->base.specified)
		bundle->figures = &view->base.spec;
	result = nb_cli_bundle_make(bundle, view, !choices->no_plots, path, &error);
	if (result < 0)
		return nb_cli_fail(&nb_cli_bundle, NB_EXIT_FAILED, "%s", error.text);
	print_done(choices, bundle, path);
	return NB_EXIT_FINE;
}

/* Figures that came from a file are found by their name in the bundle: baseline/NAME.json. */
static void name_figures(struct nb_cli_view *view)
{
	if (view->base.asked && view->base_count == 0 && view->base.specified)
		snprintf(view->base_name, sizeof(view->base_name), "baseline:%.200s",
			 view->base.spec.name);
}

/* Between loading and judging: the view is made of what is left. */
static int redact_and_make(const struct choices *choices, const struct nb_cli_view_request *request,
			   struct nb_cli_view *view, struct nb_cli_secrets *secrets)
{
	const struct nb_session *newest = newest_of(view);
	char name[NAME_SIZE], path[FILE_SIZE];
	struct nb_cli_bundle bundle = {
		.newest = newest,
		.name = name,
		.here = nb_cli_bundle_here(newest),
		.redactor = choices->no_redact ? NULL : &secrets->redactor,
	};
	struct nb_error error = { 0 };
	int status;

	snprintf(name, sizeof(name), "nestbench-%s", newest->id);
	snprintf(path, sizeof(path), "%s.tar.zst", name);
	if (!choices->output && !nb_cli_output_allowed(&nb_cli_bundle, path, choices->force))
		return NB_EXIT_USAGE;
	if (!choices->no_redact && nb_cli_conceal(secrets, view, &error) < 0)
		return nb_cli_fail(&nb_cli_bundle, NB_EXIT_FAILED, "%s", error.text);
	name_figures(view);
	status = nb_cli_view_make(request, view);
	if (status != NB_EXIT_FINE)
		return status;
	return make(choices, view, &bundle, choices->output ? choices->output : path);
}

static int bundle(const struct choices *choices, const struct nb_cli_view_request *request)
{
	struct nb_cli_view *view = calloc(1, sizeof(*view));
	struct nb_cli_secrets *secrets = calloc(1, sizeof(*secrets));
	int status = NB_EXIT_FAILED;

	if (!view || !secrets)
		nb_cli_fail(&nb_cli_bundle, status, "out of memory");
	else
		status = nb_cli_view_load(request, view);
	if (status == NB_EXIT_FINE)
		status = redact_and_make(choices, request, view, secrets);
	nb_cli_view_free(view);
	free(secrets);
	return status;
}

static int refuse_option(const char *option, const char *why)
{
	nb_cli_fail(&nb_cli_bundle, NB_EXIT_USAGE, "%s %s", option, why);
	nb_cli_hint("nestbench bundle --help tells more");
	return NB_EXIT_USAGE;
}

/* "verify" is no session: their ids are of capitals and digits. */
static int verify(const struct choices *choices, const struct nb_cli_words *words)
{
	static const char making[] = "is for making a bundle, not for verify";

	if (choices->baseline || choices->output)
		return refuse_option(choices->output ? "--output" : "--baseline", making);
	if (choices->no_redact || choices->no_plots)
		return refuse_option(choices->no_redact ? "--no-redact" : "--no-plots", making);
	if (choices->force || choices->db)
		return refuse_option(choices->force ? "--force" : "--db", making);
	if (words->count != 2) {
		nb_cli_fail(&nb_cli_bundle, NB_EXIT_USAGE,
			    words->count < 2 ? "verify needs a FILE" : "verify takes one FILE");
		nb_cli_hint("such as: nestbench bundle verify nestbench-SESSION.tar.zst");
		return NB_EXIT_USAGE;
	}
	return nb_cli_bundle_verify(&nb_cli_bundle, words->words[1], choices->json);
}

static int run(int argc, char **argv)
{
	struct choices choices = { 0 };
	char path[NB_CLI_PATH_SIZE];
	struct nb_cli_words words;
	int status;

	if (!nb_cli_parse(&nb_cli_bundle, argc, argv, &choices, &words, &status))
		return status;
	if (words.count > 0 && strcmp(words.words[0], "verify") == 0)
		return verify(&choices, &words);
	if (choices.json)
		return refuse_option("--json", "is for verify only");
	if (choices.output && strcmp(choices.output, "-") == 0 && isatty(STDOUT_FILENO))
		return refuse_option("--output -", "would write an archive to the terminal");
	if (!nb_cli_database(&nb_cli_bundle, choices.db, path) ||
	    (choices.output &&
	     !nb_cli_output_allowed(&nb_cli_bundle, choices.output, choices.force)))
		return NB_EXIT_USAGE;
	return bundle(&choices, &(struct nb_cli_view_request){ .verb = &nb_cli_bundle,
							       .database = path,
							       .words = words,
							       .base = choices.baseline,
							       .whole_base = true });
}

const struct nb_cli_verb nb_cli_bundle = {
	.name = "bundle",
	.arguments = "[SESSION...] | verify FILE",
	.summary = "one archive for a vendor, whose verdicts can be computed again",
	.details =
		"Packs sessions into one .tar.zst for whoever looks into what is slow: sessions with\n"
		"every round, verdicts, a database, the page of nestbench report, the machine as\n"
		"doctor sees it, the kernel's log on KVM and clocks, commands that show each\n"
		"regression again, and a manifest. SESSION is an id, \"latest\" (the default),\n"
		"\"label:KEY=VALUE\", \"baseline:NAME\" or a file. What tells whose machine it is was\n"
		"taken out, unless --no-redact is given.\n"
		"verify checks a bundle's manifest and computes all of its verdicts again from its\n"
		"sessions, offline; the texts and the page in it are checked by their digests alone.\n"
		"Exit status: 0, 3 where a bundle is refused.\n",
	.options = options,
	.run = run,
};
