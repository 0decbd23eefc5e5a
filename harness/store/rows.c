/* SPDX-License-Identifier: Apache-2.0 */
#include <limits.h>
#include <string.h>

#include "store_private.h"

/* Each function lists the columns of one table, for both directions (struct nb_walk). */

enum { LEVEL_MAX = 64 };

static const char *outcome_word(int value)
{
	return nb_record_outcome_name((enum nb_outcome)value);
}

static const char *vantage_word(int value)
{
	return nb_record_vantage_name((enum nb_vantage)value);
}

static const char *clock_word(int value)
{
	return nb_record_clock_name((enum nb_clock)value);
}

static const char *evidence_word(int value)
{
	return nb_record_evidence_name((enum nb_evidence)value);
}

static void walk_int(struct nb_walk *walk, const char *name, int *value, int max)
{
	int64_t wide = *value;

	nb_walk_count(walk, name, &wide, max);
	*value = (int)wide;
}

enum {
	VERSION_SIZE = sizeof(((struct nb_session *)0)->version),
	PROFILE_SIZE = sizeof(((struct nb_session *)0)->profile),
};
_Static_assert(sizeof(((struct nb_timeline_session *)0)->version) == VERSION_SIZE &&
		       sizeof(((struct nb_timeline_session *)0)->profile) == PROFILE_SIZE,
	       "a timeline has room for what a session says");

/* The columns with which a session begins, whole or in a timeline. */
static void walk_origin(struct nb_walk *walk, char id[NB_ULID_SIZE],
			char started[NB_TIMESTAMP_SIZE], char version[VERSION_SIZE],
			char profile[PROFILE_SIZE])
{
	nb_walk_text(walk, "ulid", id, NB_ULID_SIZE);
	if (!nb_base_ulid_valid(id) && !walk->bad)
		walk->bad = "ulid";
	nb_walk_text(walk, "started", started, NB_TIMESTAMP_SIZE);
	nb_walk_text(walk, "version", version, VERSION_SIZE);
	nb_walk_text(walk, "profile", profile, PROFILE_SIZE);
}

void nb_store_session_fields(struct nb_walk *walk, struct nb_session *session)
{
	walk_origin(walk, session->id, session->started, session->version, session->profile);
	nb_walk_bits(walk, "seed", &session->seed);
	walk_int(walk, "level", &session->level, LEVEL_MAX);
	walk_int(walk, "cpu", &session->cpu, INT_MAX);
	nb_walk_flag(walk, "fifo", &session->fifo);
	nb_walk_flag(walk, "locked", &session->locked);
	nb_walk_flag(walk, "partial", &session->partial);
}

/* Those of a session that a timeline tells: thousands of whole ones would take their time. */
void nb_store_timeline_fields(struct nb_walk *walk, struct nb_timeline_session *session)
{
	walk_origin(walk, session->id, session->started, session->version, session->profile);
	walk_int(walk, "level", &session->level, LEVEL_MAX);
	nb_walk_flag(walk, "partial", &session->partial);
	nb_walk_flag(walk, "valid", &session->valid);
}

void nb_store_label_fields(struct nb_walk *walk, struct nb_label *label)
{
	nb_walk_text(walk, "key", label->key, sizeof(label->key));
	nb_walk_text(walk, "value", label->value, sizeof(label->value));
}

void nb_store_series_fields(struct nb_walk *walk, struct nb_series *series)
{
	int vantage = (int)series->vantage;

	nb_walk_text(walk, "benchmark", series->benchmark, sizeof(series->benchmark));
	nb_walk_word(walk, "vantage", &vantage, vantage_word, NB_GUEST);
	nb_walk_text(walk, "params", series->params, sizeof(series->params));
	nb_walk_text(walk, "metric", series->metric, sizeof(series->metric));
	nb_walk_text(walk, "unit", series->unit, sizeof(series->unit));
	nb_walk_flag(walk, "lower_is_better", &series->lower_is_better);
	series->vantage = (enum nb_vantage)vantage;
}

