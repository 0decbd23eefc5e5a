/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "nestbench/inference.h"

#include "compare_private.h"

/* A tail moves more between equal machines than a median: less than a tenth is never a finding. */
static const double tail_margin = 0.10;
/* The chance to get a verdict that is due (Cohen 1988 made 0.8 the usual one), and its quantile. */
static const double power = 0.8;
static const double power_quantile = 0.8416212335729143;
enum { SESSIONS_MAX = 100 }; /* more than that nobody will run to settle a verdict */

double nb_compare_threshold(const struct nb_compare_options *options,
			    const struct nb_compare_suite *suite, bool called)
{
	size_t rank = suite->called + !called;

	if (suite->tested == 0 || rank >= suite->tested)
		return options->rate;
	return options->rate * (double)rank / (double)suite->tested;
}

double nb_compare_detectable(double deviation, size_t base, size_t candidate, double alpha,
			     double margin)
{
	/* The standard error of a Hodges-Lehmann shift, whose efficiency is 3 / pi. */
	double error = 1.0233 * deviation * sqrt(1 / (double)base + 1 / (double)candidate);

	/* Significant, and seen beyond the margin. */
	return fmax(nb_stats_detectable(deviation, base, candidate, alpha, power),
		    log1p(margin) + power_quantile * error);
}

/* Of both sides pooled; each knows its own. */
static double deviation_of(const struct nb_compare_row *row)
{
	double a = (double)row->base.sessions - 1, b = (double)row->candidate.sessions - 1;
	double squares = 0;

	if (a > 0)
		squares += a * row->base.deviation * row->base.deviation;
	if (b > 0)
		squares += b * row->candidate.deviation * row->candidate.deviation;
	return a + b > 0 ? sqrt(squares / (a + b)) : NAN;
}

/*
 * Would groups that are larger by more sessions a side probably get a verdict, the shift that was
 * seen taken for the true one? Either the change is detected then, or its interval fits into the
 * margin.
 */
static bool would_settle(const struct nb_compare_options *options, const struct nb_compare_row *row,
			 double deviation, double alpha, size_t more)
{
	size_t a = row->base.sessions + more, b = row->candidate.sessions + more;
	double shift = fabs(log(row->ratio)), margin = log1p(row->margin);

	if (shift > margin)
		return nb_compare_detectable(deviation, a, b, alpha, row->margin) <= shift;
	return nb_stats_detectable(deviation, a, b, 1 - options->confidence, power) <=
	       margin - shift;
}

/* The fewest; more sessions never settle less, so that halving the range finds them. */
static int sessions_to_settle(const struct nb_compare_options *options,
			      const struct nb_compare_row *row, double alpha)
{
	double deviation = deviation_of(row);
	size_t low = 1, high = SESSIONS_MAX;

	if (!would_settle(options, row, deviation, alpha, high))
		return -1;
	while (low < high) {
		size_t middle = (low + high) / 2;

		if (would_settle(options, row, deviation, alpha, middle))
			high = middle;
		else
			low = middle + 1;
	}
	return (int)low;
}

/* Three ways: a change beyond the margin, none beyond it, or not enough data to say. */
static enum nb_verdict three_way(const struct nb_shift *ratio, double p, double margin, double rate,
				 bool lower_is_better)
{
	bool worse = lower_is_better ? ratio->shift > 1 : ratio->shift < 1;
	/* The inverse of a ratio gets the same answer: 3 % more is 1.03, 3 % less is 1 / 1.03. */
	bool beyond = fabs(log(ratio->shift)) > log1p(margin);

	if (isnan(ratio->low) || isnan(p))
		return NB_INCONCLUSIVE;
	if (p <= rate && (ratio->low > 1 || ratio->high < 1) && beyond)
		return worse ? NB_REGRESSED : NB_IMPROVED;
	if (ratio->low > 1 / (1 + margin) && ratio->high < 1 + margin)
		return NB_SAME;
	return NB_INCONCLUSIVE;
}

void nb_compare_judge(const struct nb_compare_options *options,
		      const struct nb_compare_suite *suite, struct nb_compare_row *row)
{
	bool lower = row->series.lower_is_better;
	double alpha = nb_compare_threshold(options, suite, row->p_adjusted <= options->rate);

	if (row->base.sessions == 0 || row->candidate.sessions == 0) {
		row->verdict = NB_INVALID;
		return;
	}
	if (row->indicative)
		return;
	row->mde = expm1(nb_stats_detectable(deviation_of(row), row->base.sessions,
					     row->candidate.sessions, alpha, power));
	row->verdict = three_way(&(struct nb_shift){ row->ratio, row->low, row->high },
				 row->p_adjusted, row->margin, options->rate, lower);
	row->tail = three_way(&(struct nb_shift){ row->tail_ratio, row->tail_low, row->tail_high },
			      row->tail_p_adjusted, fmax(row->margin, tail_margin), options->rate,
			      lower);
	if (row->verdict == NB_INCONCLUSIVE)
		row->more_sessions = sessions_to_settle(options, row, alpha);
}
