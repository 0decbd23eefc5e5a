/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "run_private.h"

static void fill_unknown(struct nb_round *round)
{
	round->min = round->p50 = round->p95 = round->p99 = round->p999 = round->max = NAN;
	round->exits_per_op = round->expected = NAN;
	round->tick_hz = round->null_ticks = NAN;
	round->evidence = NB_UNAVAILABLE;
}

static double percentile(const struct nb_series *series, const struct nb_round *round,
			 const double *sorted, double q)
{
	size_t count = (size_t)round->samples;

	if (count < nb_stats_samples_needed(q))
		return NAN;
	return nb_record_value(series, round, nb_stats_quantile(sorted, count, q));
}

static int fill_values(const struct nb_series *series, const uint64_t *samples,
		       struct nb_round *round, struct nb_error *error)
{
	size_t count = (size_t)round->samples;
	double *sorted = calloc(count, sizeof(*sorted));
	int result;

	if (!sorted)
		return nb_error_set(error, ENOMEM, "no memory for a round's samples");
	for (size_t i = 0; i < count; i++)
		sorted[i] = (double)samples[i];
	nb_stats_sort(sorted, count);
	round->min = nb_record_value(series, round, sorted[0]);
	round->max = nb_record_value(series, round, sorted[count - 1]);
	round->p50 = percentile(series, round, sorted, 0.5);
	round->p95 = percentile(series, round, sorted, 0.95);
	round->p99 = percentile(series, round, sorted, 0.99);
	round->p999 = percentile(series, round, sorted, 0.999);
	result = nb_stats_histogram_build(&round->histogram, samples, count, error);
	free(sorted);
	return result;
}

static void fill_evidence(const struct nb_run_entry *entry, const struct nb_run_exchange *exchange,
			  struct nb_round *round)
{
	const struct nb_bench *bench = nb_run_entry_bench(entry);

	round->ops = exchange->ops;
	round->exits_per_op = exchange->counted ? exchange->exits_per_op : NAN;
	round->expected =
		nb_run_evidence_expected(bench, entry->at.virtualization, round->exits_per_op);
	round->evidence = nb_run_evidence_judge(exchange, round->expected);
	round->kind_count = exchange->kind_count;
	memcpy(round->kinds, exchange->kinds, exchange->kind_count * sizeof(round->kinds[0]));
}

int nb_run_result(const struct nb_run_entry *entry, const struct nb_run_exchange *exchange,
		  double session_hz, struct nb_round *round, struct nb_error *error)
{
	bool guest = entry->series.vantage == NB_GUEST;

	fill_unknown(round);
	round->outcome = exchange->verdict.outcome;
	nb_base_copy(round->reason, sizeof(round->reason), exchange->verdict.reason);
	round->clock = guest && !exchange->tuning.untimed ? NB_CLOCK_GUEST_TSC : NB_CLOCK_HOST;
	round->guards = exchange->guards;
	if (round->outcome != NB_OK)
		return 0;
	round->guards.tsc_ppm = (exchange->tsc_hz / session_hz - 1) * 1e6;
	round->guards.tags = nb_run_guards_judge(&round->guards, exchange->fifo);
	round->samples = (int64_t)exchange->tuning.count;
	round->batch = (int64_t)exchange->tuning.batch;
	round->tick_hz = exchange->tick_hz;
	round->null_ticks = exchange->null_ticks;
	fill_evidence(entry, exchange, round);
	return fill_values(&entry->series, exchange->samples, round, error);
}
