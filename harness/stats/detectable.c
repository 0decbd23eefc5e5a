/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <math.h>

#include "nestbench/inference.h"

#include "rank_sum.h"

static const double pi = 3.14159265358979323846;

/* The smallest two-sided p that the exact test can give: both extreme splits of all. */
static double smallest_p(size_t a_count, size_t b_count)
{
	double count = (double)(a_count + b_count);
	double log_splits =
		lgamma(count + 1) - lgamma((double)a_count + 1) - lgamma((double)b_count + 1);

	return 2 * exp(-log_splits);
}

double nb_stats_detectable(double deviation, size_t a_count, size_t b_count, double alpha,
			   double power)
{
	double quantiles;

	assert(alpha > 0 && alpha < 1 && power > 0 && power < 1);
	if (a_count == 0 || b_count == 0 || smallest_p(a_count, b_count) > alpha)
		return INFINITY;
	quantiles = nb_stats_normal_quantile(1 - alpha / 2) + nb_stats_normal_quantile(power);
	return quantiles * deviation * sqrt(pi / 3) *
	       sqrt(1 / (double)a_count + 1 / (double)b_count);
}

/* Sum of squares around the group's own mean. */
static double squares(const double *values, size_t count)
{
	double mean = 0, sum = 0;

	for (size_t i = 0; i < count; i++)
		mean += values[i] / (double)count;
	for (size_t i = 0; i < count; i++)
		sum += (values[i] - mean) * (values[i] - mean);
	return sum;
}

double nb_stats_pooled_deviation(const double *a, size_t a_count, const double *b, size_t b_count)
{
	size_t freedom = (a_count > 0 ? a_count - 1 : 0) + (b_count > 0 ? b_count - 1 : 0);

	if (freedom == 0)
		return NAN;
	return sqrt((squares(a, a_count) + squares(b, b_count)) / (double)freedom);
}
