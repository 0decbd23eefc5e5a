/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cli_help.h"

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

static int dispatch(int argc, char **argv)
{
	static const char *const options[] = { "--help", "--version" };
	const struct nb_cli_verb *verb;

	if (argc < 2) {
		nb_cli_print_overview(stderr);
		return NB_EXIT_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
		return nb_cli_print_overview(stdout);
	if (strcmp(argv[1], "help") == 0)
		return nb_cli_help(argc - 2, argv + 2);
	if (strcmp(argv[1], "--version") == 0) {
		puts("nestbench " NB_VERSION);
		return NB_EXIT_FINE;
	}
	if (argv[1][0] == '-')
		return nb_cli_fail(NULL, NB_EXIT_USAGE, "no option '%s'; nearest: %s", argv[1],
				   nb_cli_nearest(argv[1], options, 2));
	verb = nb_cli_find_verb(argv[1]);
	return verb ? verb->run(argc - 1, argv + 1) : NB_EXIT_USAGE;
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
