/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "nestbench/base.h"

#include "report_compare.h"

/* Beyond a factor of two a percentage stops telling anything. */
static bool is_factor(double ratio)
{
	return ratio >= 2 || ratio <= 0.5;
}

static void print_percent(char *text, size_t size, double ratio)
{
	double percent = 100 * (ratio - 1);

	if (fabs(percent) < 0.05)
		nb_base_copy(text, size, "0.0");
	else
		snprintf(text, size, "%+.1f", percent);
}

static void print_factor(char *text, size_t size, double ratio)
{
	nb_report_value(text, size, ratio, "", NB_REPORT_DIGITS);
	nb_report_join(text, size, "", "x");
}

void nb_compare_change(char *text, size_t size, double ratio)
{
	if (!isfinite(ratio)) {
		nb_base_copy(text, size, "n/a");
	} else if (is_factor(ratio)) {
		print_factor(text, size, ratio);
	} else {
		print_percent(text, size, ratio);
		nb_report_join(text, size, "", " %");
	}
}

void nb_compare_interval(char *text, size_t size, double low, double high)
{
	char ends[2][NB_REPORT_VALUE_SIZE];
	bool factors = is_factor(low) || is_factor(high);

	if (!isfinite(low) || !isfinite(high)) {
		nb_base_copy(text, size, "n/a");
		return;
	}
	(factors ? print_factor : print_percent)(ends[0], sizeof(ends[0]), low);
	(factors ? print_factor : print_percent)(ends[1], sizeof(ends[1]), high);
	snprintf(text, size, "%s to %s%s", ends[0], ends[1], factors ? "" : " %");
}

void nb_compare_probability(char *text, size_t size, double p)
{
	if (!isfinite(p))
		nb_base_copy(text, size, "n/a");
	else if (p < 0.001)
		nb_base_copy(text, size, "<0.001");
	else
		snprintf(text, size, "%.3f", p);
}

bool nb_compare_tail_changed(const struct nb_compare_row *row)
{
	return !row->indicative && (row->tail == NB_REGRESSED || row->tail == NB_IMPROVED);
}

bool nb_compare_unmeasured(const struct nb_compare_row *only)
{
	return only->base.sessions == 0 && only->candidate.sessions == 0;
}

static void note(struct nb_compare_cells *cells, const char *text)
{
	char plain[NB_COMPARE_TEXT_SIZE];

	nb_report_plain(plain, sizeof(plain), text);
	nb_report_join(cells->notes, sizeof(cells->notes), "; ", plain);
}

static void note_sessions(const struct nb_compare_row *row, struct nb_compare_cells *cells)
{
	char text[64];

	if (row->verdict != NB_INCONCLUSIVE || row->indicative)
		return;
	if (row->more_sessions > 0) {
		snprintf(text, sizeof(text), "%d more session%s each", row->more_sessions,
			 row->more_sessions == 1 ? "" : "s");
		note(cells, text);
	}
}

static void fill_names(const struct nb_compare_row *row, struct nb_compare_cells *cells)
{
	*cells = (struct nb_compare_cells){ 0 };
	nb_report_series(cells->name, sizeof(cells->name), &row->series);
	nb_report_where(cells->where, sizeof(cells->where), &row->series, row->level);
}

void nb_compare_cells_fill(const struct nb_compare_row *row, struct nb_compare_cells *cells)
{
	const char *unit = row->series.unit;

	fill_names(row, cells);
	nb_report_value(cells->base, sizeof(cells->base), row->base.p50, unit, NB_REPORT_DIGITS);
	nb_report_value(cells->candidate, sizeof(cells->candidate), row->candidate.p50, unit,
			NB_REPORT_DIGITS);
	nb_compare_change(cells->change, sizeof(cells->change), row->ratio);
	nb_compare_interval(cells->interval, sizeof(cells->interval), row->low, row->high);
	nb_compare_probability(cells->p, sizeof(cells->p), row->p_adjusted);
	if (isfinite(row->mde))
		snprintf(cells->mde, sizeof(cells->mde), "%.1f %%", 100 * row->mde);
	else
		nb_base_copy(cells->mde, sizeof(cells->mde), "n/a");
	nb_base_copy(cells->verdict, sizeof(cells->verdict),
		     row->indicative ? "indicative" : nb_verdict_name(row->verdict));
	note_sessions(row, cells);
	if (row->note[0])
		note(cells, row->note);
	if (row->provenance[0])
		note(cells, row->provenance);
}

void nb_compare_cells_fill_tail(const struct nb_compare_row *row, struct nb_compare_cells *cells)
{
	const char *unit = row->series.unit;

	fill_names(row, cells);
	nb_report_value(cells->base, sizeof(cells->base), row->base.p99, unit, NB_REPORT_DIGITS);
	nb_report_value(cells->candidate, sizeof(cells->candidate), row->candidate.p99, unit,
			NB_REPORT_DIGITS);
	nb_compare_change(cells->change, sizeof(cells->change), row->tail_ratio);
	nb_compare_interval(cells->interval, sizeof(cells->interval), row->tail_low,
			    row->tail_high);
	nb_compare_probability(cells->p, sizeof(cells->p), row->tail_p_adjusted);
	nb_base_copy(cells->verdict, sizeof(cells->verdict), nb_verdict_name(row->tail));
}
