/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "nestbench/base.h"

enum { WORD_MAX = 64 };

void nb_base_copy(char *target, size_t size, const char *text)
{
	size_t length = text ? strnlen(text, size - 1) : 0;

	if (length > 0)
		memcpy(target, text, length);
	target[length] = '\0';
}

static size_t least(size_t a, size_t b, size_t c)
{
	size_t smaller = a < b ? a : b;

	return smaller < c ? smaller : c;
}

/* Wagner and Fischer's algorithm with one row; words are compared up to WORD_MAX characters. */
size_t nb_base_distance(const char *a, const char *b)
{
	size_t row[WORD_MAX + 1];
	size_t a_length = strnlen(a, WORD_MAX);
	size_t b_length = strnlen(b, WORD_MAX);

	for (size_t j = 0; j <= b_length; j++)
		row[j] = j;
	for (size_t i = 1; i <= a_length; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= b_length; j++) {
			size_t above = row[j];

			row[j] =
				least(above + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1]));
			diagonal = above;
		}
	}
	return row[b_length];
}
