/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "nestbench/tax.h"

#include "page_private.h"

enum { FEATURES_SIZE = 512 };

/* What is shown: levels that some row has. */
struct shown {
	bool place[NB_TAX_PLACES];
	bool step[NB_TAX_PLACES - 1];
	char name[NB_TAX_PLACES][16];
};

static struct shown find_shown(const struct nb_tax *tax)
{
	struct shown shown = { 0 };

	for (int i = 0; i < NB_TAX_PLACES; i++) {
		enum nb_tax_place place = (enum nb_tax_place)i;

		shown.place[i] = nb_tax_has(tax, place);
		nb_tax_place_name(tax, place, shown.name[i], sizeof(shown.name[i]));
	}
	for (int i = 0; i + 1 < NB_TAX_PLACES; i++)
		shown.step[i] = shown.place[i] && shown.place[i + 1];
	return shown;
}

static void write_head(FILE *stream, const struct shown *shown)
{
	fputs("<thead><tr><th scope=\"col\">Operation</th>", stream);
	for (int i = 0; i < NB_TAX_PLACES; i++)
		if (shown->place[i])
			fprintf(stream,
				"<th scope=\"col\" class=\"n\">%s<span class=\"sub\">p50</span></th>",
				shown->name[i]);
	for (int i = 0; i + 1 < NB_TAX_PLACES; i++)
		if (shown->step[i])
			fprintf(stream, "<th scope=\"col\" class=\"n\">%s over %s</th>",
				shown->name[i + 1], shown->name[i]);
	fputs("</tr></thead>\n<tbody>\n", stream);
}

static void write_time(FILE *stream, const struct nb_tax_cell *cell)
{
	fputs("<td class=\"n\"", stream);
	if (!cell->series.benchmark[0]) {
		fputs(">-</td>", stream);
		return;
	}
	nb_page_sort_key(stream, cell->p50);
	fputs(">", stream);
	nb_page_value(stream, cell->p50, cell->series.unit);
	if (nb_tax_doubtful(cell)) {
		fputs("<span class=\"sub\">", stream);
		nb_page_mark(stream, nb_page_evidence_mark(cell->evidence));
		fputs("</span>", stream);
	}
	fputs("</td>", stream);
}

static void write_step(FILE *stream, const struct nb_tax_row *row, int index)
{
	const struct nb_tax_step *step = &row->steps[index];

	if (row->cells[index].series.benchmark[0])
		nb_page_ratio(stream, step->ratio, step->low, step->high);
	else
		fputs("<td class=\"n\">-</td>", stream);
}

/* The operation, and below it the series, which have names of their own at each level. */
static void write_operation(FILE *stream, const struct nb_tax_row *row)
{
	const char *before = "";

	fputs("<tr><th scope=\"row\"><span class=\"name\">", stream);
	nb_page_text(stream, row->operation);
	fputs("</span> <span class=\"sub\">", stream);
	for (int i = 0; i < NB_TAX_PLACES; i++) {
		const struct nb_series *series = &row->cells[i].series;

		if (!series->benchmark[0] ||
		    (i > 0 && strcmp(series->benchmark, row->cells[i - 1].series.benchmark) == 0))
			continue;
		nb_page_textf(stream, "%s%s%s%s", before, series->benchmark,
			      series->params[0] ? " " : "", series->params);
		before = " · ";
	}
	fputs("</span></th>", stream);
}

static void write_rows(FILE *stream, const struct nb_tax *tax, const struct shown *shown)
{
	for (size_t i = 0; i < tax->count; i++) {
		const struct nb_tax_row *row = &tax->rows[i];

		write_operation(stream, row);
		for (int j = 0; j < NB_TAX_PLACES; j++)
			if (shown->place[j])
				write_time(stream, &row->cells[j]);
		for (int j = 0; j + 1 < NB_TAX_PLACES; j++)
			if (shown->step[j])
				write_step(stream, row, j);
		fputs("</tr>\n", stream);
	}
}

static void write_notes(FILE *stream, const struct nb_tax *tax)
{
	char features[FEATURES_SIZE];

	nb_tax_explain(tax, features, sizeof(features));
	fputs("<p>Of the features that explain it, ", stream);
	nb_page_text(stream, features);
	fputs(".</p>\n<details><summary>How to read the levels and intervals</summary>\n<ul>\n",
	      stream);
	if (tax->sessions > 1)
		fputs("<li>Of several sessions the median is shown, with the least and the largest "
		      "ratio of any.</li>\n",
		      stream);
	else
		fputs("<li>The interval of a ratio is the 95 % interval of the deeper p50 over that "
		      "of the upper one, ends crossed: wider than a 95 % interval.</li>\n",
		      stream);
	for (size_t i = 0; i < tax->count; i++) {
		if (!tax->rows[i].note[0])
			continue;
		fputs("<li>", stream);
		nb_page_textf(stream, "%s: %s", tax->rows[i].operation, tax->rows[i].note);
		fputs("</li>\n", stream);
	}
	fputs("</ul></details>\n", stream);
}

void nb_page_write_tax(const struct nb_page_out *out, const struct nb_view_group *group)
{
	struct shown shown = find_shown(group->tax);
	char caption[160] = "The same operation level by level";

	if (out->view->count > 1)
		snprintf(caption, sizeof(caption), "%s: the same operation level by level",
			 group->name);
	if (group->tax->count > 0) {
		nb_page_open_table(out->stream, "tax sorts", caption);
		write_head(out->stream, &shown);
		write_rows(out->stream, group->tax, &shown);
		nb_page_close_table(out->stream);
	}
	write_notes(out->stream, group->tax);
}
