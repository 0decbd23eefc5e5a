/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "report_doctor.h"

enum { LABEL_WIDTH = 11, TEXT_SIZE = 1024, INDENT = 4 };

static void print_cell(const struct nb_doctor_page *page, const char *label,
		       const struct nb_support_cell *cell, bool sources)
{
	char text[TEXT_SIZE];

	if (!cell->text || !cell->text[0])
		return;
	nb_doctor_page_print(page,
			     &(struct nb_doctor_page_entry){ .label = label, .text = cell->text });
	if (!sources || !cell->source_title || !cell->source_title[0])
		return;
	snprintf(text, sizeof(text), "source: %s, %s%s%s", cell->source_title,
		 cell->source_address ? cell->source_address : "",
		 cell->date && cell->date[0] ? ", as of " : "", cell->date ? cell->date : "");
	nb_doctor_page_more(page, false, NB_INK_DIM, text);
}

/* Never wrapped: they are there to be copied. */
static void print_commands(const struct nb_doctor_page *page, const struct nb_support_row *row)
{
	char text[TEXT_SIZE];

	for (size_t i = 0; i < NB_SUPPORT_COMMANDS && row->commands[i]; i++) {
		nb_report_plain(text, sizeof(text), row->commands[i]);
		fprintf(page->stream, "  %-*s%s%s%s\n", LABEL_WIDTH + 2, i == 0 ? "type" : "",
			page->colour ? "\033[1m" : "", text, page->colour ? "\033[0m" : "");
	}
}

void nb_doctor_page_platform(struct nb_doctor_page *page, const struct nb_support_row *row,
			     bool sources)
{
	page->label = LABEL_WIDTH;
	print_cell(page, "nesting", &row->nesting, sources);
	print_cell(page, "supported", &row->support, sources);
	print_cell(page, "conditions", &row->conditions, sources);
	print_cell(page, "switch on", &row->enable, sources);
	print_commands(page, row);
	print_cell(page, "limits", &row->limits, sources);
	print_cell(page, "instead", &row->alternative, sources);
}

int nb_report_support(FILE *stream, const struct nb_support_row *const *rows, size_t count,
		      const struct nb_report_style *style, struct nb_error *error)
{
	struct nb_doctor_page page = nb_doctor_page_open(stream, style);
	char title[TEXT_SIZE];

	for (size_t i = 0; i < count; i++) {
		snprintf(title, sizeof(title), "%s (%s)", rows[i]->name, rows[i]->id);
		if (i > 0)
			fputc('\n', stream);
		nb_doctor_page_text(&page, NB_INK_BOLD, 0, INDENT, title);
		nb_doctor_page_platform(&page, rows[i], true);
	}
	return nb_report_finish(stream, error);
}
