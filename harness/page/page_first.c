/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "nestbench/compare_report.h"

#include "page_private.h"

enum { CHANGES = 5, SENTENCE_SIZE = 2048 };

static void write_base(const struct nb_page_out *out)
{
	const struct nb_view *view = out->view;
	char machines[512];

	if (!view->base)
		return;
	fputs("<div><dt>Base</dt><dd>", out->stream);
	nb_page_word(out->stream, view->base);
	if (view->base_sessions.count > 0) {
		nb_report_machines(machines, sizeof(machines), &view->base_sessions);
		fputs(": ", out->stream);
		nb_page_word(out->stream, machines);
		fprintf(out->stream, "; %zu session%s", view->base_sessions.count,
			view->base_sessions.count == 1 ? "" : "s");
	} else {
		fputs(": figures that others published or documented", out->stream);
	}
	if (view->base_provenance && view->base_provenance[0]) {
		fputs("<span class=\"sub\">", out->stream);
		nb_page_text(out->stream, view->base_provenance);
		fputs("</span>", out->stream);
	}
	fputs("</dd></div>\n", out->stream);
}

static void write_machines(const struct nb_page_out *out)
{
	const struct nb_view *view = out->view;

	fputs("<dl class=\"machines\">\n", out->stream);
	for (size_t i = 0; i < view->count; i++) {
		fputs("<div><dt>", out->stream);
		nb_page_text(out->stream, view->count > 1 ? view->groups[i].name : "Machine");
		fputs("</dt><dd>", out->stream);
		nb_page_word(out->stream, view->groups[i].title);
		fputs("</dd></div>\n", out->stream);
	}
	write_base(out);
	fputs("</dl>\n", out->stream);
}

/* The worst of all groups; what cannot be compared is no worse than what was not asked for. */
static struct nb_page_mark overall(const struct nb_view *view)
{
	static const int badness[] = {
		[NB_SAME] = 0,	  [NB_IMPROVED] = 1,  [NB_INCONCLUSIVE] = 2,
		[NB_INVALID] = 3, [NB_REGRESSED] = 4,
	};
	const struct nb_comparison *worst = NULL;

	for (size_t i = 0; i < view->count; i++) {
		const struct nb_comparison *comparison = view->groups[i].comparison;

		if (comparison &&
		    (!worst || badness[comparison->verdict] > badness[worst->verdict]))
			worst = comparison;
	}
	if (!worst)
		return (struct nb_page_mark){ "", "", "plain" };
	return nb_page_verdict_mark(worst->verdict, worst->indicative);
}

static void write_sentence(const struct nb_page_out *out)
{
	struct nb_page_mark mark = overall(out->view);
	char text[SENTENCE_SIZE];

	nb_view_sentence(out->view, text, sizeof(text));
	fprintf(out->stream, "<div class=\"sentence %s\">\n", mark.class);
	if (mark.word[0]) {
		fputs("<p class=\"overall\">", out->stream);
		nb_page_mark(out->stream, mark);
		fputs("</p>\n", out->stream);
	}
	fputs("<p>", out->stream);
	nb_page_text(out->stream, text);
	fputs("</p>\n</div>\n", out->stream);
}

static void write_change(const struct nb_page_out *out, const struct nb_view_change *change)
{
	const struct nb_compare_row *verdict = change->row->cells[change->group].verdict;
	const char *unit = change->row->series.unit;
	char ratio[NB_PAGE_NUMBER_SIZE], interval[NB_PAGE_NUMBER_SIZE];
	FILE *stream = out->stream;

	nb_page_change(ratio, verdict->ratio);
	nb_page_change_interval(interval, verdict->low, verdict->high);
	fputs("<li><div class=\"what\">", stream);
	nb_page_series(stream, &change->row->series, change->row->cells[change->group].level);
	fputs("</div>\n<div class=\"much\">", stream);
	nb_page_mark(stream, nb_page_verdict_mark(verdict->verdict, verdict->indicative));
	fprintf(stream, " <strong>%s</strong><span class=\"sub\">", ratio);
	if (isfinite(verdict->low) && isfinite(verdict->high))
		fprintf(stream, "%s; ", interval);
	nb_page_value(stream, verdict->base.p50, unit);
	fputs(" → ", stream);
	nb_page_value(stream, verdict->candidate.p50, unit);
	if (out->view->count > 1) {
		fputs(" on ", stream);
		nb_page_text(stream, out->view->groups[change->group].name);
	}
	fputs("</span></div></li>\n", stream);
}

static void write_changes(const struct nb_page_out *out)
{
	struct nb_view_change changes[CHANGES];
	size_t count = nb_view_changes(out->view, changes, CHANGES);

	if (!out->compared)
		return;
	fputs("<section class=\"changes\" aria-labelledby=\"changes-h\">\n<h3 id=\"changes-h\">"
	      "Largest changes</h3>\n",
	      out->stream);
	if (count == 0)
		fputs("<p>No series changed for certain.</p>\n", out->stream);
	else
		fputs("<ol>\n", out->stream);
	for (size_t i = 0; i < count; i++)
		write_change(out, &changes[i]);
	if (count > 0)
		fputs("</ol>\n", out->stream);
	fputs("</section>\n", out->stream);
}

void nb_page_write_first(const struct nb_page_out *out)
{
	nb_page_open_section(out->stream, "verdict", out->compared ? "Verdict" : "Summary");
	write_machines(out);
	write_sentence(out);
	fputs("<div class=\"beside\">\n", out->stream);
	write_changes(out);
	nb_page_write_warnings(out);
	fputs("</div>\n</section>\n", out->stream);
}
