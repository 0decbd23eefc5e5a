/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model_private.h"

/* Fewer exits an operation than this are those of something else, now and then. */
static const double exits_least = 0.5;

int nb_model_side_make(const struct nb_record *record, int level, struct nb_model_side *side,
		       struct nb_error *error)
{
	int status = 0;

	*side = (struct nb_model_side){ .session = record->session,
					.valid = nb_record_valid(record) };
	if (level != NB_LEVEL_UNKNOWN)
		side->session.level = level;
	side->results = calloc(record->count + 1, sizeof(*side->results));
	if (!side->results)
		return nb_error_set(error, ENOMEM, "no memory for %zu series", record->count);
	while (status == 0 && side->count < record->count) {
		status = nb_record_summarise(&side->session, &record->series[side->count],
					     &side->results[side->count], error);
		side->count++;
	}
	if (status < 0)
		nb_model_side_free(side);
	return status;
}

void nb_model_side_free(struct nb_model_side *side)
{
	free(side->results);
	*side = (struct nb_model_side){ 0 };
}

bool nb_model_measured(const struct nb_result *result)
{
	return result->outcome == NB_OK && isfinite(result->p50) &&
	       strcmp(result->series.unit, "ns") == 0;
}

const struct nb_result *nb_model_side_find(const struct nb_model_side *side,
					   const struct nb_series *series)
{
	for (size_t i = 0; i < side->count; i++) {
		const struct nb_result *result = &side->results[i];

		if (result->series.vantage == series->vantage &&
		    strcmp(result->series.benchmark, series->benchmark) == 0 &&
		    strcmp(result->series.params, series->params) == 0 && nb_model_measured(result))
			return result;
	}
	return NULL;
}

struct nb_model_value nb_model_time_of(const struct nb_result *result)
{
	return (struct nb_model_value){ result->p50, result->ci_low, result->ci_high };
}

bool nb_model_kind_of(const struct nb_series *series, enum nb_model_kind *kind)
{
	static const char *const families[] = {
		[NB_MODEL_EXIT] = "exit.",
		[NB_MODEL_INTERRUPT] = "irq.",
		[NB_MODEL_EXCEPTION] = "exc.",
	};

	/* The empty operation is what all times are net of. */
	if (series->vantage != NB_GUEST || strcmp(series->benchmark, "exit.null") == 0)
		return false;
	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
		if (strncmp(series->benchmark, families[i], strlen(families[i])) != 0)
			continue;
		*kind = (enum nb_model_kind)i;
		return true;
	}
	return false;
}

/* Its name says that it leaves the VM, even where no KVM counted that. */
static bool exits_by_name(const struct nb_series *series)
{
	static const char *const names[] = { "exit.cpuid", "exit.hypercall", "exit.pio_user" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(series->benchmark, names[i]) == 0)
			return true;
	return false;
}

double nb_model_exits_of(const struct nb_result *result)
{
	enum nb_model_kind kind = NB_MODEL_EXIT;

	/* What an interrupt is expected to show are injections: its exits are among the kinds. */
	if (!nb_model_kind_of(&result->series, &kind) || kind != NB_MODEL_INTERRUPT)
		return result->exits_per_op;
	if (result->kind_count == 0 || result->ops < 1)
		return NAN;
	return (double)nb_record_count(result, "exits") / (double)result->ops;
}

/*
 * An exit that is none is not what its name says. An interrupt or an exception is one in any case,
 * and which hypervisor lets it through is what the count is there to tell.
 */
static bool is_misnamed(const struct nb_result *result)
{
	enum nb_model_kind kind = NB_MODEL_EXIT;

	return result->evidence == NB_UNVERIFIED &&
	       (!nb_model_kind_of(&result->series, &kind) || kind == NB_MODEL_EXIT);
}

bool nb_model_fit_for_use(const struct nb_result *result, enum nb_model_unfit *why)
{
	*why = NB_MODEL_UNFITS;
	if (result->evidence == NB_EMULATED)
		*why = NB_MODEL_EMULATED;
	else if (is_misnamed(result))
		*why = NB_MODEL_UNVERIFIED;
	else if (isnan(nb_model_exits_of(result)) && !exits_by_name(&result->series))
		*why = NB_MODEL_UNCOUNTED;
	else if (!(result->p50 > 0) || result->ci_low <= 0)
		*why = NB_MODEL_TIMELESS;
	return *why == NB_MODEL_UNFITS;
}

bool nb_model_exits(const struct nb_result *result)
{
	double exits = nb_model_exits_of(result);

	return isnan(exits) ? exits_by_name(&result->series) : exits >= exits_least;
}
