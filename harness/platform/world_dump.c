/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>

#include "platform_world.h"

/* The format of "cpuid -1 -r" (Todd Allen's cpuid, https://www.etallen.com/cpuid.html). */

/* What is left of a line. */
struct cursor {
	const char *at, *end;
};

static void skip_blanks(struct cursor *cursor)
{
	while (cursor->at < cursor->end &&
	       (*cursor->at == ' ' || *cursor->at == '\t' || *cursor->at == '\r'))
		cursor->at++;
}

static bool take_word(struct cursor *cursor, const char *word)
{
	size_t length = strlen(word);

	skip_blanks(cursor);
	if ((size_t)(cursor->end - cursor->at) < length || memcmp(cursor->at, word, length) != 0)
		return false;
	cursor->at += length;
	return true;
}

static int digit_value(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	if (digit >= 'a' && digit <= 'f')
		return digit - 'a' + 10;
	return digit >= 'A' && digit <= 'F' ? digit - 'A' + 10 : -1;
}

/* prefix and up to eight hexadecimal digits behind it */
static bool take_number(struct cursor *cursor, const char *prefix, uint32_t *number)
{
	int digits = 0;

	if (!take_word(cursor, prefix))
		return false;
	for (*number = 0; cursor->at < cursor->end; cursor->at++, digits++) {
		int value = digit_value(*cursor->at);

		if (value < 0)
			break;
		*number = *number << 4 | (uint32_t)value;
	}
	return digits >= 1 && digits <= 8;
}

static bool take_answer(struct cursor *cursor, struct nb_platform_answer *answer)
{
	if (!take_number(cursor, "0x", &answer->leaf) ||
	    !take_number(cursor, "0x", &answer->subleaf) ||
	    !take_number(cursor, ": eax=0x", &answer->registers.eax) ||
	    !take_number(cursor, "ebx=0x", &answer->registers.ebx) ||
	    !take_number(cursor, "ecx=0x", &answer->registers.ecx) ||
	    !take_number(cursor, "edx=0x", &answer->registers.edx))
		return false;
	skip_blanks(cursor);
	return cursor->at == cursor->end;
}

bool nb_platform_dump_find(const struct nb_platform_dump *dump, uint32_t leaf, uint32_t subleaf,
			   struct nb_cpuid *registers)
{
	for (size_t i = 0; i < dump->count; i++) {
		if (dump->answers[i].leaf != leaf || dump->answers[i].subleaf != subleaf)
			continue;
		*registers = dump->answers[i].registers;
		return true;
	}
	*registers = (struct nb_cpuid){ 0 };
	return false;
}

bool nb_platform_dump_add(struct nb_platform_dump *dump, const struct nb_platform_answer *answer)
{
	struct nb_cpuid there;

	if (dump->count == NB_PLATFORM_DUMP_MAX ||
	    nb_platform_dump_find(dump, answer->leaf, answer->subleaf, &there))
		return false;
	dump->answers[dump->count++] = *answer;
	return true;
}

/* "CPU:" with one CPU, "CPU 0:" with several. */
static bool is_heading(struct cursor cursor)
{
	return take_word(&cursor, "CPU") && cursor.at < cursor.end && cursor.end[-1] == ':';
}

enum line { LINE_EMPTY, LINE_HEADING, LINE_ANSWER, LINE_BAD };

static enum line parse_line(struct cursor line, struct nb_platform_answer *answer)
{
	skip_blanks(&line);
	while (line.end > line.at && line.end[-1] == '\r')
		line.end--;
	if (line.at == line.end || *line.at == '#')
		return LINE_EMPTY;
	if (is_heading(line))
		return LINE_HEADING;
	return take_answer(&line, answer) ? LINE_ANSWER : LINE_BAD;
}

int nb_platform_dump_parse(struct nb_platform_dump *dump, const char *text, size_t length,
			   struct nb_error *error)
{
	const char *end = text + length;
	size_t headings = 0;

	dump->count = 0;
	for (int number = 1; text < end && headings < 2; number++) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		struct cursor line = { text, newline ? newline : end };
		struct nb_platform_answer answer;
		enum line kind = parse_line(line, &answer);

		if (kind == LINE_BAD)
			return nb_error_set(error, EBADMSG,
					    "line %d is not one of \"cpuid -1 -r\", as in "
					    "\"0x00000000 0x00: eax=0x... ebx=0x... ecx=0x... "
					    "edx=0x...\"",
					    number);
		if (kind == LINE_ANSWER)
			nb_platform_dump_add(dump, &answer);
		headings += kind == LINE_HEADING;
		text = newline ? newline + 1 : end;
	}
	return 0;
}
