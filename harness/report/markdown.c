/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <strings.h>

#include "nestbench/report.h"

enum { TEXT_SIZE = 512 };

/* Bytes that begin a bare link: of "https://" and "www." */
static bool begins_link(const char *text, const char *byte)
{
	return (*byte == ':' && byte[1] == '/') || (*byte == '.' && byte > text && byte[-1] == 'w');
}

/* Of "@user", "#1" and "GH-1". */
static bool begins_reference(const char *text, const char *byte)
{
	return *byte == '@' || *byte == '#' ||
	       (*byte == '-' && byte - text >= 2 && strncasecmp(byte - 2, "GH", 2) == 0);
}

/*
 * GitHub looks for users and issues, which every kernel's version seems to name, in what it has
 * decoded already, so they need a space of no width in them.
 */
void nb_report_markdown(FILE *stream, const char *text)
{
	char plain[TEXT_SIZE];

	nb_report_plain(plain, sizeof(plain), text);
	for (const char *byte = plain; *byte; byte++) {
		if (begins_reference(plain, byte))
			fprintf(stream, "&#%d;&#8203;", *byte);
		else if (strchr("<>&", *byte) || begins_link(plain, byte))
			fprintf(stream, "&#%d;", *byte);
		else if (strchr("\\`*_{}[]()|~!", *byte))
			fprintf(stream, "\\%c", *byte);
		else
			fputc(*byte, stream);
	}
}

/* In a code span nothing but the backtick and, in tables, the bar mean anything. */
void nb_report_markdown_code(FILE *stream, const char *text)
{
	char plain[TEXT_SIZE];

	nb_report_plain(plain, sizeof(plain), text);
	for (char *byte = plain; *byte; byte++)
		if (*byte == '`' || *byte == '|')
			*byte = '?';
	fprintf(stream, "`%s`", plain);
}
