/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model_private.h"

/*
 * What may exit in user mode, and the same in a guest. PAUSE is not among them: it exits once in
 * thousands, when the hypervisor thinks that it spins.
 */
static const struct {
	const char *user, *guest;
} twins[] = {
	{ "exit.cpuid", "exit.cpuid" },
	{ "exit.pio", "exit.pio_user" },
	{ "exit.rdtsc", "exit.rdtsc" },
	{ "exit.rdtscp", "exit.rdtscp" },
};

enum { TWINS = sizeof(twins) / sizeof(twins[0]) };

static double ratio_of(const double at[NB_MODEL_INPUTS], int level)
{
	(void)level;
	return at[1] / at[0];
}

static double b_of(const double at[NB_MODEL_INPUTS], int level)
{
	return ratio_of(at, level) - 1;
}

/* T(3) / T(1) = N(3) = 1 + f + b + b^2. */
static double f_of(const double at[NB_MODEL_INPUTS], int level)
{
	double b = b_of(at, level);

	return at[2] / at[0] - 1 - b - b * b;
}

/* Why the fit does without this pair; NULL: it need not. */
static const char *unfit_of(const struct nb_result *upper, const struct nb_result *deeper)
{
	static const char *const texts[] = {
		[NB_MODEL_EMULATED] = "emulated: its time in the guest is no exit's",
		[NB_MODEL_UNVERIFIED] = "unverified: KVM counted other exits than its name says",
		[NB_MODEL_UNCOUNTED] = "whether it exits in the guest was not counted",
		[NB_MODEL_TIMELESS] = "its time in the guest is not to be told from none",
	};
	enum nb_model_unfit why;

	if (!nb_model_fit_for_use(deeper, &why))
		return texts[why];
	if (!nb_model_exits(deeper))
		return "does not exit in the guest";
	if (!(upper->p50 >= NB_MODEL_EXIT_NS) || upper->ci_low <= 0)
		return "does not exit in user mode: the fastest exit takes over 150 ns";
	if (deeper->p50 <= upper->p50)
		return "no slower one level deeper: the level between has no part in it";
	return NULL;
}

static void make_step(const struct nb_model_side *side, const struct nb_result *upper,
		      const struct nb_result *deeper, struct nb_model_step *step)
{
	const struct nb_model_value times[] = { nb_model_time_of(upper), nb_model_time_of(deeper) };
	const char *unfit = side->session.level > 0
				    ? unfit_of(upper, deeper)
				    : "user mode of L0 is on the hardware: nothing exits";

	*step = (struct nb_model_step){
		.upper = upper->series,
		.deeper = deeper->series,
		.level = side->session.level,
		.used = !unfit,
		.exits_per_op = deeper->exits_per_op,
		.upper_time = times[0],
		.deeper_time = times[1],
		.ratio = nb_model_propagate(ratio_of, 0, times, 2),
		.b = nb_model_propagate(b_of, 0, times, 2),
		.again = nb_model_unknown,
		.third = nb_model_unknown,
		.f = nb_model_unknown,
	};
	if (unfit)
		nb_base_copy(step->note, sizeof(step->note), unfit);
	else if (isnan(deeper->exits_per_op))
		nb_base_copy(step->note, sizeof(step->note), "KVM counted no exits here");
}

/* The same operation in user mode of this side; NULL: none was measured. */
static const struct nb_result *twin_of(const struct nb_model_side *side,
				       const struct nb_result *deeper)
{
	struct nb_series user = { .vantage = NB_USER };

	/* ring=3 of a guest is user mode, too. */
	if (deeper->series.vantage != NB_GUEST || !nb_model_measured(deeper) ||
	    (deeper->series.params[0] && strcmp(deeper->series.params, "ring=3") != 0))
		return NULL;
	for (size_t i = 0; i < TWINS; i++) {
		if (strcmp(deeper->series.benchmark, twins[i].guest) != 0)
			continue;
		nb_base_copy(user.benchmark, sizeof(user.benchmark), twins[i].user);
		return nb_model_side_find(side, &user);
	}
	return NULL;
}

static int find_steps(const struct nb_model_side *side, struct nb_model *model,
		      struct nb_error *error)
{
	struct nb_model_step *steps = calloc(side->count + 1, sizeof(*steps));

	if (!steps)
		return nb_error_set(error, ENOMEM, "no memory for the fit");
	free(model->steps);
	model->steps = steps;
	model->step_count = 0;
	model->used_count = 0;
	model->level = side->session.level;
	for (size_t i = 0; i < side->count; i++) {
		const struct nb_result *upper = twin_of(side, &side->results[i]);

		if (!upper)
			continue;
		make_step(side, upper, &side->results[i], &steps[model->step_count]);
		model->used_count += steps[model->step_count++].used;
	}
	return 0;
}

