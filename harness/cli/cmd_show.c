/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "cli_private.h"

struct choices {
	const char *db, *distribution;
	bool list, json;
};

static const struct nb_cli_option options[] = {
	{ "distribution", 'd', NB_CLI_TEXT, offsetof(struct choices, distribution), "SERIES",
	  "percentiles and histogram of one benchmark:\n"
	  "BENCHMARK[,user|,guest][,KEY=VALUE...], where\n"
	  "BENCHMARK may be a glob and what is left out\n"
	  "matches all" },
	{ "list", 'l', NB_CLI_FLAG, offsetof(struct choices, list), NULL,
	  "list the sessions of the database, newest first" },
	NB_CLI_OPTION_JSON(struct choices),
	NB_CLI_OPTION_DB(struct choices),
	NB_CLI_OPTION_HELP,
	NB_CLI_OPTION_END,
};

/* "exit.cpuid,guest,ring=3" in its parts; a part that is not given matches all. */
struct choice {
	char benchmark[sizeof(((struct nb_series *)0)->benchmark)];
	const char *vantage; /* "user", "guest" or NULL */
	const char *params;  /* NULL: any */
};

static void split_choice(const char *text, struct choice *choice)
{
	static const char *const vantages[] = { "user", "guest" };
	size_t length = strcspn(text, ",");
	const char *rest = text[length] ? text + length + 1 : NULL;

	*choice = (struct choice){ 0 };
	snprintf(choice->benchmark, sizeof(choice->benchmark), "%.*s", (int)length, text);
	for (size_t i = 0; rest && i < 2; i++) {
		length = strlen(vantages[i]);
		if (strncmp(rest, vantages[i], length) != 0 || !strchr(",", rest[length]))
			continue;
		choice->vantage = vantages[i];
		rest = rest[length] ? rest + length + 1 : NULL;
		break;
	}
	choice->params = rest;
}

static bool matches(const struct nb_series *series, const struct choice *choice)
{
	if (fnmatch(choice->benchmark, series->benchmark, 0) != 0)
		return false;
	if (choice->vantage &&
	    strcmp(choice->vantage, nb_record_vantage_name(series->vantage)) != 0)
		return false;
	return !choice->params || strcmp(choice->params, series->params) == 0;
}

/* The series of a session as --distribution takes them, to name the nearest one. */
static int no_such_series(const struct nb_record *record, const char *text)
{
	char(*names)[192] = calloc(record->count + 1, sizeof(*names));
	const char **words = calloc(record->count + 1, sizeof(*words));

	for (size_t i = 0; names && words && i < record->count; i++) {
		const struct nb_series *series = &record->series[i].series;

		words[i] = series->benchmark;
		if (!strchr(text, ','))
			continue;
		snprintf(names[i], sizeof(names[i]), "%s,%s%s%s", series->benchmark,
			 nb_record_vantage_name(series->vantage), series->params[0] ? "," : "",
			 series->params);
		words[i] = names[i];
	}
	if (names && words && record->count > 0)
		nb_cli_fail(&nb_cli_show, NB_EXIT_USAGE,
			    "no series '%s' in session %s; nearest: %s", text, record->session.id,
			    nb_cli_nearest(text, words, record->count));
	else
		nb_cli_fail(&nb_cli_show, NB_EXIT_USAGE, "no series '%s' in session %s", text,
			    record->session.id);
	free(names);
	free(words);
	return NB_EXIT_USAGE;
}

/* A view of the record with the matching series only; it borrows their rounds. */
static int print_distributions_json(const struct nb_record *record, const struct choice *choice)
{
	struct nb_record view = { .session = record->session };
	struct nb_error error = { 0 };
	int status;

	view.series = calloc(record->count + 1, sizeof(*view.series));
	if (!view.series)
		return nb_cli_fail(&nb_cli_show, NB_EXIT_FAILED, "out of memory");
	for (size_t i = 0; i < record->count; i++)
		if (matches(&record->series[i].series, choice))
			view.series[view.count++] = record->series[i];
	status = nb_report_json(stdout, &view, true, &error);
	free(view.series);
	if (status < 0)
		return nb_cli_fail(&nb_cli_show, NB_EXIT_FAILED, "%s", error.text);
	return NB_EXIT_FINE;
}

static int print_distributions(const struct nb_record *record, const char *text, bool json)
{
	struct nb_report_style style = nb_cli_style();
	struct nb_error error = { 0 };
	struct choice choice;
	size_t found = 0;

	split_choice(text, &choice);
	for (size_t i = 0; i < record->count; i++)
		found += matches(&record->series[i].series, &choice);
	if (found == 0)
		return no_such_series(record, text);
	if (json)
		return print_distributions_json(record, &choice);
	found = 0;
	for (size_t i = 0; i < record->count; i++) {
		if (!matches(&record->series[i].series, &choice))
			continue;
		if (found++ > 0)
			fputc('\n', stdout);
		if (nb_report_distribution(stdout, record, i, &style, &error) < 0)
			return nb_cli_fail(&nb_cli_show, NB_EXIT_FAILED, "%s", error.text);
	}
	return NB_EXIT_FINE;
}

static int print_session(const struct nb_record *record, const struct choices *choices)
{
	struct nb_report_style style = nb_cli_style();
	struct nb_error error = { 0 };
	int status;

	if (choices->distribution)
		return print_distributions(record, choices->distribution, choices->json);
	if (choices->json)
		status = nb_report_json(stdout, record, false, &error);
	else
		status = nb_report_table(stdout, record, &style, &error);
	if (status < 0)
		return nb_cli_fail(&nb_cli_show, NB_EXIT_FAILED, "%s", error.text);
	return NB_EXIT_FINE;
}

static int show(struct nb_store *store, const struct nb_cli_words *words,
		const struct choices *choices)
{
	struct nb_record record = { 0 };
	int status;

	if (choices->list)
		return nb_cli_print_sessions(&nb_cli_show, store, choices->json);
	if (!nb_cli_load(&nb_cli_show, store, words, &record, &status))
		return status;
	status = print_session(&record, choices);
	nb_record_free(&record);
	return status;
}

static int run(int argc, char **argv)
{
	struct choices choices = { 0 };
	char path[NB_CLI_PATH_SIZE];
	struct nb_cli_words words;
	struct nb_store *store;
	int status;

	if (!nb_cli_parse(&nb_cli_show, argc, argv, &choices, &words, &status))
		return status;
	if (words.count > 1 || (choices.list && (words.count > 0 || choices.distribution)))
		return nb_cli_fail(&nb_cli_show, NB_EXIT_USAGE,
				   choices.list ? "--list stands alone" : "one session at a time");
	if (!nb_cli_database(&nb_cli_show, choices.db, path))
		return NB_EXIT_USAGE;
	store = nb_cli_open_store(&nb_cli_show, path, NB_STORE_READ);
	if (!store)
		return NB_EXIT_FAILED;
	status = show(store, &words, &choices);
	nb_store_close(store);
	return status;
}

const struct nb_cli_verb nb_cli_show = {
	.name = "show",
	.arguments = "[SESSION]",
	.summary = "print a stored session, or the distribution of one benchmark",
	.details =
		"Prints the table of a stored session: the latest one, or the one whose id begins\n"
		"with SESSION (four characters at least). Below it: what one more level costs,\n"
		"where a session has rows of nested.*.\n",
	.options = options,
	.run = run,
};
