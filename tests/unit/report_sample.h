/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_TESTS_REPORT_SAMPLE_H
#define NB_TESTS_REPORT_SAMPLE_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nestbench/check.h"
#include "nestbench/record.h"
#include "nestbench/report.h"

/*
 * A session made by hand, with something of everything that a writer has to show. Ticks are
 * nanoseconds, so that expected texts can be worked out in the head.
 */

enum { SAMPLE_ROUNDS = 6, SAMPLE_COUNT = 401 };

static inline struct nb_series sample_series(const char *benchmark, enum nb_vantage vantage,
					     const char *params)
{
	struct nb_series series = {
		.vantage = vantage, .metric = "latency", .unit = "ns", .lower_is_better = true
	};

	nb_base_copy(series.benchmark, sizeof(series.benchmark), benchmark);
	nb_base_copy(series.params, sizeof(series.params), params);
	return series;
}

/* Gives the round these samples, and the values that they have by its clock, batch and null. */
static inline void sample_fill(struct nb_round *round, const uint64_t *ticks, size_t count)
{
	const struct nb_series series = { .unit = "ns" };

	nb_stats_histogram_free(&round->histogram);
	if (nb_record_fill(&series, ticks, count, round, NULL) < 0)
		abort();
}

/* SAMPLE_COUNT samples in a row of steps of one tick around centre + null. */
static inline struct nb_round sample_round(int ordinal, double centre, double null_ticks)
{
	struct nb_round round = {
		.ordinal = ordinal,
		.batch = 1,
		.tick_hz = 1e9,
		.null_ticks = null_ticks,
		.clock = NB_CLOCK_GUEST_TSC,
		.evidence = NB_VERIFIED,
		.ops = SAMPLE_COUNT,
		.exits_per_op = 1,
		.expected = 1,
		.guards = { .wall_ms = 1.25,
			    .steal_ms = 0,
			    .clocksource = 0,
			    .tsc_ppm = -0.1,
			    .stall_us = 3,
			    .swap_ins = -1,
			    .psi_cpu_ms = NAN,
			    .canary_before_us = 10,
			    .canary_after_us = 10 },
	};
	uint64_t ticks[SAMPLE_COUNT];

	for (int i = 0; i < SAMPLE_COUNT; i++)
		ticks[i] = (uint64_t)(centre + null_ticks) - SAMPLE_COUNT / 2 + (uint64_t)i;
	sample_fill(&round, ticks, SAMPLE_COUNT);
	return round;
}

static inline struct nb_round sample_failure(enum nb_outcome outcome, const char *reason)
{
	struct nb_round round = {
		.outcome = outcome,
		.tick_hz = NAN,
		.null_ticks = NAN,
		.min = NAN,
		.p50 = NAN,
		.p95 = NAN,
		.p99 = NAN,
		.p999 = NAN,
		.max = NAN,
		.batch = -1,
		.ops = -1,
		.exits_per_op = NAN,
		.expected = NAN,
		.evidence = NB_UNAVAILABLE,
	};

	nb_base_copy(round.reason, sizeof(round.reason), reason);
	return round;
}

static inline void sample_append(struct nb_record *record, const struct nb_series *series,
				 struct nb_round round)
{
	if (nb_record_append(record, series, &round, NULL) < 0)
		abort();
}

/* A series of SAMPLE_ROUNDS rounds whose medians step by one around centre. */
static inline struct nb_series_rounds *sample_measured(struct nb_record *record,
						       const char *benchmark,
						       enum nb_vantage vantage, const char *params,
						       double centre)
{
	struct nb_series series = sample_series(benchmark, vantage, params);

	for (int i = 0; i < SAMPLE_ROUNDS; i++)
		sample_append(record, &series, sample_round(i, centre + i - 2, 1000));
	return &record->series[record->count - 1];
}

static inline void sample_session(struct nb_session *session)
{
	*session = (struct nb_session){
		.id = "01JD6QJ3C0ABCDEFGHJKMNPQRS",
		.started = "2026-11-21T03:12:05.123Z",
		.version = "0.1.0",
		.profile = "quick",
		.seed = 42,
		.level = 1,
		.cpu = 1,
		.fifo = true,
		.label_count = 1,
		.labels = { { "size", "D4s_v5, large" } },
		.machine = { .platform = "Microsoft Hv/cpu 6.85.7/1x2x2/L1/tsc",
			     .cpu_vendor = "GenuineIntel",
			     .cpu_brand = "Example CPU",
			     .hypervisor = "Microsoft Hv",
			     .kernel = "6.1.0-28-amd64",
			     .clocksource = "tsc",
			     .cpu_family = 6,
			     .cpu_model = 85,
			     .cpu_stepping = 7,
			     .cpus = 4,
			     .memory_bytes = INT64_C(17179869184),
			     .swap_bytes = -1 },
	};
}

