/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_RUN_PRIVATE_H
#define NB_RUN_PRIVATE_H

#include <stdbool.h>

#include "nestbench/bench.h"
#include "nestbench/image.h"
#include "nestbench/platform.h"
#include "nestbench/run.h"
#include "nestbench/vmm.h"

/* Parts of the runner, in the order in which a round uses them. */

/* profile.c: what a profile asks for. */
struct nb_run_profile {
	int rounds, rounds_max;
	double budget_ms;	  /* timed loop of one round */
	double window_ms;	  /* and at least so long: of nb_run_profile_of() */
	double io_budget_ms;	  /* the budget of bench/io */
	double io_window_ms;	  /* how long a disk's pace is watched in a round; 0: not */
	uint64_t io_window_bytes; /* no longer than so many are written */
	uint64_t io_file_bytes,
		io_written_max; /* a target's data file; all that is written to it */
	uint64_t samples_max;	/* of one round */
	double half_width;	/* stop a series once its CI is this narrow; 0: never */
	double max_time_s;
};
struct nb_run_profile nb_run_profile(const struct nb_run_options *options);
/* The same for one entry: storage has a budget of its own. */
struct nb_run_profile nb_run_profile_of(const struct nb_run_profile *profile,
					const struct nb_run_entry *entry);

/* How a series is measured; the first round finds out, later ones repeat it. */
struct nb_run_tuning {
	uint64_t count, batch; /* count 0: not found out yet */
	bool untimed;	       /* reading the clock exits: batches are timed from outside */
};

/* What became of a step of a round. */
struct nb_run_verdict {
	enum nb_outcome outcome;
	bool final; /* trying again in this session is of no use */
	char reason[224];
};

/* result.c: why a step could not be done; a skip is for good. Returns -1. */
int nb_run_fail(struct nb_run_verdict *verdict, enum nb_outcome outcome, const char *reason);

/* driver_*.c: one vantage behind one interface, so that measure.c exists once. */
struct nb_run_driver {
	void *context;
	const struct nb_bench *bench;
	bool is_null; /* the measured benchmark is the empty operation itself */
	/* The measured benchmark, or the empty operation of the same vantage. */
	int (*setup)(void *context, bool null, struct nb_run_verdict *verdict);
	int (*run)(void *context, const struct nb_run_tuning *tuning,
		   struct nb_run_verdict *verdict);
	int (*teardown)(void *context, struct nb_run_verdict *verdict);
	const uint64_t *(*samples)(void *context);
	/* KVM's counters; false where there are none. */
	bool (*counters)(void *context, struct nb_vmm_stats *stats);
	void (*close)(void *context);
};
struct nb_run_task;
int nb_run_driver_guest(struct nb_run_driver *driver, const struct nb_run_task *task,
			struct nb_run_verdict *verdict);
int nb_run_driver_user(struct nb_run_driver *driver, const struct nb_run_task *task,
		       struct nb_run_verdict *verdict);

/* user_benches.c: the benchmark of user mode with that index; NULL beyond the last. */
const struct nb_bench *nb_run_user_bench(unsigned index);

/* What the process of a round hands back, in memory that it shares with the session. */
enum { NB_RUN_SAMPLES_MAX = NB_ABI_SAMPLES_MAX };
struct nb_run_exchange {
	bool complete; /* written last */
	struct nb_run_verdict verdict;
	struct nb_run_tuning tuning;
	double tsc_hz;	/* against CLOCK_MONOTONIC_RAW, over this round */
	double tick_hz; /* of the samples: tsc_hz, or 1e9 where they were timed from outside */
	double null_ticks;
	bool counted; /* KVM's counters below are valid */
	bool emulated;
	bool fifo; /* the round ran under SCHED_FIFO */
	int64_t ops;
	uint64_t moved;	     /* bytes, by all of the round: of bench/io */
	double exits_per_op; /* of the counter that the benchmark states */
	struct nb_exit_kind kinds[NB_KIND_MAX];
	size_t kind_count;
	struct nb_guards guards;
	uint64_t samples[NB_RUN_SAMPLES_MAX];
};

