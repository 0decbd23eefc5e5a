/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "nestbench/archive.h"
#include "nestbench/history_report.h"
#include "nestbench/scorecard.h"

#include "cli_compare.h"

struct choices {
	const char *db, *sessions, *rounds, *margin, *seed, *kvm_device;
	bool json, include_invalid;
};

static const struct nb_cli_option options[] = {
	{ "sessions", 0, NB_CLI_TEXT, offsetof(struct choices, sessions), "N",
	  "so many sessions (4 to 1000, default: 10)" },
	{ "rounds", 0, NB_CLI_TEXT, offsetof(struct choices, rounds), "N",
	  "rounds of each session (default: 6, as of quick)" },
	{ "margin", 'm', NB_CLI_TEXT, offsetof(struct choices, margin), "PERCENT",
	  "a change up to this does not matter (default: 3)" },
	{ "seed", 0, NB_CLI_TEXT, offsetof(struct choices, seed), "N",
	  "seed of the halves and permutations (default: 1)" },
	{ "include-invalid", 0, NB_CLI_FLAG, offsetof(struct choices, include_invalid), NULL,
	  "disturbed sessions count too" },
	NB_CLI_OPTION_JSON(struct choices),
	NB_CLI_OPTION_DB(struct choices),
	NB_CLI_OPTION_KVM(struct choices),
	NB_CLI_OPTION_HELP,
	NB_CLI_OPTION_END,
};

static const char own_sessions[] = "label:selftest=aa";

enum { SESSIONS_LEAST = 4, SESSIONS_MOST = 1000, SESSIONS_USUAL = 10, ROUNDS_MOST = 10000 };

/* What was asked for, checked. */
struct request {
	const char *selector; /* stored sessions; NULL: those of this machine, measured now */
	struct nb_cli_words patterns;
	int64_t sessions, rounds; /* rounds 0: as the profile says */
	struct nb_scorecard_options options;
	const char *kvm_device;
	char database[NB_CLI_PATH_SIZE];
};

/* A selector where it can be no glob on benchmarks. */
static bool is_selector(const char *word)
{
	struct stat status;

	return strncmp(word, "label:", 6) == 0 || strncmp(word, "baseline:", 9) == 0 ||
	       strchr(word, ',') || (strpbrk(word, "/.") && stat(word, &status) == 0);
}

static bool take_numbers(const struct choices *choices, struct request *request)
{
	request->sessions = SESSIONS_USUAL;
	request->options = nb_scorecard_defaults;
	if ((choices->sessions &&
	     !nb_cli_integer(&nb_cli_selftest, "--sessions", choices->sessions, SESSIONS_LEAST,
			     SESSIONS_MOST, &request->sessions)) ||
	    (choices->rounds && !nb_cli_integer(&nb_cli_selftest, "--rounds", choices->rounds, 1,
						ROUNDS_MOST, &request->rounds)) ||
	    !nb_cli_seed(&nb_cli_selftest, choices->seed, &request->options.compare.seed) ||
	    (choices->margin && !nb_cli_percent(&nb_cli_selftest, "--margin", choices->margin,
						&request->options.compare.margin)))
		return false;
	request->options.compare.include_invalid = choices->include_invalid;
	request->kvm_device = choices->kvm_device;
	return nb_cli_database(&nb_cli_selftest, choices->db, request->database);
}

static int take_words(const struct choices *choices, const struct nb_cli_words *words,
		      struct request *request)
{
	if (words->count == 0 || strcmp(words->words[0], "aa") != 0) {
		nb_cli_fail(&nb_cli_selftest, NB_EXIT_USAGE,
			    "write: nestbench selftest aa [SELECTOR] [PATTERN...]");
		return NB_EXIT_USAGE;
	}
	request->patterns = (struct nb_cli_words){ words->words + 1, words->count - 1 };
	if (request->patterns.count > 0 && is_selector(request->patterns.words[0])) {
		request->selector = request->patterns.words[0];
		request->patterns.words++;
		request->patterns.count--;
	}
	if (request->selector && (choices->sessions || choices->rounds))
		return nb_cli_fail(&nb_cli_selftest, NB_EXIT_USAGE, "%s: %s are stored already",
				   choices->sessions ? "--sessions" : "--rounds",
				   request->selector);
	return NB_EXIT_FINE;
}

