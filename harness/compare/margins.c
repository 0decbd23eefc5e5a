/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compare_private.h"

double nb_compare_margin_of(const struct nb_compare_options *options,
			    const struct nb_series *series)
{
	char name[200];
	double margin = options->margin;

	nb_record_series_name(name, sizeof(name), series);
	for (size_t i = 0; i < options->margin_count; i++)
		if (fnmatch(options->margins[i].pattern, series->benchmark, 0) == 0 ||
		    fnmatch(options->margins[i].pattern, name, 0) == 0)
			margin = options->margins[i].margin;
	return margin;
}

/* "PATTERN PERCENT", the pattern up to the last blank, so that it may have parameters in it. */
static int parse_line(char *line, struct nb_compare_margin *margin)
{
	char *last = strrchr(line, ' ');
	char *end;
	double percent;

	if (!last)
		return -EINVAL;
	percent = strtod(last + 1, &end);
	end += *end == '%';
	while (last > line && last[-1] == ' ')
		last--;
	*last = '\0';
	if (*end || !(percent > 0) || percent > 1000 || strlen(line) >= sizeof(margin->pattern))
		return -EINVAL;
	snprintf(margin->pattern, sizeof(margin->pattern), "%s", line);
	margin->margin = percent / 100;
	return 0;
}

/* Blanks and tabs around a line and a comment behind it do not count. */
static char *trim(char *line)
{
	size_t length;

	line[strcspn(line, "#\r\n")] = '\0';
	for (char *tab = line; (tab = strchr(tab, '\t'));)
		*tab = ' ';
	line += strspn(line, " ");
	length = strlen(line);
	while (length > 0 && line[length - 1] == ' ')
		line[--length] = '\0';
	return line;
}

int nb_compare_margins_parse(const char *text, struct nb_compare_margin **margins, size_t *count,
			     struct nb_error *error)
{
	struct nb_compare_margin *list = NULL;
	char *copy = strdup(text), *rest = copy, *line;
	size_t found = 0;
	int number = 0, result = copy ? 0 : nb_error_set(error, ENOMEM, "no memory for margins");

	while (result == 0 && (line = strsep(&rest, "\n"))) {
		struct nb_compare_margin *grown;

		number++;
		line = trim(line);
		if (!*line)
			continue;
		grown = reallocarray(list, found + 1, sizeof(*list));
		if (!grown) {
			result = nb_error_set(error, ENOMEM, "no memory for margins");
			break;
		}
		list = grown;
		if (parse_line(line, &list[found++]) < 0)
			result = nb_error_set(
				error, EBADMSG,
				"line %d: not \"PATTERN PERCENT\", such as \"exit.* 5\"", number);
	}
	free(copy);
	if (result < 0) {
		free(list);
		return result;
	}
	*margins = list;
	*count = found;
	return 0;
}
