/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "cli_view.h"

struct choices {
	const char *db, *baseline, *output;
	bool no_plots, force;
};

static const struct nb_cli_option options[] = {
	{ "baseline", 'b', NB_CLI_TEXT, offsetof(struct choices, baseline), "NAME",
	  "judge against this baseline (nestbench baseline list), or\n"
	  "against what compare takes as a side: label:K=V, a file" },
	{ "output", 'o', NB_CLI_TEXT, offsetof(struct choices, output), "FILE",
	  "the page (default: nestbench-report.html; \"-\": stdout)" },
	{ "no-plots", 0, NB_CLI_FLAG, offsetof(struct choices, no_plots), NULL,
	  "only tables, at once" },
	{ "force", 'f', NB_CLI_FLAG, offsetof(struct choices, force), NULL,
	  "replace FILE if it exists" },
	NB_CLI_OPTION_DB(struct choices),
	NB_CLI_OPTION_HELP,
	NB_CLI_OPTION_END,
};

static int write_file(const struct choices *choices, const struct nb_cli_view *view)
{
	struct nb_cli_output output;
	struct nb_error error = { 0 };
	char note[320] = "";
	int status = nb_cli_output_open(&output, choices->output, &error);

	if (status == 0) {
		status = nb_cli_page_write(output.stream, view, !choices->no_plots, note,
					   sizeof(note), &error);
		if (status == 0)
			status = nb_cli_output_commit(&output, choices->output, &error);
		else
			nb_cli_output_abandon(&output);
	}
	if (status < 0)
		return nb_cli_fail(&nb_cli_report, NB_EXIT_FAILED, "%s", error.text);
	if (note[0])
		nb_cli_fail(&nb_cli_report, NB_EXIT_FINE, "%s", note);
	return NB_EXIT_FINE;
}

static int write_report(const struct choices *choices, const struct nb_cli_view *view)
{
	char sentence[1024];
	int status = write_file(choices, view);

	if (status != NB_EXIT_FINE || strcmp(choices->output, "-") == 0)
		return status;
	nb_view_sentence(&view->view, sentence, sizeof(sentence));
	nb_cli_hint("%s: %zu session%s. %s", choices->output, view->count,
		    view->count == 1 ? "" : "s", sentence);
	return NB_EXIT_FINE;
}

static int report(const struct choices *choices, const struct nb_cli_view_request *request)
{
	struct nb_cli_view *view = calloc(1, sizeof(*view));
	int status;

	if (!view)
		return nb_cli_fail(&nb_cli_report, NB_EXIT_FAILED, "out of memory");
	status = nb_cli_view_load(request, view);
	if (status == NB_EXIT_FINE)
		status = nb_cli_view_make(request, view);
	if (status == NB_EXIT_FINE)
		status = write_report(choices, view);
	nb_cli_view_free(view);
	return status;
}

static int run(int argc, char **argv)
{
	struct choices choices = { .output = "nestbench-report.html" };
	char path[NB_CLI_PATH_SIZE];
	struct nb_cli_words words;
	struct nb_cli_view_request request;
	int status;

	if (!nb_cli_parse(&nb_cli_report, argc, argv, &choices, &words, &status))
		return status;
	if (!nb_cli_database(&nb_cli_report, choices.db, path) ||
	    !nb_cli_output_allowed(&nb_cli_report, choices.output, choices.force))
		return NB_EXIT_USAGE;
	request = (struct nb_cli_view_request){ .verb = &nb_cli_report,
						.database = path,
						.words = words,
						.base = choices.baseline,
						.past = true };
	return report(&choices, &request);
}

const struct nb_cli_verb nb_cli_report = {
	.name = "report",
	.arguments = "[SESSION...]",
	.summary = "one HTML file with tables and plots, to look at and to send",
	.details =
		"Writes one self-contained HTML page of sessions: the verdict, the largest changes,\n"
		"every family with its evidence and plots, the machines and what differs between them.\n"
		"SESSION is an id, \"latest\" (the default), \"label:KEY=VALUE\", \"baseline:NAME\" or a\n"
		"file (.json of nestbench export, or a .db). Sessions of one platform are summed up;\n"
		"platforms stand side by side. Plots need gnuplot (Debian: gnuplot-nox).\n",
	.options = options,
	.run = run,
};