/* What no single column shows. Nothing can be divided by a batch or a clock of zero. */
static const char *round_fault(const struct nb_round *round)
{
	if (round->outcome != NB_OK)
		return round->reason[0] == '\0' ? "reason" : NULL;
	if (round->batch == 0)
		return "batch";
	return round->tick_hz <= 0 ? "tick_hz" : NULL;
}

static void walk_words(struct nb_walk *walk, struct nb_round *round)
{
	int outcome = (int)round->outcome;
	int clock = (int)round->clock;
	int evidence = (int)round->evidence;

	nb_walk_word(walk, "outcome", &outcome, outcome_word, NB_ERROR);
	nb_walk_word(walk, "clock", &clock, clock_word, NB_CLOCK_GUEST_TSC);
	nb_walk_word(walk, "evidence", &evidence, evidence_word, NB_UNAVAILABLE);
	round->outcome = (enum nb_outcome)outcome;
	round->clock = (enum nb_clock)clock;
	round->evidence = (enum nb_evidence)evidence;
}

void nb_store_round_fields(struct nb_walk *walk, struct nb_round *round)
{
	int64_t ordinal = round->ordinal;

	nb_walk_number(walk, "ordinal", &ordinal, NB_STORE_ROUNDS_MAX - 1);
	round->ordinal = (int)ordinal;
	walk_words(walk, round);
	nb_walk_text(walk, "reason", round->reason, sizeof(round->reason));
	nb_walk_count(walk, "samples", &round->samples, INT32_MAX);
	nb_walk_count(walk, "batch", &round->batch, INT32_MAX);
	nb_walk_real(walk, "tick_hz", &round->tick_hz);
	nb_walk_real(walk, "null_ticks", &round->null_ticks);
	nb_walk_real(walk, "min", &round->min);
	nb_walk_real(walk, "p50", &round->p50);
	nb_walk_real(walk, "p95", &round->p95);
	nb_walk_real(walk, "p99", &round->p99);
	nb_walk_real(walk, "p999", &round->p999);
	nb_walk_real(walk, "max", &round->max);
	nb_walk_count(walk, "ops", &round->ops, NB_STORE_COUNT_MAX);
	nb_walk_real(walk, "exits_per_op", &round->exits_per_op);
	nb_walk_real(walk, "expected", &round->expected);
	if (!walk->bad)
		walk->bad = round_fault(round);
}

void nb_store_guard_fields(struct nb_walk *walk, struct nb_guards *guards)
{
	int64_t tags = guards->tags;

	nb_walk_real(walk, "wall_ms", &guards->wall_ms);
	nb_walk_real(walk, "steal_ms", &guards->steal_ms);
	nb_walk_count(walk, "switches", &guards->switches, NB_STORE_COUNT_MAX);
	nb_walk_count(walk, "migrations", &guards->migrations, NB_STORE_COUNT_MAX);
	nb_walk_count(walk, "clocksource", &guards->clocksource, NB_STORE_COUNT_MAX);
	nb_walk_real(walk, "tsc_ppm", &guards->tsc_ppm);
	nb_walk_real(walk, "stall_us", &guards->stall_us);
	nb_walk_count(walk, "swap_ins", &guards->swap_ins, NB_STORE_COUNT_MAX);
	nb_walk_real(walk, "psi_cpu_ms", &guards->psi_cpu_ms);
	nb_walk_real(walk, "canary_before_us", &guards->canary_before_us);
	nb_walk_real(walk, "canary_after_us", &guards->canary_after_us);
	nb_walk_number(walk, "tags", &tags, UINT32_MAX);
	guards->tags = (uint32_t)tags;
}

void nb_store_exit_fields(struct nb_walk *walk, struct nb_exit_kind *kind)
{
	nb_walk_text(walk, "name", kind->name, sizeof(kind->name));
	nb_walk_count(walk, "count", &kind->count, NB_STORE_COUNT_MAX);
}

