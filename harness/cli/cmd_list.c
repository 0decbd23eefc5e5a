/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "cli_private.h"

struct choices {
	bool json;
	const char *kvm_device;
};

static const struct nb_cli_option options[] = {
	NB_CLI_OPTION_JSON(struct choices),
	NB_CLI_OPTION_KVM(struct choices),
	NB_CLI_OPTION_HELP,
	NB_CLI_OPTION_END,
};

enum { BENCHMARK, VANTAGE, PARAMS, UNIT, NEEDS, HERE, SUMMARY, COLUMNS };
enum { HERE_SIZE = 32 };

static json_t *entry_tree(const struct nb_run_entry *entry)
{
	const struct nb_series *series = &entry->series;

	return json_pack("{s:s, s:s, s:o, s:s, s:s, s:s, s:s, s:o, s:o, s:b, s:o}", "benchmark",
			 series->benchmark, "vantage", nb_record_vantage_name(series->vantage),
			 "params", nb_cli_params(series->params), "metric", series->metric, "unit",
			 series->unit, "better", series->lower_is_better ? "lower" : "higher",
			 "summary", entry->summary, "needs", nb_cli_text(entry->needs), "expected",
			 nb_cli_number(entry->expected), "runnable", (int)entry->runnable, "reason",
			 nb_cli_text(entry->reason));
}

static json_t *catalogue_tree(const struct nb_run_catalogue *catalogue)
{
	json_t *benchmarks = json_array();

	for (size_t i = 0; i < catalogue->count; i++)
		json_array_append_new(benchmarks, entry_tree(&catalogue->entries[i]));
	return json_pack("{s:s, s:o}", "schema", "nestbench/1", "benchmarks", benchmarks);
}

/* The distinct reasons why something cannot run: told once each, below the grid. */
struct reasons {
	const char **texts;
	size_t count;
};

/* Number of the reason, counted from 1. */
static size_t number_of(struct reasons *reasons, const char *text)
{
	size_t i = 0;

	while (i < reasons->count && strcmp(reasons->texts[i], text) != 0)
		i++;
	if (i == reasons->count)
		reasons->texts[reasons->count++] = text;
	return i + 1;
}

static void fill_row(const struct nb_run_entry *entry, struct reasons *reasons,
		     char here[HERE_SIZE], const char **cells)
{
	if (entry->runnable)
		nb_base_copy(here, HERE_SIZE, "yes");
	else
		snprintf(here, HERE_SIZE, "no (%zu)", number_of(reasons, entry->reason));
	cells[BENCHMARK] = entry->series.benchmark;
	cells[VANTAGE] = nb_record_vantage_name(entry->series.vantage);
	cells[PARAMS] = entry->series.params;
	cells[UNIT] = entry->series.unit;
	cells[NEEDS] = entry->needs;
	cells[HERE] = here;
	cells[SUMMARY] = entry->summary;
}

static int print_rows(const struct nb_run_catalogue *catalogue, struct reasons *reasons,
		      char (*here)[HERE_SIZE], const char **cells)
{
	static const char *const header[COLUMNS] = { "benchmark", "vantage",   "params", "unit",
						     "needs",	  "runs here", "summary" };

	memcpy(cells, header, sizeof(header));
	for (size_t i = 0; i < catalogue->count; i++)
		fill_row(&catalogue->entries[i], reasons, here[i], cells + (i + 1) * COLUMNS);
	if (nb_cli_print_grid(&nb_cli_list, stdout, "<<<<<<<", cells, catalogue->count + 1) !=
	    NB_EXIT_FINE)
		return NB_EXIT_FAILED;
	for (size_t i = 0; i < reasons->count; i++)
		printf("%s(%zu) %s\n", i == 0 ? "\n" : "", i + 1, reasons->texts[i]);
	return NB_EXIT_FINE;
}

static int print_list(const struct nb_run_catalogue *catalogue)
{
	char(*here)[HERE_SIZE] = calloc(catalogue->count + 1, sizeof(*here));
	const char **cells = calloc((catalogue->count + 1) * COLUMNS, sizeof(*cells));
	struct reasons reasons = { .texts = calloc(catalogue->count + 1, sizeof(char *)) };
	int status;

	if (here && cells && reasons.texts)
		status = print_rows(catalogue, &reasons, here, cells);
	else
		status = nb_cli_fail(&nb_cli_list, NB_EXIT_FAILED, "out of memory");
	free(here);
	free(cells);
	free(reasons.texts);
	return status;
}

static int run(int argc, char **argv)
{
	static const struct nb_run_storage_options everything = { .unasked = true };
	struct choices choices = { .kvm_device = "/dev/kvm" };
	struct nb_run_catalogue catalogue;
	struct nb_error error = { 0 };
	struct nb_cli_words words;
	int status;

	if (!nb_cli_parse(&nb_cli_list, argc, argv, &choices, &words, &status))
		return status;
	if (nb_run_catalogue(&(struct nb_run_options){ .patterns = words.words,
						       .pattern_count = words.count,
						       .cpu = -1,
						       .level = NB_LEVEL_UNKNOWN,
						       .kvm_device = choices.kvm_device,
						       .storage = &everything },
			     &catalogue, &error) < 0)
		return nb_cli_catalogue_failed(&nb_cli_list, &words, &error);
	status = choices.json ? nb_cli_print_json(&nb_cli_list, catalogue_tree(&catalogue))
			      : print_list(&catalogue);
	nb_run_catalogue_free(&catalogue);
	return status;
}

const struct nb_cli_verb nb_cli_list = {
	.name = "list",
	.arguments = "[PATTERN...]",
	.summary = "benchmarks, what each needs and whether it can run here",
	.details =
		"Lists the benchmarks whose names match a PATTERN (a shell glob; default: all),\n"
		"with where they run, what they need and whether they can run here.\n",
	.options = options,
	.run = run,
};
