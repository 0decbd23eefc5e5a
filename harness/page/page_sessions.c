/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "page_private.h"

static void write_level(FILE *stream, const struct nb_session *session)
{
	if (session->level == NB_LEVEL_UNKNOWN)
		fputs("<td>unknown</td>", stream);
	else
		fprintf(stream, "<td>L%d</td>", session->level);
}

/* How the rounds ran: what was not granted may show in the tails. */
static void write_conditions(FILE *stream, const struct nb_session *session)
{
	fputs("<td>", stream);
	if (session->cpu >= 0)
		fprintf(stream, "CPU %d, ", session->cpu);
	fprintf(stream, "SCHED_FIFO%s, memory %s</td>", session->fifo ? "" : " not granted",
		session->locked ? "locked" : "not locked");
}

static void write_labels(FILE *stream, const struct nb_session *session)
{
	fputs("<td class=\"path\">", stream);
	for (size_t i = 0; i < session->label_count; i++) {
		fputs(i > 0 ? "<br/><bdi>" : "<bdi>", stream);
		nb_page_textf(stream, "%s=%s", session->labels[i].key, session->labels[i].value);
		fputs("</bdi>", stream);
	}
	fputs(session->label_count > 0 ? "</td>" : "–</td>", stream);
}

static void write_session(FILE *stream, const char *side, const struct nb_digest *digest)
{
	const struct nb_session *session = &digest->session;

	fputs("<tr><th scope=\"row\"><code>", stream);
	nb_page_text(stream, session->id);
	fputs("</code> <span class=\"sub\">", stream);
	nb_page_text(stream, side);
	fputs("</span></th><td class=\"time\">", stream);
	nb_page_time(stream, session->started);
	fputs("</td><td>", stream);
	nb_page_text(stream, session->profile);
	fprintf(stream, "%s</td><td class=\"n\">%" PRIu64 "</td>",
		session->partial ? "<span class=\"sub mark invalid\">! partial</span>" : "",
		session->seed);
	write_level(stream, session);
	write_conditions(stream, session);
	fputs("<td>", stream);
	nb_page_text(stream, session->version);
	fputs("</td>", stream);
	write_labels(stream, session);
	fputs("</tr>\n", stream);
}

void nb_page_write_sessions(const struct nb_page_out *out)
{
	struct nb_page_sides sides;
	FILE *stream = out->stream;

	nb_page_sides_make(out->view, &sides);
	nb_page_open_section(stream, "sessions", "Sessions and versions");
	nb_page_open_table(stream, "sessions sorts", "Sessions that this report is of");
	fputs("<thead><tr><th scope=\"col\">Session</th><th scope=\"col\">started</th>"
	      "<th scope=\"col\">profile</th><th scope=\"col\" class=\"n\">seed</th>"
	      "<th scope=\"col\">level</th><th scope=\"col\">conditions</th>"
	      "<th scope=\"col\">nestbench</th><th scope=\"col\">labels</th></tr></thead>\n"
	      "<tbody>\n",
	      stream);
	for (size_t i = 0; i < sides.count; i++)
		for (size_t j = 0; j < sides.sides[i].group->count; j++)
			write_session(stream, sides.count > 1 ? sides.sides[i].name : "",
				      &sides.sides[i].group->sessions[j]);
	nb_page_close_table(stream);
	fputs("</section>\n", stream);
}
