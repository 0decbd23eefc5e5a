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
	if (error->code != ENOENT) /* EINVAL: what the user gave, but not as a pattern */
		return nb_cli_fail(verb, error->code == EINVAL ? NB_EXIT_USAGE : NB_EXIT_FAILED,
				   "%s", error->text);
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

static json_t *places_tree(const struct nb_run_options *options,
			   const struct nb_run_catalogue *catalogue)
{
	struct nb_run_place places[NB_TARGET_MAX];
	size_t count = nb_run_places(options, catalogue, places);
	json_t *tree = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(
			tree,
			json_pack("{s:s, s:s, s:s, s:I, s:I, s:I}", "target",
				  places[i].target->name, "path", places[i].target->path, "kind",
				  places[i].target->kind, "series", (json_int_t)places[i].series,
				  "file_bytes", (json_int_t)places[i].file_bytes,
				  "written_bytes_max", (json_int_t)places[i].bytes));
	return tree;
}

static json_t *plan_tree(const struct nb_run_options *options,
			 const struct nb_run_catalogue *catalogue,
			 const struct nb_run_estimate *estimate)
{
	json_t *plan = json_array();

	for (size_t i = 0; i < catalogue->count; i++)
		json_array_append_new(plan, series_tree(&catalogue->entries[i]));
	return json_pack("{s:s, s:I, s:i, s:I, s:I, s:o, s:o, s:o}", "schema", "nestbench/1",
			 "seed", (json_int_t)options->seed, "rounds", estimate->rounds, "runnable",
			 (json_int_t)estimate->runnable, "skipped", (json_int_t)estimate->skipped,
			 "seconds", nb_cli_number(estimate->seconds), "plan", plan, "storage",
			 places_tree(options, catalogue));
}

static void print_entry(const struct nb_run_entry *entry)
{
	printf("%s, %s%s%s%s%s\n", entry->series.benchmark,
	       nb_record_vantage_name(entry->series.vantage), entry->series.params[0] ? ", " : "",
	       entry->series.params,
	       entry->runnable ? "" : ": skip: ", entry->runnable ? "" : entry->reason);
}

enum { TARGET, FOLDER, KIND, SERIES, FILE_SIZE, WRITES, COLUMNS };
enum { NUMBER_SIZE = 24 };

struct place_texts {
	char kind[48], series[NUMBER_SIZE], writes[NUMBER_SIZE], file[NUMBER_SIZE];
};

static void fill_place(const struct nb_run_place *place, struct place_texts *texts,
		       const char **cells)
{
	const struct nb_target *target = place->target;

	snprintf(texts->kind, sizeof(texts->kind), "%s%s%s", target->kind,
		 target->transport[0] ? " over " : "", target->transport);
	snprintf(texts->series, NUMBER_SIZE, "%zu", place->series);
	snprintf(texts->writes, NUMBER_SIZE, "%llu MiB", (unsigned long long)(place->bytes >> 20));
	snprintf(texts->file, NUMBER_SIZE, "%llu MiB",
		 (unsigned long long)(place->file_bytes >> 20));
	cells[TARGET] = target->name;
	cells[FOLDER] = target->path;
	cells[KIND] = texts->kind;
	cells[SERIES] = texts->series;
	cells[WRITES] = texts->writes;
	cells[FILE_SIZE] = texts->file;
}

static int print_places(const struct nb_cli_verb *verb, const struct nb_run_options *options,
			const struct nb_run_catalogue *catalogue)
{
	static const char *const header[COLUMNS] = { "target", "folder",    "file system",
						     "series", "data file", "writes at most" };
	struct nb_run_place places[NB_TARGET_MAX];
	struct place_texts texts[NB_TARGET_MAX];
	const char *cells[(NB_TARGET_MAX + 1) * COLUMNS];
	size_t count = nb_run_places(options, catalogue, places);

	if (count == 0)
		return NB_EXIT_FINE;
	memcpy(cells, header, sizeof(header));
	for (size_t i = 0; i < count; i++)
		fill_place(&places[i], &texts[i], cells + (i + 1) * COLUMNS);
	printf("\nio.* writes into a new folder .nestbench-... of each target, and removes it at the "
	       "end:\n");
	return nb_cli_print_grid(verb, stdout, "<<<>>>", cells, count + 1);
}

static int print_text(const struct nb_cli_verb *verb, const struct nb_run_options *options,
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
	return print_places(verb, options, catalogue);
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
		status = print_text(verb, options, catalogue, &estimate);
	if (status == NB_EXIT_FINE && estimate.runnable == 0)
		status = NB_EXIT_NOTHING;
	return status;
}
