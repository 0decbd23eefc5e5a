/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <math.h>

#include "model_private.h"

const char *const nb_model_interrupts[NB_MODEL_INTERRUPTS] = {
	"irq.self_ipi",
	"irq.ipi_halted",
	"irq.timer_deadline",
};

const struct nb_model_value nb_model_unknown = { NAN, NAN, NAN };

struct nb_model_value nb_model_exactly(double value)
{
	return (struct nb_model_value){ value, value, value };
}

/* fmin() and fmax() would pass over a corner that is not known. */
static void widen(struct nb_model_value *range, double corner)
{
	range->low = isnan(corner) || corner < range->low ? corner : range->low;
	range->high = isnan(corner) || corner > range->high ? corner : range->high;
}

struct nb_model_value nb_model_propagate(nb_model_function function, int level,
					 const struct nb_model_value *inputs, size_t count)
{
	double at[NB_MODEL_INPUTS] = { 0 };
	struct nb_model_value range;

	assert(count <= NB_MODEL_INPUTS);
	for (size_t i = 0; i < count; i++)
		at[i] = inputs[i].value;
	range = nb_model_exactly(function(at, level));
	for (unsigned corner = 0; corner < 1U << count; corner++) {
		for (size_t i = 0; i < count; i++)
			at[i] = corner & 1U << i ? inputs[i].high : inputs[i].low;
		widen(&range, function(at, level));
		if (isnan(range.low) || isnan(range.high))
			return (struct nb_model_value){ range.value, NAN, NAN };
	}
	return range;
}

static double grown(const double inputs[NB_MODEL_INPUTS], int levels)
{
	return inputs[0] * pow(inputs[1], levels);
}

struct nb_model_value nb_model_grow(struct nb_model_value base, struct nb_model_value growth,
				    int levels)
{
	const struct nb_model_value inputs[] = { base, growth };

	return nb_model_propagate(grown, levels, inputs, 2);
}

struct nb_model_value nb_model_growth(const struct nb_model *model)
{
	return (struct nb_model_value){ 1 + model->b.value, 1 + model->b.low, 1 + model->b.high };
}

const char *nb_model_origin_name(enum nb_model_origin origin)
{
	static const char *const names[] = { "measured", "fitted", "extrapolated" };

	assert(origin <= NB_EXTRAPOLATED);
	return names[origin];
}

const char *nb_model_kind_name(enum nb_model_kind kind)
{
	static const char *const names[] = { "exit", "interrupt", "exception" };

	assert(kind <= NB_MODEL_EXCEPTION);
	return names[kind];
}

const char *nb_model_unfit_name(enum nb_model_unfit unfit)
{
	static const char *const names[] = { "emulated", "unverified", "uncounted", "timeless" };

	assert(unfit < NB_MODEL_UNFITS);
	return names[unfit];
}
