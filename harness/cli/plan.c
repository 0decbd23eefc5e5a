/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "cli_private.h"

/* A word like "exit" that is the beginning of benchmarks' names, up to the point. */
static bool is_family(const char *word)
{
	char pattern[64];
	const char *const patterns[] = { pattern };
	struct nb_run_catalogue catalogue;
	int length = snprintf(pattern, sizeof(pattern), "%s.*", word);

	if (length < 0 || (size_t)length >= sizeof(pattern) || strpbrk(word, "*?["))
		return false;
	if (nb_run_catalogue(&(struct nb_run_options){ .patterns = patterns,
						       .pattern_count = 1,
						       .cpu = -1,
						       .level = NB_LEVEL_UNKNOWN,
						       .kvm_device = "/dev/kvm" },
			     &catalogue, &(struct nb_error){ 0 }) < 0)
		return false;
	nb_run_catalogue_free(&catalogue);
	return true;
}

int nb_cli_catalogue_failed(const struct nb_cli_verb *verb, const struct nb_cli_words *words,
			    const struct nb_error *error)
{
	if (error->code != ENOENT)
		return nb_cli_fail(verb, NB_EXIT_FAILED, "%s", error->text);
	nb_cli_fail(verb, NB_EXIT_USAGE, "%s", error->text);
	for (size_t i = 0; i < words->count; i++)
		if (is_family(words->words[i]))
			nb_cli_hint("'%s.*' is the whole family", words->words[i]);
	nb_cli_hint("nestbench list shows all of them");
	return NB_EXIT_USAGE;
}

static json_t *series_tree(const struct nb_run_entry *entry)
{
	return json_pack("{s:s, s:s, s:o, s:b, s:o}", "benchmark", entry->series.benchmark,
			 "vantage", nb_record_vantage_name(entry->series.vantage), "params",
			 nb_cli_params(entry->series.params), "runnable", (int)entry->runnable,
			 "reason", nb_cli_text(entry->reason));
}

static json_t *plan_tree(const struct nb_run_options *options,
			 const struct nb_run_catalogue *catalogue,
			 const struct nb_run_estimate *estimate)
{
	json_t *plan = json_array();

	for (size_t i = 0; i < catalogue->count; i++)
		json_array_append_new(plan, series_tree(&catalogue->entries[i]));
	return json_pack("{s:s, s:I, s:i, s:I, s:I, s:o, s:o}", "schema", "nestbench/1", "seed",
			 (json_int_t)options->seed, "rounds", estimate->rounds, "runnable",
			 (json_int_t)estimate->runnable, "skipped", (json_int_t)estimate->skipped,
			 "seconds", nb_cli_number(estimate->seconds), "plan", plan);
}

static void print_entry(const struct nb_run_entry *entry)
{
	printf("%s, %s%s%s%s%s\n", entry->series.benchmark,
	       nb_record_vantage_name(entry->series.vantage), entry->series.params[0] ? ", " : "",
	       entry->series.params,
	       entry->runnable ? "" : ": skip: ", entry->runnable ? "" : entry->reason);
}

static void print_text(const struct nb_run_options *options,
		       const struct nb_run_catalogue *catalogue,
		       const struct nb_run_estimate *estimate)
{
	struct nb_run_options unlimited = *options;
	struct nb_run_estimate whole;

	for (size_t i = 0; i < catalogue->count; i++)
		print_entry(&catalogue->entries[i]);
	printf("\n%zu series in %s%d rounds, in an order drawn from seed %llu: about %.0f s\n",
	       estimate->runnable, options->profile == NB_PROFILE_THOROUGH ? "at least " : "",
	       estimate->rounds, (unsigned long long)options->seed, ceil(estimate->seconds));
	/* The estimate ends where the time limit does; without one it may be longer. */
	unlimited.max_time_s = HUGE_VAL;
	nb_run_estimate(&unlimited, catalogue, &whole);
	if (whole.seconds > estimate->seconds)
		printf("the time limit ends it after %.0f s: --max-time\n", estimate->seconds);
	if (estimate->skipped > 0)
		printf("%zu series cannot run here\n", estimate->skipped);
}

int nb_cli_print_plan(const struct nb_cli_verb *verb, const struct nb_run_options *options,
		      const struct nb_run_catalogue *catalogue, bool json)
{
	struct nb_run_estimate estimate;
	int status = NB_EXIT_FINE;

	nb_run_estimate(options, catalogue, &estimate);
	if (json)
		status = nb_cli_print_json(verb, plan_tree(options, catalogue, &estimate));
	else
		print_text(options, catalogue, &estimate);
	if (status == NB_EXIT_FINE && estimate.runnable == 0)
		status = NB_EXIT_NOTHING;
	return status;
}
