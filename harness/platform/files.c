/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "platform_files.h"

static const char ellipsis[] = "...";

static bool is_blank(char character)
{
	return character == ' ' || character == '\t' || character == '\r';
}

void nb_platform_clean(char *text)
{
	size_t start = 0;
	size_t length;

	while (is_blank(text[start]))
		start++;
	length = strcspn(text + start, "\n");
	memmove(text, text + start, length);
	while (length > 0 && is_blank(text[length - 1]))
		length--;
	text[length] = '\0';
	for (size_t i = 0; i < length; i++) {
		/* A tab is a blank; other control characters and bytes above ASCII may be hostile.
		 */
		if (text[i] == '\t')
			text[i] = ' ';
		else if (text[i] < ' ' || text[i] > '~')
			text[i] = '?';
	}
}

/* What follows the colon if the line is "key : value", else NULL. */
static const char *match_key(const char *line, const char *key)
{
	size_t length = strlen(key);

	if (strncmp(line, key, length) != 0)
		return NULL;
	line += length;
	while (is_blank(*line))
		line++;
	return *line == ':' ? line + 1 : NULL;
}

/* The value's first character and its length up to the end of the line; NULL if there is none. */
static const char *find_field(const char *text, const char *key, size_t *length)
{
	while (*text) {
		const char *value = match_key(text, key);

		if (value) {
			*length = strcspn(value, "\n");
			return value;
		}
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	return NULL;
}

bool nb_platform_field(const char *text, const char *key, char *value, size_t size)
{
	size_t length = 0;
	const char *found = find_field(text, key, &length);

	value[0] = '\0';
	if (!found)
		return false;
	while (length > 0 && is_blank(*found)) {
		found++;
		length--;
	}
	if (length > size - 1)
		length = size - 1;
	memcpy(value, found, length);
	value[length] = '\0';
	nb_platform_clean(value);
	return value[0] != '\0';
}

bool nb_platform_field_has(const char *text, const char *key, const char *word)
{
	size_t length = 0;
	size_t word_length = strlen(word);
	const char *found = find_field(text, key, &length);
	const char *end = found ? found + length : NULL;

	while (found && found < end) {
		size_t span = strcspn(found, " \t\n");

		if (span == word_length && memcmp(found, word, span) == 0)
			return true;
		found += span + 1;
	}
	return false;
}

void nb_platform_list_init(struct nb_platform_list *list, char *text, size_t size,
			   const char *separator)
{
	assert(size > strlen(separator) + strlen(ellipsis));
	*list = (struct nb_platform_list){ .text = text, .size = size, .separator = separator };
	text[0] = '\0';
}

void nb_platform_list_add(struct nb_platform_list *list, const char *entry)
{
	size_t length = strlen(list->text);
	const char *separator = length > 0 ? list->separator : "";
	/* Room for the ellipsis stays free behind every entry, so that it always fits. */
	size_t reserve = strlen(list->separator) + strlen(ellipsis) + 1;

	if (list->full)
		return;
	list->full = length + strlen(separator) + strlen(entry) + reserve > list->size;
	snprintf(list->text + length, list->size - length, "%s%s", separator,
		 list->full ? ellipsis : entry);
}
