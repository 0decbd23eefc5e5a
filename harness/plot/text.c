/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fnmatch.h>
#include <math.h>
#include <string.h>

#include "plot_private.h"

enum {
	NAME_SIZE = sizeof(((struct nb_series *)0)->benchmark) +
		    sizeof(((struct nb_series *)0)->params) + 1
};

/* "exit.cpuid match=data,ring=3": what a pattern is held against. */
static void whole_name(char *name, size_t size, const struct nb_series *series)
{
	snprintf(name, size, "%s%s%s", series->benchmark, series->params[0] ? " " : "",
		 series->params);
}

bool nb_plot_wants(const struct nb_plot_query *query, const struct nb_series *series)
{
	char name[NAME_SIZE];

	if (!query->pattern || fnmatch(query->pattern, series->benchmark, 0) == 0)
		return true;
	whole_name(name, sizeof(name), series);
	return fnmatch(query->pattern, name, 0) == 0;
}

/*
 * What would end a cell, a quotation or a comment. A backquote and "%" mean something to some of
 * gnuplot's readers, and "<" and "&" are markup once they are in a picture.
 */
static const char *harmless(char byte)
{
	switch (byte) {
	case '"':
	case '`':
		return "'";
	case '\\':
		return "/";
	case '#':
		return "♯";
	default:
		return NULL;
	}
}

void nb_plot_cell(char *target, size_t size, const char *text)
{
	size_t used = 0;

	while (*text) {
		bool printable;
		size_t length = nb_base_sequence(text, &printable);
		const char *shown = printable ? harmless(*text) : "?";
		size_t width = shown ? strlen(shown) : length;

		if (used + width >= size)
			break;
		memcpy(target + used, shown ? shown : text, width);
		used += width;
		text += length > 0 ? length : 1;
	}
	target[used] = '\0';
}

void nb_plot_series_cell(char *target, size_t size, const struct nb_series *series)
{
	char name[NAME_SIZE];

	whole_name(name, sizeof(name), series);
	nb_plot_cell(target, size, name);
}

void nb_plot_number(FILE *stream, double value)
{
	if (isfinite(value))
		fprintf(stream, "%.9g", value);
	else
		fputs("nan", stream);
}

void nb_plot_header(FILE *stream, enum nb_plot plot, const char *columns)
{
	fprintf(stream, "# nestbench plot %s: %s\n", nb_plot_name(plot), nb_plot_title(plot));
	fprintf(stream, "# %s\n", columns);
}

int nb_plot_written(FILE *stream, struct nb_error *error)
{
	if (fflush(stream) != 0)
		return nb_error_set(error, EIO, "cannot write the plot's data: %s",
				    strerror(errno));
	if (ferror(stream))
		return nb_error_set(error, EIO, "cannot write the plot's data");
	return 0;
}