/* How the fitted operations went on in the deep session, and what that says of f. */
static void add_third(const struct nb_model_work *work, struct nb_model_step *step)
{
	const struct nb_result *again = nb_model_side_find(work->deep, &step->upper);
	const struct nb_result *third = nb_model_side_find(work->deep, &step->deeper);
	struct nb_model_value times[] = { step->upper_time, step->deeper_time, step->third };
	enum nb_model_unfit why;

	if (!step->used || work->deep->session.level != step->level + 1)
		return;
	if (again && again->p50 > 0)
		step->again = nb_model_time_of(again);
	if (!third || !nb_model_fit_for_use(third, &why) || !nb_model_exits(third))
		return;
	step->third = nb_model_time_of(third);
	times[2] = step->third;
	/* Deeper down one step more is one equation more, but also one unknown: N of the first. */
	if (step->level == 1)
		step->f = nb_model_propagate(f_of, 0, times, 3);
	if (step->f.value < 0)
		nb_model_warn(work->model,
			      "the recurrence does not hold for %s: f would have to be %.3g, and "
			      "passing an exit on cannot cost less than nothing",
			      step->deeper.benchmark, step->f.value);
}

/* Operations differ in b for good reasons, so their range is the interval, not their spread. */
static int pool(struct nb_model *model, struct nb_error *error)
{
	double *values = calloc(model->used_count + 1, sizeof(*values));
	struct nb_model_value b = { NAN, INFINITY, -INFINITY };
	size_t count = 0;

	if (!values)
		return nb_error_set(error, ENOMEM, "no memory for the fit");
	for (size_t i = 0; i < model->step_count; i++) {
		const struct nb_model_step *step = &model->steps[i];

		if (!step->used)
			continue;
		values[count++] = step->b.value;
		b.low = step->b.low < b.low || isnan(step->b.low) ? step->b.low : b.low;
		b.high = step->b.high > b.high || isnan(step->b.high) ? step->b.high : b.high;
	}
	nb_stats_sort(values, count);
	b.value = nb_stats_quantile(values, count, 0.5);
	free(values);
	if (isnan(b.low) || isnan(b.high))
		b.low = b.high = NAN;
	model->b = b;
	return 0;
}

static bool has_guest(const struct nb_model_side *side)
{
	for (size_t i = 0; i < side->count; i++)
		if (side->results[i].series.vantage == NB_GUEST &&
		    nb_model_measured(&side->results[i]))
			return true;
	return false;
}

/* Why nothing could be fitted, and what would help. */
static void explain(const struct nb_model_side *side, struct nb_model *model)
{
	static const char run[] = "nestbench run 'exit.*' 'irq.*' 'exc.*'";
	char *reason = model->reason, *advice = model->advice;

	if (side->session.level == 0) {
		snprintf(reason, sizeof(model->reason),
			 "the session is of L0: its user mode is on the hardware, where nothing "
			 "exits, and its guest alone is one level, which is no ratio");
		snprintf(advice, sizeof(model->advice),
			 "%s inside a VM of this machine that has "
			 "/dev/kvm, then nestbench model there",
			 run);
	} else if (!has_guest(side)) {
		snprintf(reason, sizeof(model->reason),
			 "the session has no guest: nothing was measured one level deeper");
		snprintf(advice, sizeof(model->advice),
			 "nestbench doctor says whether this machine can nest; then %s", run);
	} else if (model->step_count == 0) {
		snprintf(reason, sizeof(model->reason),
			 "no operation was measured both in user mode and in the guest");
		snprintf(advice, sizeof(model->advice), "%s measures exit.cpuid in both", run);
	} else {
		snprintf(reason, sizeof(model->reason),
			 "no operation exits both in user mode and in the guest");
		snprintf(advice, sizeof(model->advice),
			 "a VM that really exits, with kvm-intel or kvm-amd in it; scripts/lab/lab "
			 "has one, and its --nested the next level");
	}
}

int nb_model_fit(struct nb_model_work *work, struct nb_error *error)
{
	struct nb_model *model = work->model;
	int status = find_steps(work->shallow, model, error);

	work->fitted = work->shallow;
	if (status < 0)
		return status;
	if (model->used_count == 0)
		explain(work->shallow, model);
	if (model->used_count == 0 && work->deep) {
		work->fitted = work->deep;
		model->from_deep = true;
		status = find_steps(work->deep, model, error);
	}
	if (status < 0 || model->used_count == 0)
		return status;
	if (model->from_deep) {
		nb_model_warn(model,
			      "the shallow session could not be fitted (%s), the deep one was",
			      model->reason);
		model->reason[0] = model->advice[0] = '\0';
	}
	for (size_t i = 0; work->deep && !model->from_deep && i < model->step_count; i++)
		add_third(work, &model->steps[i]);
	return pool(model, error);
}
