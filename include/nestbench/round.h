/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_ROUND_H
#define NB_ROUND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nestbench/stats.h"

/*
 * What one round of one series measured, and under which conditions. Plain data without
 * behaviour. A number that is not known is NAN (integers: -1), never 0.
 */

enum nb_outcome { NB_OK, NB_SKIP, NB_ERROR }; /* ordered: the worst is kept */
enum nb_vantage { NB_USER, NB_GUEST };
enum nb_clock { NB_CLOCK_HOST, NB_CLOCK_GUEST_TSC };
/* Ordered too: a series shows the worst of its rounds. */
enum nb_evidence { NB_VERIFIED, NB_EMULATED, NB_UNVERIFIED, NB_UNAVAILABLE };

enum { NB_LEVEL_UNKNOWN = -1, NB_KIND_MAX = 24 };

struct nb_series {
	char benchmark[48]; /* "exit.cpuid" */
	enum nb_vantage vantage;
	char params[96]; /* "match=data,ring=3": keys sorted, values plain words; "" for none */
	char metric[16]; /* "latency" */
	char unit[8];	 /* unit of the values: "ns" */
	bool lower_is_better;
};

/* What was watched while a round ran; one bit of tags for each guard that it failed. */
enum nb_guard_tag {
	NB_TAG_STEAL = 1 << 0,
	NB_TAG_SWITCHES = 1 << 1,
	NB_TAG_MIGRATION = 1 << 2,
	NB_TAG_CLOCKSOURCE = 1 << 3,
	NB_TAG_TSC = 1 << 4,
	NB_TAG_STALL = 1 << 5,
	NB_TAG_SWAP = 1 << 6,
	NB_TAG_PSI = 1 << 7,
	NB_TAG_CANARY = 1 << 8,
};

struct nb_guards {
	double wall_ms;	     /* length of the round */
	double steal_ms;     /* of the round's CPU, /proc/stat */
	int64_t switches;    /* involuntary context switches */
	int64_t migrations;  /* CPU at the end differs from the CPU at the start */
	int64_t clocksource; /* 1: the kernel changed its clock source */
	double tsc_ppm;	     /* TSC rate against CLOCK_MONOTONIC_RAW, from the session's first */
	double stall_us;     /* longest gap of a spin loop */
	int64_t swap_ins;    /* pages, /proc/vmstat pswpin */
	double psi_cpu_ms;   /* /proc/pressure/cpu "some" */
	double canary_before_us; /* a fixed piece of work, fastest of three */
	double canary_after_us;
	uint32_t tags; /* enum nb_guard_tag */
};

/* KVM's counters by name, as difference over the timed loop. */
struct nb_exit_kind {
	char name[32];
	int64_t count;
};

struct nb_round {
	int ordinal; /* 0 .. rounds-1 within the session */
	enum nb_outcome outcome;
	char reason[224]; /* "" only if outcome is NB_OK */
	int64_t samples;
	int64_t batch;	   /* operations per sample */
	double tick_hz;	   /* of the clock that the histogram's ticks are counted in */
	double null_ticks; /* median of the empty operation, same batch, same VM */
	enum nb_clock clock;
	/* Values in the series' unit, net of null; NAN where there are too few samples. */
	double min, p50, p95, p99, p999, max;
	enum nb_evidence evidence;
	int64_t ops;	     /* operations that the counters below cover */
	double exits_per_op; /* NAN: not counted */
	double expected;     /* exits per operation that the benchmark states; NAN: none stated */
	struct nb_exit_kind kinds[NB_KIND_MAX];
	size_t kind_count;
	struct nb_guards guards;
	struct nb_histogram histogram; /* raw ticks per sample, null included; owned */
};

#endif
