/* SPDX-License-Identifier: Apache-2.0 */
#include <sched.h>
#include <string.h>
#include <sys/random.h>

#include "cli_private.h"

enum { ROUNDS_MAX = 10000, LEVEL_MAX = 9 };
/* A round takes some 50 I/Os, and no longer than half a minute. */
enum { IO_RATE_MIN = 10, IO_RATE_MAX = 1000000 };

struct choices {
	const char *profile, *rounds, *max_time, *seed, *cpu, *level, *db, *kvm_device, *io_rate;
	struct nb_cli_list labels, io_paths;
	bool dry_run, json;
};

static const struct nb_cli_option options[] = {
	{ "profile", 0, NB_CLI_TEXT, offsetof(struct choices, profile), "PROFILE",
	  "quick (6 rounds, the default), standard (20 rounds) or\n"
	  "thorough (until the CI is within ±1 %)" },
	{ "label", 0, NB_CLI_LIST, offsetof(struct choices, labels), "KEY=VALUE",
	  "label the session; may stand several times" },
	{ "rounds", 0, NB_CLI_TEXT, offsetof(struct choices, rounds), "N",
	  "so many rounds, whatever the profile says" },
	{ "max-time", 0, NB_CLI_TEXT, offsetof(struct choices, max_time), "TIME",
	  "stop after this time: 90, 90s, 2m, 1h\n"
	  "(default: 10m for quick, 1h otherwise)" },
	{ "seed", 0, NB_CLI_TEXT, offsetof(struct choices, seed), "N",
	  "seed of the order of benchmarks (default: random)" },
	{ "cpu", 0, NB_CLI_TEXT, offsetof(struct choices, cpu), "N",
	  "measure on this CPU (default: the last one allowed)" },
	{ "level", 0, NB_CLI_TEXT, offsetof(struct choices, level), "N",
	  "nesting level of this system: 0 on hardware, 1 in a VM, ..." },
	{ "io-path", 0, NB_CLI_LIST, offsetof(struct choices, io_paths), "[NAME=]PATH",
	  "measure io.* in this folder, too; may stand several times" },
	{ "io-rate", 0, NB_CLI_TEXT, offsetof(struct choices, io_rate), "N",
	  "at most N I/Os per second, to see latency below a disk's limit" },
	{ "dry-run", 'n', NB_CLI_FLAG, offsetof(struct choices, dry_run), NULL,
	  "print the plan and how long it takes; measure nothing" },
	NB_CLI_OPTION_JSON(struct choices),
	NB_CLI_OPTION_DB(struct choices),
	NB_CLI_OPTION_KVM(struct choices),
	NB_CLI_OPTION_HELP,
	NB_CLI_OPTION_END,
};

static bool take_profile(const char *text, enum nb_profile *profile)
{
	static const char *const words[] = { [NB_PROFILE_QUICK] = "quick",
					     [NB_PROFILE_STANDARD] = "standard",
					     [NB_PROFILE_THOROUGH] = "thorough" };
	size_t index = NB_PROFILE_QUICK;

	if (text && !nb_cli_word(&nb_cli_run, "--profile", text, words,
				 sizeof(words) / sizeof(words[0]), &index))
		return false;
	*profile = (enum nb_profile)index;
	return true;
}

/* An integer option that may be absent, in which case *value stays as it is. */
static bool take_int(const char *option, const char *text, int low, int high, int *value)
{
	int64_t wide = *value;

	if (text && !nb_cli_integer(&nb_cli_run, option, text, low, high, &wide))
		return false;
	*value = (int)wide;
	return true;
}

static bool take_cpu(const char *text, int *cpu)
{
	cpu_set_t allowed;

	if (!take_int("--cpu", text, 0, CPU_SETSIZE - 1, cpu))
		return false;
	if (*cpu < 0 || sched_getaffinity(0, sizeof(allowed), &allowed) < 0 ||
	    CPU_ISSET((size_t)*cpu, &allowed))
		return true;
	nb_cli_fail(&nb_cli_run, NB_EXIT_USAGE,
		    "--cpu: CPU %d is not online or not allowed to this process", *cpu);
	return false;
}