/* What no single column shows: a reason belongs to each outcome but NB_OK. */
void nb_store_summary_fields(struct nb_walk *walk, struct nb_digest_row *row)
{
	int outcome = (int)row->outcome;
	int evidence = (int)row->evidence;

	nb_walk_word(walk, "outcome", &outcome, outcome_word, NB_ERROR);
	walk_int(walk, "level", &row->level, LEVEL_MAX + 2);
	nb_walk_word(walk, "evidence", &evidence, evidence_word, NB_UNAVAILABLE);
	nb_walk_text(walk, "reason", row->reason, sizeof(row->reason));
	nb_walk_number(walk, "rounds", &row->rounds, NB_STORE_ROUNDS_MAX);
	nb_walk_number(walk, "tagged_rounds", &row->tagged_rounds, NB_STORE_ROUNDS_MAX);
	nb_walk_count(walk, "batch", &row->batch, INT32_MAX);
	nb_walk_real(walk, "p50", &row->p50);
	nb_walk_real(walk, "ci_low", &row->ci_low);
	nb_walk_real(walk, "ci_high", &row->ci_high);
	nb_walk_real(walk, "p99", &row->p99);
	row->outcome = (enum nb_outcome)outcome;
	row->evidence = (enum nb_evidence)evidence;
	if (row->outcome != NB_OK && row->reason[0] == '\0' && !walk->bad)
		walk->bad = "reason";
}

static void walk_plain(struct nb_walk *walk, const char *name, char *text, size_t size)
{
	nb_walk_text(walk, name, text, size);
	if (!walk->bad && !nb_store_plain(text))
		walk->bad = name;
}

void nb_store_baseline_fields(struct nb_walk *walk, struct nb_store_baseline *baseline)
{
	nb_walk_text(walk, "name", baseline->name, sizeof(baseline->name));
	if (!walk->bad && !nb_store_name_valid(baseline->name))
		walk->bad = "name";
	nb_walk_text(walk, "created", baseline->created, sizeof(baseline->created));
	walk_plain(walk, "provenance", baseline->provenance, sizeof(baseline->provenance));
}

void nb_store_event_fields(struct nb_walk *walk, struct nb_event *event)
{
	char moment[NB_TIMESTAMP_SIZE];

	nb_walk_text(walk, "ulid", event->id, sizeof(event->id));
	if (!walk->bad && !nb_base_ulid_valid(event->id))
		walk->bad = "ulid";
	/* Sorted as text, so there is one way to write a time. */
	nb_walk_text(walk, "at", event->at, sizeof(event->at));
	if (!walk->bad &&
	    (!nb_store_read_moment(event->at, moment) || strcmp(moment, event->at) != 0))
		walk->bad = "at";
	walk_plain(walk, "text", event->text, sizeof(event->text));
}

void nb_store_comparison_fields(struct nb_walk *walk, struct nb_store_verdicts *comparison)
{
	nb_walk_text(walk, "comparison", comparison->id, sizeof(comparison->id));
	if (!walk->bad && !nb_base_ulid_valid(comparison->id))
		walk->bad = "comparison";
	nb_walk_text(walk, "created", comparison->created, sizeof(comparison->created));
	nb_walk_text(walk, "base", comparison->base, sizeof(comparison->base));
	nb_walk_text(walk, "candidate", comparison->candidate, sizeof(comparison->candidate));
	nb_walk_text(walk, "method", comparison->method, sizeof(comparison->method));
	nb_walk_text(walk, "version", comparison->version, sizeof(comparison->version));
	nb_walk_bits(walk, "seed", &comparison->seed);
}

void nb_store_verdict_fields(struct nb_walk *walk, struct nb_store_verdict *verdict)
{
	nb_walk_real(walk, "margin", &verdict->margin);
	nb_walk_real(walk, "ratio", &verdict->ratio);
	nb_walk_real(walk, "ci_low", &verdict->ci_low);
	nb_walk_real(walk, "ci_high", &verdict->ci_high);
	nb_walk_real(walk, "p_adjusted", &verdict->p_adjusted);
	nb_walk_real(walk, "mde", &verdict->mde);
	nb_walk_flag(walk, "indicative", &verdict->indicative);
	/* Which words there are is the table's to say. */
	nb_walk_text(walk, "verdict", verdict->verdict, sizeof(verdict->verdict));
}
