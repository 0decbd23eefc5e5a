/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_RECORD_H
#define NB_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nestbench/round.h"
#include "nestbench/session.h"

/*
 * What a measurement is, once made: the plain data that travels from the runner to the store, to
 * compare and to the writers. No behaviour but ownership and the summary over rounds. A number
 * that is not known is NAN (integers: -1), never 0.
 */

/* All rounds of one series in one session. */
struct nb_series_rounds {
	struct nb_series series;
	struct nb_round *rounds;
	size_t count;
};

/* One session whole. Zero-initialise; nb_record_free() makes it empty again. */
struct nb_record {
	struct nb_session session;
	struct nb_series_rounds *series; /* in report order */
	size_t count;
};

/* One row of every table: a series summed up over its session's rounds. */
struct nb_result {
	struct nb_series series;
	int level;
	enum nb_outcome outcome;
	char reason[224];
	int64_t rounds, samples, batch;
	double min, p50, p95, p99, p999, max; /* p50: median of round medians */
	double ci_low, ci_high;		      /* 95 %, of p50 */
	enum nb_evidence evidence;
	double exits_per_op, expected;
	struct nb_exit_kind kinds[NB_KIND_MAX]; /* summed over rounds */
	size_t kind_count;
	int64_t ops;
	enum nb_clock clock;
	double null_p50;       /* what was subtracted, in the series' unit per operation */
	int64_t tagged_rounds; /* with any guard tag */
	uint32_t tags;	       /* of all rounds together */
};

/* Frees what the record owns and makes it empty; safe on an empty one. */
void nb_record_free(struct nb_record *record);

/*
 * Appends a copy of *round to its series, which is added at the end if it is new. Takes over the
 * round's histogram: on success round->histogram is empty afterwards.
 */
int nb_record_append(struct nb_record *record, const struct nb_series *series,
		     struct nb_round *round, struct nb_error *error);

/*
 * Sums a series up (DESIGN section 5): p50 is the median of the round medians of its NB_OK
 * rounds, ci95 its order-statistic interval, higher percentiles come from all samples merged and
 * are NAN below 72 (p95), 368 (p99) and 3 688 (p99.9) samples. Outcome, evidence: the worst
 * round's.
 */
int nb_record_summarise(const struct nb_session *session, const struct nb_series_rounds *series,
			struct nb_result *result, struct nb_error *error);

/*
 * The distribution of one series over all its rounds: values in the series' unit, net of each
 * round's null, with their counts; sorted by value. The caller frees *points.
 */
struct nb_point {
	double value;
	uint64_t count;
};
int nb_record_distribution(const struct nb_series_rounds *series, struct nb_point **points,
			   size_t *count, struct nb_error *error);

/* False when more than 20 % of all rounds carry a guard tag: not to be compared. */
bool nb_record_valid(const struct nb_record *record);

/*
 * How deep below the session's system a series is measured: 0 in its user mode, 1 in its guest, 2
 * in that guest's own guest (nested.*).
 */
int nb_record_depth(const struct nb_series *series);
/* The level of the measured code; NB_LEVEL_UNKNOWN where the session's own is not known. */
int nb_record_level(const struct nb_session *session, const struct nb_series *series);
/*
 * All exits of an operation by KVM's own counters, host interrupts left out, whatever the benchmark
 * expects to be counted; NAN: not counted.
 */
double nb_record_exits(const struct nb_result *result);
/* One of these counters over all rounds; 0: it has not grown, or there is none. */
int64_t nb_record_count(const struct nb_result *result, const char *kind);

/* Net value of one raw tick count of a round, in the series' unit (time units only). */
double nb_record_value(const struct nb_series *series, const struct nb_round *round, double ticks);

/* Words for enums, as stored and printed ("ok", "guest", "guest-tsc", "verified"). */
const char *nb_record_outcome_name(enum nb_outcome outcome);
const char *nb_record_vantage_name(enum nb_vantage vantage);
const char *nb_record_clock_name(enum nb_clock clock);
const char *nb_record_evidence_name(enum nb_evidence evidence);
/* "steal", "switches", ... for one bit of enum nb_guard_tag; NULL for any other value. */
const char *nb_record_tag_name(uint32_t tag);

#endif
