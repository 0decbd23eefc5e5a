/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "report_doctor.h"

enum { WIDTH_MAX = 100, WIDTH_MIN = 40, TEXT_SIZE = 1024, MARK_WIDTH = 6, MARGIN = 2, GAP = 2 };

static const char *const codes[] = {
	[NB_INK_PLAIN] = "",	    [NB_INK_BOLD] = "\033[1m",	[NB_INK_DIM] = "\033[2m",
	[NB_INK_GOOD] = "\033[32m", [NB_INK_WARN] = "\033[33m", [NB_INK_BAD] = "\033[31m",
};

/* A file and a pipe get the same lines as a wide terminal. */
struct nb_doctor_page nb_doctor_page_open(FILE *stream, const struct nb_report_style *style)
{
	struct nb_doctor_page page = { .stream = stream,
				       .colour = style->colour,
				       .width = WIDTH_MAX };

	if (style->width > 0 && style->width < WIDTH_MAX)
		page.width = style->width > WIDTH_MIN ? (size_t)style->width : WIDTH_MIN;
	return page;
}

static void start(const struct nb_doctor_page *page, enum nb_ink ink)
{
	if (page->colour)
		fputs(codes[ink], page->stream);
}

static void stop(const struct nb_doctor_page *page, enum nb_ink ink)
{
	if (page->colour && ink != NB_INK_PLAIN)
		fputs("\033[0m", page->stream);
}

void nb_doctor_page_title(struct nb_doctor_page *page, const char *title)
{
	char text[TEXT_SIZE];

	nb_report_plain(text, sizeof(text), title);
	fputc('\n', page->stream);
	start(page, NB_INK_BOLD);
	fputs(text, page->stream);
	stop(page, NB_INK_BOLD);
	fputc('\n', page->stream);
}

/* A word that is longer than a line stands on one of its own: it may be an address to copy. */
void nb_doctor_page_text(const struct nb_doctor_page *page, enum nb_ink ink, size_t at,
			 size_t indent, const char *text)
{
	char copy[TEXT_SIZE];
	char *rest = NULL;
	bool first = true;

	nb_report_plain(copy, sizeof(copy), text);
	start(page, ink);
	for (char *word = strtok_r(copy, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
		size_t columns = nb_report_columns(word);

		if (!first && at + 1 + columns > page->width) {
			fprintf(page->stream, "\n%*s", (int)indent, "");
			at = indent;
		} else if (!first) {
			fputc(' ', page->stream);
			at++;
		}
		fputs(word, page->stream);
		at += columns;
		first = false;
	}
	stop(page, ink);
	fputc('\n', page->stream);
}

static size_t text_column(const struct nb_doctor_page *page, bool marks)
{
	return (size_t)(MARGIN + GAP + (marks ? MARK_WIDTH : 0)) + page->label;
}

void nb_doctor_page_print(const struct nb_doctor_page *page,
			  const struct nb_doctor_page_entry *entry)
{
	size_t indent = text_column(page, entry->mark != NULL);
	char label[TEXT_SIZE];
	size_t columns;

	nb_report_plain(label, sizeof(label), entry->label);
	columns = nb_report_columns(label);
	fprintf(page->stream, "%*s", MARGIN, "");
	if (entry->mark) {
		start(page, entry->mark_ink);
		fprintf(page->stream, "%-*s", MARK_WIDTH, entry->mark);
		stop(page, entry->mark_ink);
	}
	fprintf(page->stream, "%s%*s", label,
		(int)(columns < page->label ? page->label - columns + GAP : GAP), "");
	nb_doctor_page_text(page, entry->ink,
			    columns > page->label ? indent + columns - page->label : indent, indent,
			    entry->text);
}

void nb_doctor_page_more(const struct nb_doctor_page *page, bool marks, enum nb_ink ink,
			 const char *text)
{
	size_t indent = text_column(page, marks);

	fprintf(page->stream, "%*s", (int)indent, "");
	nb_doctor_page_text(page, ink, indent, indent, text);
}
