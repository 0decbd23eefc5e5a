/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_CLI_HELP_H
#define NB_CLI_HELP_H

#include "cli_private.h"

/*
 * Everything that tells how to use nestbench is made of the table of verbs: --help, the manual page
 * and what shells complete.
 */

/* In the order of "nestbench --help"; NULL ends them. */
extern const struct nb_cli_verb *const nb_cli_verbs[];

/* What exit statuses mean, in lines without the words "Exit status: " in front. */
extern const char nb_cli_statuses[];

/* help.c */
int nb_cli_print_overview(FILE *stream);
/* NULL after naming the nearest one. */
const struct nb_cli_verb *nb_cli_find_verb(const char *name);
/* "nestbench help ..."; the words behind it. */
int nb_cli_help(int argc, char **argv);

/* manual.c: nestbench(1), in roff. */
void nb_cli_print_manual(FILE *stream);

/* completion.c: for bash. */
void nb_cli_print_completion(FILE *stream);

/*
 * "  json         one session, everything": a row of a list in a verb's details, which has at least
 * two blanks on both sides of its term. line ends at its line end; false for any other line.
 */
struct nb_cli_row {
	const char *term, *text;
	size_t term_length, text_length;
};
bool nb_cli_read_row(const char *line, struct nb_cli_row *row);

#endif
