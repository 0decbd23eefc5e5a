/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "nestbench/base.h"

#include "report_compare.h"

/* So few rows are all shown; of more, those that are the same are only counted. */
enum { ROWS_FEW = 30, LABEL_WIDTH = 11, LINE_DEFAULT = 100 };

void nb_compare_print_label(FILE *stream, const char *label, const char *text)
{
	fprintf(stream, "%-*s%s\n", LABEL_WIDTH, label, text);
}

void nb_compare_print_title(FILE *stream, const struct nb_report_style *style, const char *title)
{
	fprintf(stream, "\n%s%s%s\n", style->colour ? "\033[1m" : "", title,
		style->colour ? "\033[0m" : "");
}

void nb_compare_print_side(FILE *stream, const char *label, const char *asked,
			   const struct nb_compare_group *group)
{
	char about[NB_COMPARE_TEXT_SIZE];
	char plain[256];

	nb_report_plain(plain, sizeof(plain), asked);
	nb_compare_describe_group(about, sizeof(about), group);
	/* An id, or the beginning of one, is in the description already. */
	if (group->count == 1 &&
	    strncasecmp(asked, group->sessions[0].session.id, strlen(asked)) == 0)
		nb_compare_print_label(stream, label, about);
	else
		fprintf(stream, "%-*s%s: %s\n", LABEL_WIDTH, label, plain, about);
}

void nb_compare_print_provenance(FILE *stream, const char *provenance)
{
	char plain[NB_COMPARE_TEXT_SIZE];

	if (!provenance || !provenance[0])
		return;
	nb_report_plain(plain, sizeof(plain), provenance);
	nb_compare_print_label(stream, "", plain);
}

static void print_heading(FILE *stream, const struct nb_compare_report *report)
{
	const struct nb_compare_options *options = report->options;
	char base[NB_COMPARE_TEXT_SIZE], candidate[NB_COMPARE_TEXT_SIZE];
	char rules[NB_COMPARE_TEXT_SIZE];
	bool same;

	nb_report_machines(base, sizeof(base), &report->base_group);
	nb_report_machines(candidate, sizeof(candidate), &report->candidate_group);
	same = strcmp(base, candidate) == 0;
	nb_compare_print_side(stream, "Base", report->base, &report->base_group);
	nb_compare_print_provenance(stream, report->base_provenance);
	if (!same)
		nb_compare_print_label(stream, "", base);
	nb_compare_print_side(stream, "Candidate", report->candidate, &report->candidate_group);
	nb_compare_print_provenance(stream, report->candidate_provenance);
	if (!same)
		nb_compare_print_label(stream, "", candidate);
	else
		nb_compare_print_label(stream, "Both on", base);
	snprintf(rules, sizeof(rules),
		 "changes up to %.3g %% do not matter%s; at most %.3g %% of the changes called are "
		 "false",
		 100 * options->margin, options->margin_count > 0 ? " (by default)" : "",
		 100 * options->rate);
	nb_compare_print_label(stream, "Margin", rules);
}

static void print_lines(FILE *stream, const char (*lines)[240], size_t count)
{
	char plain[256];

	for (size_t i = 0; i < count; i++) {
		nb_report_plain(plain, sizeof(plain), lines[i]);
		fprintf(stream, "  %s\n", plain);
	}
}

void nb_compare_print_warnings(FILE *stream, const struct nb_comparison *comparison,
			       const struct nb_report_style *style)
{
	char plain[128];

	if (comparison->warning_count > 0) {
		nb_compare_print_title(
			stream, style,
			"Warning: the sides differ in more than what was asked about (base | "
			"candidate)");
		print_lines(stream, comparison->warnings, comparison->warning_count);
	}
	if (comparison->left_out_count > 0)
		nb_compare_print_title(stream, style, "Left out (--include-invalid keeps them)");
	for (size_t i = 0; i < comparison->left_out_count; i++) {
		nb_report_plain(plain, sizeof(plain), comparison->left_out[i]);
		fprintf(stream, "  %s\n", plain);
	}
}

static bool shown(const struct nb_comparison *comparison, const struct nb_compare_row *row,
		  bool all)
{
	return all || comparison->count <= ROWS_FEW || row->verdict != NB_SAME;
}

static bool any_interval(const struct nb_comparison *comparison)
{
	for (size_t i = 0; i < comparison->count; i++)
		if (isfinite(comparison->rows[i].low))
			return true;
	return false;
}

static void print_legend(FILE *stream, const struct nb_comparison *comparison,
			 const struct nb_compare_grid *grid)
{
	if (comparison->indicative) {
		if (!any_interval(comparison))
			return;
		fputs("\nchange      candidate over base; its CI is of the rounds within the two "
		      "sessions, which\n"
		      "            says nothing of how far two sessions of one machine differ\n",
		      stream);
		return;
	}
	fputs("\nchange      candidate over base (Hodges-Lehmann), medians of sessions; CI of 95 %\n",
	      stream);
	if (grid->has_p)
		fputs("p adj.      Mann-Whitney, adjusted for all rows (Benjamini-Hochberg)\n",
		      stream);
	if (grid->has_mde)
		fputs("detectable  smallest change that so many sessions find four times in "
		      "five\n",
		      stream);
}

