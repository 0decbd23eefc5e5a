/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "page_private.h"

enum { TAG_BITS = 32 };

/* What the guards saw in the rounds of one session. */
struct guarded {
	long long rounds, tagged;
	long long by_tag[TAG_BITS];
	double steal_ms, steal_part, stall_us; /* the worst round; NAN: not known */
};

static void add_round(const struct nb_round *round, struct guarded *seen)
{
	const struct nb_guards *guards = &round->guards;

	seen->rounds++;
	seen->tagged += guards->tags != 0;
	for (uint32_t bit = 0; bit < TAG_BITS; bit++)
		seen->by_tag[bit] += (guards->tags >> bit & 1) != 0;
	if (isfinite(guards->steal_ms) && !(guards->steal_ms <= seen->steal_ms)) {
		seen->steal_ms = guards->steal_ms;
		seen->steal_part = guards->steal_ms / guards->wall_ms;
	}
	seen->stall_us = fmax(seen->stall_us, guards->stall_us);
}

static struct guarded look_at(const struct nb_record *record)
{
	struct guarded seen = { .steal_ms = NAN, .steal_part = NAN, .stall_us = NAN };

	for (size_t i = 0; i < record->count; i++)
		for (size_t j = 0; j < record->series[i].count; j++)
			if (record->series[i].rounds[j].outcome == NB_OK)
				add_round(&record->series[i].rounds[j], &seen);
	return seen;
}

/* Kinds that occurred anywhere get a column each. */
static uint32_t find_kinds(const struct nb_view *view)
{
	uint32_t kinds = 0;

	for (size_t i = 0; i < view->count; i++) {
		for (size_t j = 0; j < view->groups[i].count; j++) {
			struct guarded seen = look_at(view->groups[i].records[j]);

			for (uint32_t bit = 0; bit < TAG_BITS; bit++)
				kinds |= seen.by_tag[bit] > 0 ? UINT32_C(1) << bit : 0;
		}
	}
	return kinds;
}

static void write_head(FILE *stream, uint32_t kinds)
{
	fputs("<thead><tr><th scope=\"col\">Session</th><th scope=\"col\" class=\"n\">rounds</th>"
	      "<th scope=\"col\" class=\"n\">disturbed</th>",
	      stream);
	for (uint32_t bit = 0; bit < TAG_BITS; bit++) {
		const char *name = nb_record_tag_name(kinds & UINT32_C(1) << bit);

		if (name)
			fprintf(stream, "<th scope=\"col\" class=\"n\">%s</th>", name);
	}
	fputs("<th scope=\"col\" class=\"n\">worst steal<span class=\"sub\">of a round</span></th>"
	      "<th scope=\"col\" class=\"n\">worst stall</th><th scope=\"col\">for comparison</th>"
	      "</tr></thead>\n<tbody>\n",
	      stream);
}

static void write_worst(FILE *stream, const struct guarded *seen)
{
	fputs("<td class=\"n\"", stream);
	nb_page_sort_key(stream, seen->steal_ms);
	if (isnan(seen->steal_ms))
		fputs(">n/a", stream);
	else
		fprintf(stream, ">%.3g ms", seen->steal_ms);
	if (isfinite(seen->steal_part) && seen->steal_part > 0)
		fprintf(stream, "<span class=\"sub\">%.1f %%</span>", 100 * seen->steal_part);
	fputs("</td><td class=\"n\"", stream);
	nb_page_sort_key(stream, seen->stall_us);
	fputs(">", stream);
	nb_page_value(stream, 1000 * seen->stall_us, "ns");
	fputs("</td>", stream);
}

static void write_session(const struct nb_page_out *out, const struct nb_view_group *group,
			  size_t index, uint32_t kinds)
{
	const struct nb_digest *digest = &group->digests.sessions[index];
	const struct guarded seen = look_at(group->records[index]);
	FILE *stream = out->stream;

	fputs("<tr><th scope=\"row\"><code>", stream);
	nb_page_text(stream, digest->session.id);
	fputs("</code> <span class=\"sub\">", stream);
	if (out->view->count > 1)
		nb_page_textf(stream, "%s · ", group->name);
	nb_page_time(stream, digest->session.started);
	fprintf(stream, "</span></th><td class=\"n\">%lld</td><td class=\"n\">%lld", seen.rounds,
		seen.tagged);
	if (seen.rounds > 0)
		fprintf(stream, "<span class=\"sub\">%.1f %%</span>",
			100.0 * (double)seen.tagged / (double)seen.rounds);
	fputs("</td>", stream);
	for (uint32_t bit = 0; bit < TAG_BITS; bit++)
		if (nb_record_tag_name(kinds & UINT32_C(1) << bit))
			fprintf(stream, "<td class=\"n\">%lld</td>", seen.by_tag[bit]);
	write_worst(stream, &seen);
	fputs("<td>", stream);
	nb_page_mark(stream, digest->valid ? (struct nb_page_mark){ "valid", "✓", "verified" }
					   : nb_page_verdict_mark(NB_INVALID, false));
	fputs("</td></tr>\n", stream);
}

void nb_page_write_guards(const struct nb_page_out *out)
{
	const struct nb_view *view = out->view;
	uint32_t kinds = find_kinds(view);
	FILE *stream = out->stream;

	nb_page_open_section(stream, "guards", "Guards");
	fputs("<p>What disturbed the rounds while they ran. Disturbed rounds are marked and kept; "
	      "a session with more than 20 % of them is not valid for comparison.</p>\n",
	      stream);
	nb_page_open_table(stream, "guards sorts", "Disturbed rounds by session and kind");
	write_head(stream, kinds);
	for (size_t i = 0; i < view->count; i++)
		for (size_t j = 0; j < view->groups[i].count; j++)
			write_session(out, &view->groups[i], j, kinds);
	nb_page_close_table(stream);
	fputs("</section>\n", stream);
}
