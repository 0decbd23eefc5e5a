/* SPDX-License-Identifier: Apache-2.0 */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "cli_private.h"

enum { OPTIONS_MAX = 20, LINES_MAX = 3 * OPTIONS_MAX, FIRST_ID = 256, LABEL_SIZE = 48 };

static size_t count_options(const struct nb_cli_option *options)
{
	size_t count = 0;

	while (options[count].name)
		count++;
	return count;
}

static void write_label(char label[LABEL_SIZE], const struct nb_cli_option *option)
{
	char letter[8] = "    ";

	if (option->letter)
		snprintf(letter, sizeof(letter), "-%c, ", option->letter);
	snprintf(label, LABEL_SIZE, "  %s--%s%s%s", letter, option->name,
		 option->argument ? " " : "", option->argument ? option->argument : "");
}

/* One row of the grid for each line of the option's help. */
static size_t add_help_rows(const char *label, char *help, const char **cells)
{
	size_t rows = 0;
	char *rest = NULL;

	for (char *line = strtok_r(help, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		cells[2 * rows] = rows == 0 ? label : "";
		cells[2 * rows + 1] = line;
		rows++;
	}
	return rows;
}

int nb_cli_print_help(FILE *stream, const struct nb_cli_verb *verb)
{
	char labels[OPTIONS_MAX][LABEL_SIZE];
	char help[OPTIONS_MAX][256];
	const char *cells[2 * LINES_MAX];
	size_t count = count_options(verb->options);
	size_t rows = 0;

	fprintf(stream, "Usage: nestbench %s [OPTION...]%s%s\n%s\n", verb->name,
		verb->arguments[0] ? " " : "", verb->arguments, verb->details);
	for (size_t i = 0; i < count && i < OPTIONS_MAX; i++) {
		write_label(labels[i], &verb->options[i]);
		nb_base_copy(help[i], sizeof(help[i]), verb->options[i].help);
		rows += add_help_rows(labels[i], help[i], cells + 2 * rows);
	}
	return nb_cli_print_grid(verb, stream, "<<", cells, rows);
}

static void take(const struct nb_cli_option *option, const char *argument, void *choices)
{
	char *field = (char *)choices + option->offset;

	if (option->kind == NB_CLI_FLAG) {
		*(bool *)(void *)field = true;
	} else if (option->kind == NB_CLI_TEXT) {
		*(const char **)(void *)field = argument;
	} else {
		struct nb_cli_list *list = (void *)field;

		/* One too many is counted, so that the verb can refuse it. */
		if (list->count < NB_CLI_LIST_MAX)
			list->items[list->count] = argument;
		list->count++;
	}
}

/* What getopt_long() calls '?' or ':', in words that help. */
static int refuse(const struct nb_cli_verb *verb, int code, const char *word)
{
	const char *names[OPTIONS_MAX];
	char spelt[OPTIONS_MAX][LABEL_SIZE];
	size_t count = count_options(verb->options);
	const char *nearest;

	if (code == ':')
		return nb_cli_fail(verb, NB_EXIT_USAGE, "%s needs an argument", word);
	for (size_t i = 0; i < count; i++) {
		snprintf(spelt[i], sizeof(spelt[i]), "--%s", verb->options[i].name);
		names[i] = spelt[i];
		if (strcmp(word, names[i]) == 0)
			return nb_cli_fail(verb, NB_EXIT_USAGE, "%s takes no argument", word);
	}
	/* One letter is like any other. */
	nearest = strlen(word) > 2 ? nb_cli_nearest(word, names, count) : NULL;
	nb_cli_fail(verb, NB_EXIT_USAGE, "no option '%s'%s%s", word, nearest ? "; nearest: " : "",
		    nearest ? nearest : "");
	nb_cli_hint("nestbench %s --help lists the options", verb->name);
	return NB_EXIT_USAGE;
}

/* The word that getopt_long() did not like, without "=argument". */
static void blamed_word(char *word, size_t size, char **argv)
{
	if (optopt > 0 && optopt < FIRST_ID) {
		snprintf(word, size, "-%c", optopt);
		return;
	}
	nb_base_copy(word, size, argv[optind - 1]);
	word[strcspn(word, "=")] = '\0';
}

static void build_tables(const struct nb_cli_verb *verb, struct option *table, char *letters)
{
	size_t count = count_options(verb->options);

	/* ":" in front tells a missing argument from an unknown option. */
	*letters++ = ':';
	for (size_t i = 0; i < count; i++) {
		const struct nb_cli_option *option = &verb->options[i];
		bool argument = option->kind != NB_CLI_FLAG;

		table[i] =
			(struct option){ option->name, argument ? required_argument : no_argument,
					 NULL, FIRST_ID + (int)i };
		if (!option->letter)
			continue;
		*letters++ = (char)option->letter;
		if (argument)
			*letters++ = ':';
	}
	table[count] = (struct option){ 0 };
	*letters = '\0';
}

static const struct nb_cli_option *find_option(const struct nb_cli_verb *verb, int code)
{
	if (code >= FIRST_ID)
		return &verb->options[code - FIRST_ID];
	for (size_t i = 0; verb->options[i].name; i++)
		if (verb->options[i].letter == code)
			return &verb->options[i];
	return NULL;
}

bool nb_cli_parse(const struct nb_cli_verb *verb, int argc, char **argv, void *choices,
		  struct nb_cli_words *words, int *status)
{
	struct option table[OPTIONS_MAX + 1];
	char letters[2 * OPTIONS_MAX + 2];
	char word[LABEL_SIZE];
	int code;

	build_tables(verb, table, letters);
	opterr = 0;
	while ((code = getopt_long(argc, argv, letters, table, NULL)) != -1) {
		const struct nb_cli_option *option = find_option(verb, code);

		if (!option) {
			blamed_word(word, sizeof(word), argv);
			*status = refuse(verb, code, word);
			return false;
		}
		if (option->letter == 'h') {
			*status = nb_cli_print_help(stdout, verb);
			return false;
		}
		take(option, optarg, choices);
	}
	words->words = (const char *const *)(argv + optind);
	words->count = (size_t)(argc - optind);
	return true;
}
