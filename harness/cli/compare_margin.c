/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "cli_compare.h"

static const double percent_max = 1000;

bool nb_cli_percent(const struct nb_cli_verb *verb, const char *option, const char *text,
		    double *part)
{
	/* strtod() would take "0x10", "1e3" and "nan" as well. */
	size_t whole = strspn(text, "0123456789");
	size_t rest = text[whole] == '.' ? 1 + strspn(text + whole + 1, "0123456789") : 0;
	const char *end = text + whole + rest;
	double percent = whole > 0 ? strtod(text, NULL) : 0;

	if ((*end == '\0' || strcmp(end, "%") == 0) && percent > 0 && percent <= percent_max) {
		*part = percent / 100;
		return true;
	}
	nb_cli_fail(verb, NB_EXIT_USAGE, "%s: '%s' is not a percentage above 0, such as 5 or 2.5",
		    option, text);
	return false;
}

static bool take_word(const struct nb_cli_verb *verb, const char *word,
		      const enum nb_verdict *allowed, size_t count, unsigned *bits)
{
	const char *names[NB_INVALID + 1];
	size_t index;

	for (size_t i = 0; i < count; i++)
		names[i] = nb_verdict_name(allowed[i]);
	if (!nb_cli_word(verb, "--fail-on", word, names, count, &index))
		return false;
	*bits |= 1U << allowed[index];
	return true;
}

bool nb_cli_fail_on(const struct nb_cli_verb *verb, const struct nb_cli_list *list,
		    const enum nb_verdict *allowed, size_t count, unsigned *bits)
{
	*bits = 0;
	for (size_t i = 0; i < list->count && i < NB_CLI_LIST_MAX; i++) {
		const char *rest = list->items[i];

		for (;;) {
			size_t length = strcspn(rest, ",");
			char word[32];

			snprintf(word, sizeof(word), "%.*s", (int)(length < 31 ? length : 31),
				 rest);
			if (!take_word(verb, word, allowed, count, bits))
				return false;
			if (rest[length] == '\0')
				break;
			rest += length + 1;
		}
	}
	return true;
}
