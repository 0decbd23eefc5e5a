/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "page_private.h"

static size_t count_changes(const struct nb_history *history)
{
	size_t count = 0;

	for (size_t i = 0; i < history->count; i++)
		count += history->series[i].count;
	return count;
}

static void write_session(const struct nb_history_input *input, size_t number, FILE *stream)
{
	const struct nb_session *session = input->session(input->context, number);

	if (session)
		nb_page_time(stream, session->started);
	else
		fputs("unknown", stream);
}

static void write_causes(FILE *stream, const struct nb_history_report *report,
			 const struct nb_history_change *change)
{
	size_t told = change->difference_count + change->event_count;

	fputs(told > 0 ? "<td class=\"path\"><ul>" : "<td>nothing that is known", stream);
	for (size_t i = 0; i < change->difference_count; i++) {
		fputs("<li>", stream);
		nb_page_text(stream, change->differences[i]);
		fputs("</li>", stream);
	}
	for (size_t i = 0; i < change->event_count; i++) {
		fputs("<li>event: ", stream);
		nb_page_word(stream, report->input->events[change->first_event + i].text);
		fputs("</li>", stream);
	}
	fputs(told > 0 ? "</ul></td>" : "</td>", stream);
}

static void write_change(FILE *stream, const struct nb_history_report *report, size_t series,
			 const struct nb_history_change *change)
{
	const struct nb_history_series *of = &report->input->series[series];
	char text[NB_PAGE_NUMBER_SIZE];

	fputs("<tr><th scope=\"row\">", stream);
	nb_page_series(stream, &of->series, of->level);
	fputs("</th><td>", stream);
	write_session(report->input, change->before, stream);
	fputs(" →<br/>", stream);
	write_session(report->input, change->after, stream);
	nb_page_change(text, change->ratio);
	fputs("</td><td class=\"n\"", stream);
	nb_page_sort_key(stream, change->ratio);
	fprintf(stream, "><b>%s</b>", text);
	nb_page_change_interval(text, change->low, change->high);
	if (isfinite(change->low))
		fprintf(stream, "<span class=\"sub\">%s</span>", text);
	fputs("</td><td class=\"v\">", stream);
	nb_page_mark(stream, nb_page_verdict_mark(change->verdict, false));
	fputs("</td>", stream);
	write_causes(stream, report, change);
	fputs("</tr>\n", stream);
}

void nb_page_write_history(const struct nb_page_out *out)
{
	const struct nb_history_report *report = out->view->history;
	FILE *stream = out->stream;

	if (!report || !report->history || !report->input || report->input->count == 0)
		return;
	nb_page_open_section(stream, "history", "Changes over time");
	if (count_changes(report->history) == 0) {
		fprintf(stream, "<p>No change point in %zu series.</p>\n</section>\n",
			report->input->count);
		return;
	}
	nb_page_open_table(stream, "history sorts", "Change points and what else changed there");
	fputs("<thead><tr><th scope=\"col\">Series</th><th scope=\"col\">between</th>"
	      "<th scope=\"col\" class=\"n\">change<span class=\"sub\">95 % interval</span></th>"
	      "<th scope=\"col\" class=\"v\">verdict</th><th scope=\"col\">what else changed</th>"
	      "</tr></thead>\n<tbody>\n",
	      stream);
	for (size_t i = 0; i < report->history->count; i++)
		for (size_t j = 0; j < report->history->series[i].count; j++)
			write_change(stream, report, i, &report->history->series[i].changes[j]);
	nb_page_close_table(stream);
	fputs("</section>\n", stream);
}
