/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_MODEL_H
#define NB_MODEL_H

#include <stdbool.h>
#include <stddef.h>

#include "nestbench/error.h"
#include "nestbench/record.h"

/*
 * What one more level of nesting would cost, from a session at one level: its user mode is at level
 * L, its guests are at L+1. R, the time of one exit at L+1 over that at L, is N(L+1)/N(L) of
 * nestbench/recurrence.h in units of one round trip; with f = b (one step cannot tell them apart)
 * R = 1 + b at every level. A second session at L+1 checks what was foretold for its guest.
 *
 * Intervals are interval arithmetic on the 95 % intervals of the sessions' medians: a function is
 * evaluated at all corners of the box of its arguments (the vertex method: W. Dong and H. C. Shah,
 * Fuzzy Sets and Systems 24, 1987), which is exact where it rises or falls in each of them, as all
 * functions here do. n medians lie in their box with at least 1 - n * 5 % (Bonferroni): 90 % for
 * two. An interval is that of the measurement's noise; that the recurrence holds is the assumption.
 */
struct nb_model_value {
	double value, low, high; /* NAN where not known; low, high: below 6 rounds */
};

enum nb_model_origin { NB_MEASURED, NB_FITTED, NB_EXTRAPOLATED };
const char *nb_model_origin_name(enum nb_model_origin origin); /* "measured" */

/* Published R of exits on x86: PVM's invalid opcode (SOSP 2023), NEVE's hypercall (SOSP 2017). */
#define NB_MODEL_RATIO_LOW  5.5
#define NB_MODEL_RATIO_HIGH 31.0
/*
 * Faster than this an instruction has not left the VM: the fastest exit in NOVA (EuroSys 2010) took
 * 1,016 cycles, a CPUID without one takes about 100 (Turtles).
 */
#define NB_MODEL_EXIT_NS 150.0

/* One operation at level and one deeper, in ns. */
struct nb_model_step {
	struct nb_series upper, deeper;
	int level; /* of upper */
	bool used; /* false: note says why the fit does without it */
	double exits_per_op;
	struct nb_model_value upper_time, deeper_time, ratio, b;
	/* Of the deep session: the same at level + 1 in its user mode, at level + 2 in its guest.
	 */
	struct nb_model_value again, third;
	struct nb_model_value f; /* fitted from third, where level is 1; else NAN */
	char note[160];
};

/* The first operation of the fit, level by level; ideal: at most, with direct delivery. */
struct nb_model_level {
	int level;
	struct nb_model_value exits, time;
	double ideal;
	enum nb_model_origin origin; /* of time; exits are fitted or extrapolated */
};

enum nb_model_kind { NB_MODEL_EXIT, NB_MODEL_INTERRUPT, NB_MODEL_EXCEPTION };
const char *nb_model_kind_name(enum nb_model_kind kind); /* "exit" */

/* One series of the shallow session's guest, and what it would take at level `target`. */
struct nb_model_row {
	enum nb_model_kind kind;
	struct nb_series series;
	double exits_per_op; /* NAN: not counted */
	bool forwarded;	     /* it exits, so its cost multiplies; false: it stays as it is */
	bool own;	     /* by its own R; false: by that of all operations */
	struct nb_model_value measured, predicted;
	struct nb_model_value found; /* in the deep session */
	double error;		     /* found over predicted, minus 1; NAN: nothing found */
	bool covered;		     /* predicted's interval holds found's value */
};

/* bound: growth^levels of the slowest single exit, times exits per operation. */
struct nb_model_bound {
	struct nb_series series;
	int level;
	bool is_max; /* of all samples; false: p99.9 */
	double worst, bound;
	bool broken;
};

struct nb_model_depth {
	double rate;		/* interrupts a second */
	int depth, least, most; /* levels; -1: not known */
};

struct nb_model; /* nestbench/model_result.h */
struct nb_model_options {
	int level; /* of the shallow session's system; NB_LEVEL_UNKNOWN: as it says itself */
	bool include_invalid;
	const double *rates; /* NULL: 1, 10, 100, 1000 a second */
	size_t rate_count;
};

/*
 * shallow and deep (NULL: none) in either order. 0 also where nothing can be fitted: model->reason
 * says why then. -EINVAL: a level is not known; -EEXIST: both are of one level; -ENODATA: a session
 * is invalid. The caller frees *model.
 */
int nb_model_make(const struct nb_record *shallow, const struct nb_record *deep,
		  const struct nb_model_options *options, struct nb_model *model,
		  struct nb_error *error);
void nb_model_free(struct nb_model *model); /* safe on an empty one */

#endif
