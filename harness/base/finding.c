/* SPDX-License-Identifier: Apache-2.0 */
#include "nestbench/finding.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "nestbench/base.h"

static void format(char *text, size_t size, const char *words, va_list arguments)
	__attribute__((format(printf, 3, 0)));
static void format(char *text, size_t size, const char *words, va_list arguments)
{
	static const char ellipsis[] = "...";
	int length = vsnprintf(text, size, words, arguments);

	if (length < 0)
		text[0] = '\0';
	else if ((size_t)length >= size)
		memcpy(text + size - sizeof(ellipsis), ellipsis, sizeof(ellipsis));
}

struct nb_finding *nb_finding_add(struct nb_findings *findings, enum nb_section section,
				  enum nb_state state, const char *key, const char *label,
				  const char *value, ...)
{
	struct nb_finding *finding = &findings->items[findings->count];
	va_list arguments;

	/* The last place takes what does not fit, and is never counted. */
	if (findings->count < NB_FINDINGS_MAX - 1)
		findings->count++;
	else
		findings->dropped++;
	*finding = (struct nb_finding){ .section = section, .state = state };
	nb_base_copy(finding->key, sizeof(finding->key), key);
	nb_base_copy(finding->label, sizeof(finding->label), label);
	va_start(arguments, value);
	format(finding->value, sizeof(finding->value), value, arguments);
	va_end(arguments);
	return finding;
}

void nb_finding_how(struct nb_finding *finding, const char *how, ...)
{
	va_list arguments;

	va_start(arguments, how);
	format(finding->how, sizeof(finding->how), how, arguments);
	va_end(arguments);
}

void nb_finding_advice(struct nb_finding *finding, const char *advice, ...)
{
	va_list arguments;

	va_start(arguments, advice);
	format(finding->advice, sizeof(finding->advice), advice, arguments);
	va_end(arguments);
}

const struct nb_finding *nb_finding_find(const struct nb_findings *findings, const char *key)
{
	for (size_t i = 0; i < findings->count; i++)
		if (strcmp(findings->items[i].key, key) == 0)
			return &findings->items[i];
	return NULL;
}
