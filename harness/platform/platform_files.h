/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_PLATFORM_FILES_H
#define NB_PLATFORM_FILES_H

#include <stdbool.h>
#include <stddef.h>

/*
 * What is in small text files of /proc and /sys. Nothing here trusts a file: every buffer has a
 * size, every list a limit, and text that goes on into a record is one line of printable ASCII.
 */

enum { NB_PLATFORM_TEXT_MAX = 16384 }; /* of a file searched for fields: the first CPU of cpuinfo */

/* A text that entries are joined into; what does not fit whole is left out and told by "...". */
struct nb_platform_list {
	char *text;
	size_t size;
	const char *separator;
	bool full;
};

/* Cuts text at its first line end, trims it, and replaces what is not printable ASCII by '?'. */
void nb_platform_clean(char *text);

/*
 * The value of the first line "key : value" of text, as in /proc/cpuinfo and /proc/meminfo;
 * cleaned; "" and false where there is none.
 */
bool nb_platform_field(const char *text, const char *key, char *value, size_t size);

/* True if that value, taken as words between blanks, has this word. */
bool nb_platform_field_has(const char *text, const char *key, const char *word);

/* Starts an empty list in text[size]; size must hold the separator and "..." at least. */
void nb_platform_list_init(struct nb_platform_list *list, char *text, size_t size,
			   const char *separator);
void nb_platform_list_add(struct nb_platform_list *list, const char *entry);

#endif
