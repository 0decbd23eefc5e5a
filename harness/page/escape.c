/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <string.h>

#include "nestbench/base.h"

#include "page_text.h"

/* U+FFFE and U+FFFF are UTF-8 like any other, but no characters, and XML refuses them. */
static bool is_character(const char *text, size_t length)
{
	return length != 3 ||
	       (memcmp(text, "\xef\xbf\xbe", 3) != 0 && memcmp(text, "\xef\xbf\xbf", 3) != 0);
}

static void put_sequence(FILE *stream, const char *text, size_t length)
{
	static const struct {
		char byte;
		const char *reference;
	} escapes[] = { { '&', "&amp;" },
			{ '<', "&lt;" },
			{ '>', "&gt;" },
			{ '"', "&quot;" },
			{ '\'', "&#39;" } };

	for (size_t i = 0; length == 1 && i < sizeof(escapes) / sizeof(escapes[0]); i++) {
		if (escapes[i].byte == text[0]) {
			fputs(escapes[i].reference, stream);
			return;
		}
	}
	fwrite(text, 1, length, stream);
}

void nb_page_text_cut(FILE *stream, const char *text, size_t characters)
{
	for (size_t i = 0; text && *text; i++) {
		bool printable;
		size_t length = nb_base_sequence(text, &printable);

		if (i == characters) {
			fputs("…", stream);
			return;
		}
		if (*text == '\n' || *text == '\t')
			fputc(' ', stream);
		else if (printable && is_character(text, length))
			put_sequence(stream, text, length);
		else
			fputs("\xef\xbf\xbd", stream);
		text += length > 0 ? length : 1;
	}
}

void nb_page_text(FILE *stream, const char *text)
{
	nb_page_text_cut(stream, text, SIZE_MAX);
}

void nb_page_textf(FILE *stream, const char *format, ...)
{
	char text[1024];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	nb_page_text(stream, text);
}

void nb_page_word(FILE *stream, const char *text)
{
	fputs("<bdi>", stream);
	nb_page_text(stream, text);
	fputs("</bdi>", stream);
}
