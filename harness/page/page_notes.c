/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "nestbench/digest.h"

#include "page_table.h"

enum { NAME_SIZE = 160 };

size_t nb_page_note(struct nb_page_notes *notes, const char *text)
{
	size_t i = 0;

	if (!text[0])
		return 0;
	while (i < notes->count && strcmp(notes->texts[i], text) != 0)
		i++;
	if (i == notes->count)
		notes->texts[notes->count++] = text;
	return i + 1;
}

void nb_page_write_note_reference(const struct nb_page_family *family, size_t note)
{
	if (note > 0)
		fprintf(family->out->stream,
			"<sup><a href=\"#note-%zu-%zu\" aria-label=\"note %zu\">%zu</a></sup>",
			family->number, note, note, note);
}

void nb_page_write_notes(const struct nb_page_family *family)
{
	FILE *stream = family->out->stream;

	if (family->notes.count == 0)
		return;
	fputs("<ol class=\"notes\">\n", stream);
	for (size_t i = 0; i < family->notes.count; i++) {
		fprintf(stream, "<li id=\"note-%zu-%zu\">", family->number, i + 1);
		nb_page_text(stream, family->notes.texts[i]);
		fputs("</li>\n", stream);
	}
	fputs("</ol>\n", stream);
}

/* Cells are numbered through: row by row, the groups of a view side by side. */
static const struct nb_view_cell *cell_of(const struct nb_page_family *family, size_t index)
{
	size_t groups = family->out->view->count;

	return &family->rows[index / groups].cells[index % groups];
}

static bool has_reason(const struct nb_view_cell *cell)
{
	return cell->sessions > 0 && cell->outcome != NB_OK;
}

static bool same_reason(const struct nb_view_cell *a, const struct nb_view_cell *b)
{
	return has_reason(a) && has_reason(b) && a->outcome == b->outcome &&
	       strcmp(a->reason, b->reason) == 0;
}

static bool told_before(const struct nb_page_family *family, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (same_reason(cell_of(family, i), cell_of(family, index)))
			return true;
	return false;
}

static void write_name(const struct nb_page_family *family, size_t index)
{
	const struct nb_view *view = family->out->view;
	const struct nb_series *series = &family->rows[index / view->count].series;
	char name[NAME_SIZE];

	nb_record_series_name(name, sizeof(name), series);
	fputs("<li><code>", family->out->stream);
	nb_page_text(family->out->stream, name);
	fprintf(family->out->stream, "</code> %s", nb_record_vantage_name(series->vantage));
	if (view->count > 1) {
		fputs(", ", family->out->stream);
		nb_page_text(family->out->stream, view->groups[index % view->count].name);
	}
	fputs("</li>\n", family->out->stream);
}

static void write_reason(const struct nb_page_family *family, size_t index, size_t cells)
{
	const struct nb_view_cell *cell = cell_of(family, index);
	FILE *stream = family->out->stream;
	bool failed = cell->outcome == NB_ERROR;

	fprintf(stream,
		"<div><dt><span class=\"mark %s\"><span aria-hidden=\"true\">%s</span> "
		"%s</span>: ",
		failed ? "error" : "skip", failed ? "✗" : "–",
		nb_record_outcome_name(cell->outcome));
	nb_page_word(stream, cell->reason);
	fputs("</dt><dd><ul class=\"names\">\n", stream);
	for (size_t i = index; i < cells; i++)
		if (same_reason(cell, cell_of(family, i)))
			write_name(family, i);
	fputs("</ul></dd></div>\n", stream);
}

void nb_page_write_reasons(const struct nb_page_family *family)
{
	size_t cells = family->count * family->out->view->count;
	size_t skipped = 0, failed = 0;
	FILE *stream = family->out->stream;

	for (size_t i = 0; i < cells; i++) {
		const struct nb_view_cell *cell = cell_of(family, i);

		skipped += has_reason(cell) && cell->outcome == NB_SKIP;
		failed += has_reason(cell) && cell->outcome == NB_ERROR;
	}
	if (skipped + failed == 0)
		return;
	fprintf(stream,
		"<details><summary>Without a number: %zu skipped, %zu failed</summary>\n"
		"<dl class=\"reasons\">\n",
		skipped, failed);
	for (size_t i = 0; i < cells; i++)
		if (has_reason(cell_of(family, i)) && !told_before(family, i))
			write_reason(family, i, cells);
	fputs("</dl></details>\n", stream);
}

static void write_only(const struct nb_page_out *out, const char *group, const char *side,
		       const struct nb_compare_row *rows, size_t count)
{
	char name[NAME_SIZE];

	if (count == 0)
		return;
	fputs("<details><summary>", out->stream);
	if (out->view->count > 1)
		nb_page_textf(out->stream, "%s: ", group);
	fprintf(out->stream, "%zu series that only the %s has</summary>\n<ul class=\"names\">\n",
		count, side);
	for (size_t i = 0; i < count; i++) {
		nb_record_series_name(name, sizeof(name), &rows[i].series);
		fputs("<li><code>", out->stream);
		nb_page_text(out->stream, name);
		fprintf(out->stream, "</code> %s</li>\n",
			nb_record_vantage_name(rows[i].series.vantage));
	}
	fputs("</ul></details>\n", out->stream);
}

void nb_page_write_unpaired(const struct nb_page_out *out)
{
	for (size_t i = 0; i < out->view->count; i++) {
		const struct nb_view_group *group = &out->view->groups[i];

		if (!group->comparison)
			continue;
		write_only(out, group->name, "base", group->comparison->only_base,
			   group->comparison->only_base_count);
		write_only(out, group->name, "candidate", group->comparison->only_candidate,
			   group->comparison->only_candidate_count);
	}
}
