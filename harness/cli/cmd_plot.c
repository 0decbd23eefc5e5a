/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nestbench/plot.h"

#include "cli_view.h"

struct choices {
	const char *db, *baseline, *output, *series;
	bool data, force;
};

static const struct nb_cli_option options[] = {
	{ "baseline", 'b', NB_CLI_TEXT, offsetof(struct choices, baseline), "NAME",
	  "judge against this baseline, or what compare takes as a side" },
	{ "series", 's', NB_CLI_TEXT, offsetof(struct choices, series), "PATTERN",
	  "only series whose name matches this glob, as 'exit.*'" },
	{ "output", 'o', NB_CLI_TEXT, offsetof(struct choices, output), "FILE",
	  "FILE.svg or FILE.png; with --data FILE.tsv (default: stdout)" },
	{ "data", 0, NB_CLI_FLAG, offsetof(struct choices, data), NULL,
	  "the numbers, which scripts/plot/NAME.gp draws, and no picture" },
	{ "force", 'f', NB_CLI_FLAG, offsetof(struct choices, force), NULL,
	  "replace FILE if it exists" },
	NB_CLI_OPTION_DB(struct choices),
	NB_CLI_OPTION_HELP,
	NB_CLI_OPTION_END,
};

/* What was asked for, checked. */
struct request {
	enum nb_plot plot;
	enum nb_plot_format format;
	const char *pattern, *output;
	bool data;
	struct nb_cli_view_request view;
};

static int write_data(const struct request *request, const char *path, const struct nb_view *view,
		      struct nb_error *error)
{
	struct nb_cli_output output;
	int status = nb_cli_output_open(&output, path, error);

	if (status < 0)
		return status;
	status = nb_plot_data(output.stream, request->plot, view, request->pattern, error);
	if (status == 0)
		return nb_cli_output_commit(&output, path, error);
	nb_cli_output_abandon(&output);
	return status;
}

/* The data are in a file without a name, which gnuplot can open again and again. */
static int draw(const struct request *request, const struct nb_view *view, struct nb_error *error)
{
	const struct nb_plot_options defaults = { 0 };
	char path[64];
	struct nb_plot_job job = { .plot = request->plot,
				   .format = request->format,
				   .data = path,
				   .output = request->output };
	FILE *stream = tmpfile();
	int status;

	if (!stream)
		return nb_error_set(error, errno, "no temporary file: %s", strerror(errno));
	snprintf(path, sizeof(path), "/proc/%ld/fd/%d", (long)getpid(), fileno(stream));
	status = nb_plot_data(stream, request->plot, view, request->pattern, error);
	if (status == 0 && fflush(stream) != 0)
		status = nb_error_set(error, errno, "temporary file: %s", strerror(errno));
	if (status == 0)
		status = nb_plot_draw(&job, 1, &defaults, error);
	fclose(stream);
	return status;
}

static int plot_view(const struct request *request, const struct nb_view *view)
{
	struct nb_error error = { 0 };
	int status = request->data ? write_data(request, request->output, view, &error)
				   : draw(request, view, &error);

	if (status == -ENODATA)
		return nb_cli_fail(&nb_cli_plot, NB_EXIT_NOTHING, "%s: %s",
				   nb_plot_name(request->plot), error.text);
	if (status < 0)
		return nb_cli_fail(&nb_cli_plot, NB_EXIT_FAILED, "%s", error.text);
	return NB_EXIT_FINE;
}

static int plot(const struct request *request)
{
	struct nb_cli_view *view = calloc(1, sizeof(*view));
	int status;

	if (!view)
		return nb_cli_fail(&nb_cli_plot, NB_EXIT_FAILED, "out of memory");
	status = nb_cli_view_load(&request->view, view);
	if (status == NB_EXIT_FINE)
		status = nb_cli_view_make(&request->view, view);
	if (status == NB_EXIT_FINE)
		status = plot_view(request, &view->view);
	nb_cli_view_free(view);
	return status;
}

static int print_plots(void)
{
	const char *cells[2 * NB_PLOT_COUNT];

	for (enum nb_plot i = 0; i < NB_PLOT_COUNT; i++) {
		cells[2 * (size_t)i] = nb_plot_name(i);
		cells[2 * (size_t)i + 1] = nb_plot_summary(i);
	}
	return nb_cli_print_grid(&nb_cli_plot, stdout, "<<", cells, NB_PLOT_COUNT);
}

/* The format is in the file's name. */
static bool take_output(const struct choices *choices, struct request *request)
{
	const char *path = choices->output ? choices->output : "-";
	const char *ending = strrchr(path, '.');

	request->output = path;
	request->data = choices->data;
	if (!nb_cli_output_allowed(&nb_cli_plot, path, choices->force))
		return false;
	if (choices->data)
		return true;
	if (ending && strcmp(ending, ".svg") == 0) {
		request->format = NB_PLOT_SVG;
		return true;
	}
	if (ending && strcmp(ending, ".png") == 0) {
		request->format = NB_PLOT_PNG;
		return true;
	}
	nb_cli_fail(&nb_cli_plot, NB_EXIT_USAGE, "a picture needs -o FILE.svg or -o FILE.png");
	return false;
}

static bool take_words(const struct nb_cli_words *words, struct request *request)
{
	const char *names[NB_PLOT_COUNT];
	size_t index;

	for (enum nb_plot i = 0; i < NB_PLOT_COUNT; i++)
		names[i] = nb_plot_name(i);
	if (!nb_cli_word(&nb_cli_plot, "NAME", words->words[0], names, NB_PLOT_COUNT, &index))
		return false;
	request->plot = (enum nb_plot)index;
	request->view.words = (struct nb_cli_words){ words->words + 1, words->count - 1 };
	return true;
}

static int run(int argc, char **argv)
{
	struct choices choices = { 0 };
	char path[NB_CLI_PATH_SIZE];
	struct nb_cli_words words;
	struct request request = { 0 };
	int status;

	if (!nb_cli_parse(&nb_cli_plot, argc, argv, &choices, &words, &status))
		return status;
	if (words.count == 0)
		return print_plots();
	if (!take_words(&words, &request) || !take_output(&choices, &request) ||
	    !nb_cli_database(&nb_cli_plot, choices.db, path))
		return NB_EXIT_USAGE;
	request.pattern = choices.series;
	request.view.verb = &nb_cli_plot;
	request.view.database = path;
	request.view.base = choices.baseline;
	request.view.past = request.plot == NB_PLOT_HISTORY;
	request.view.past_pattern = choices.series;
	return plot(&request);
}

const struct nb_cli_verb nb_cli_plot = {
	.name = "plot",
	.arguments = "[NAME [SESSION...]]",
	.summary = "one plot of sessions, as SVG or PNG",
	.details =
		"Draws one plot of sessions with gnuplot (Debian: gnuplot-nox); without NAME lists the\n"
		"plots. SESSION is an id, \"latest\" (the default), \"label:KEY=VALUE\", \"baseline:NAME\"\n"
		"or a file (.json of nestbench export, or a .db). For a picture to one's own taste:\n"
		"  nestbench plot cdf --data -o cdf.tsv && gnuplot -c scripts/plot/cdf.gp cdf.tsv a.svg\n"
		"Exit status: 77 where the sessions have nothing for this plot.\n",
	.options = options,
	.run = run,
};
