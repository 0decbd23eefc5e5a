/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "nestbench/formats.h"

#include "cli_view.h"

struct choices {
	const char *db, *format, *baseline, *output;
	bool json;
};

static const struct nb_cli_option options[] = {
	{ "format", 0, NB_CLI_TEXT, offsetof(struct choices, format), "FORMAT",
	  "one of those above (default: json)" },
	{ "json", 0, NB_CLI_FLAG, offsetof(struct choices, json), NULL,
	  "the same as --format json" },
	{ "baseline", 'b', NB_CLI_TEXT, offsetof(struct choices, baseline), "NAME",
	  "judge against this baseline (nestbench baseline list), or\n"
	  "against what compare takes as a side: label:K=V, a file;\n"
	  "openmetrics, junit and markdown show the verdicts" },
	{ "output", 'o', NB_CLI_TEXT, offsetof(struct choices, output), "FILE",
	  "write to FILE, which is replaced once all is written\n"
	  "(default: stdout)" },
	NB_CLI_OPTION_DB(struct choices),
	NB_CLI_OPTION_HELP,
	NB_CLI_OPTION_END,
};

enum { JSON, CSV, OPENMETRICS, BENCHFMT, GBENCH, JUNIT, MARKDOWN, HDR, FORMATS };

static const char *const names[FORMATS] = {
	[JSON] = "json",	 [CSV] = "csv",	      [OPENMETRICS] = "openmetrics",
	[BENCHFMT] = "benchfmt", [GBENCH] = "gbench", [JUNIT] = "junit",
	[MARKDOWN] = "markdown", [HDR] = "hdr",
};

/* Of a view; json and csv are of one record, with all that import needs. */
static int (*const writers[FORMATS])(FILE *, const struct nb_view *, struct nb_error *) = {
	[OPENMETRICS] = nb_formats_openmetrics, [BENCHFMT] = nb_formats_benchfmt,
	[GBENCH] = nb_formats_gbench,		[JUNIT] = nb_formats_junit,
	[MARKDOWN] = nb_formats_markdown,	[HDR] = nb_formats_hdr,
};

static bool shows_verdicts(size_t format)
{
	return format == OPENMETRICS || format == JUNIT || format == MARKDOWN;
}

/* One of the two is there. */
struct content {
	const struct nb_record *record;
	const struct nb_view *view;
};

static int write_content(FILE *stream, const struct content *content, size_t format,
			 struct nb_error *error)
{
	if (content->view)
		return writers[format](stream, content->view, error);
	if (format == CSV)
		return nb_report_csv(stream, content->record, true, error);
	return nb_report_json(stream, content->record, true, error);
}

static int export(const struct content *content, size_t format, const char *path)
{
	struct nb_cli_output output;
	struct nb_error error = { 0 };
	int status = nb_cli_output_open(&output, path, &error);

	if (status == 0) {
		status = write_content(output.stream, content, format, &error);
		if (status == 0)
			status = nb_cli_output_commit(&output, path, &error);
		else
			nb_cli_output_abandon(&output);
	}
	if (status < 0)
		return nb_cli_fail(&nb_cli_export, NB_EXIT_FAILED, "%s", error.text);
	return NB_EXIT_FINE;
}

static int export_record(const char *database, const struct nb_cli_words *words, size_t format,
			 const char *path)
{
	struct nb_store *store = nb_cli_open_store(&nb_cli_export, database, NB_STORE_READ);
	struct nb_record record = { 0 };
	int status;

	if (!store)
		return NB_EXIT_FAILED;
	if (nb_cli_load(&nb_cli_export, store, words, &record, &status)) {
		status = export(&(struct content){ .record = &record }, format, path);
		nb_record_free(&record);
	}
	nb_store_close(store);
	return status;
}

static int export_view(const struct nb_cli_view_request *request, size_t format, const char *path)
{
	struct nb_cli_view *view = calloc(1, sizeof(*view));
	int status;

	if (!view)
		return nb_cli_fail(&nb_cli_export, NB_EXIT_FAILED, "out of memory");
	status = nb_cli_view_load(request, view);
	if (status == NB_EXIT_FINE)
		status = nb_cli_view_make(request, view);
	if (status == NB_EXIT_FINE)
		status = export(&(struct content){ .view = &view->view }, format, path);
	nb_cli_view_free(view);
	return status;
}

/* The choices that do not go together; false after saying so. */
static bool fit_together(const struct choices *choices, size_t format,
			 const struct nb_cli_words *words)
{
	if (choices->json && format != JSON) {
		nb_cli_fail(&nb_cli_export, NB_EXIT_USAGE,
			    "--json and --format %s exclude each other", choices->format);
		return false;
	}
	if (choices->baseline && !shows_verdicts(format)) {
		nb_cli_fail(&nb_cli_export, NB_EXIT_USAGE,
			    "--baseline and --format %s exclude each other: it has no verdicts",
			    names[format]);
		nb_cli_hint("--format openmetrics, junit or markdown have them; nestbench compare "
			    "--json, too");
		return false;
	}
	if (words->count > 1 && !writers[format]) {
		nb_cli_fail(&nb_cli_export, NB_EXIT_USAGE, "one session at a time");
		nb_cli_hint("--format %s takes one; type a command for each, or another --format",
			    names[format]);
		return false;
	}
	return true;
}

static int run(int argc, char **argv)
{
	struct choices choices = { .output = "-" };
	char path[NB_CLI_PATH_SIZE];
	struct nb_cli_words words;
	struct nb_cli_view_request request;
	size_t format;
	int status;

	if (!nb_cli_parse(&nb_cli_export, argc, argv, &choices, &words, &status))
		return status;
	if (!choices.format)
		choices.format = names[JSON];
	if (!nb_cli_word(&nb_cli_export, "--format", choices.format, names, FORMATS, &format) ||
	    !fit_together(&choices, format, &words) ||
	    !nb_cli_database(&nb_cli_export, choices.db, path))
		return NB_EXIT_USAGE;
	if (!writers[format])
		return export_record(path, &words, format, choices.output);
	request = (struct nb_cli_view_request){
		.verb = &nb_cli_export, .database = path, .words = words, .base = choices.baseline
	};
	return export_view(&request, format, choices.output);
}

const struct nb_cli_verb nb_cli_export = {
	.name = "export",
	.arguments = "[SESSION...]",
	.summary = "write sessions as JSON, CSV, OpenMetrics, JUnit and others",
	.details =
		"Writes stored sessions for other programs; the latest one if no SESSION is named.\n"
		"\n"
		"  json         one session, everything: what nestbench import reads\n"
		"  csv          one session, one row a round\n"
		"  openmetrics  for Prometheus; by the node exporter's textfile collector:\n"
		"               nestbench export --format openmetrics \\\n"
		"                 -o /var/lib/node_exporter/nestbench.prom\n"
		"  benchfmt     Go's benchmark format, one line a round, for benchstat\n"
		"  gbench       google-benchmark's JSON, for its compare.py\n"
		"  junit        for CI: a test case a series, which fails if it regressed\n"
		"  markdown     tables for an issue or a comment on GitHub\n"
		"  hdr          HdrHistogram's log, one tagged histogram a round\n"
		"\n"
		"SESSION is an id or how it begins (four characters at least). All formats but json and\n"
		"csv take several, and \"label:KEY=VALUE\", \"baseline:NAME\" and files, too.\n"
		"Sessions of one platform are summed up; platforms stand side by side.\n",
	.options = options,
	.run = run,
};
