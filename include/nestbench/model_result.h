/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_MODEL_RESULT_H
#define NB_MODEL_RESULT_H

#include <stdbool.h>
#include <stddef.h>

#include "nestbench/model.h"

/* What nb_model_make() finds. */

/* Why a measured series of a guest is of no use here. */
enum nb_model_unfit {
	NB_MODEL_EMULATED,   /* software ran it: no exit's time */
	NB_MODEL_UNVERIFIED, /* an exit by name, but KVM counted another number */
	NB_MODEL_UNCOUNTED,  /* whether it exits is not known */
	NB_MODEL_TIMELESS,   /* not to be told from no time at all */
	NB_MODEL_UNFITS,
};
const char *nb_model_unfit_name(enum nb_model_unfit unfit); /* "emulated" */

struct nb_model_left_out {
	struct nb_series series;
	int level;
	enum nb_model_unfit why;
};

/* What the depths are reckoned from: one interrupt at the guest's level. */
struct nb_model_interrupt {
	struct nb_series series; /* benchmark "": none measured, two of the slowest fitted exit */
	int level;
	struct nb_model_value time;
};

/* The slowest single exit of the user mode that was fitted from. */
struct nb_model_slowest {
	struct nb_series p999_of, max_of;
	double p999, max; /* NAN: too few samples */
};

/*
 * One exit of the guest's own guest to a hypervisor of ours in the guest (nested.*), which does the
 * least that any has to: what 1 + b and R are fitted for, measured one level deeper.
 */
struct nb_model_trap {
	struct nb_series series, upper; /* nested.roundtrip_cpuid; exit.cpuid of the guest */
	int level;			/* of series */
	double exits; /* that the layer below took for it, as KVM counted them; NAN: not counted */
	struct nb_model_value ratio;  /* of its time to upper's; NAN: upper was not measured */
	struct nb_model_value fitted; /* 1 + b */
	bool own;		      /* of upper alone; false: of all operations */
};

enum { NB_MODEL_WARNINGS = 16 };

struct nb_model {
	struct nb_session shallow, deep; /* with their levels; deep.id "": one session only */
	int level;			 /* L: of the user mode that was fitted from */
	int target;			 /* level that rows are predicted for */
	bool from_deep; /* the shallow session could not be fitted, the deep one was */
	char reason[240], advice[320]; /* why nothing was fitted, and what to run; "": it was */
	struct nb_model_step *steps;   /* all pairs that were measured */
	size_t step_count, used_count;
	struct nb_model_value b; /* median of the used steps; the widest of their intervals */
	struct nb_model_level *levels;
	size_t level_count;
	size_t reference; /* the step that levels are of */
	struct nb_model_trap *traps;
	size_t trap_count;
	struct nb_model_row *rows;
	size_t row_count;
	struct nb_model_bound *bounds;
	size_t bound_count, broken_count;
	struct nb_model_slowest slowest;
	struct nb_model_interrupt interrupt;
	struct nb_model_depth *depths;
	size_t depth_count;
	struct nb_model_left_out *left_out;
	size_t left_out_count;
	char warnings[NB_MODEL_WARNINGS][240];
	size_t warning_count;
};

#endif
