/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compare_private.h"
#include "figures_private.h"

const char *nb_band_name(enum nb_band band)
{
	static const char *const names[] = {
		[NB_BAND_UNKNOWN] = "unknown",
		[NB_BAND_BELOW] = "below",
		[NB_BAND_WITHIN] = "within",
		[NB_BAND_ABOVE] = "above",
	};

	return names[band];
}

void nb_figure_provenance(const struct nb_figure *figure, char *text, size_t size)
{
	snprintf(text, size, "%s: %s%s%s", nb_figure_kind_name(figure->kind), figure->source_title,
		 figure->hardware[0] ? "; " : "", figure->hardware);
}

/* What a value of one unit is in another; NAN where that depends on more than the units. */
static double factor(const char *from, const char *to)
{
	static const struct {
		const char *unit;
		double ns;
	} times[] = { { "ns", 1 }, { "us", 1e3 }, { "s", 1e9 } };
	double from_ns = NAN, to_ns = NAN;

	if (strcmp(from, to) == 0)
		return strcmp(from, "cycles") == 0 ? NAN : 1;
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		if (strcmp(times[i].unit, from) == 0)
			from_ns = times[i].ns;
		if (strcmp(times[i].unit, to) == 0)
			to_ns = times[i].ns;
	}
	return from_ns / to_ns;
}

static bool is_of_a_benchmark(const struct nb_figure *figure)
{
	return strchr(figure->metric, '.') && !figure->text;
}

/* The figure as base, in the series' unit where that can be said. */
static struct nb_compare_row row_of(const struct nb_figure *figure, const struct nb_series *series,
				    double margin)
{
	struct nb_compare_row row = nb_compare_row_empty(series, margin);

	row.indicative = true;
	row.base.level = nb_figure_level(figure);
	row.base.p50 = figure->value * factor(figure->unit, series->unit);
	row.level = row.base.level;
	nb_figure_provenance(figure, row.provenance, sizeof(row.provenance));
	if (figure->note[0])
		nb_compare_note(&row, "%s", figure->note);
	return row;
}

static struct nb_compare_row row_alone(const struct nb_figure *figure)
{
	struct nb_series series = { .lower_is_better = true };
	struct nb_compare_row row;

	nb_base_copy(series.benchmark, sizeof(series.benchmark), figure->metric);
	nb_base_copy(series.unit, sizeof(series.unit), figure->unit);
	row = row_of(figure, &series, NAN);
	row.base.p50 = figure->value;
	return row;
}

static struct nb_compare_row row_against(const struct nb_figure *figure,
					 const struct nb_compare_pair *pair,
					 const struct nb_compare_options *options)
{
	struct nb_compare_row row =
		row_of(figure, pair->series, nb_compare_margin_of(options, pair->series));

	row.candidate = nb_compare_describe(&pair->candidate);
	nb_compare_note_side("candidate", &pair->candidate, &row);
	row.ratio = row.candidate.p50 / (row.base.p50 > 0 ? row.base.p50 : NAN);
	if (isnan(row.base.p50))
		nb_compare_note(&row, "%g %s: not to be converted to %s", figure->value,
				figure->unit, pair->series->unit);
	return row;
}

static bool fits(const struct nb_figure *figure, const struct nb_compare_pair *pair)
{
	return pair->candidate.count > 0 && pair->candidate.level != NB_LEVEL_UNKNOWN &&
	       pair->candidate.level == nb_figure_level(figure) &&
	       strcmp(pair->series->benchmark, figure->metric) == 0;
}

static void add_figure(const struct nb_figure *figure, const struct nb_compare_pairs *pairs,
		       const struct nb_compare_options *options, struct nb_comparison *comparison)
{
	size_t before = comparison->count;

	for (size_t i = 0; i < pairs->count; i++)
		if (fits(figure, &pairs->pairs[i]))
			comparison->rows[comparison->count++] =
				row_against(figure, &pairs->pairs[i], options);
	if (comparison->count == before)
		comparison->only_base[comparison->only_base_count++] = row_alone(figure);
}

static int compare_pairs(const struct nb_baseline *baseline, const struct nb_compare_pairs *pairs,
			 const struct nb_compare_options *options, struct nb_comparison *comparison,
			 struct nb_error *error)
{
	size_t rows = 0;

	for (size_t i = 0; i < baseline->count; i++)
		for (size_t j = 0; j < pairs->count; j++)
			rows += fits(&baseline->figures[i], &pairs->pairs[j]) ? 1 : 0;
	comparison->rows = calloc(rows + 1, sizeof(*comparison->rows));
	comparison->only_base = calloc(baseline->count + 1, sizeof(*comparison->only_base));
	if (!comparison->rows || !comparison->only_base)
		return nb_error_set(error, ENOMEM, "no memory for %zu rows", rows);
	for (size_t i = 0; i < baseline->count; i++)
		if (is_of_a_benchmark(&baseline->figures[i]))
			add_figure(&baseline->figures[i], pairs, options, comparison);
	comparison->verdicts[NB_INCONCLUSIVE] = comparison->count;
	comparison->verdict = NB_INCONCLUSIVE;
	comparison->indicative = true;
	comparison->more_sessions = -1;
	return 0;
}

int nb_figures_compare(const struct nb_baseline *baseline, const struct nb_compare_group *candidate,
		       const struct nb_compare_options *options, struct nb_comparison *comparison,
		       struct nb_error *error)
{
	bool all = options->include_invalid;
	struct nb_compare_counted counted;
	struct nb_compare_pairs pairs;
	struct nb_comparison *made;
	int result = nb_compare_leave_out(candidate, "candidate", all, &counted, error);

	if (result < 0)
		return result;
	result = nb_compare_pairs_make(&(struct nb_compare_group){ 0 }, &counted.group, &pairs,
				       error);
	free(counted.kept);
	if (result < 0)
		return result;
	made = calloc(1, sizeof(*made));
	result = made ? compare_pairs(baseline, &pairs, options, made, error)
		      : nb_error_set(error, ENOMEM, "no memory to compare");
	nb_compare_pairs_free(&pairs);
	if (made) {
		nb_compare_name_invalid(candidate, "candidate", all, made->left_out,
					&made->left_out_count);
		if (result < 0)
			nb_comparison_free(made);
		else
			*comparison = *made;
	}
	free(made);
	return result;
}
