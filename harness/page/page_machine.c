/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "page_fields.h"
#include "page_private.h"

/* So many values of one fact are told of a group whose sessions differ. */
enum { VALUES = 3 };

static bool first_with_value(const struct nb_compare_group *group, size_t index,
			     const struct nb_page_field *field, const char *value)
{
	char room[NB_PAGE_NUMBER_SIZE];

	for (size_t i = 0; i < index; i++)
		if (strcmp(nb_page_field_text(field, &group->sessions[i].session.machine, room),
			   value) == 0)
			return false;
	return true;
}

static void write_values(FILE *stream, const struct nb_compare_group *group,
			 const struct nb_page_field *field)
{
	size_t count = 0;

	fputs("<td>", stream);
	for (size_t i = 0; i < group->count; i++) {
		char room[NB_PAGE_NUMBER_SIZE];
		const char *value =
			nb_page_field_text(field, &group->sessions[i].session.machine, room);

		if (!first_with_value(group, i, field, value) || count++ >= VALUES)
			continue;
		fputs(count > 1 ? "<br/><i>or</i> " : "", stream);
		nb_page_word(stream, value[0] ? value : "–");
	}
	if (count > VALUES)
		fprintf(stream, "<br/><i>and %zu more</i>", count - VALUES);
	fputs("</td>", stream);
}

/* A fact that no session of any side knows takes no line. */
static bool any_knows(const struct nb_page_sides *sides, const struct nb_page_field *field)
{
	char room[NB_PAGE_NUMBER_SIZE];

	for (size_t i = 0; i < sides->count; i++)
		for (size_t j = 0; j < sides->sides[i].group->count; j++)
			if (nb_page_field_text(field,
					       &sides->sides[i].group->sessions[j].session.machine,
					       room)[0])
				return true;
	return false;
}

void nb_page_write_machines(const struct nb_page_out *out)
{
	struct nb_page_sides sides;
	FILE *stream = out->stream;

	nb_page_sides_make(out->view, &sides);
	nb_page_open_section(stream, "machines", sides.count > 1 ? "Machines" : "Machine");
	nb_page_open_table(stream, "facts", "What each machine says of itself");
	nb_page_write_sides_head(stream, &sides, "Fact");
	for (size_t i = 0; i < nb_page_field_count; i++) {
		const struct nb_page_field *field = &nb_page_fields[i];

		if (!any_knows(&sides, field))
			continue;
		fprintf(stream, "<tr><th scope=\"row\">%s</th>", field->title);
		for (size_t j = 0; j < sides.count; j++)
			write_values(stream, sides.sides[j].group, field);
		fputs("</tr>\n", stream);
	}
	nb_page_close_table(stream);
	fputs("</section>\n", stream);
}
