/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "nestbench/compare_report.h"
#include "nestbench/report.h"

#include "formats_private.h"

/*
 * For an issue or a comment (https://github.github.com/gfm/): what was measured where, one
 * sentence, then a table a family. Whatever is not ours goes through nb_report_markdown().
 */

enum { UNFOLDED_ROWS = 24 }; /* as many as a comment should show at once */

static const char *const marks[] = {
	[NB_SAME] = "",
	[NB_IMPROVED] = ":white_check_mark: ",
	[NB_REGRESSED] = ":warning: ",
	[NB_INCONCLUSIVE] = "",
	[NB_INVALID] = ":x: ",
};

static void put_group(FILE *stream, const struct nb_view *view, const struct nb_view_group *group)
{
	fputs("- ", stream);
	if (view->count > 1)
		fprintf(stream, "**%s** ", group->name);
	nb_report_markdown(stream, group->title);
	if (group->count == 1) {
		fputs(", ", stream);
		nb_report_markdown_code(stream, group->records[0]->session.id);
	}
	fputc('\n', stream);
}

static void put_base(FILE *stream, const struct nb_view *view)
{
	char machines[NB_FORMATS_TEXT_SIZE];

	if (!view->base)
		return;
	fputs("- base ", stream);
	nb_report_markdown_code(stream, view->base);
	if (view->base_sessions.count > 0) {
		nb_report_machines(machines, sizeof(machines), &view->base_sessions);
		fputs(": ", stream);
		nb_report_markdown(stream, machines);
		fprintf(stream, "; %zu session%s", view->base_sessions.count,
			view->base_sessions.count == 1 ? "" : "s");
	}
	if (view->base_provenance && view->base_provenance[0]) {
		fputs("; ", stream);
		nb_report_markdown(stream, view->base_provenance);
	}
	fputc('\n', stream);
}

static void put_warnings(FILE *stream, const struct nb_view_group *group)
{
	const struct nb_comparison *comparison = group->comparison;

	for (size_t i = 0; comparison && i < comparison->warning_count; i++) {
		fprintf(stream, "- %s differs from the base, unasked: ", group->name);
		nb_report_markdown(stream, comparison->warnings[i]);
		fputc('\n', stream);
	}
	for (size_t i = 0; comparison && i < comparison->left_out_count; i++) {
		fprintf(stream, "- %s left out, as disturbed: ", group->name);
		nb_report_markdown(stream, comparison->left_out[i]);
		fputc('\n', stream);
	}
}

static void put_heading(FILE *stream, const struct nb_view *view)
{
	char sentence[2 * NB_FORMATS_TEXT_SIZE];

	nb_view_sentence(view, sentence, sizeof(sentence));
	fputs("### nestbench\n\n", stream);
	nb_report_markdown(stream, sentence);
	fputs("\n\n", stream);
	for (size_t i = 0; i < view->count; i++)
		put_group(stream, view, &view->groups[i]);
	put_base(stream, view);
	for (size_t i = 0; i < view->count; i++)
		put_warnings(stream, &view->groups[i]);
	fputc('\n', stream);
}

static void put_head(FILE *stream, const struct nb_view *view)
{
	const char *group = view->count > 1 ? " machine |" : "";
	const char *verdict = view->base ? " change | verdict |" : "";

	fprintf(stream,
		"| benchmark |%s where | p50 | 95 %% CI | p99 | exits/op | evidence |%s "
		"notes |\n",
		group, verdict);
	fprintf(stream, "|---|%s---|--:|--:|--:|--:|---|%s---|\n", group[0] ? "---|" : "",
		verdict[0] ? "--:|---|" : "");
}

static void put_cell(FILE *stream, const char *text)
{
	nb_report_markdown(stream, text);
	fputs(" | ", stream);
}

static void put_figures(FILE *stream, const struct nb_view_row *row, size_t group)
{
	const struct nb_view_cell *cell = &row->cells[group];
	char text[3 * NB_FORMATS_WORD_SIZE];

	if (!nb_formats_measured(cell)) {
		fputs("- | - | - | - | - | ", stream);
		return;
	}
	nb_formats_median(text, sizeof(text), row, group);
	put_cell(stream, text);
	nb_formats_interval(text, sizeof(text), row, group);
	put_cell(stream, text);
	nb_report_value(text, sizeof(text), cell->p99, row->series.unit, NB_REPORT_DIGITS);
	put_cell(stream, text);
	if (isfinite(cell->exits_per_op))
		fprintf(stream, "%.3g | ", cell->exits_per_op);
	else
		fputs("- | ", stream);
	fprintf(stream, "%s | ",
		cell->evidence == NB_UNAVAILABLE ? "-" : nb_record_evidence_name(cell->evidence));
}

