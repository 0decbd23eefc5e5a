/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "nestbench/base.h"

#include "report_compare.h"

enum { MARK, LABEL, WANTED, HERE, COLUMNS };

static const char *const marks[] = {
	[NB_FIT_UNKNOWN] = "unknown",
	[NB_FIT_MEETS] = "meets",
	[NB_FIT_BELOW] = "below",
};

static void print_heading(FILE *stream, const struct nb_spec_report *report)
{
	char text[NB_COMPARE_TEXT_SIZE];
	char words[NB_COMPARE_TEXT_SIZE];

	snprintf(words, sizeof(words), "%s: %s, %zu figures", report->base, report->baseline->title,
		 report->baseline->count);
	nb_report_plain(text, sizeof(text), words);
	nb_compare_print_label(stream, "Base", text);
	nb_compare_print_side(stream, "Candidate", report->candidate, &report->candidate_group);
	nb_report_machines(text, sizeof(text), &report->candidate_group);
	nb_compare_print_label(stream, "", text);
}

static void fill_fit(const struct nb_fit_row *row, const char **cells)
{
	cells[MARK] = row->counted ? marks[row->fit] : "-";
	cells[LABEL] = row->label;
	cells[WANTED] = row->wanted;
	cells[HERE] = row->have;
}

/* A note of what fits anyway only explains why: that can wait. One may be of several rows. */
static void print_notes(FILE *stream, const struct nb_fit_table *fit, bool all)
{
	const char *last = "";

	for (size_t i = 0; i < fit->count; i++) {
		const struct nb_fit_row *row = &fit->rows[i];

		if (!row->note[0] || strcmp(row->note, last) == 0 ||
		    (!all && row->fit == NB_FIT_MEETS))
			continue;
		fprintf(stream, "  %s: %s\n", row->label, row->note);
		last = row->note;
	}
}

static int print_size(FILE *stream, const struct nb_spec_report *report, bool all,
		      const struct nb_report_style *style, struct nb_error *error)
{
	static const char *const header[COLUMNS] = { "", "size", "wanted", "here" };
	const char *cells[(NB_FIT_ROWS + 1) * COLUMNS];
	const struct nb_fit_table *fit = report->fit;
	char title[NB_COMPARE_TEXT_SIZE];
	size_t rows = 1;

	if (!fit)
		return 0;
	snprintf(title, sizeof(title), "This specification or above? %s", fit->summary);
	nb_compare_print_title(stream, style, title);
	memcpy(cells, header, sizeof(header));
	for (size_t i = 0; i < fit->count; i++) {
		fill_fit(&fit->rows[i], cells + rows * COLUMNS);
		rows++;
	}
	if (nb_report_grid(stream, "<<<<", cells, rows, error) < 0)
		return -EIO;
	print_notes(stream, fit, all);
	return 0;
}

static int print_measured(FILE *stream, const struct nb_spec_report *report, bool all,
			  const struct nb_report_style *style, struct nb_error *error)
{
	const struct nb_compare_report *measured = report->measured;
	char summary[NB_COMPARE_TEXT_SIZE];
	char title[NB_COMPARE_TEXT_SIZE + 32];

	if (!measured)
		nb_compare_print_warnings(stream, report->figures, style);
	if (!measured && !report->baseline->size)
		return 0;
	if (!measured) {
		nb_compare_print_title(stream, style, "Measured: unknown");
		fprintf(stream,
			"  no session of such a machine is saved here; with one from there:\n"
			"  nestbench baseline import FILE --as %s\n",
			report->baseline->name);
		return 0;
	}
	nb_report_compare_summary(summary, sizeof(summary), measured->comparison);
	snprintf(title, sizeof(title), "Measured: %s", summary);
	nb_compare_print_title(stream, style, title);
	nb_compare_print_side(stream, "  against", measured->base, &measured->base_group);
	nb_compare_print_provenance(stream, measured->base_provenance);
	nb_compare_print_warnings(stream, measured->comparison, style);
	return nb_compare_print_rows(stream, measured->comparison, all, style, error);
}