int nb_compare_print_rows(FILE *stream, const struct nb_comparison *comparison, bool all,
			  const struct nb_report_style *style, struct nb_error *error)
{
	const struct nb_compare_row **rows = calloc(comparison->count + 1, sizeof(void *));
	struct nb_compare_grid grid = { .rows = rows };
	int status = 0;

	if (!rows)
		return nb_error_set(error, ENOMEM, "no memory for %zu rows", comparison->count);
	for (size_t i = 0; i < comparison->count; i++)
		if (shown(comparison, &comparison->rows[i], all))
			rows[grid.count++] = &comparison->rows[i];
	if (comparison->count > 0)
		fputc('\n', stream);
	if (grid.count > 0)
		status = nb_compare_print_grid(stream, &grid, style, error);
	if (grid.count < comparison->count)
		fprintf(stream, "%zu row%s the same and not shown (--all shows %s)\n",
			comparison->count - grid.count,
			comparison->count - grid.count == 1 ? " is" : "s are",
			comparison->count - grid.count == 1 ? "it" : "them");
	if (grid.count > 0)
		print_legend(stream, comparison, &grid);
	free(rows);
	return status;
}

static int print_tails(FILE *stream, const struct nb_compare_report *report,
		       const struct nb_report_style *style, struct nb_error *error)
{
	const struct nb_comparison *comparison = report->comparison;
	const struct nb_compare_row **rows = calloc(comparison->count + 1, sizeof(void *));
	struct nb_compare_grid grid = { .rows = rows, .tails = true };
	int status = 0;

	if (!rows)
		return nb_error_set(error, ENOMEM, "no memory for %zu rows", comparison->count);
	for (size_t i = 0; i < comparison->count; i++)
		if (nb_compare_tail_changed(&comparison->rows[i]))
			rows[grid.count++] = &comparison->rows[i];
	if (grid.count > 0) {
		nb_compare_print_title(stream, style,
				       "Tails (p99) that changed by over 10 %; they never gate");
		status = nb_compare_print_grid(stream, &grid, style, error);
	}
	free(rows);
	return status;
}

/* Names with commas between, wrapped into the width. */
static void print_names(FILE *stream, const struct nb_compare_row *rows, size_t count,
			const struct nb_report_style *style)
{
	size_t width = style->width > 0 ? (size_t)style->width : LINE_DEFAULT;
	size_t column = 0;

	for (size_t i = 0; i < count; i++) {
		char name[NB_COMPARE_NAME_SIZE], where[24], text[NB_COMPARE_NAME_SIZE + 32];

		if (nb_compare_unmeasured(&rows[i]))
			continue;
		nb_report_series(name, sizeof(name), &rows[i].series);
		nb_report_where(where, sizeof(where), &rows[i].series, rows[i].level);
		snprintf(text, sizeof(text), "%s (%s)", name, where);
		if (column > 0 && column + nb_report_columns(text) + 4 > width) {
			fputs(",\n", stream);
			column = 0;
		}
		column += (size_t)fprintf(stream, "%s%s", column > 0 ? ", " : "  ", text);
	}
	fputc('\n', stream);
}

static size_t count_measured(const struct nb_compare_row *rows, size_t count)
{
	size_t measured = 0;

	for (size_t i = 0; i < count; i++)
		measured += !nb_compare_unmeasured(&rows[i]);
	return measured;
}

static void print_only(FILE *stream, const struct nb_compare_report *report,
		       const struct nb_report_style *style)
{
	const struct nb_comparison *comparison = report->comparison;
	size_t base = count_measured(comparison->only_base, comparison->only_base_count);
	size_t candidate =
		count_measured(comparison->only_candidate, comparison->only_candidate_count);
	size_t neither =
		comparison->only_base_count + comparison->only_candidate_count - base - candidate;

	if (base > 0) {
		nb_compare_print_title(stream, style, "Only the base has");
		print_names(stream, comparison->only_base, comparison->only_base_count, style);
	}
	if (candidate > 0) {
		nb_compare_print_title(stream, style, "Only the candidate has");
		print_names(stream, comparison->only_candidate, comparison->only_candidate_count,
			    style);
	}
	if (neither > 0)
		fprintf(stream, "\n%zu series %s measured on neither side (skipped there)\n",
			neither, neither == 1 ? "was" : "were");
}

int nb_report_compare(FILE *stream, const struct nb_compare_report *report, bool all,
		      const struct nb_report_style *style, struct nb_error *error)
{
	char summary[NB_COMPARE_TEXT_SIZE];
	int status;

	print_heading(stream, report);
	nb_compare_print_warnings(stream, report->comparison, style);
	status = nb_compare_print_rows(stream, report->comparison, all, style, error);
	if (status == 0)
		status = print_tails(stream, report, style, error);
	if (status < 0)
		return status;
	print_only(stream, report, style);
	nb_report_compare_summary(summary, sizeof(summary), report->comparison);
	nb_compare_print_title(stream, style, summary);
	return nb_report_finish(stream, error);
}
