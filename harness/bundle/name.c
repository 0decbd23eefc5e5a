/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "nestbench/base.h"
#include "nestbench/report.h"

#include "bundle_private.h"

/* Only what every file system, shell and manifest takes as it is. */
static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";

static const char *letter_fault(const char *name)
{
	const char *odd = name;
	bool printable;

	while (*odd && (*odd == '/' || strchr(letters, *odd)))
		odd++;
	if (!*odd)
		return NULL;
	if (*odd == '\\')
		return "has a backslash in its name";
	if (nb_base_sequence(odd, &printable) == 0)
		return "has a name that is not UTF-8";
	return printable
		       ? "has other characters in its name than A-Z, a-z, 0-9, \".\", \"_\", \"-\""
		       : "has control characters in its name";
}

static const char *part_fault(const char *part, size_t length)
{
	if (length == 0)
		return "has an empty part in its name";
	if (strncmp(part, "..", length) == 0 && length <= 2)
		return length == 2 ? "has a part \"..\" in its name"
				   : "has a part \".\" in its name";
	return NULL;
}

const char *nb_bundle_name_fault(const char *name, size_t size)
{
	const char *fault = NULL, *part = name;

	if (!*name)
		return "has no name";
	if (*name == '/')
		return "has an absolute name";
	while (!fault) {
		size_t length = strcspn(part, "/");

		fault = part_fault(part, length);
		if (!part[length])
			break;
		part += length + 1;
	}
	if (!fault)
		fault = letter_fault(name);
	return !fault && strlen(name) >= size ? "has a name that is too long" : fault;
}

bool nb_bundle_names_clash(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return (!*a && (!*b || *b == '/')) || (!*b && *a == '/');
}

void nb_bundle_quote(char text[NB_BUNDLE_QUOTE_SIZE], const char *name)
{
	enum { COLUMNS = 60 };
	char start[NB_BUNDLE_QUOTE_SIZE];

	/* Cut first: what follows cannot make it any shorter than so many columns. */
	nb_base_copy(start, sizeof(start), name);
	nb_report_plain(text, NB_BUNDLE_QUOTE_SIZE, start);
	nb_report_cut(text, NB_BUNDLE_QUOTE_SIZE, COLUMNS);
}
