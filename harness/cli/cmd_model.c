/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "nestbench/model_report.h"

#include "cli_compare.h"

struct choices {
	const char *db, *level;
	struct nb_cli_list rates;
	bool all, include_invalid, json;
};

static const struct nb_cli_option options[] = {
	{ "rate", 'r', NB_CLI_LIST, offsetof(struct choices, rates), "HZ",
	  "interrupts a second to find the deepest level for; may\n"
	  "stand several times (default: 1, 10, 100, 1000)" },
	{ "level", 'l', NB_CLI_TEXT, offsetof(struct choices, level), "N",
	  "nesting level of the first session's system, where it is\n"
	  "not known: 0 on hardware, 1 in a VM, ..." },
	{ "all", 'a', NB_CLI_FLAG, offsetof(struct choices, all), NULL,
	  "print every series and every bound" },
	{ "include-invalid", 0, NB_CLI_FLAG, offsetof(struct choices, include_invalid), NULL,
	  "take sessions over 20 % of whose rounds were disturbed" },
	NB_CLI_OPTION_JSON(struct choices),
	NB_CLI_OPTION_DB(struct choices),
	NB_CLI_OPTION_HELP,
	NB_CLI_OPTION_END,
};

static const double rate_max = 1e9;

/* What was asked for, checked, and the sessions that it names. */
struct request {
	struct nb_model_options options;
	double rates[NB_CLI_LIST_MAX];
	struct nb_record sessions[2]; /* owned */
	size_t count;
};

static bool take_rate(const char *text, double *rate)
{
	size_t whole = strspn(text, "0123456789");
	size_t part = text[whole] == '.' ? 1 + strspn(text + whole + 1, "0123456789") : 0;

	/* strtod() alone would take "0x10", "1e3" and "nan" as well. */
	*rate = whole > 0 && text[whole + part] == '\0' ? strtod(text, NULL) : 0;
	if (*rate > 0 && *rate <= rate_max)
		return true;
	nb_cli_fail(&nb_cli_model, NB_EXIT_USAGE,
		    "--rate: '%s' is not a number of interrupts a second", text);
	return false;
}

static bool take_choices(const struct choices *choices, struct request *request)
{
	struct nb_model_options *taken = &request->options;
	int64_t level = NB_LEVEL_UNKNOWN;

	if (choices->level &&
	    !nb_cli_integer(&nb_cli_model, "--level", choices->level, 0, 16, &level))
		return false;
	taken->level = (int)level;
	taken->include_invalid = choices->include_invalid;
	if (choices->rates.count > NB_CLI_LIST_MAX) {
		nb_cli_fail(&nb_cli_model, NB_EXIT_USAGE, "--rate: more than %d of them",
			    NB_CLI_LIST_MAX);
		return false;
	}
	for (size_t i = 0; i < choices->rates.count; i++)
		if (!take_rate(choices->rates.items[i], &request->rates[i]))
			return false;
	taken->rates = choices->rates.count > 0 ? request->rates : NULL;
	taken->rate_count = choices->rates.count;
	return true;
}

/* A session's id or "latest" is no file, unless it is written as one: "./latest". */
static bool is_file(const char *word)
{
	struct stat status;

	return strcmp(word, "latest") != 0 && !nb_base_ulid_valid(word) &&
	       stat(word, &status) == 0 && !S_ISDIR(status.st_mode);
}

static int load_file(const char *path, struct nb_record *record)
{
	struct nb_cli_records records;
	struct nb_error error = { 0 };
	int status = NB_EXIT_FINE;

	if (nb_cli_is_database(path)) {
		nb_cli_fail(&nb_cli_model, NB_EXIT_USAGE, "%s is a database, not a session", path);
		nb_cli_hint("--db %s takes sessions from it", path);
		return NB_EXIT_USAGE;
	}
	if (nb_cli_read_records(path, &records, &error) < 0)
		return nb_cli_fail(&nb_cli_model, NB_EXIT_FAILED, "%s", error.text);
	if (records.count == 1) {
		*record = records.records[0];
		records.records[0] = (struct nb_record){ 0 };
	} else if (records.kind == NB_CLI_SPEC) {
		status = nb_cli_fail(&nb_cli_model, NB_EXIT_USAGE,
				     "%s is a specification without sessions", path);
	} else {
		status = nb_cli_fail(&nb_cli_model, NB_EXIT_USAGE,
				     "%s holds %zu sessions, and the model takes one", path,
				     records.count);
	}
	nb_cli_records_free(&records);
	return status;
}