static inline void sample_record(struct nb_record *record)
{
	struct nb_series skipped = sample_series("exit.rdpmc", NB_GUEST, "");
	struct nb_series failed = sample_series("exit.hypercall", NB_GUEST, "");
	struct nb_series_rounds *series;

	*record = (struct nb_record){ 0 };
	sample_session(&record->session);
	sample_measured(record, "exit.cpuid", NB_USER, "", 2000);
	series = sample_measured(record, "exit.cpuid", NB_GUEST, "", 50000);
	series->rounds[0].kinds[0] = (struct nb_exit_kind){ "exits", 401 };
	series->rounds[0].kinds[1] = (struct nb_exit_kind){ "halt_exits", 0 };
	series->rounds[0].kind_count = 2;
	series->rounds[1].guards.tags = NB_TAG_STEAL;
	series->rounds[2].guards.tags = NB_TAG_STEAL | NB_TAG_SWITCHES;
	series = sample_measured(record, "exit.msr_read", NB_GUEST, "match=data,ring=3", 1200000);
	for (size_t i = 0; i < series->count; i++) {
		series->rounds[i].evidence = NB_UNVERIFIED;
		series->rounds[i].exits_per_op = 0.05;
	}
	sample_append(record, &skipped, sample_failure(NB_SKIP, "no performance counters here"));
	sample_append(record, &failed, sample_failure(NB_ERROR, "timed out"));
}

/* For cmocka: *state is a record of its own for each test. */
static inline int sample_setup(void **state)
{
	struct nb_record *record = calloc(1, sizeof(*record));

	if (!record)
		return -1;
	sample_record(record);
	*state = record;
	return 0;
}

static inline int sample_teardown(void **state)
{
	nb_record_free(*state);
	free(*state);
	return 0;
}

#define SAMPLE_TEST(test) cmocka_unit_test_setup_teardown(test, sample_setup, sample_teardown)

/* A stream to write to, whose text sample_text() gives when all is written. */
struct sample_stream {
	FILE *file;
	char *text;
	size_t size;
};

static inline void sample_open(struct sample_stream *stream)
{
	stream->file = open_memstream(&stream->text, &stream->size);
	if (!stream->file)
		abort();
}

/* What was written, unless that failed; the caller frees it. */
static inline char *sample_text(struct sample_stream *stream, int status)
{
	fclose(stream->file);
	if (status < 0)
		abort();
	return stream->text;
}

static inline char *sample_table(const struct nb_record *record, bool colour, int width)
{
	struct nb_report_style style = { .colour = colour, .width = width };
	struct sample_stream stream;

	sample_open(&stream);
	return sample_text(&stream, nb_report_table(stream.file, record, &style, NULL));
}

static inline char *sample_json(const struct nb_record *record, bool rounds)
{
	struct sample_stream stream;

	sample_open(&stream);
	return sample_text(&stream, nb_report_json(stream.file, record, rounds, NULL));
}

static inline char *sample_csv(const struct nb_record *record, bool header)
{
	struct sample_stream stream;

	sample_open(&stream);
	return sample_text(&stream, nb_report_csv(stream.file, record, header, NULL));
}

static inline char *sample_distribution(const struct nb_record *record, size_t series)
{
	struct nb_report_style style = { 0 };
	struct sample_stream stream;

	sample_open(&stream);
	return sample_text(&stream,
			   nb_report_distribution(stream.file, record, series, &style, NULL));
}

static inline int sample_read(const char *text, struct nb_record *record, struct nb_error *error)
{
	return nb_report_json_read(text, strlen(text), record, error);
}

/* A copy of text with the first occurrence of what replaced; the caller frees it. */
static inline char *sample_replaced(const char *text, const char *what, const char *by)
{
	const char *place = strstr(text, what);
	size_t before;
	char *copy;

	if (!place)
		abort();
	before = (size_t)(place - text);
	copy = malloc(strlen(text) + strlen(by) + 1);
	if (!copy)
		abort();
	memcpy(copy, text, before);
	strcpy(copy + before, by);
	strcat(copy, place + strlen(what));
	return copy;
}

#endif
