/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <string.h>

#include "store_private.h"

/* Words of people end up on terminals and in JSON: what could harm either is not stored. */

/*
 * How sequences of more than one byte begin: the first byte, what the second may be, and how many
 * there are. No code in more bytes than it needs, no surrogate, none beyond the last, no C1
 * control. https://www.unicode.org/versions/Unicode15.0.0/ch03.pdf, table 3-7
 */
static const struct beginning {
	unsigned char first, last, low, high, length;
} beginnings[] = {
	{ 0xc2, 0xc2, 0xa0, 0xbf, 2 }, { 0xc3, 0xdf, 0x80, 0xbf, 2 }, { 0xe0, 0xe0, 0xa0, 0xbf, 3 },
	{ 0xe1, 0xec, 0x80, 0xbf, 3 }, { 0xed, 0xed, 0x80, 0x9f, 3 }, { 0xee, 0xef, 0x80, 0xbf, 3 },
	{ 0xf0, 0xf0, 0x90, 0xbf, 4 }, { 0xf1, 0xf3, 0x80, 0xbf, 4 }, { 0xf4, 0xf4, 0x80, 0x8f, 4 },
};

static const struct beginning *find_beginning(const unsigned char *text)
{
	for (size_t i = 0; i < sizeof(beginnings) / sizeof(beginnings[0]); i++)
		if (text[0] >= beginnings[i].first && text[0] <= beginnings[i].last &&
		    text[1] >= beginnings[i].low && text[1] <= beginnings[i].high)
			return &beginnings[i];
	return NULL;
}

/* Bytes of the UTF-8 sequence at text; 0: none begins there, or it is a control character. */
static size_t sequence(const unsigned char *text)
{
	const struct beginning *beginning;

	if (text[0] < 0x80)
		return text[0] >= 0x20 && text[0] != 0x7f;
	beginning = find_beginning(text);
	for (size_t i = 2; beginning && i < beginning->length; i++)
		if (text[i] < 0x80 || text[i] > 0xbf)
			return 0;
	return beginning ? beginning->length : 0;
}

bool nb_store_plain(const char *text)
{
	const unsigned char *at = (const unsigned char *)text;

	if (strlen(text) >= NB_STORE_TEXT_SIZE || text[strspn(text, " ")] == '\0')
		return false;
	while (*at != '\0') {
		size_t length = sequence(at);

		if (length == 0)
			return false;
		at += length;
	}
	return true;
}

bool nb_store_name_valid(const char *name)
{
	size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789._-");

	return length > 0 && length < NB_STORE_NAME_SIZE && name[length] == '\0' &&
	       isalnum((unsigned char)name[0]);
}
