/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <string.h>

#include "store_private.h"

/* Words of people end up on terminals and in JSON: what could harm either is not stored. */

/*
 * A control character takes one byte or two. What takes more and breaks lines or turns the
 * direction of text is let through: it may be in a database already, and writers show it as "?".
 */
static bool is_plain(size_t length, bool printable)
{
	return length > 0 && (printable || length > 2);
}

bool nb_store_plain(const char *text)
{
	if (strlen(text) >= NB_STORE_TEXT_SIZE || text[strspn(text, " ")] == '\0')
		return false;
	while (*text != '\0') {
		bool printable;
		size_t length = nb_base_sequence(text, &printable);

		if (!is_plain(length, printable))
			return false;
		text += length;
	}
	return true;
}

bool nb_store_name_valid(const char *name)
{
	size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789._-");

	return length > 0 && length < NB_STORE_NAME_SIZE && name[length] == '\0' &&
	       isalnum((unsigned char)name[0]);
}