static bool is_wanted(const struct nb_cli_words *patterns, const struct nb_digest_row *row)
{
	for (size_t i = 0; i < patterns->count; i++)
		if (fnmatch(patterns->words[i], row->series.benchmark, 0) == 0)
			return true;
	return patterns->count == 0;
}

/* Keeps the series that were asked for, and the sessions that measured any of them. */
static void narrow(const struct nb_cli_words *patterns, struct nb_cli_side *side)
{
	size_t kept = 0;

	for (size_t i = 0; i < side->count; i++) {
		struct nb_digest *digest = &side->sessions[i];
		size_t rows = 0, measured = 0;

		for (size_t j = 0; j < digest->count; j++) {
			if (!is_wanted(patterns, &digest->rows[j]))
				continue;
			measured += digest->rows[j].outcome == NB_OK;
			digest->rows[rows++] = digest->rows[j];
		}
		digest->count = rows;
		if (measured > 0)
			side->sessions[kept++] = *digest;
		else
			nb_digest_free(digest);
	}
	side->count = kept;
}

/* Only sessions of the same machine, kernel and boot say how far two of them differ. */
static bool same_machine(const struct nb_machine *a, const struct nb_machine *b)
{
	return strcmp(a->platform, b->platform) == 0 && strcmp(a->kernel, b->kernel) == 0 &&
	       strcmp(a->boot_id, b->boot_id) == 0;
}

static void keep_machine(const struct nb_machine *machine, struct nb_cli_side *side)
{
	size_t kept = 0;

	for (size_t i = 0; i < side->count; i++) {
		if (same_machine(machine, &side->sessions[i].session.machine))
			side->sessions[kept++] = side->sessions[i];
		else
			nb_digest_free(&side->sessions[i]);
	}
	side->count = kept;
}

/* What earlier self-tests left of this machine; none is no fault. */
static int load_own(const struct request *request, const struct nb_machine *machine,
		    struct nb_cli_side *side)
{
	struct nb_error error = { 0 };
	struct nb_digest *digests;
	struct nb_store *store;
	size_t count;
	int result;

	*side = (struct nb_cli_side){ .asked = own_sessions };
	if (access(request->database, F_OK) != 0)
		return NB_EXIT_FINE;
	store = nb_cli_open_store(&nb_cli_selftest, request->database, NB_STORE_READ);
	if (!store)
		return NB_EXIT_FAILED;
	result = nb_store_digests(store, own_sessions, &digests, &count, &error);
	nb_store_close(store);
	if (result == -ENOENT)
		return NB_EXIT_FINE;
	if (result < 0)
		return nb_cli_fail(&nb_cli_selftest, NB_EXIT_FAILED, "%s", error.text);
	side->sessions = digests;
	side->count = count;
	keep_machine(machine, side);
	narrow(&request->patterns, side);
	return NB_EXIT_FINE;
}

static int measure(const struct request *request, size_t known)
{
	static const struct nb_label label = { "selftest", "aa" };
	struct nb_run_options run_options = { .patterns = request->patterns.words,
					      .pattern_count = request->patterns.count,
					      .rounds = (int)request->rounds,
					      .cpu = -1,
					      .level = NB_LEVEL_UNKNOWN,
					      .labels = &label,
					      .label_count = 1,
					      .kvm_device = request->kvm_device };
	struct nb_run_catalogue catalogue;
	struct nb_error error = { 0 };
	int status = NB_EXIT_FINE;

	if (nb_run_catalogue(&run_options, &catalogue, &error) < 0)
		return nb_cli_catalogue_failed(&nb_cli_selftest, &request->patterns, &error);
	for (size_t i = known; status == NB_EXIT_FINE && i < (size_t)request->sessions; i++) {
		uint32_t seed = (uint32_t)i + 1;

		(void)!getrandom(&seed, sizeof(seed), 0);
		run_options.seed = seed;
		nb_cli_hint("session %zu of %lld", i + 1, (long long)request->sessions);
		status = nb_cli_measure_quietly(&nb_cli_selftest, &run_options, &catalogue,
						request->database);
	}
	nb_run_catalogue_free(&catalogue);
	return status;
}

