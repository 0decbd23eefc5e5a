/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nestbench/base.h"

#include "platform_files.h"

static const char ellipsis[] = "...";

static int join(char path[PATH_MAX], const char *root, const char *name)
{
	int length = snprintf(path, PATH_MAX, "%s%s", root, name);

	return length >= 0 && length < PATH_MAX ? 0 : -ENAMETOOLONG;
}

static bool is_blank(char character)
{
	return character == ' ' || character == '\t';
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

bool nb_platform_exists(const char *root, const char *path)
{
	char whole[PATH_MAX];

	return join(whole, root, path) == 0 && access(whole, F_OK) == 0;
}

int nb_platform_read_raw(const char *root, const char *path, char *text, size_t size)
{
	char whole[PATH_MAX];
	int result = join(whole, root, path);

	text[0] = '\0';
	return result < 0 ? result : nb_base_read_line(whole, text, size);
}

bool nb_platform_read_line(const char *root, const char *path, char *text, size_t size)
{
	if (nb_platform_read_raw(root, path, text, size) < 0)
		return false;
	nb_platform_clean(text);
	return text[0] != '\0';
}

int64_t nb_platform_read_number(const char *root, const char *path)
{
	char text[32];
	char *end;
	long long value;

	if (!nb_platform_read_line(root, path, text, sizeof(text)))
		return -1;
	value = strtoll(text, &end, 10);
	return end == text || value < 0 ? -1 : value;
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

static int compare_names(const void *a, const void *b)
{
	return strcmp(a, b);
}

void nb_platform_read_names(const char *root, const char *path, const char *prefix,
			    struct nb_platform_names *names)
{
	char whole[PATH_MAX];
	const struct dirent *entry;
	DIR *folder;

	names->count = 0;
	folder = join(whole, root, path) == 0 ? opendir(whole) : NULL;
	if (!folder)
		return;
	while (names->count < NB_PLATFORM_NAMES_MAX && (entry = readdir(folder)) != NULL) {
		size_t length = strlen(entry->d_name);

		if (entry->d_name[0] == '.' || length >= NB_PLATFORM_NAME_SIZE ||
		    strncmp(entry->d_name, prefix, strlen(prefix)) != 0)
			continue;
		memcpy(names->name[names->count++], entry->d_name, length + 1);
	}
	closedir(folder);
	qsort(names->name, names->count, sizeof(names->name[0]), compare_names);
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
