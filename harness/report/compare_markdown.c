/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "report_compare.h"

static const char *const marks[] = {
	[NB_SAME] = "",
	[NB_IMPROVED] = ":white_check_mark: ",
	[NB_REGRESSED] = ":warning: ",
	[NB_INCONCLUSIVE] = "",
	[NB_INVALID] = ":x: ",
};

static void print_side(FILE *stream, const char *label, const char *asked,
		       const struct nb_compare_group *group)
{
	char text[NB_COMPARE_TEXT_SIZE];

	fprintf(stream, "- %s ", label);
	nb_report_markdown_code(stream, asked);
	fputs(": ", stream);
	nb_compare_describe_group(text, sizeof(text), group);
	nb_report_markdown(stream, text);
	fputs(" on ", stream);
	nb_report_machines(text, sizeof(text), group);
	nb_report_markdown(stream, text);
	fputc('\n', stream);
}

static void print_row(FILE *stream, const struct nb_compare_row *row, bool tail)
{
	enum nb_verdict verdict = tail ? row->tail : row->verdict;
	struct nb_compare_cells cells;

	if (tail)
		nb_compare_cells_fill_tail(row, &cells);
	else
		nb_compare_cells_fill(row, &cells);
	fputs("| ", stream);
	nb_report_markdown_code(stream, cells.name);
	fprintf(stream, "%s | %s | %s | %s | %s | %s | ", tail ? " p99" : "", cells.where,
		cells.base, cells.candidate, cells.change, cells.interval);
	nb_report_markdown(stream, cells.p);
	fprintf(stream, " | %s%s%s | ", marks[verdict], cells.verdict,
		row->series.lower_is_better ? "" : " (higher is better)");
	nb_report_markdown(stream, cells.notes);
	fputs(" |\n", stream);
}

static void print_head(FILE *stream)
{
	fputs("| benchmark | where | base | candidate | change | 95 % CI | p adj. | verdict | notes "
	      "|\n|---|---|--:|--:|--:|--:|--:|---|---|\n",
	      stream);
}

static void print_rows(FILE *stream, const struct nb_comparison *comparison, bool same)
{
	size_t printed = 0;

	for (size_t i = 0; i < comparison->count; i++) {
		const struct nb_compare_row *row = &comparison->rows[i];

		if ((row->verdict == NB_SAME) != same)
			continue;
		if (printed++ == 0)
			print_head(stream);
		print_row(stream, row, false);
	}
	for (size_t i = 0; !same && i < comparison->count; i++) {
		if (!nb_compare_tail_changed(&comparison->rows[i]))
			continue;
		if (printed++ == 0)
			print_head(stream);
		print_row(stream, &comparison->rows[i], true);
	}
	if (printed > 0)
		fputc('\n', stream);
}

static void print_warnings(FILE *stream, const struct nb_comparison *comparison)
{
	if (comparison->warning_count > 0)
		fputs("The sides differ in more than what was asked about (base, candidate):\n\n",
		      stream);
	for (size_t i = 0; i < comparison->warning_count; i++) {
		fputs("- ", stream);
		nb_report_markdown(stream, comparison->warnings[i]);
		fputc('\n', stream);
	}
	if (comparison->left_out_count > 0)
		fprintf(stream, "%sLeft out, as disturbed: %zu session%s.\n",
			comparison->warning_count > 0 ? "\n" : "", comparison->left_out_count,
			comparison->left_out_count == 1 ? "" : "s");
	if (comparison->warning_count + comparison->left_out_count > 0)
		fputc('\n', stream);
}

static void print_only(FILE *stream, const char *side, const struct nb_compare_row *rows,
		       size_t count)
{
	size_t printed = 0;

	for (size_t i = 0; i < count; i++) {
		char name[NB_COMPARE_NAME_SIZE];

		if (nb_compare_unmeasured(&rows[i]))
			continue;
		if (printed++ == 0)
			fprintf(stream, "Only the %s has ", side);
		else
			fputs(", ", stream);
		nb_report_series(name, sizeof(name), &rows[i].series);
		nb_report_markdown_code(stream, name);
	}
	if (printed > 0)
		fputs(".\n\n", stream);
}

int nb_report_compare_markdown(FILE *stream, const struct nb_compare_report *report,
			       struct nb_error *error)
{
	const struct nb_comparison *comparison = report->comparison;
	size_t same = comparison->verdicts[NB_SAME];
	char summary[NB_COMPARE_TEXT_SIZE];

	nb_report_compare_summary(summary, sizeof(summary), comparison);
	fprintf(stream, "### nestbench: %s\n\n", summary);
	print_side(stream, "base", report->base, &report->base_group);
	print_side(stream, "candidate", report->candidate, &report->candidate_group);
	fputc('\n', stream);
	print_warnings(stream, comparison);
	print_rows(stream, comparison, false);
	print_only(stream, "base", comparison->only_base, comparison->only_base_count);
	print_only(stream, "candidate", comparison->only_candidate,
		   comparison->only_candidate_count);
	if (same > 0) {
		fprintf(stream, "<details><summary>%zu the same</summary>\n\n", same);
		print_rows(stream, comparison, true);
		fputs("</details>\n\n", stream);
	}
	fprintf(stream,
		"Margin %.3g %%, false discovery rate %.3g %%, medians of sessions; nestbench " NB_VERSION
		".\n",
		100 * report->options->margin, 100 * report->options->rate);
	return nb_report_finish(stream, error);
}