static int print_figures(FILE *stream, const struct nb_spec_report *report,
			 const struct nb_report_style *style, struct nb_error *error)
{
	const struct nb_comparison *figures = report->figures;
	size_t alone = figures->only_base_count;

	if (figures->count > 0) {
		nb_compare_print_title(stream, style,
				       "Against its figures of benchmarks (indicative: they have "
				       "no distribution)");
		/* The rows begin with an empty line of their own. */
		if (nb_compare_print_rows(stream, figures, true, style, error) < 0)
			return -EIO;
	}
	if (alone > 0)
		fprintf(stream,
			"\n%zu of its figures %s not measured here at that level (nestbench "
			"baseline show %s)\n",
			alone, alone == 1 ? "was" : "were", report->baseline->name);
	return 0;
}

static void print_band(char *text, size_t size, double low, double high)
{
	char ends[2][NB_REPORT_VALUE_SIZE];

	if (!isfinite(low) || !isfinite(high)) {
		nb_base_copy(text, size, "unknown");
		return;
	}
	nb_report_value(ends[0], sizeof(ends[0]), low, "", NB_REPORT_DIGITS);
	nb_report_value(ends[1], sizeof(ends[1]), high, "", NB_REPORT_DIGITS);
	if (strcmp(ends[0], ends[1]) == 0)
		nb_base_copy(text, size, ends[0]);
	else
		snprintf(text, size, "%s – %s", ends[0], ends[1]);
}

/* Where the ratio lies in what was published of the same operation, and of any other. */
static void write_place(const struct nb_level_ratio *row, char *text, size_t size)
{
	enum nb_band own = NB_BAND_WITHIN;

	if (!isfinite(row->band_low)) {
		snprintf(text, size, "%s%s", nb_band_name(row->band),
			 row->band == NB_BAND_UNKNOWN ? "" : " that of any");
		return;
	}
	if (row->ratio < row->band_low)
		own = NB_BAND_BELOW;
	else if (row->ratio > row->band_high)
		own = NB_BAND_ABOVE;
	nb_base_copy(text, size, nb_band_name(own));
	if (row->band != own && row->band != NB_BAND_UNKNOWN) {
		nb_report_join(text, size, "; ", nb_band_name(row->band));
		nb_report_join(text, size, " ", "that of any");
	}
}

enum { NAME, LEVELS, RATIO, PUBLISHED, BAND, REMARK, LEVEL_COLUMNS };

struct level_texts {
	char name[NB_COMPARE_NAME_SIZE], levels[24], ratio[96], published[80], place[64];
	char remark[2 * NB_COMPARE_TEXT_SIZE];
};

static void fill_level(const struct nb_level_ratio *row, struct level_texts *text,
		       const char **cells)
{
	struct nb_series series = { 0 };
	char range[80];

	nb_base_copy(series.benchmark, sizeof(series.benchmark), row->benchmark);
	nb_base_copy(series.params, sizeof(series.params), row->params);
	nb_report_series(text->name, sizeof(text->name), &series);
	if (row->level > 0)
		snprintf(text->levels, sizeof(text->levels), "L%d/L%d", row->level, row->level - 1);
	else
		nb_base_copy(text->levels, sizeof(text->levels), "guest/user");
	nb_report_value(text->ratio, sizeof(text->ratio), row->ratio, "", NB_REPORT_DIGITS);
	if (isfinite(row->low)) {
		print_band(range, sizeof(range), row->low, row->high);
		nb_report_join(text->ratio, sizeof(text->ratio), " (", range);
		nb_report_join(text->ratio, sizeof(text->ratio), "", ")");
	}
	print_band(text->published, sizeof(text->published), row->band_low, row->band_high);
	nb_report_plain(text->remark, sizeof(text->remark), row->note);
	if (row->across)
		nb_report_join(text->remark, sizeof(text->remark), "; ",
			       "levels of different sessions");
	cells[NAME] = text->name;
	cells[LEVELS] = text->levels;
	cells[RATIO] = text->ratio;
	cells[PUBLISHED] = text->published;
	write_place(row, text->place, sizeof(text->place));
	cells[BAND] = text->place;
	cells[REMARK] = text->remark;
}

