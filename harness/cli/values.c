/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "nestbench/check.h"

#include "cli_private.h"

/* Seeds are exact in every reader of JSON, also in one that has doubles only. */
#define SEED_MAX ((INT64_C(1) << 53) - 1)

static const double seconds_max = 7 * 24 * 3600.0;

bool nb_cli_integer(const struct nb_cli_verb *verb, const char *option, const char *text,
		    int64_t low, int64_t high, int64_t *value)
{
	char *end = NULL;
	long long number;

	errno = 0;
	number = strtoll(text, &end, 10);
	/* strtoll() itself would pass over spaces and a plus sign. */
	if (errno == 0 && (isdigit((unsigned char)text[0]) || text[0] == '-') && *end == '\0' &&
	    number >= low && number <= high) {
		*value = number;
		return true;
	}
	nb_cli_fail(verb, NB_EXIT_USAGE, "%s: '%s' is not a whole number from %lld to %lld", option,
		    text, (long long)low, (long long)high);
	return false;
}

bool nb_cli_seed(const struct nb_cli_verb *verb, const char *text, uint64_t *seed)
{
	int64_t number;

	if (!text)
		return true;
	if (!nb_cli_integer(verb, "--seed", text, 0, SEED_MAX, &number))
		return false;
	*seed = (uint64_t)number;
	return true;
}

bool nb_cli_seconds(const struct nb_cli_verb *verb, const char *option, const char *text,
		    double *seconds)
{
	static const struct {
		const char *suffix;
		double seconds;
	} units[] = { { "", 1 }, { "s", 1 }, { "m", 60 }, { "h", 3600 } };
	size_t whole = strspn(text, "0123456789");
	size_t part = text[whole] == '.' ? 1 + strspn(text + whole + 1, "0123456789") : 0;
	/* strtod() would take "0x10", "1e3" and "nan" as well. */
	const char *end = whole > 0 ? text + whole + part : NULL;
	double number = end ? strtod(text, NULL) : 0;

	for (size_t i = 0; end && i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(end, units[i].suffix) != 0)
			continue;
		number *= units[i].seconds;
		if (!(number > 0) || number > seconds_max)
			break;
		*seconds = number;
		return true;
	}
	nb_cli_fail(verb, NB_EXIT_USAGE,
		    "%s: '%s' is not a time like 90, 90s, 2m or 1h (up to 168h)", option, text);
	return false;
}

/* Text that does not fit is no label, rather than a label that is cut. */
static bool parse_label(const char *text, struct nb_label *label)
{
	size_t length = strcspn(text, "=");

	*label = (struct nb_label){ 0 };
	if (text[length] != '=' || length >= sizeof(label->key) ||
	    strlen(text + length + 1) >= sizeof(label->value))
		return false;
	memcpy(label->key, text, length);
	nb_base_copy(label->value, sizeof(label->value), text + length + 1);
	return nb_record_label_valid(label);
}

static bool take_label(const struct nb_cli_verb *verb, const char *text, struct nb_label *label)
{
	if (parse_label(text, label))
		return true;
	nb_cli_fail(verb, NB_EXIT_USAGE,
		    "--label: '%s' is not KEY=VALUE (KEY: up to %zu letters, digits, '.', "
		    "'_', '-'; VALUE: up to %zu bytes of UTF-8 without control characters)",
		    text, sizeof(label->key) - 1, sizeof(label->value) - 1);
	return false;
}

bool nb_cli_labels(const struct nb_cli_verb *verb, const struct nb_cli_list *list,
		   struct nb_label labels[NB_LABEL_MAX])
{
	if (list->count > NB_LABEL_MAX) {
		nb_cli_fail(verb, NB_EXIT_USAGE, "--label: more than %d of them", NB_LABEL_MAX);
		return false;
	}
	for (size_t i = 0; i < list->count; i++) {
		if (!take_label(verb, list->items[i], &labels[i]))
			return false;
		for (size_t j = 0; j < i; j++) {
			if (strcmp(labels[i].key, labels[j].key) != 0)
				continue;
			nb_cli_fail(verb, NB_EXIT_USAGE, "--label: '%s' is given twice",
				    labels[i].key);
			return false;
		}
	}
	return true;
}

bool nb_cli_word(const struct nb_cli_verb *verb, const char *option, const char *text,
		 const char *const *words, size_t count, size_t *index)
{
	char all[256] = "";

	for (size_t i = 0; i < count; i++) {
		if (strcmp(text, words[i]) != 0)
			continue;
		*index = i;
		return true;
	}
	for (size_t i = 0; i < count; i++) {
		size_t used = strlen(all);

		snprintf(all + used, sizeof(all) - used, "%s%s", i > 0 ? ", " : "", words[i]);
	}
	nb_cli_fail(verb, NB_EXIT_USAGE, "%s: '%s' is none of %s", option, text, all);
	return false;
}
