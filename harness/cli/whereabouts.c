/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>

#include "cli_private.h"

enum { WORD_SIZE = 2 * NB_CLI_PATH_SIZE };

/* Appends text[length]; false where there is no room for it. */
static bool append(char word[WORD_SIZE], const char *text, size_t length)
{
	size_t used = strlen(word);

	if (used + length >= WORD_SIZE)
		return false;
	memcpy(word + used, text, length);
	word[used + length] = '\0';
	return true;
}

/*
 * Text as a shell reads it as one word. False where it is too long for that, or could not be
 * shown as it is.
 */
static bool quote(char word[WORD_SIZE], const char *text)
{
	static const char safe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				   "0123456789_./-";
	char plain[WORD_SIZE];
	bool fits = true;

	nb_report_plain(plain, sizeof(plain), text);
	if (strcmp(plain, text) != 0)
		return false;
	word[0] = '\0';
	if (text[0] && text[strspn(text, safe)] == '\0')
		return append(word, text, strlen(text));
	fits = append(word, "'", 1);
	for (; fits && *text; text++)
		fits = *text == '\'' ? append(word, "'\\''", 4) : append(word, text, 1);
	return fits && append(word, "'", 1);
}

static size_t count_rounds(const struct nb_record *record)
{
	size_t rounds = 0;

	for (size_t i = 0; i < record->count; i++)
		rounds += record->series[i].count;
	return rounds;
}

/* The first benchmark that has a distribution to show; NULL for none. */
static const char *first_measured(const struct nb_record *record)
{
	for (size_t i = 0; i < record->count; i++)
		for (size_t j = 0; j < record->series[i].count; j++)
			if (record->series[i].rounds[j].outcome == NB_OK)
				return record->series[i].series.benchmark;
	return NULL;
}

void nb_cli_print_whereabouts(const struct nb_record *record, const char *database)
{
	const char *called = program_invocation_name;
	const char *benchmark = first_measured(record);
	char usual[NB_CLI_PATH_SIZE];
	char program[WORD_SIZE], file[WORD_SIZE];
	bool named = !nb_cli_default_database(usual) || strcmp(usual, database) != 0;

	if (count_rounds(record) == 0)
		return;
	fflush(stdout);
	nb_cli_hint("%s", "");
	nb_cli_hint("Stored in %s as session %s.", database, record->session.id);
	/* The command can be pasted as it stands, or it is not there. */
	if (!benchmark || !quote(program, called && called[0] ? called : "nestbench") ||
	    !quote(file, database))
		return;
	nb_cli_hint("Next: %s show%s%s --distribution %s", program, named ? " --db " : "",
		    named ? file : "", benchmark);
}