/* measure.c: null and benchmark, in this process; fills all of exchange but guards.tags. */
void nb_run_measure(const struct nb_run_driver *driver, const struct nb_run_profile *profile,
		    int cpu, struct nb_run_exchange *exchange);

/* evidence.c */
struct nb_run_count {
	bool valid;
	struct nb_vmm_stats before, after;
	uint64_t samples;
};
/* Adds the growth of one more loop to what was counted before; total->samples 0: nothing yet. */
void nb_run_count_add(struct nb_run_count *total, const struct nb_run_count *loop);
int64_t nb_run_count_of(const struct nb_run_count *count, const char *name);
/* Exits of one loop but for those that the host's own interrupts caused. */
int64_t nb_run_count_exits(const struct nb_run_count *count);
void nb_run_evidence_fill(const struct nb_run_count *null, const struct nb_run_count *loop,
			  const struct nb_bench *bench, struct nb_run_exchange *exchange);
/* Which of the stated numbers is meant on this machine; NAN: none is stated. */
double nb_run_evidence_expected(const struct nb_bench *bench, enum nb_platform_virt virtualization,
				double measured);
enum nb_evidence nb_run_evidence_judge(const struct nb_run_exchange *exchange, double expected);

/* clock.c: ticks and CLOCK_MONOTONIC_RAW read together. */
struct nb_run_instant {
	uint64_t ticks;
	double raw_ns;
};
struct nb_run_instant nb_run_clock_now(void);
/* One reading, for what is timed from outside. */
double nb_run_clock_raw_ns(void);
double nb_run_clock_rate(const struct nb_run_instant *from, const struct nb_run_instant *to);

/* guards.c */
struct nb_run_watch {
	struct nb_run_instant start;
	double steal_ms, psi_ms;
	int64_t switches, swap_ins;
	int cpu;
	char clocksource[32];
};
void nb_run_guards_start(struct nb_run_watch *watch, int cpu, struct nb_guards *guards);
void nb_run_guards_stop(const struct nb_run_watch *watch, struct nb_guards *guards,
			double *tick_hz);
uint32_t nb_run_guards_judge(const struct nb_guards *guards, bool fifo);

/* conditions.c: pin, lock, priority; for the calling process. */
struct nb_run_conditions {
	bool fifo, locked;
};
/* How many CPUs this process may use; *other one that is not cpu, -1: none. */
int nb_run_conditions_cpus(int cpu, int *other);
int nb_run_conditions_enter(int cpu, struct nb_run_conditions *got, struct nb_error *error);

/* round.c: one round of one entry in a fresh process; what went wrong is in the verdict. */
struct nb_run_task {
	const struct nb_run_entry *entry;
	const struct nb_run_profile *profile;
	const char *device;
	int cpu;
	int other_cpu; /* for second threads; -1: there is none */
	const struct nb_run_storage *storage;
};
void nb_run_round(const struct nb_run_task *task, struct nb_run_exchange *exchange);

/* result.c: from the exchange to a round; the caller owns its histogram. */
int nb_run_result(const struct nb_run_entry *entry, const struct nb_run_exchange *exchange,
		  double session_hz, struct nb_round *round, struct nb_error *error);

/* order.c: a permutation of 0 .. count-1. */
void nb_run_order(size_t *order, size_t count, struct nb_random *random);

/* choice.c: does one of the patterns match? Nearest names for one that matches nothing. */
bool nb_run_chosen(const struct nb_run_options *options, const char *benchmark);
int nb_run_check_patterns(const struct nb_run_options *options, const struct nb_run_catalogue *all,
			  struct nb_error *error);

/* catalogue.c: the descriptor behind an entry. */
const struct nb_bench *nb_run_entry_bench(const struct nb_run_entry *entry);

#endif
