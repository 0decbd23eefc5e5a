/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "nestbench/base.h"

#include "platform_redact.h"

/* No word in brackets is that many times longer than the shortest secret. */
enum { GROWTH_MAX = 8 };

/* What is written instead of a text; what does not fit is left out. */
struct output {
	char *text;
	size_t size, length;
};

static void put(struct output *output, const char *text, size_t length)
{
	size_t room = output->size - 1 - output->length;

	if (length > room)
		length = room;
	memcpy(output->text + output->length, text, length);
	output->length += length;
}

/*
 * The longest secret at text, as a whole word. The secrets are sorted, so that those with the same
 * beginning stand together, and from character to character there are fewer of them: what a text
 * costs depends on its length alone, whatever is in it.
 */
static size_t match_secret(const struct nb_redactor *redactor, const char *text, const char **word)
{
	size_t first = 0, end = redactor->count;
	size_t longest = 0;

	for (size_t at = 0; text[at] != '\0'; at++) {
		unsigned char wanted = (unsigned char)nb_platform_fold(text[at]);

		while (first < end && (unsigned char)redactor->secrets[first].text[at] < wanted)
			first++;
		while (first < end && (unsigned char)redactor->secrets[end - 1].text[at] > wanted)
			end--;
		if (first == end)
			break;
		if (redactor->secrets[first].text[at + 1] == '\0' &&
		    !nb_platform_is_word(text[at + 1])) {
			longest = at + 1;
			*word = redactor->secrets[first].word;
		}
	}
	return longest;
}

/* What starts at text[at]: its length, 0 for none, and the word for it, NULL if it may stay. */
static size_t match(const struct nb_redactor *redactor, const char *text, size_t at,
		    const char **word)
{
	size_t length;

	*word = NULL;
	if (at > 0 && nb_platform_is_word(text[at - 1]))
		return 0;
	length = match_secret(redactor, text + at, word);
	return length > 0 ? length : nb_platform_match_pattern(text, at, word);
}

static size_t redact_into(const struct nb_redactor *redactor, const char *text,
			  struct output *output)
{
	size_t places = 0;
	size_t at = 0;

	while (text[at] != '\0') {
		const char *word;
		size_t length = match(redactor, text, at, &word);

		if (length > 0 && word) {
			put(output, word, strlen(word));
			places++;
		} else {
			length = length > 0 ? length : 1;
			put(output, text + at, length);
		}
		at += length;
	}
	output->text[output->length] = '\0';
	return places;
}

size_t nb_redact(const struct nb_redactor *redactor, char *text, size_t size)
{
	size_t length = strnlen(text, size - 1);
	struct output output = { .size = length * GROWTH_MAX + 1 };
	size_t places;

	text[length] = '\0';
	if (output.size > size)
		output.size = size;
	output.text = malloc(output.size);
	if (!output.text) {
		/* Nothing is better than a secret. */
		nb_base_copy(text, size, "");
		return 1;
	}
	places = redact_into(redactor, text, &output);
	memcpy(text, output.text, output.length + 1);
	free(output.text);
	return places;
}

size_t nb_platform_redact_bytes(const struct nb_redactor *redactor, char *bytes, size_t length,
				size_t size)
{
	if (!memchr(bytes, '\0', length)) {
		bytes[length] = '\0';
		nb_redact(redactor, bytes, size);
		return strlen(bytes);
	}
	for (size_t at = 0; at < length;) {
		size_t used = strnlen(bytes + at, length - at);
		size_t room = used;

		while (at + room < length && bytes[at + room] == '\0')
			room++;
		/* Behind the last byte there is room for a NUL at least. */
		if (used > 0) {
			nb_redact(redactor, bytes + at, at + room < length ? room : room + 1);
			used = strlen(bytes + at);
			memset(bytes + at + used, 0, room - used);
		}
		at += room;
	}
	return length;
}
