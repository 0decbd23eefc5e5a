/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli_private.h"

enum { MESSAGE_SIZE = NB_CLI_PATH_SIZE + 512 };

/* What a message quotes may come out of a file of somebody else: it cannot steer the terminal. */
static void print_message(const char *format, va_list arguments)
	__attribute__((format(printf, 1, 0)));

static void print_message(const char *format, va_list arguments)
{
	char message[MESSAGE_SIZE];
	char plain[MESSAGE_SIZE];

	vsnprintf(message, sizeof(message), format, arguments);
	nb_report_plain(plain, sizeof(plain), message);
	fprintf(stderr, "%s\n", plain);
}

int nb_cli_fail(const struct nb_cli_verb *verb, int status, const char *format, ...)
{
	va_list arguments;

	/* What was printed so far comes first where both go to the same place. */
	fflush(stdout);
	fputs("nestbench: ", stderr);
	if (verb)
		fprintf(stderr, "%s: ", verb->name);
	va_start(arguments, format);
	print_message(format, arguments);
	va_end(arguments);
	return status;
}

void nb_cli_hint(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	print_message(format, arguments);
	va_end(arguments);
}

const char *nb_cli_nearest(const char *word, const char *const *words, size_t count)
{
	const char *best = NULL;
	size_t best_distance = SIZE_MAX;

	for (size_t i = 0; i < count; i++) {
		size_t distance = nb_base_distance(word, words[i]);

		if (distance >= best_distance)
			continue;
		best = words[i];
		best_distance = distance;
	}
	return best;
}

static bool wants_colour(void)
{
	const char *no_color = getenv("NO_COLOR");
	const char *terminal = getenv("TERM");

	if (no_color && no_color[0]) /* https://no-color.org */
		return false;
	return terminal && terminal[0] && strcmp(terminal, "dumb") != 0;
}

struct nb_report_style nb_cli_style(void)
{
	struct nb_report_style style = { 0 };
	struct winsize size;

	if (!isatty(STDOUT_FILENO))
		return style;
	style.colour = wants_colour();
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
		style.width = size.ws_col;
	return style;
}

int nb_cli_print_grid(const struct nb_cli_verb *verb, FILE *stream, const char *align,
		      const char *const *cells, size_t rows)
{
	struct nb_error error = { 0 };

	if (nb_report_grid(stream, align, cells, rows, &error) < 0)
		return nb_cli_fail(verb, NB_EXIT_FAILED, "%s", error.text);
	return NB_EXIT_FINE;
}

int nb_cli_print_json(const struct nb_cli_verb *verb, json_t *tree)
{
	if (!tree)
		return nb_cli_fail(verb, NB_EXIT_FAILED, "no memory for JSON");
	/* Whether it could be written is seen once for all output, at the end of main(). */
	(void)json_dumpf(tree, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(17));
	fputc('\n', stdout);
	json_decref(tree);
	return NB_EXIT_FINE;
}

json_t *nb_cli_params(const char *params)
{
	char copy[sizeof(((struct nb_series *)0)->params)];
	json_t *tree = json_object();
	char *rest = NULL;

	nb_base_copy(copy, sizeof(copy), params);
	for (char *pair = strtok_r(copy, ",", &rest); pair; pair = strtok_r(NULL, ",", &rest)) {
		char *value = pair + strcspn(pair, "=");

		if (*value)
			*value++ = '\0';
		json_object_set_new(tree, pair, json_string(value));
	}
	return tree;
}

json_t *nb_cli_number(double value)
{
	return isfinite(value) ? json_real(value) : json_null();
}

json_t *nb_cli_text(const char *text)
{
	return text[0] ? json_string(text) : json_null();
}
