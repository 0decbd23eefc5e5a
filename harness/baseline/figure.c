/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "nestbench/base.h"

#include "baseline_parts.h"

/* Longer ones are no fact but a file gone wrong. */
enum { TEXT_MAX = 1000 };

static const char *const kinds[] = {
	[NB_FIGURE_MEASURED] = "measured",
	[NB_FIGURE_DOCUMENTED] = "documented",
	[NB_FIGURE_PUBLISHED] = "published",
	[NB_FIGURE_PUBLISHED_SECONDARY] = "published-secondary",
	[NB_FIGURE_DERIVED] = "derived",
};
enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

const char *nb_figure_kind_name(enum nb_figure_kind kind)
{
	return kinds[kind];
}

void nb_baseline_quote(char quote[NB_BASELINE_QUOTE_SIZE], const char *text)
{
	nb_base_copy(quote, NB_BASELINE_QUOTE_SIZE, text);
	for (char *byte = quote; *byte; byte++)
		if (*byte < ' ' || *byte > '~')
			*byte = '?';
}

void nb_baseline_fault(struct nb_baseline_reader *reader, const char *format, ...)
{
	char place[32] = "";
	char text[NB_ERROR_TEXT_SIZE];
	va_list arguments;

	if (reader->status < 0)
		return;
	if (reader->figure >= 0)
		snprintf(place, sizeof(place), "figures[%d]: ", reader->figure);
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	reader->status = nb_error_set(reader->error, EBADMSG, "%s%s", place, text);
}

const char *nb_baseline_text(struct nb_baseline_reader *reader, const json_t *object,
			     const char *name, bool needed)
{
	const json_t *member = json_object_get(object, name);

	if (!member || json_is_null(member)) {
		if (needed)
			nb_baseline_fault(reader, "no %s", name);
		return "";
	}
	if (!json_is_string(member)) {
		nb_baseline_fault(reader, "%s is not a string", name);
		return "";
	}
	if (needed && json_string_length(member) == 0)
		nb_baseline_fault(reader, "no %s", name);
	else if (json_string_length(member) > TEXT_MAX)
		nb_baseline_fault(reader, "%s is longer than %d bytes", name, TEXT_MAX);
	return json_string_value(member);
}

static void read_metric(struct nb_baseline_reader *reader, const json_t *object,
			struct nb_figure *figure)
{
	char metric[NB_BASELINE_QUOTE_SIZE], unit[NB_BASELINE_QUOTE_SIZE];

	figure->metric = nb_baseline_text(reader, object, "metric", true);
	figure->unit = nb_baseline_text(reader, object, "unit", true);
	nb_baseline_quote(metric, figure->metric);
	nb_baseline_quote(unit, figure->unit);
	if (!nb_metric_units(figure->metric))
		nb_baseline_fault(reader, "metric \"%s\" is not known", metric);
	else if (!nb_metric_has_unit(figure->metric, figure->unit))
		nb_baseline_fault(reader, "unit \"%s\" does not fit %s (%s)", unit, metric,
				  nb_metric_units(figure->metric));
}

static void read_flag(struct nb_baseline_reader *reader, const json_t *value,
		      struct nb_figure *figure)
{
	if (json_is_boolean(value))
		figure->value = json_is_true(value) ? 1 : 0;
	else
		nb_baseline_fault(reader, "value is neither true nor false");
}

static void read_number(struct nb_baseline_reader *reader, const json_t *value,
			struct nb_figure *figure)
{
	figure->value = json_number_value(value);
	if (!json_is_number(value))
		nb_baseline_fault(reader, "value is not a number");
	else if (!isfinite(figure->value))
		nb_baseline_fault(reader, "value is not finite");
	else if (figure->value < 0)
		nb_baseline_fault(reader, "value %g is negative", figure->value);
}

static void read_text(struct nb_baseline_reader *reader, const json_t *object,
		      struct nb_figure *figure)
{
	figure->value = NAN;
	figure->text = nb_baseline_text(reader, object, "text", true);
	if (json_object_get(object, "value"))
		nb_baseline_fault(reader, "a value beside a text");
}

static void read_value(struct nb_baseline_reader *reader, const json_t *object,
		       struct nb_figure *figure)
{
	const json_t *value = json_object_get(object, "value");

	if (strcmp(figure->unit, "text") == 0) {
		read_text(reader, object, figure);
		return;
	}
	if (json_object_get(object, "text"))
		nb_baseline_fault(reader, "a text, but the unit is not \"text\"");
	else if (!value || json_is_null(value))
		nb_baseline_fault(reader, "no value");
	else if (strcmp(figure->unit, "bool") == 0)
		read_flag(reader, value, figure);
	else
		read_number(reader, value, figure);
}

static void read_kind(struct nb_baseline_reader *reader, const json_t *object,
		      struct nb_figure *figure)
{
	const char *kind = nb_baseline_text(reader, object, "kind", true);
	char quote[NB_BASELINE_QUOTE_SIZE];

	for (int i = 0; i < KINDS; i++) {
		if (strcmp(kind, kinds[i]) == 0) {
			figure->kind = (enum nb_figure_kind)i;
			return;
		}
	}
	nb_baseline_quote(quote, kind);
	nb_baseline_fault(reader, "kind \"%s\" is not known", quote);
}

static void read_source(struct nb_baseline_reader *reader, const json_t *object,
			struct nb_figure *figure)
{
	const json_t *source = json_object_get(object, "source");

	if (!json_is_object(source)) {
		nb_baseline_fault(reader, "no source");
		return;
	}
	figure->source_title = nb_baseline_text(reader, source, "title", false);
	figure->source_address = nb_baseline_text(reader, source, "address", false);
	if (!*figure->source_title)
		nb_baseline_fault(reader, "the source has no title");
	else if (!*figure->source_address)
		nb_baseline_fault(reader, "the source has no address");
}

/* "" or "L" and one digit. */
static bool is_level(const char *level)
{
	return !*level || (level[0] == 'L' && level[1] >= '0' && level[1] <= '9' && !level[2]);
}

void nb_baseline_read_figure(struct nb_baseline_reader *reader, const json_t *object,
			     struct nb_figure *figure)
{
	*figure = (struct nb_figure){ 0 };
	if (!json_is_object(object)) {
		nb_baseline_fault(reader, "not an object");
		return;
	}
	read_metric(reader, object, figure);
	read_value(reader, object, figure);
	read_kind(reader, object, figure);
	figure->level = nb_baseline_text(reader, object, "level", false);
	if (!is_level(figure->level))
		nb_baseline_fault(reader, "level is not L0 .. L9");
	figure->hardware = nb_baseline_text(reader, object, "hardware", false);
	figure->note = nb_baseline_text(reader, object, "note", false);
	read_source(reader, object, figure);
	if (figure->kind == NB_FIGURE_DERIVED && !*figure->note)
		nb_baseline_fault(reader, "derived, but no note says how");
}
