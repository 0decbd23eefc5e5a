/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "record_check.h"
#include "record_unit.h"

/*
 * What a round says of its samples, made from them and, where only the histogram is left of them,
 * compared with it. A bucket of the histogram may hold values that differ by up to 0.1 %, so the
 * comparison is with a range, which is a single number for samples below 2048 ticks.
 */
static const struct value {
	const char *name;
	double q;
	size_t offset; /* in struct nb_round */
} values[] = {
	{ "min", 0, offsetof(struct nb_round, min) },
	{ "p50", 0.5, offsetof(struct nb_round, p50) },
	{ "p95", 0.95, offsetof(struct nb_round, p95) },
	{ "p99", 0.99, offsetof(struct nb_round, p99) },
	{ "p999", 0.999, offsetof(struct nb_round, p999) },
	{ "max", 1, offsetof(struct nb_round, max) },
};

enum { VALUES = sizeof(values) / sizeof(values[0]) };

/* The ends need no more than one sample, because they speak of none but those that were taken. */
static bool has_enough(const struct value *value, uint64_t samples)
{
	return value->q <= 0 || value->q >= 1 || samples >= nb_stats_samples_needed(value->q);
}

static void set_value(struct nb_round *round, const struct value *value, double number)
{
	memcpy((char *)round + value->offset, &number, sizeof(number));
}

static double get_value(const struct nb_round *round, const struct value *value)
{
	double number;

	memcpy(&number, (const char *)round + value->offset, sizeof(number));
	return number;
}

int nb_record_fill(const struct nb_series *series, const uint64_t *ticks, size_t count,
		   struct nb_round *round, struct nb_error *error)
{
	double *sorted = calloc(count, sizeof(*sorted));

	if (!sorted)
		return nb_error_set(error, ENOMEM, "no memory for a round's samples");
	for (size_t i = 0; i < count; i++)
		sorted[i] = (double)ticks[i];
	nb_stats_sort(sorted, count);
	round->samples = (int64_t)count;
	for (size_t i = 0; i < VALUES; i++) {
		double number = nb_stats_quantile(sorted, count, values[i].q);

		set_value(round, &values[i],
			  has_enough(&values[i], count) ? nb_record_value(series, round, number)
							: NAN);
	}
	free(sorted);
	return nb_stats_histogram_build(&round->histogram, ticks, count, error);
}

/* What was not measured has no numbers that somebody could take for a measurement. */
static int check_empty(const struct nb_round *round, struct nb_error *error)
{
	if (round->samples > 0)
		return nb_error_set(error, EINVAL, "samples: some, although the outcome is not ok");
	if (round->histogram.count > 0)
		return nb_error_set(error, EINVAL,
				    "histogram: there, although the outcome is not ok");
	for (size_t i = 0; i < VALUES; i++)
		if (!isnan(get_value(round, &values[i])))
			return nb_error_set(error, EINVAL,
					    "%s: known, although the outcome is not ok",
					    values[i].name);
	return 0;
}

/* Whether values can be computed from the samples at all. */
static int check_scale(const struct nb_round *round, struct nb_error *error)
{
	if (!(round->tick_hz > 0))
		return nb_error_set(error, EINVAL, "tick_hz: not above 0");
	if (round->batch < 1)
		return nb_error_set(error, EINVAL, "batch: not above 0");
	if (!(round->null_ticks >= 0))
		return nb_error_set(error, EINVAL, "null_ticks: not 0 or above");
	if (round->histogram.count == 0)
		return nb_error_set(error, EINVAL,
				    "histogram: missing, although the outcome is ok");
	if (round->samples < 0 || (uint64_t)round->samples != round->histogram.count)
		return nb_error_set(error, EINVAL, "samples: the histogram has %llu",
				    (unsigned long long)round->histogram.count);
	return 0;
}

/*
 * Programs of two compilers may differ in the last bits of a sum; that is all that a claim may be
 * off. The sum's terms count, not its result, which can be next to nothing.
 */
static double rounding(const struct nb_series *series, const struct nb_round *round, double ticks)
{
	double scale = nb_record_units_per_second(series->unit) / round->tick_hz;

	return 1e-14 * (ticks + round->null_ticks) / (double)round->batch * scale;
}

static int check_value(const struct nb_series *series, const struct nb_round *round,
		       const struct value *value, struct nb_error *error)
{
	double claim = get_value(round, value);
	double ticks_low, ticks_high, low, high, slack;

	nb_stats_histogram_bounds(&round->histogram, value->q, &ticks_low, &ticks_high);
	low = nb_record_value(series, round, ticks_low);
	high = nb_record_value(series, round, ticks_high);
	slack = rounding(series, round, ticks_high);
	if (!isfinite(low) || !isfinite(high) || !isfinite(slack))
		return nb_error_set(error, EINVAL, "tick_hz: it makes times infinite");
	if (claim >= low - slack && claim <= high + slack)
		return 0;
	if (low < high)
		return nb_error_set(error, EINVAL, "%s: %.10g, but by the histogram %.10g .. %.10g",
				    value->name, claim, low, high);
	return nb_error_set(error, EINVAL, "%s: %.10g, but by the histogram %.10g", value->name,
			    claim, low);
}

int nb_record_check_values(const struct nb_series *series, const struct nb_round *round,
			   struct nb_error *error)
{
	/* Of other units nobody here knows how they come from ticks. */
	bool timed = nb_record_units_per_second(series->unit) > 0;
	int status;

	if (round->outcome != NB_OK)
		return check_empty(round, error);
	status = check_scale(round, error);
	for (size_t i = 0; status == 0 && i < VALUES; i++) {
		const struct value *value = &values[i];
		bool known = !isnan(get_value(round, value));

		if (known != has_enough(value, round->histogram.count))
			status =
				nb_error_set(error, EINVAL, "%s: %s from %llu samples", value->name,
					     known ? "cannot be known" : "missing, but known",
					     (unsigned long long)round->histogram.count);
		else if (known && timed)
			status = check_value(series, round, value, error);
	}
	return status;
}