static void print_source(FILE *stream, const struct nb_published_ratio *published)
{
	char provenance[NB_COMPARE_TEXT_SIZE], plain[NB_COMPARE_TEXT_SIZE];
	char ratio[NB_REPORT_VALUE_SIZE];

	nb_figure_provenance(published->deeper, provenance, sizeof(provenance));
	nb_report_plain(plain, sizeof(plain), provenance);
	nb_report_value(ratio, sizeof(ratio), published->ratio, "", NB_REPORT_DIGITS);
	fprintf(stream, "    %s  %s: %s%s\n", ratio, published->baseline->name, plain,
		published->in_band ? "" : " (not comparable: not in the band)");
}

static void print_sources(FILE *stream, const struct nb_level_table *levels)
{
	for (size_t i = 0; i < levels->count; i++) {
		const struct nb_level_ratio *row = &levels->rows[i];

		/* Rows of one benchmark share their sources. */
		if (row->published_count == 0 ||
		    (i > 0 && strcmp(row->benchmark, levels->rows[i - 1].benchmark) == 0))
			continue;
		fprintf(stream, "  %s\n", row->benchmark);
		for (size_t j = 0; j < row->published_count; j++)
			print_source(stream, &row->published[j]);
	}
}

static int print_level_rows(FILE *stream, const struct nb_level_table *levels,
			    struct nb_error *error)
{
	static const char *const header[LEVEL_COLUMNS] = { "benchmark", "levels",  "here",
							   "published", "this is", "" };
	struct level_texts *texts = calloc(levels->count, sizeof(*texts));
	const char **cells = calloc((levels->count + 1) * LEVEL_COLUMNS, sizeof(*cells));
	int status;

	if (texts && cells) {
		memcpy(cells, header, sizeof(header));
		for (size_t i = 0; i < levels->count; i++)
			fill_level(&levels->rows[i], &texts[i], cells + (i + 1) * LEVEL_COLUMNS);
		status = nb_report_grid(stream, "<<><<<", cells, levels->count + 1, error);
	} else {
		status = nb_error_set(error, ENOMEM, "no memory for the ratios of levels");
	}
	free(texts);
	free(cells);
	return status;
}

static int print_levels(FILE *stream, const struct nb_spec_report *report, bool all,
			const struct nb_report_style *style, struct nb_error *error)
{
	const struct nb_level_table *levels = report->levels;
	char any[80];
	int status;

	nb_compare_print_title(stream, style,
			       "What one more level costs, against the literature (indicative)");
	if (levels->count == 0) {
		fputs("  unknown: no operation was measured at two levels (nestbench run needs "
		      "/dev/kvm for that)\n",
		      stream);
		return 0;
	}
	status = print_level_rows(stream, levels, error);
	print_band(any, sizeof(any), levels->any_low, levels->any_high);
	fprintf(stream, "published L2/L1 of any operation that exits: %s%s\n", any,
		all ? "; sources:" : " (--all shows the sources)");
	if (all)
		print_sources(stream, levels);
	return status;
}

int nb_report_spec(FILE *stream, const struct nb_spec_report *report, bool all,
		   const struct nb_report_style *style, struct nb_error *error)
{
	int status;

	print_heading(stream, report);
	status = print_size(stream, report, all, style, error);
	if (status == 0)
		status = print_measured(stream, report, all, style, error);
	if (status == 0)
		status = print_figures(stream, report, style, error);
	if (status == 0)
		status = print_levels(stream, report, all, style, error);
	return status < 0 ? status : nb_report_finish(stream, error);
}