/* As many sessions of this machine as were asked for: those there are, and the rest anew. */
static int gather_own(const struct request *request, struct nb_cli_side *side)
{
	const struct nb_run_options here = { .cpu = -1,
					     .level = NB_LEVEL_UNKNOWN,
					     .kvm_device = request->kvm_device };
	struct nb_session *session = calloc(1, sizeof(*session));
	struct nb_error error = { 0 };
	int status;

	if (!session || nb_run_session(&here, session, &error) < 0) {
		free(session);
		return nb_cli_fail(&nb_cli_selftest, NB_EXIT_FAILED, "%s",
				   error.text[0] ? error.text : "out of memory");
	}
	status = load_own(request, &session->machine, side);
	if (status == NB_EXIT_FINE && side->count < (size_t)request->sessions) {
		status = measure(request, side->count);
		nb_cli_side_free(side);
		if (status == NB_EXIT_FINE)
			status = load_own(request, &session->machine, side);
	}
	free(session);
	return status;
}

static int print(const struct request *request, const struct nb_scorecard *card, bool json)
{
	struct nb_report_style style = nb_cli_style();
	struct nb_error error = { 0 };
	int status = json ? nb_report_scorecard_json(stdout, card, &request->options, &error)
			  : nb_report_scorecard(stdout, card, &style, &error);

	if (status < 0)
		return nb_cli_fail(&nb_cli_selftest, NB_EXIT_FAILED, "%s", error.text);
	return NB_EXIT_FINE;
}

static size_t disturbed(const struct nb_cli_side *side)
{
	size_t count = 0;

	for (size_t i = 0; i < side->count; i++)
		count += !side->sessions[i].valid;
	return count;
}

static int score(const struct request *request, const struct nb_cli_side *side, bool json)
{
	const struct nb_compare_group group = nb_cli_side_group(side);
	struct nb_scorecard card = { 0 };
	struct nb_error error = { 0 };
	int status;

	if (nb_scorecard_make(&group, &request->options, &card, &error) < 0) {
		nb_cli_fail(&nb_cli_selftest, NB_EXIT_FAILED, "%s", error.text);
		if (disturbed(side) > 0 && !request->options.compare.include_invalid)
			nb_cli_hint(
				"%zu of %zu were disturbed and left out; --include-invalid keeps "
				"them",
				disturbed(side), side->count);
		return NB_EXIT_FAILED;
	}
	status = print(request, &card, json);
	nb_scorecard_free(&card);
	return status;
}

static int run(int argc, char **argv)
{
	struct choices choices = { .kvm_device = "/dev/kvm" };
	struct request request = { 0 };
	struct nb_cli_side side = { 0 };
	struct nb_cli_words words;
	int status;

	if (!nb_cli_parse(&nb_cli_selftest, argc, argv, &choices, &words, &status))
		return status;
	status = take_words(&choices, &words, &request);
	if (status != NB_EXIT_FINE)
		return status;
	if (!take_numbers(&choices, &request))
		return NB_EXIT_USAGE;
	if (request.selector) {
		status = nb_cli_side_load(&nb_cli_selftest, request.database, request.selector,
					  &side);
		narrow(&request.patterns, &side);
		if (status == NB_EXIT_FINE && side.count == 0)
			status = nb_cli_fail(&nb_cli_selftest, NB_EXIT_USAGE,
					     "no session of %s measured such a benchmark",
					     request.selector);
	} else {
		status = gather_own(&request, &side);
	}
	if (status == NB_EXIT_FINE)
		status = score(&request, &side, choices.json);
	nb_cli_side_free(&side);
	return status;
}

const struct nb_cli_verb nb_cli_selftest = {
	.name = "selftest",
	.arguments = "aa [SELECTOR] [PATTERN...]",
	.summary = "how often compare would be wrong here, and what it could find",
	.details =
		"Compares this machine with itself: how often a change is called although there is\n"
		"none, how far sessions differ, and the smallest change that 1, 5, 10 and 20 sessions\n"
		"a side would find. Measures --sessions sessions of the benchmarks that match a\n"
		"PATTERN (default: all), labelled selftest=aa; those of this boot that are stored\n"
		"already count. With SELECTOR (label:KEY=VALUE, baseline:NAME, ids with commas\n"
		"between, or a file) it looks at stored sessions instead.\n",
	.options = options,
	.run = run,
};
