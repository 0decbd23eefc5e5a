/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "nestbench/base.h"
#include "nestbench/digest.h"

#include "report_text.h"

struct scale {
	double factor;
	const char *suffix;
};

static const struct scale times[] = { { 1, "ns" }, { 1e3, "µs" }, { 1e6, "ms" }, { 1e9, "s" } };

enum { TIMES = sizeof(times) / sizeof(times[0]), INTERVAL_DIGITS = 5, NAME_SIZE = 160 };

/* The unit in which the rounded magnitude stays below 1000, so that 999.7 ns reads 1.00 µs. */
static struct scale scale_for(double magnitude, const char *unit, int digits)
{
	double limit = 1000 - 0.5 * pow(10, 3 - digits);
	size_t i = 0;

	if (strcmp(unit, "ns") != 0)
		return (struct scale){ 1, unit };
	while (i < TIMES - 1 && magnitude / times[i].factor >= limit)
		i++;
	return times[i];
}

/* Places after the point that make up so many significant digits, as seen after rounding. */
static int decimals(double magnitude, int digits)
{
	int places = digits;
	double limit = 1;

	while (places > 0 && magnitude >= limit - 0.5 * pow(10, -places)) {
		places--;
		limit *= 10;
	}
	return places;
}

static void print_number(char *text, size_t size, double value, int digits)
{
	double magnitude = fabs(value);

	if (magnitude >= 1e7)
		snprintf(text, size, "%.2e", value);
	else if (magnitude < 0.5 * pow(10, -digits))
		nb_base_copy(text, size, "0");
	else
		snprintf(text, size, "%.*f", decimals(magnitude, digits), value);
}

static void append_unit(char *text, size_t size, const char *unit)
{
	if (unit[0])
		nb_report_join(text, size, " ", unit);
}

void nb_report_value(char *text, size_t size, double value, const char *unit, int digits)
{
	struct scale scale;

	if (!isfinite(value)) {
		nb_base_copy(text, size, "n/a");
		return;
	}
	scale = scale_for(fabs(value), unit, digits);
	print_number(text, size, value / scale.factor, digits);
	append_unit(text, size, scale.suffix);
}

void nb_report_interval(char *text, size_t size, double low, double high, const char *unit)
{
	char ends[2][NB_REPORT_VALUE_SIZE];
	struct scale scale;
	int digits = NB_REPORT_DIGITS;

	if (!isfinite(low) || !isfinite(high)) {
		nb_base_copy(text, size, "n/a");
		return;
	}
	scale = scale_for(fmax(fabs(low), fabs(high)), unit, digits);
	/* A narrow interval takes more digits, or it would look like none at all. */
	do {
		print_number(ends[0], sizeof(ends[0]), low / scale.factor, digits);
		print_number(ends[1], sizeof(ends[1]), high / scale.factor, digits);
	} while (strcmp(ends[0], ends[1]) == 0 && digits++ < INTERVAL_DIGITS);
	snprintf(text, size, "%s – %s", ends[0], ends[1]);
	append_unit(text, size, scale.suffix);
}

void nb_report_duration(char *text, size_t size, double nanoseconds)
{
	nb_report_value(text, size, nanoseconds, "ns", NB_REPORT_DIGITS);
}

/* Bytes of the ANSI colour sequence at text ("\033[...m"); 0 for anything else. */
static size_t colour_length(const char *text)
{
	size_t length;

	if (text[0] != '\033' || text[1] != '[')
		return 0;
	length = 2 + strspn(text + 2, "0123456789;");
	return text[length] == 'm' ? length + 1 : 0;
}

static bool continues_code_point(char byte)
{
	return ((unsigned char)byte & 0xc0) == 0x80;
}

size_t nb_report_columns(const char *text)
{
	size_t columns = 0;

	while (*text) {
		size_t colour = colour_length(text);

		if (colour == 0 && !continues_code_point(*text))
			columns++;
		text += colour > 0 ? colour : 1;
	}
	return columns;
}

void nb_report_cut(char *text, size_t size, size_t columns)
{
	static const char ellipsis[] = "…";
	size_t length = 0;
	size_t seen = 0;

	assert(columns > 0);
	if (nb_report_columns(text) <= columns)
		return;
	while (seen < columns - 1 || continues_code_point(text[length])) {
		if (!continues_code_point(text[length]))
			seen++;
		length++;
	}
	if (length + sizeof(ellipsis) <= size)
		memcpy(text + length, ellipsis, sizeof(ellipsis));
	else
		text[length] = '\0';
}

void nb_report_plain(char *target, size_t size, const char *text)
{
	size_t used = 0;

	while (*text) {
		bool printable;
		size_t length = nb_base_sequence(text, &printable);
		size_t shown = printable ? length : 1;

		if (used + shown >= size)
			break;
		memcpy(target + used, printable ? text : "?", shown);
		used += shown;
		text += length > 0 ? length : 1;
	}
	target[used] = '\0';
}

void nb_report_join(char *text, size_t size, const char *separator, const char *word)
{
	size_t used = strlen(text);

	snprintf(text + used, size - used, "%s%s", used > 0 ? separator : "", word);
}

void nb_report_tags(char *text, size_t size, const char *separator, uint32_t tags)
{
	text[0] = '\0';
	for (uint32_t bit = 1; bit != 0 && nb_record_tag_name(bit); bit <<= 1) {
		if (tags & bit)
			nb_report_join(text, size, separator, nb_record_tag_name(bit));
	}
}

void nb_report_series(char *text, size_t size, const struct nb_series *series)
{
	char name[NAME_SIZE];

	nb_record_series_name(name, sizeof(name), series);
	nb_report_plain(text, size, name);
}

void nb_report_where(char *text, size_t size, const struct nb_series *series, int level)
{
	const char *vantage = nb_record_vantage_name(series->vantage);

	if (level == NB_LEVEL_UNKNOWN)
		nb_base_copy(text, size, vantage);
	else
		snprintf(text, size, "%s L%d", vantage, level);
}

int nb_report_finish(FILE *stream, struct nb_error *error)
{
	errno = 0;
	if (fflush(stream) == 0 && !ferror(stream))
		return 0;
	/* What failed earlier than here has lost its cause; another byte meets the same one. */
	if (errno == 0) {
		(void)fputc('\n', stream);
		(void)fflush(stream);
	}
	return nb_error_set(error, EIO, "cannot write the output%s%s", errno ? ": " : "",
			    errno ? strerror(errno) : "");
}