/* A random seed is short enough to be typed again. */
static bool take_seed(const char *text, uint64_t *seed)
{
	uint32_t drawn = 1;

	if (!text) {
		(void)!getrandom(&drawn, sizeof(drawn), 0);
		*seed = drawn;
	}
	return nb_cli_seed(&nb_cli_run, text, seed);
}

static bool take_choices(const struct choices *choices, struct nb_run_options *run_options,
			 struct nb_run_storage_options *storage,
			 struct nb_label labels[NB_LABEL_MAX])
{
	int64_t io_rate = 0;

	if (!take_profile(choices->profile, &run_options->profile) ||
	    !take_int("--rounds", choices->rounds, 1, ROUNDS_MAX, &run_options->rounds) ||
	    !take_int("--level", choices->level, 0, LEVEL_MAX, &run_options->level) ||
	    !take_cpu(choices->cpu, &run_options->cpu) ||
	    !take_seed(choices->seed, &run_options->seed) ||
	    !nb_cli_labels(&nb_cli_run, &choices->labels, labels))
		return false;
	if (choices->max_time &&
	    !nb_cli_seconds(&nb_cli_run, "--max-time", choices->max_time, &run_options->max_time_s))
		return false;
	if (choices->io_rate && !nb_cli_integer(&nb_cli_run, "--io-rate", choices->io_rate,
						IO_RATE_MIN, IO_RATE_MAX, &io_rate))
		return false;
	storage->rate = (double)io_rate;
	storage->paths = choices->io_paths.items;
	storage->path_count = choices->io_paths.count;
	run_options->storage = storage;
	run_options->labels = labels;
	run_options->label_count = choices->labels.count;
	run_options->kvm_device = choices->kvm_device;
	return true;
}

static int run_catalogue(const struct choices *choices, const struct nb_run_options *run_options,
			 struct nb_run_catalogue *catalogue)
{
	char path[NB_CLI_PATH_SIZE];

	if (choices->dry_run)
		return nb_cli_print_plan(&nb_cli_run, run_options, catalogue, choices->json);
	if (!nb_cli_database(&nb_cli_run, choices->db, path))
		return NB_EXIT_USAGE;
	return nb_cli_measure(&nb_cli_run, run_options, catalogue, path, choices->json);
}

static int run(int argc, char **argv)
{
	struct choices choices = { .kvm_device = "/dev/kvm" };
	struct nb_run_options run_options = { .cpu = -1, .level = NB_LEVEL_UNKNOWN };
	struct nb_run_storage_options storage = { .paths = NULL };
	struct nb_label labels[NB_LABEL_MAX];
	struct nb_run_catalogue catalogue;
	struct nb_error error = { 0 };
	struct nb_cli_words words;
	int status;

	if (!nb_cli_parse(&nb_cli_run, argc, argv, &choices, &words, &status))
		return status;
	if (!take_choices(&choices, &run_options, &storage, labels))
		return NB_EXIT_USAGE;
	run_options.patterns = words.words;
	run_options.pattern_count = words.count;
	if (nb_run_catalogue(&run_options, &catalogue, &error) < 0)
		return nb_cli_catalogue_failed(&nb_cli_run, &words, &error);
	status = run_catalogue(&choices, &run_options, &catalogue);
	nb_run_catalogue_free(&catalogue);
	return status;
}

const struct nb_cli_verb nb_cli_run = {
	.name = "run",
	.arguments = "[PATTERN...]",
	.summary = "measure one session, store it and print its table",
	.details =
		"Measures the benchmarks whose names match a PATTERN (a shell glob; default: all)\n"
		"as one session, stores each round as soon as it is done and prints the table.\n"
		"Ctrl-C keeps what is finished and marks the session as partial.\n"
		"io.* writes to disks and runs only where a PATTERN asks for it: it measures the\n"
		"working directory's file system, WSL's drives and each --io-path, in a folder\n"
		"of its own that is removed at the end.\n",
	.options = options,
	.run = run,
};
