/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "nestbench/check.h"

#include "run_private.h"

int nb_run_fail(struct nb_run_verdict *verdict, enum nb_outcome outcome, const char *reason)
{
	verdict->outcome = outcome;
	verdict->final = outcome == NB_SKIP;
	nb_base_copy(verdict->reason, sizeof(verdict->reason), reason);
	return -1;
}

static void fill_unknown(struct nb_round *round)
{
	round->min = round->p50 = round->p95 = round->p99 = round->p999 = round->max = NAN;
	round->exits_per_op = round->expected = NAN;
	round->tick_hz = round->null_ticks = NAN;
	round->evidence = NB_UNAVAILABLE;
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
	uint64_t host = nb_run_entry_bench(entry)->host;
	bool in_guest = guest && host != NB_HOST_DIRTY_FETCH && host != NB_HOST_MEMSLOT;

	fill_unknown(round);
	round->outcome = exchange->verdict.outcome;
	nb_base_copy(round->reason, sizeof(round->reason), exchange->verdict.reason);
	round->clock = in_guest && !exchange->tuning.untimed ? NB_CLOCK_GUEST_TSC : NB_CLOCK_HOST;
	round->guards = exchange->guards;
	if (round->outcome != NB_OK)
		return 0;
	round->guards.tsc_ppm = (exchange->tsc_hz / session_hz - 1) * 1e6;
	round->guards.tags = nb_run_guards_judge(&round->guards, exchange->fifo);
	round->batch = (int64_t)exchange->tuning.batch;
	round->tick_hz = exchange->tick_hz;
	round->null_ticks = exchange->null_ticks;
	fill_evidence(entry, exchange, round);
	return nb_record_fill(&entry->series, exchange->samples, (size_t)exchange->tuning.count,
			      round, error);
}
