/* SPDX-License-Identifier: Apache-2.0 */
#include "nestbench/base.h"

static bool continues(char byte)
{
	return ((unsigned char)byte & 0xc0) == 0x80;
}

/* Bytes that a UTF-8 sequence with this first byte has; 0 where none begins so. */
static size_t sequence_length(unsigned char first)
{
	if (first < 0x80)
		return 1;
	if (first < 0xc0 || first >= 0xf8)
		return 0;
	return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

/* Control characters of ASCII and Latin-1, and those that break lines or turn their direction. */
static bool controls(uint32_t point)
{
	return point < 0x20 || (point >= 0x7f && point < 0xa0) ||
	       (point >= 0x2028 && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069);
}

size_t nb_base_sequence(const char *text, bool *printable)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t length = sequence_length((unsigned char)text[0]);
	uint32_t point = (unsigned char)text[0];

	*printable = false;
	if (length > 1)
		point &= 0xffU >> (length + 1);
	for (size_t i = 1; i < length; i++) {
		if (!continues(text[i]))
			return 0;
		point = point << 6 | ((unsigned char)text[i] & 0x3fU);
	}
	/* Longer than need be, a surrogate, or behind the end of Unicode. */
	if (point < least[length] || (point >= 0xd800 && point < 0xe000) || point > 0x10ffff)
		return 0;
	*printable = length > 0 && !controls(point);
	return length;
}

bool nb_base_printable(const char *text)
{
	bool printable = true;

	while (*text && printable)
		text += nb_base_sequence(text, &printable);
	return printable;
}
