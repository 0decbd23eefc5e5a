/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "page_fields.h"
#include "page_private.h"

/*
 * What is not the same on all machines. Of long lists, as of the kernel's parameters, only the
 * parts are told that some other machine lacks: those are what the reader looks for.
 */

static const char *value_of(const struct nb_compare_group *group, size_t index,
			    const struct nb_page_field *field, char room[NB_PAGE_NUMBER_SIZE])
{
	return nb_page_field_text(field, &group->sessions[index].session.machine, room);
}

static bool has_value(const struct nb_compare_group *group, const struct nb_page_field *field,
		      const char *value)
{
	char room[NB_PAGE_NUMBER_SIZE];

	for (size_t i = 0; i < group->count; i++)
		if (strcmp(value_of(group, i, field, room), value) == 0)
			return true;
	return false;
}

static bool all_in(const struct nb_compare_group *group, const struct nb_compare_group *other,
		   const struct nb_page_field *field)
{
	char room[NB_PAGE_NUMBER_SIZE];

	for (size_t i = 0; i < group->count; i++)
		if (!has_value(other, field, value_of(group, i, field, room)))
			return false;
	return true;
}

static bool differs(const struct nb_page_sides *sides, const struct nb_page_field *field)
{
	const struct nb_compare_group *first = sides->sides[0].group;

	for (size_t i = 1; i < sides->count; i++)
		if (!all_in(sides->sides[i].group, first, field) ||
		    !all_in(first, sides->sides[i].group, field))
			return true;
	return false;
}

/* The next part of a list, without the spaces around it; NULL at its end. */
static const char *next_part(const char *list, char separator, size_t *length)
{
	const char ends[] = { separator, '\0' };

	list += strspn(list, "; ");
	*length = strcspn(list, ends);
	return *length > 0 ? list : NULL;
}

static bool list_has(const char *list, char separator, const char *part, size_t length)
{
	size_t other;

	while ((list = next_part(list, separator, &other))) {
		if (other == length && memcmp(list, part, length) == 0)
			return true;
		list += other;
	}
	return false;
}

/* Every session of all sides has that part. */
static bool shared(const struct nb_page_sides *sides, const struct nb_page_field *field,
		   const char *part, size_t length)
{
	char separator = nb_page_field_separator(field);
	char room[NB_PAGE_NUMBER_SIZE];

	for (size_t i = 0; i < sides->count; i++)
		for (size_t j = 0; j < sides->sides[i].group->count; j++)
			if (!list_has(value_of(sides->sides[i].group, j, field, room), separator,
				      part, length))
				return false;
	return true;
}

static void write_parts(FILE *stream, const struct nb_page_sides *sides,
			const struct nb_page_field *field, const char *list)
{
	size_t length, count = 0;

	while ((list = next_part(list, nb_page_field_separator(field), &length))) {
		if (!shared(sides, field, list, length)) {
			fputs(count++ > 0 ? "<br/>" : "", stream);
			nb_page_textf(stream, "%.*s", (int)length, list);
		}
		list += length;
	}
	if (count == 0)
		fputs("–", stream);
}

static void write_values(FILE *stream, const struct nb_page_sides *sides, size_t side,
			 const struct nb_page_field *field)
{
	const struct nb_compare_group *group = sides->sides[side].group;
	struct nb_compare_group earlier = { group->sessions, 0 };
	char room[NB_PAGE_NUMBER_SIZE];

	fputs("<td>", stream);
	for (size_t i = 0; i < group->count; i++, earlier.count++) {
		const char *value = value_of(group, i, field, room);

		if (has_value(&earlier, field, value))
			continue;
		fputs(i > 0 ? "<br/><i>or</i> " : "", stream);
		if (nb_page_field_separator(field))
			write_parts(stream, sides, field, value);
		else
			nb_page_word(stream, value[0] ? value : "–");
	}
	fputs("</td>", stream);
}

static void write_rows(FILE *stream, const struct nb_page_sides *sides)
{
	for (size_t i = 0; i < nb_page_field_count; i++) {
		const struct nb_page_field *field = &nb_page_fields[i];

		if (!nb_page_field_tells(field) || !differs(sides, field))
			continue;
		fprintf(stream, "<tr><th scope=\"row\">%s", field->title);
		if (nb_page_field_separator(field))
			fputs(" <span class=\"sub\">only what some lack</span>", stream);
		fputs("</th>", stream);
		for (size_t j = 0; j < sides->count; j++)
			write_values(stream, sides, j, field);
		fputs("</tr>\n", stream);
	}
}

static bool any_differs(const struct nb_page_sides *sides)
{
	for (size_t i = 0; i < nb_page_field_count; i++)
		if (nb_page_field_tells(&nb_page_fields[i]) && differs(sides, &nb_page_fields[i]))
			return true;
	return false;
}

void nb_page_write_differences(const struct nb_page_out *out)
{
	struct nb_page_sides sides;
	FILE *stream = out->stream;

	nb_page_sides_make(out->view, &sides);
	if (sides.count < 2)
		return;
	nb_page_open_section(stream, "differences", "Differences between the machines");
	if (!any_differs(&sides)) {
		fputs("<p>None in what they say of themselves.</p>\n</section>\n", stream);
		return;
	}
	nb_page_open_table(stream, "facts", "Facts that are not the same on all machines");
	nb_page_write_sides_head(stream, &sides, "Fact");
	write_rows(stream, &sides);
	nb_page_close_table(stream);
	fputs("</section>\n", stream);
}
