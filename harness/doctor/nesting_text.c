/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "doctor_private.h"

void nb_doctor_say(char *text, size_t size, const char *format, ...)
{
	static const char ellipsis[] = "...";
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(text, size, format, arguments);
	va_end(arguments);
	if (length < 0)
		text[0] = '\0';
	else if ((size_t)length >= size)
		memcpy(text + size - sizeof(ellipsis), ellipsis, sizeof(ellipsis));
}

/* What follows the colon if the line is "key : value", else NULL. */
static const char *match_key(const char *line, const char *key)
{
	size_t length = strlen(key);

	if (strncmp(line, key, length) != 0)
		return NULL;
	line += length;
	line += strspn(line, " \t");
	return *line == ':' ? line + 1 : NULL;
}

const char *nb_doctor_field(const char *text, const char *key)
{
	while (*text) {
		const char *value = match_key(text, key);

		if (value)
			return value + strspn(value, " \t");
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	return NULL;
}

bool nb_doctor_has_word(const char *text, const char *word)
{
	size_t word_length = strlen(word);

	while (*text && *text != '\n') {
		size_t length = strcspn(text, " \t\n");

		if (length == word_length && memcmp(text, word, length) == 0)
			return true;
		text += length;
		text += strspn(text, " \t");
	}
	return false;
}