static int load_stored(const char *path, const struct nb_cli_words *word, struct nb_record *record)
{
	struct nb_store *store = nb_cli_open_store(&nb_cli_model, path, NB_STORE_READ);
	int status = NB_EXIT_FINE;

	if (!store)
		return NB_EXIT_FAILED;
	(void)nb_cli_load(&nb_cli_model, store, word, record, &status);
	nb_store_close(store);
	return status;
}

static int load(const char *database, const struct nb_cli_words *words, struct request *request)
{
	size_t count = words->count > 0 ? words->count : 1;
	int status = NB_EXIT_FINE;

	while (status == NB_EXIT_FINE && request->count < count) {
		const struct nb_cli_words word = { words->words + request->count,
						   words->count > 0 ? 1 : 0 };
		struct nb_record *record = &request->sessions[request->count];

		if (word.count > 0 && is_file(word.words[0]))
			status = load_file(word.words[0], record);
		else
			status = load_stored(database, &word, record);
		request->count += status == NB_EXIT_FINE;
	}
	return status;
}

/* What is wrong with the sessions, and what to type instead. */
static int refuse(int result, const struct nb_error *error)
{
	int status = result == -EINVAL || result == -EEXIST ? NB_EXIT_USAGE : NB_EXIT_FAILED;

	nb_cli_fail(&nb_cli_model, status, "%s", error->text);
	if (result == -EINVAL)
		nb_cli_hint("nestbench model --level N tells that of the first session; nestbench "
			    "run --level N keeps it with the next one");
	else if (result == -EEXIST)
		nb_cli_hint("nestbench run in a VM of that machine measures the next level; "
			    "nestbench show --list shows the sessions");
	else if (result == -ENODATA)
		nb_cli_hint("--include-invalid takes it nevertheless");
	return status;
}

static int print(const struct choices *choices, const struct nb_model *model)
{
	struct nb_report_style style = nb_cli_style();
	struct nb_error error = { 0 };
	int status = choices->json ? nb_report_model_json(stdout, model, &error)
				   : nb_report_model(stdout, model, choices->all, &style, &error);

	if (status < 0)
		return nb_cli_fail(&nb_cli_model, NB_EXIT_FAILED, "%s", error.text);
	return model->used_count > 0 ? NB_EXIT_FINE : NB_EXIT_NOTHING;
}

static int model_them(const struct choices *choices, const struct request *request)
{
	struct nb_error error = { 0 };
	struct nb_model model;
	int result = nb_model_make(&request->sessions[0],
				   request->count > 1 ? &request->sessions[1] : NULL,
				   &request->options, &model, &error);
	int status;

	if (result < 0)
		return refuse(result, &error);
	status = print(choices, &model);
	nb_model_free(&model);
	return status;
}

static int run(int argc, char **argv)
{
	struct choices choices = { 0 };
	struct request request = { 0 };
	char path[NB_CLI_PATH_SIZE];
	struct nb_cli_words words;
	int status;

	if (!nb_cli_parse(&nb_cli_model, argc, argv, &choices, &words, &status))
		return status;
	if (words.count > 2)
		return nb_cli_fail(&nb_cli_model, NB_EXIT_USAGE,
				   "two sessions at most: nestbench model SHALLOW DEEP");
	if (!take_choices(&choices, &request) || !nb_cli_database(&nb_cli_model, choices.db, path))
		return NB_EXIT_USAGE;
	status = load(path, &words, &request);
	if (status == NB_EXIT_FINE)
		status = model_them(&choices, &request);
	for (size_t i = 0; i < request.count; i++)
		nb_record_free(&request.sessions[i]);
	return status;
}

const struct nb_cli_verb nb_cli_model = {
	.name = "model",
	.arguments = "[SESSION [DEEP]]",
	.summary = "what one more level of nesting would cost",
	.details =
		"Fits from a session (the latest one, an id or a beginning of one, or a .json file of\n"
		"nestbench export) by how much one more level of nesting multiplies an exit, and\n"
		"foretells exits, interrupts and exceptions one level deeper, the worst case, and how\n"
		"deep interrupts of a rate are sustained. With DEEP, a session one level deeper than\n"
		"the first, what was foretold is checked against it. What was measured, fitted and\n"
		"extrapolated is told apart, each with its interval.\n"
		"Exit status: 0; 77 where the session says nothing of one more level.\n",
	.options = options,
	.run = run,
};
