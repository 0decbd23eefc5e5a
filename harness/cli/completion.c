/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <string.h>

#include "cli_help.h"

/*
 * What bash needs to complete a command line. What an argument may be is told by its name in the
 * tables of options and verbs: FILE is a file everywhere.
 */

#define NB_PLOT(symbol, name, title, summary) name " "
static const char plots[] =
#include "nestbench/plots.def"
	;
#undef NB_PLOT

static const char before[] =
	"# SPDX-License-Identifier: Apache-2.0\n"
	"# bash completion of nestbench(1), made by \"nestbench help --completion bash\".\n"
	"\n"
	"# The names of all benchmarks.\n"
	"_nestbench_benchmarks()\n"
	"{\n"
	"\tlocal name\n"
	"\t\"$1\" list 2>/dev/null | while read -r name _; do\n"
	"\t\t[[ $name == *.* ]] && echo \"$name\"\n"
	"\tdone\n"
	"}\n"
	"\n"
	"_nestbench()\n"
	"{\n"
	"\tlocal word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}\n"
	"\tlocal verb=${COMP_WORDS[1]} kind='' words='' prefix=''\n"
	"\n"
	"\t# \"--db=FILE\" is three words here.\n"
	"\tif [[ $word == = ]]; then\n"
	"\t\tword=\n"
	"\telif [[ $previous == = ]]; then\n"
	"\t\tprevious=${COMP_WORDS[COMP_CWORD - 2]}\n"
	"\tfi\n";

static const char after[] =
	"\tif [[ $kind == list && $word == *,* ]]; then\n"
	"\t\tprefix=${word%,*}, word=${word##*,}\n"
	"\telif [[ $kind == benchmarks ]]; then\n"
	"\t\twords+=\" $(_nestbench_benchmarks \"${COMP_WORDS[0]}\")\"\n"
	"\tfi\n"
	"\tmapfile -t COMPREPLY < <(compgen -P \"$prefix\" -W \"$words\" -- \"$word\")\n"
	"\tif [[ $kind == file || $kind == directory ]]; then\n"
	"\t\tcompopt -o filenames 2>/dev/null\n"
	"\t\tmapfile -t -O \"${#COMPREPLY[@]}\" COMPREPLY < <(compgen -A \"$kind\" -- \"$word\")\n"
	"\tfi\n"
	"}\n"
	"\n"
	"complete -F _nestbench nestbench\n";

/* Arguments of options by name, where there are words for them or something else to offer. */
static const struct offer {
	const char *argument, *kind, *words;
} offers[] = {
	{ "FILE", "file", "" },
	{ "DIR", "directory", "" },
	{ "[NAME=]PATH", "directory", "" },
	{ "PATTERN", "benchmarks", "" },
	{ "SERIES", "benchmarks", "" },
	{ "PROFILE", "words", "quick standard thorough" },
	{ "VERDICT,...", "list", "regressed inconclusive invalid" },
};

static const struct offer *find_offer(const char *argument)
{
	for (size_t i = 0; i < sizeof(offers) / sizeof(offers[0]); i++)
		if (strcmp(offers[i].argument, argument) == 0)
			return &offers[i];
	return NULL;
}

/* The terms of the lists in a verb's details: formats of export. */
static void put_terms(FILE *stream, const char *details)
{
	struct nb_cli_row row;

	for (; *details; details += strcspn(details, "\n"), details += *details == '\n')
		if (nb_cli_read_row(details, &row))
			fprintf(stream, "%.*s ", (int)row.term_length, row.term);
}

/* "list show " of "list|show NAME|[SESSION...]": the plain words that can come first. */
static void find_actions(char *words, size_t size, const char *arguments)
{
	words[0] = '\0';
	while (*arguments) {
		size_t used = strlen(words);
		size_t length = 0;

		arguments += strspn(arguments, " |");
		while (islower((unsigned char)arguments[length]))
			length++;
		if (length > 0 && strchr("| ", arguments[length]))
			snprintf(words + used, size - used, "%.*s ", (int)length, arguments);
		arguments += strcspn(arguments, "|");
	}
}

