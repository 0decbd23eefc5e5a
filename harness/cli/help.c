/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "cli_help.h"

#define NB_VERB(verb) &nb_cli_##verb,
const struct nb_cli_verb *const nb_cli_verbs[] = {
#include "verbs.def"
	NULL
};
#undef NB_VERB

enum { VERBS = sizeof(nb_cli_verbs) / sizeof(nb_cli_verbs[0]) - 1, WORDS = VERBS + 1 };

const char nb_cli_statuses[] =
	"0 fine, 2 wrong usage, 3 a benchmark or a file failed, 77 nothing that\n"
	"was asked for can run here. A session that was interrupted ends with 3; one that ran\n"
	"out of time (--max-time) with 0, or with 3 if nothing was measured; both keep their\n"
	"finished rounds. Of doctor: 0 this machine can nest, 77 it cannot, 4 not known.\n"
	"Of compare and history with --fail-on: 1 regressed, 4 inconclusive or invalid.\n"
	"Results go to stdout, everything else to stderr.\n";

int nb_cli_print_overview(FILE *stream)
{
	const char *cells[2 * VERBS];
	char names[VERBS][16];

	fputs("Usage: nestbench VERB [OPTION...] [ARGUMENT...]\n"
	      "Measures what virtualization costs inside this machine.\n"
	      "\n",
	      stream);
	for (size_t i = 0; i < VERBS; i++) {
		snprintf(names[i], sizeof(names[i]), "  %s", nb_cli_verbs[i]->name);
		cells[2 * i] = names[i];
		cells[2 * i + 1] = nb_cli_verbs[i]->summary;
	}
	if (nb_cli_print_grid(NULL, stream, "<<", cells, VERBS) != NB_EXIT_FINE)
		return NB_EXIT_FAILED;
	fprintf(stream,
		"\n"
		"nestbench VERB --help tells more about a verb, nestbench --version which nestbench\n"
		"this is. nestbench help --man prints all of it as a manual page, and\n"
		"nestbench help --completion bash what bash needs to complete it.\n"
		"\n"
		"Exit status: %s",
		nb_cli_statuses);
	return NB_EXIT_FINE;
}

const struct nb_cli_verb *nb_cli_find_verb(const char *name)
{
	const char *words[WORDS];

	for (size_t i = 0; i < VERBS; i++) {
		words[i] = nb_cli_verbs[i]->name;
		if (strcmp(words[i], name) == 0)
			return nb_cli_verbs[i];
	}
	words[VERBS] = "help";
	nb_cli_fail(NULL, NB_EXIT_USAGE, "no verb '%s'; nearest: %s", name,
		    nb_cli_nearest(name, words, WORDS));
	nb_cli_hint("nestbench --help lists the verbs");
	return NULL;
}

bool nb_cli_read_row(const char *line, struct nb_cli_row *row)
{
	size_t length = strcspn(line, "\n");
	size_t end = 2;

	if (length < 2 || strncmp(line, "  ", 2) != 0 || line[2] == ' ')
		return false;
	while (end < length && strncmp(line + end, "  ", 2) != 0)
		end++;
	row->term = line + 2;
	row->term_length = end - 2;
	row->text = line + end + strspn(line + end, " ");
	row->text_length = strcspn(row->text, "\n");
	return row->text < line + length;
}

static int print_completion(int argc, char **argv)
{
	static const char *const shells[] = { "bash" };

	if (argc == 0)
		return nb_cli_fail(NULL, NB_EXIT_USAGE, "help: --completion needs a shell: bash");
	if (argc > 1)
		return nb_cli_fail(NULL, NB_EXIT_USAGE, "help: one shell at a time");
	if (strcmp(argv[0], shells[0]) != 0)
		return nb_cli_fail(NULL, NB_EXIT_USAGE,
				   "help: no completion for '%s'; there is one for %s", argv[0],
				   shells[0]);
	nb_cli_print_completion(stdout);
	return NB_EXIT_FINE;
}

static int no_such_option(const char *word)
{
	static const char *const options[] = { "--man", "--completion" };

	return nb_cli_fail(NULL, NB_EXIT_USAGE, "help: no option '%s'; nearest: %s", word,
			   nb_cli_nearest(word, options, 2));
}

int nb_cli_help(int argc, char **argv)
{
	const struct nb_cli_verb *verb;

	if (argc == 0 || strcmp(argv[0], "--help") == 0 || strcmp(argv[0], "-h") == 0)
		return nb_cli_print_overview(stdout);
	if (strcmp(argv[0], "--completion") == 0)
		return print_completion(argc - 1, argv + 1);
	if (strcmp(argv[0], "--man") == 0) {
		nb_cli_print_manual(stdout);
		return NB_EXIT_FINE;
	}
	if (argv[0][0] == '-')
		return no_such_option(argv[0]);
	verb = nb_cli_find_verb(argv[0]);
	return verb ? nb_cli_print_help(stdout, verb) : NB_EXIT_USAGE;
}