static void put_verdict(FILE *stream, const struct nb_compare_row *verdict)
{
	char text[NB_FORMATS_WORD_SIZE];

	if (!verdict) {
		fputs("- | - | ", stream);
		return;
	}
	nb_compare_change(text, sizeof(text), verdict->ratio);
	put_cell(stream, text);
	fprintf(stream, "%s%s | ", verdict->indicative ? "" : marks[verdict->verdict],
		nb_formats_verdict(verdict));
}

static void put_row(FILE *stream, const struct nb_view *view, const struct nb_view_row *row,
		    size_t group)
{
	const struct nb_view_cell *cell = &row->cells[group];
	char text[NB_FORMATS_TEXT_SIZE];

	fputs("| ", stream);
	nb_report_series(text, sizeof(text), &row->series);
	nb_report_markdown_code(stream, text);
	fputs(" | ", stream);
	if (view->count > 1)
		fprintf(stream, "%s | ", view->groups[group].name);
	nb_report_where(text, sizeof(text), &row->series, cell->level);
	put_cell(stream, text);
	put_figures(stream, row, group);
	if (view->base)
		put_verdict(stream, cell->verdict);
	nb_formats_notes(text, sizeof(text), cell);
	nb_report_markdown(stream, text);
	fputs(" |\n", stream);
}

/* Lines of the rows first .. last - 1, and how many of them regressed. */
static size_t count_lines(const struct nb_view *view, size_t first, size_t last, size_t *regressed)
{
	size_t lines = 0;

	*regressed = 0;
	for (size_t i = first; i < last; i++) {
		for (size_t j = 0; j < view->count; j++) {
			const struct nb_view_cell *cell = &view->rows[i].cells[j];

			lines += cell->sessions > 0;
			*regressed += cell->verdict && !cell->verdict->indicative &&
				      cell->verdict->verdict == NB_REGRESSED;
		}
	}
	return lines;
}

/* The row behind the last one of first's family, which stands together. */
static size_t family_end(const struct nb_view *view, size_t first)
{
	char family[sizeof(view->rows->series.benchmark)];
	char other[sizeof(view->rows->series.benchmark)];
	size_t end = first;

	nb_view_family(&view->rows[first].series, family, sizeof(family));
	do {
		if (++end == view->row_count)
			break;
		nb_view_family(&view->rows[end].series, other, sizeof(other));
	} while (strcmp(family, other) == 0);
	return end;
}

static void put_family_title(FILE *stream, const char *family, size_t regressed, bool folded)
{
	fputs(folded ? "<details><summary>" : "#### ", stream);
	nb_report_markdown(stream, family);
	if (regressed > 0)
		fprintf(stream, ": %zu regressed", regressed);
	fputs(folded ? "</summary>\n\n" : "\n\n", stream);
}

static void put_family(FILE *stream, const struct nb_view *view, size_t first, size_t last,
		       bool folded)
{
	char family[sizeof(view->rows->series.benchmark)];
	size_t regressed;

	nb_view_family(&view->rows[first].series, family, sizeof(family));
	count_lines(view, first, last, &regressed);
	put_family_title(stream, family, regressed, folded);
	put_head(stream, view);
	for (size_t i = first; i < last; i++)
		for (size_t j = 0; j < view->count; j++)
			if (view->rows[i].cells[j].sessions > 0)
				put_row(stream, view, &view->rows[i], j);
	fputs(folded ? "\n</details>\n\n" : "\n", stream);
}

static void put_families(FILE *stream, const struct nb_view *view)
{
	size_t regressed, end;
	bool folded = count_lines(view, 0, view->row_count, &regressed) > UNFOLDED_ROWS;

	for (size_t first = 0; first < view->row_count; first = end) {
		end = family_end(view, first);
		put_family(stream, view, first, end, folded);
	}
}

int nb_formats_markdown(FILE *stream, const struct nb_view *view, struct nb_error *error)
{
	put_heading(stream, view);
	put_families(stream, view);
	if (view->base && view->options)
		fprintf(stream, "Margin %.3g %%, false discovery rate %.3g %%; ",
			100 * view->options->margin, 100 * view->options->rate);
	fputs("p50: median of the rounds' medians, net of the empty operation; (range): of two to "
	      "five sessions the least and the largest; nestbench " NB_VERSION ".\n",
	      stream);
	return nb_report_finish(stream, error);
}