/* Behind an option with an argument nothing but that argument comes. */
static void put_option(FILE *stream, const struct nb_cli_verb *verb,
		       const struct nb_cli_option *option)
{
	const struct offer *offer;

	if (!option->argument)
		return;
	offer = find_offer(option->argument);
	fprintf(stream, "\t\t'%s --%s'", verb->name, option->name);
	if (option->letter)
		fprintf(stream, " | '%s -%c'", verb->name, option->letter);
	fprintf(stream, ") kind=%s words='", offer ? offer->kind : "words");
	if (offer)
		fputs(offer->words, stream);
	else if (strcmp(option->argument, "FORMAT") == 0)
		put_terms(stream, verb->details);
	else if (islower((unsigned char)option->argument[0]))
		fputs(option->argument, stream);
	fputs("' ;;\n", stream);
}

static void put_option_names(FILE *stream, const struct nb_cli_verb *verb)
{
	fprintf(stream, "\t\t'%s -'*) words='", verb->name);
	for (const struct nb_cli_option *option = verb->options; option->name; option++) {
		if (option->letter)
			fprintf(stream, "-%c ", option->letter);
		fprintf(stream, "--%s ", option->name);
	}
	fputs("' ;;\n", stream);
}

static bool takes(const struct nb_cli_verb *verb, const char *what)
{
	return strstr(verb->arguments, what) != NULL;
}

static const char *kind_of_arguments(const struct nb_cli_verb *verb)
{
	if (takes(verb, "PATTERN") || takes(verb, "SERIES"))
		return "benchmarks";
	if (takes(verb, "FILE") || strcasestr(verb->details, "file"))
		return verb->arguments[0] ? "file" : "words";
	return "words";
}

static void put_arguments(FILE *stream, const struct nb_cli_verb *verb)
{
	bool latest = strstr(verb->details, "\"latest\"") && !takes(verb, "SELECTOR");
	char actions[sizeof(plots) + 128];

	find_actions(actions, sizeof(actions), verb->arguments);
	if (verb == &nb_cli_plot)
		nb_base_copy(actions, sizeof(actions), plots);
	fprintf(stream, "\t\t'%s '*)\n\t\t\tkind=%s words='%s'\n", verb->name,
		kind_of_arguments(verb), latest ? "latest" : "");
	if (actions[0])
		fprintf(stream, "\t\t\t((COMP_CWORD > 2)) || words+=' %s'\n", actions);
	fputs("\t\t\t;;\n", stream);
}

static void put_verbs(FILE *stream)
{
	for (size_t i = 0; nb_cli_verbs[i]; i++)
		fprintf(stream, "%s ", nb_cli_verbs[i]->name);
}

void nb_cli_print_completion(FILE *stream)
{
	fputs(before, stream);
	fputs("\tif ((COMP_CWORD == 1)); then\n\t\twords='", stream);
	put_verbs(stream);
	fputs("help --help --version'\n\telse\n\t\tcase \"$verb $previous\" in\n"
	      "\t\t'help --completion') kind=words words=bash ;;\n",
	      stream);
	for (size_t i = 0; nb_cli_verbs[i]; i++)
		for (size_t j = 0; nb_cli_verbs[i]->options[j].name; j++)
			put_option(stream, nb_cli_verbs[i], &nb_cli_verbs[i]->options[j]);
	fputs("\t\tesac\n\t\t[[ $kind ]] || case \"$verb $word\" in\n"
	      "\t\t'help -'*) words='--man --completion' ;;\n"
	      "\t\t'help '*) words='",
	      stream);
	put_verbs(stream);
	fputs("' ;;\n", stream);
	for (size_t i = 0; nb_cli_verbs[i]; i++) {
		put_option_names(stream, nb_cli_verbs[i]);
		put_arguments(stream, nb_cli_verbs[i]);
	}
	fputs("\t\tesac\n\tfi\n", stream);
	fputs(after, stream);
}
