/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_RUN_H
#define NB_RUN_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nestbench/error.h"
#include "nestbench/platform.h"
#include "nestbench/record.h"

/*
 * From a choice of benchmarks to rounds. The runner forks a fresh process for every round and
 * hands each finished round to the caller; it neither prints nor stores.
 *
 *	nb_run_catalogue(&options, &catalogue, &error);
 *	nb_run_session(&options, &session, &error);    (what the session's row says)
 *	nb_run_prepare(&catalogue, &session);  (nestbench/run_storage.h)
 *	nb_run_execute(&options, &catalogue, &session, &hooks, &summary, &error);
 *	nb_run_catalogue_free(&catalogue);
 */

enum nb_profile { NB_PROFILE_QUICK, NB_PROFILE_STANDARD, NB_PROFILE_THOROUGH };

struct nb_run_options {
	const char *const *patterns; /* shell globs on benchmark names; none: all */
	size_t pattern_count;
	enum nb_profile profile;
	int rounds;	   /* 0: as the profile says */
	double max_time_s; /* 0: as the profile says */
	uint64_t seed;
	int cpu;   /* -1: the runner chooses */
	int level; /* NB_LEVEL_UNKNOWN: detect */
	const struct nb_label *labels;
	size_t label_count;
	const char *kvm_device; /* "/dev/kvm" */
	const struct nb_run_storage_options
		*storage;		   /* NULL: the working directory, WSL's drives */
	const volatile sig_atomic_t *stop; /* set by a signal handler: end after this round */
};

/* One series of the catalogue and whether it can run here. */
struct nb_run_entry {
	struct nb_series series;
	const char *summary;
	char needs[96];	 /* for a person: "/dev/kvm, irqchip"; "" for nothing */
	double expected; /* exits per operation on this CPU's vendor; NAN: none stated */
	bool runnable;
	char reason[224]; /* why it cannot run, and what to do */
	struct {
		unsigned bench, variant;
		int target; /* of storage; -1: none */
		bool ring3;
		enum nb_platform_virt virtualization;
	} at; /* the runner's own */
};

struct nb_run_catalogue {
	struct nb_run_entry *entries; /* in report order; owned */
	size_t count;
	struct nb_run_storage *storage; /* nestbench/run_storage.h; owned */
};

/*
 * Lists what the patterns choose; starts no VM. A pattern that matches nothing is -ENOENT, and
 * the text names the nearest benchmarks. Free with nb_run_catalogue_free().
 */
int nb_run_catalogue(const struct nb_run_options *options, struct nb_run_catalogue *catalogue,
		     struct nb_error *error);
void nb_run_catalogue_free(struct nb_run_catalogue *catalogue);

/* A new session's identity: id, time, machine, level, CPU; fifo and locked are tried out. */
int nb_run_session(const struct nb_run_options *options, struct nb_session *session,
		   struct nb_error *error);

/* Rounds planned (thorough: at least) and seconds they are expected to take. */
struct nb_run_estimate {
	int rounds;
	size_t runnable, skipped; /* series */
	double seconds;
};
void nb_run_estimate(const struct nb_run_options *options, const struct nb_run_catalogue *catalogue,
		     struct nb_run_estimate *estimate);

struct nb_run_progress {
	const struct nb_series *series; /* being measured now */
	int round, rounds;		/* 0-based; planned */
	size_t done, total;		/* rounds of single series */
	double eta_s;
	double half_width; /* of the series' CI so far, relative to its median; NAN: too few */
};

/* Called in the session's process. round_done may take the histogram; <0 ends the session. */
struct nb_run_hooks {
	void *context;
	int (*round_done)(void *context, size_t entry, struct nb_round *round,
			  struct nb_error *error);
	void (*progress)(void *context, const struct nb_run_progress *progress);
};

struct nb_run_summary {
	bool partial;	  /* stopped by a signal, --max-time or a failing hook */
	bool written_out; /* a target got all it may: what writes there ended before the rest */
};

/*
 * Runs the session: for each round every entry once, in an order drawn from the seed. An entry
 * that cannot run gives one NB_SKIP round with its reason. A series that timed out or is
 * unsupported is not tried again. 0 also where benchmarks failed: their rounds say so.
 */
int nb_run_execute(const struct nb_run_options *options, const struct nb_run_catalogue *catalogue,
		   const struct nb_session *session, const struct nb_run_hooks *hooks,
		   struct nb_run_summary *summary, struct nb_error *error);

#endif
