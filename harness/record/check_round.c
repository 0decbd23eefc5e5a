/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "nestbench/fields.h"

#include "record_check.h"

enum { ORDINAL_MAX = 1000000 };

static int check_words(const struct nb_round *round, struct nb_error *error)
{
	/* NB_ERROR, NB_CLOCK_GUEST_TSC and NB_UNAVAILABLE are the last of their kinds. */
	if ((unsigned)round->outcome > NB_ERROR)
		return nb_error_set(error, EINVAL, "outcome: no such word");
	if ((unsigned)round->clock > NB_CLOCK_GUEST_TSC)
		return nb_error_set(error, EINVAL, "clock: no such word");
	if ((unsigned)round->evidence > NB_UNAVAILABLE)
		return nb_error_set(error, EINVAL, "evidence: no such word");
	if (round->outcome != NB_OK && round->reason[0] == '\0')
		return nb_error_set(error, EINVAL,
				    "reason: missing, although the outcome is not ok");
	return 0;
}

static int check_numbers(const struct nb_round *round, struct nb_error *error)
{
	if (round->ordinal < 0 || round->ordinal > ORDINAL_MAX)
		return nb_error_set(error, EINVAL, "ordinal: not in 0 .. %d", ORDINAL_MAX);
#define NB_CHECK(field)        \
	if (round->field < -1) \
		return nb_error_set(error, EINVAL, #field ": negative");
	NB_ROUND_COUNTS(NB_CHECK)
#undef NB_CHECK
#define NB_CHECK(field)          \
	if (isinf(round->field)) \
		return nb_error_set(error, EINVAL, #field ": infinite");
	NB_ROUND_NUMBERS(NB_CHECK)
#undef NB_CHECK
	return 0;
}

static int check_guards(const struct nb_guards *guards, struct nb_error *error)
{
	uint32_t known = 0;

	for (uint32_t bit = 1; bit != 0 && nb_record_tag_name(bit); bit <<= 1)
		known |= bit;
	if ((guards->tags & ~known) != 0)
		return nb_error_set(error, EINVAL, "guards.tags: no such tag");
#define NB_CHECK(field)         \
	if (guards->field < -1) \
		return nb_error_set(error, EINVAL, "guards." #field ": negative");
	NB_GUARD_COUNTS(NB_CHECK)
#undef NB_CHECK
#define NB_CHECK(field)           \
	if (isinf(guards->field)) \
		return nb_error_set(error, EINVAL, "guards." #field ": infinite");
	NB_GUARD_NUMBERS(NB_CHECK)
#undef NB_CHECK
	return 0;
}

static int check_kinds(const struct nb_round *round, struct nb_error *error)
{
	if (round->kind_count > NB_KIND_MAX)
		return nb_error_set(error, EINVAL, "by_kind: more than %d", NB_KIND_MAX);
	for (size_t i = 0; i < round->kind_count; i++) {
		const struct nb_exit_kind *kind = &round->kinds[i];

		if (!nb_record_word_valid(kind->name))
			return nb_error_set(error, EINVAL, "by_kind: a name is not a plain word");
		if (kind->count < -1)
			return nb_error_set(error, EINVAL, "by_kind.%s: negative", kind->name);
		for (size_t j = 0; j < i; j++)
			if (strcmp(round->kinds[j].name, kind->name) == 0)
				return nb_error_set(error, EINVAL, "by_kind.%s: a second time",
						    kind->name);
	}
	return 0;
}

/* Of numbers that are not known nothing can be said, so they are passed over. */
static int check_order(const struct nb_round *round, struct nb_error *error)
{
	const double values[] = { round->min, round->p50,  round->p95,
				  round->p99, round->p999, round->max };
	static const char *const names[] = { "min", "p50", "p95", "p99", "p999", "max" };
	double before = -INFINITY;

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		if (values[i] < before)
			return nb_error_set(error, EINVAL, "%s: less than what stands before it",
					    names[i]);
		before = fmax(before, values[i]);
	}
	return 0;
}

int nb_record_check_round(const struct nb_series *series, const struct nb_round *round,
			  struct nb_error *error)
{
	int status = check_words(round, error);

	if (status == 0)
		status = check_numbers(round, error);
	if (status == 0)
		status = check_kinds(round, error);
	if (status == 0)
		status = check_guards(&round->guards, error);
	if (status == 0)
		status = check_order(round, error);
	return status < 0 ? status : nb_record_check_values(series, round, error);
}
