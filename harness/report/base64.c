/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "report_base64.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static char digit_or_padding(uint32_t value, bool digit)
{
	if (!digit)
		return '=';
	return alphabet[value & 63];
}

char *nb_report_base64_encode(const uint8_t *bytes, size_t size)
{
	size_t groups = (size + 2) / 3;
	char *text = malloc(groups * 4 + 1);

	if (!text)
		return NULL;
	for (size_t g = 0; g < groups; g++) {
		size_t left = size - g * 3;
		uint32_t value = (uint32_t)bytes[g * 3] << 16;

		if (left > 1)
			value |= (uint32_t)bytes[g * 3 + 1] << 8;
		if (left > 2)
			value |= bytes[g * 3 + 2];
		text[g * 4] = alphabet[value >> 18];
		text[g * 4 + 1] = alphabet[value >> 12 & 63];
		text[g * 4 + 2] = digit_or_padding(value >> 6, left > 1);
		text[g * 4 + 3] = digit_or_padding(value, left > 2);
	}
	text[groups * 4] = '\0';
	return text;
}

/* Decodes four characters of which the last padding ones are "="; 1 where one is no digit. */
static int decode_group(const char *text, size_t padding, uint32_t *value)
{
	*value = 0;
	for (size_t i = 0; i < 4; i++) {
		const char *digit = i < 4 - padding ? strchr(alphabet, text[i]) : alphabet;

		if (!digit || !*digit)
			return 1;
		*value = *value << 6 | (uint32_t)(digit - alphabet);
	}
	/* Bits that the padding leaves unused must be zero: one text for one content. */
	return (*value & ((1u << 8 * padding) - 1)) != 0;
}

static size_t count_padding(const char *text, size_t length)
{
	if (length == 0 || text[length - 1] != '=')
		return 0;
	return text[length - 2] == '=' ? 2 : 1;
}

int nb_report_base64_decode(const char *text, size_t length, uint8_t **bytes, size_t *size)
{
	size_t padding;
	uint8_t *decoded;

	if (length % 4 != 0)
		return -EBADMSG;
	padding = count_padding(text, length);
	decoded = malloc(length / 4 * 3 + 1);
	if (!decoded)
		return -ENOMEM;
	for (size_t g = 0; g < length / 4; g++) {
		uint32_t value;

		if (decode_group(text + g * 4, g + 1 == length / 4 ? padding : 0, &value)) {
			free(decoded);
			return -EBADMSG;
		}
		decoded[g * 3] = (uint8_t)(value >> 16);
		decoded[g * 3 + 1] = (uint8_t)(value >> 8);
		decoded[g * 3 + 2] = (uint8_t)value;
	}
	*bytes = decoded;
	*size = length / 4 * 3 - padding;
	return 0;
}
