/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_MODEL_PRIVATE_H
#define NB_MODEL_PRIVATE_H

#include "nestbench/model_result.h"

/* The parts of nb_model_make(), in the order in which they run. */

/* value.c */
enum { NB_MODEL_INPUTS = 3, NB_MODEL_INTERRUPTS = 3 };
typedef double (*nb_model_function)(const double inputs[NB_MODEL_INPUTS], int level);

extern const struct nb_model_value nb_model_unknown;
/* The benchmarks that time one interrupt on its way to the handler. */
extern const char *const nb_model_interrupts[NB_MODEL_INTERRUPTS];
struct nb_model_value nb_model_exactly(double value);
/* The function at the corners of its arguments' box; unknown ends where an argument has none. */
struct nb_model_value nb_model_propagate(nb_model_function function, int level,
					 const struct nb_model_value *inputs, size_t count);
/* base times growth, so many levels on. */
struct nb_model_value nb_model_grow(struct nb_model_value base, struct nb_model_value growth,
				    int levels);
/* 1 + b: by which factor a level multiplies all costs, with f = b. */
struct nb_model_value nb_model_growth(const struct nb_model *model);

/* sides.c: a session as the model sees it. */
struct nb_model_side {
	struct nb_session session;
	bool valid;
	struct nb_result *results; /* owned; one a series, in report order */
	size_t count;
};
int nb_model_side_make(const struct nb_record *record, int level, struct nb_model_side *side,
		       struct nb_error *error);
void nb_model_side_free(struct nb_model_side *side);
/* The result of that series; NULL where it is not there or has no value. */
const struct nb_result *nb_model_side_find(const struct nb_model_side *side,
					   const struct nb_series *series);
struct nb_model_value nb_model_time_of(const struct nb_result *result);
bool nb_model_measured(const struct nb_result *result); /* it has a time */
/* False for what is of no use, and why. */
bool nb_model_fit_for_use(const struct nb_result *result, enum nb_model_unfit *why);
/* Exits per operation as KVM counted them; NAN: it did not. */
double nb_model_exits_of(const struct nb_result *result);
bool nb_model_exits(const struct nb_result *result); /* half an exit an operation, or more */
/* False for what is no exit, interrupt or exception. */
bool nb_model_kind_of(const struct nb_series *series, enum nb_model_kind *kind);

/* What all parts work on; deep is NULL for one session. */
struct nb_model_work {
	const struct nb_model_side *shallow, *deep;
	const struct nb_model_side *fitted; /* the one of the two that the fit is from */
	const struct nb_model_options *options;
	struct nb_model *model;
};
int nb_model_fit(struct nb_model_work *work, struct nb_error *error);
int nb_model_levels(const struct nb_model_work *work, struct nb_error *error);
/* levels.c: the time so many levels below step->level; f = b unless step->f is known. */
struct nb_model_value nb_model_step_after(const struct nb_model_step *step, int levels);
/* trap.c: what the guest's own guest says of the fit. */
int nb_model_trap(const struct nb_model_work *work, struct nb_error *error);
int nb_model_predict(const struct nb_model_work *work, struct nb_error *error);
int nb_model_limit(const struct nb_model_work *work, struct nb_error *error);
int nb_model_sink(const struct nb_model_work *work, struct nb_error *error);
void nb_model_warn(struct nb_model *model, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
