/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cli_private.h"

#define NB_VERB(verb) &nb_cli_##verb,
static const struct nb_cli_verb *const verbs[] = {
#include "verbs.def"
};
#undef NB_VERB

enum { VERBS = sizeof(verbs) / sizeof(verbs[0]), WORDS = VERBS + 1 };

/* The only state outside of function calls: what a signal handler may write. */
static volatile sig_atomic_t stop;

static void on_signal(int number)
{
	(void)number;
	stop = 1;
}

const volatile sig_atomic_t *nb_cli_catch_signals(void)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction action = { .sa_handler = on_signal };
	struct sigaction before;

	/* The default action comes back after the first one: a second Ctrl-C ends at once. */
	action.sa_flags = (int)SA_RESETHAND;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		/* What nohup or a shell had ignored stays ignored. */
		if (sigaction(numbers[i], NULL, &before) == 0 && before.sa_handler == SIG_IGN)
			continue;
		sigaction(numbers[i], &action, NULL);
	}
	/* Nor does a reader that has gone, as in "run | head", end a session before it is stored.
	 */
	signal(SIGPIPE, SIG_IGN);
	return &stop;
}

static int print_overview(FILE *stream)
{
	const char *cells[2 * VERBS];
	char names[VERBS][16];

	fputs("Usage: nestbench VERB [OPTION...] [ARGUMENT...]\n"
	      "Measures what virtualization costs inside this machine.\n"
	      "\n",
	      stream);
	for (size_t i = 0; i < VERBS; i++) {
		snprintf(names[i], sizeof(names[i]), "  %s", verbs[i]->name);
		cells[2 * i] = names[i];
		cells[2 * i + 1] = verbs[i]->summary;
	}
	if (nb_cli_print_grid(NULL, stream, "<<", cells, VERBS) != NB_EXIT_FINE)
		return NB_EXIT_FAILED;
	fputs("\n"
	      "nestbench VERB --help tells more about a verb, nestbench --version which nestbench\n"
	      "this is.\n"
	      "\n"
	      "Exit status: 0 fine, 2 wrong usage, 3 a benchmark or a file failed, 77 nothing that\n"
	      "was asked for can run here. A session that was interrupted ends with 3; one that ran\n"
	      "out of time (--max-time) with 0, or with 3 if nothing was measured; both keep their\n"
	      "finished rounds. Of doctor: 0 this machine can nest, 77 it cannot, 4 not known.\n"
	      "Of compare and history with --fail-on: 1 regressed, 4 inconclusive or invalid.\n"
	      "Results go to stdout, everything else to stderr.\n",
	      stream);
	return NB_EXIT_FINE;
}

static const struct nb_cli_verb *find_verb(const char *name)
{
	for (size_t i = 0; i < VERBS; i++)
		if (strcmp(verbs[i]->name, name) == 0)
			return verbs[i];
	return NULL;
}

static int unknown_verb(const char *name)
{
	const char *words[WORDS];

	for (size_t i = 0; i < VERBS; i++)
		words[i] = verbs[i]->name;
	words[VERBS] = "help";
	nb_cli_fail(NULL, NB_EXIT_USAGE, "no verb '%s'; nearest: %s", name,
		    nb_cli_nearest(name, words, WORDS));
	nb_cli_hint("nestbench --help lists the verbs");
	return NB_EXIT_USAGE;
}

static int help_about(int argc, char **argv)
{
	const struct nb_cli_verb *verb;

	if (argc == 0)
		return print_overview(stdout);
	verb = find_verb(argv[0]);
	return verb ? nb_cli_print_help(stdout, verb) : unknown_verb(argv[0]);
}

static int dispatch(int argc, char **argv)
{
	static const char *const options[] = { "--help", "--version" };
	const struct nb_cli_verb *verb;

	if (argc < 2) {
		print_overview(stderr);
		return NB_EXIT_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
		return print_overview(stdout);
	if (strcmp(argv[1], "help") == 0)
		return help_about(argc - 2, argv + 2);
	if (strcmp(argv[1], "--version") == 0) {
		puts("nestbench " NB_VERSION);
		return NB_EXIT_FINE;
	}
	if (argv[1][0] == '-')
		return nb_cli_fail(NULL, NB_EXIT_USAGE, "no option '%s'; nearest: %s", argv[1],
				   nb_cli_nearest(argv[1], options, 2));
	verb = find_verb(argv[1]);
	return verb ? verb->run(argc - 1, argv + 1) : unknown_verb(argv[1]);
}

int main(int argc, char **argv)
{
	int status;

	/* A limit on the size of files is an error like a full disk, not the end. */
	signal(SIGXFSZ, SIG_IGN);
	status = dispatch(argc, argv);
	errno = 0;
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	if (status == NB_EXIT_FAILED)
		return status;
	/* What failed earlier than here has lost its cause; another byte meets the same one. */
	if (errno == 0)
		(void)!write(STDOUT_FILENO, "\n", 1);
	return nb_cli_fail(NULL, NB_EXIT_FAILED, "cannot write to stdout%s%s", errno ? ": " : "",
			   errno ? strerror(errno) : "");
}
