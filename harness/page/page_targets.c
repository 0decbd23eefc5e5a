/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <string.h>

#include "page_private.h"

/* A later session of the group has told of that target. */
static bool told_later(const struct nb_compare_group *group, size_t session,
		       const struct nb_target *target)
{
	for (size_t i = session + 1; i < group->count; i++)
		for (size_t j = 0; j < group->sessions[i].session.target_count; j++)
			if (strcmp(group->sessions[i].session.targets[j].name, target->name) == 0)
				return true;
	return false;
}

static void write_text(FILE *stream, const char *text)
{
	fputs("<td>", stream);
	nb_page_word(stream, text[0] ? text : "–");
	fputs("</td>", stream);
}

static void write_bytes(FILE *stream, int64_t bytes)
{
	char text[NB_PAGE_NUMBER_SIZE];

	nb_page_bytes(text, bytes);
	fprintf(stream, "<td class=\"n\">%s</td>", text[0] ? text : "n/a");
}

static void write_queue(FILE *stream, const struct nb_target *target)
{
	fputs("<td>", stream);
	nb_page_word(stream, target->scheduler[0] ? target->scheduler : "–");
	if (target->queue_depth >= 0)
		fprintf(stream, "<span class=\"sub\">%" PRId64 " requests</span>",
			target->queue_depth);
	fputs("</td>", stream);
}

static void write_disk(FILE *stream, const struct nb_target *target)
{
	fputs("<td>", stream);
	nb_page_word(stream, target->device[0] ? target->device : "–");
	if (target->disk[0] && strcmp(target->disk, target->device) != 0) {
		fputs("<span class=\"sub\">of ", stream);
		nb_page_word(stream, target->disk);
		fputs("</span>", stream);
	}
	if (target->rotational >= 0)
		fprintf(stream, "<span class=\"sub\">%s</span>",
			target->rotational > 0 ? "rotational" : "not rotational");
	fputs("</td>", stream);
}

static void write_target(FILE *stream, const char *side, const struct nb_target *target)
{
	fputs("<tr><th scope=\"row\"><span class=\"name\">", stream);
	nb_page_text(stream, target->name);
	fputs("</span> <span class=\"sub\">", stream);
	nb_page_text(stream, side);
	fputs("</span></th><td class=\"path\">", stream);
	nb_page_word(stream, target->path);
	fputs("</td><td>", stream);
	nb_page_text(stream, target->kind);
	if (target->transport[0])
		nb_page_textf(stream, " over %s", target->transport);
	fputs("</td>", stream);
	write_disk(stream, target);
	write_queue(stream, target);
	write_text(stream, target->write_cache);
	write_bytes(stream, target->size_bytes);
	write_bytes(stream, target->free_bytes);
	fputs("<td class=\"path\">", stream);
	nb_page_word(stream, target->options[0] ? target->options : "–");
	fputs("</td></tr>\n", stream);
}

static void write_side(FILE *stream, const char *name, const struct nb_compare_group *group)
{
	for (size_t i = 0; i < group->count; i++) {
		const struct nb_session *session = &group->sessions[i].session;

		for (size_t j = 0; j < session->target_count; j++)
			if (!told_later(group, i, &session->targets[j]))
				write_target(stream, name, &session->targets[j]);
	}
}

static bool any_target(const struct nb_page_sides *sides)
{
	for (size_t i = 0; i < sides->count; i++)
		for (size_t j = 0; j < sides->sides[i].group->count; j++)
			if (sides->sides[i].group->sessions[j].session.target_count > 0)
				return true;
	return false;
}

void nb_page_write_targets(const struct nb_page_out *out)
{
	struct nb_page_sides sides;
	FILE *stream = out->stream;

	nb_page_sides_make(out->view, &sides);
	if (!any_target(&sides))
		return;
	nb_page_open_section(stream, "targets", "Storage targets");
	nb_page_open_table(stream, "targets", "Places that io.* measured");
	fputs("<thead><tr><th scope=\"col\">Target</th><th scope=\"col\">path</th>"
	      "<th scope=\"col\">file system</th><th scope=\"col\">disk</th>"
	      "<th scope=\"col\">scheduler</th><th scope=\"col\">write cache</th>"
	      "<th scope=\"col\" class=\"n\">size</th><th scope=\"col\" class=\"n\">free</th>"
	      "<th scope=\"col\">mount options</th></tr></thead>\n<tbody>\n",
	      stream);
	for (size_t i = 0; i < sides.count; i++)
		write_side(stream, sides.count > 1 ? sides.sides[i].name : "",
			   sides.sides[i].group);
	nb_page_close_table(stream);
	fputs("</section>\n", stream);
}
