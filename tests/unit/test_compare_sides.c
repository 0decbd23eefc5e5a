/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "compare_sample.h"

/* Two samples and what came of them. */
struct sides {
	struct sample base, candidate;
	struct nb_comparison comparison;
};

static struct sides sides_make(size_t count, size_t series)
{
	struct sides sides = { .base = sample_make(count, series),
			       .candidate = sample_make(count, series) };

	for (size_t i = 0; i < series; i++) {
		sample_spread(&sides.base, i, 1000, 0.01);
		sample_spread(&sides.candidate, i, 1000, 0.01);
	}
	return sides;
}

static void sides_free(struct sides *sides)
{
	nb_comparison_free(&sides->comparison);
	sample_free(&sides->base);
	sample_free(&sides->candidate);
}

static void sides_compare(struct sides *sides)
{
	sides->comparison = sample_compare(&sides->base, &sides->candidate, NULL);
}

static void all_rows(const struct sample *sample, size_t row, enum nb_outcome outcome,
		     const char *reason)
{
	for (size_t i = 0; i < sample->count; i++) {
		sample->sessions[i].rows[row].outcome = outcome;
		sample->sessions[i].rows[row].p50 = NAN;
		nb_base_copy(sample->sessions[i].rows[row].reason,
			     sizeof(sample->sessions[i].rows[row].reason), reason);
	}
}

static void a_series_that_one_side_lacks_is_listed(void **state)
{
	struct sides sides = sides_make(6, 3);

	(void)state;
	for (size_t i = 0; i < 6; i++)
		sides.candidate.sessions[i].count = 2;
	for (size_t i = 0; i < 6; i++)
		snprintf(sides.candidate.sessions[i].rows[0].series.params,
			 sizeof(sides.candidate.sessions[i].rows[0].series.params), "ring=3");
	sides_compare(&sides);
	assert_int_equal(sides.comparison.count, 1);
	assert_int_equal(sides.comparison.only_base_count, 2);
	assert_string_equal(sides.comparison.only_base[0].series.benchmark, "exit.b00");
	assert_string_equal(sides.comparison.only_base[1].series.benchmark, "exit.b02");
	assert_int_equal(sides.comparison.only_base[1].base.sessions, 6);
	assert_int_equal(sides.comparison.only_base[1].level, 2);
	assert_int_equal(sides.comparison.only_candidate_count, 1);
	assert_string_equal(sides.comparison.only_candidate[0].series.params, "ring=3");
	sides_free(&sides);
}

static void an_error_is_invalid_with_its_reason(void **state)
{
	struct sides sides = sides_make(6, 2);

	(void)state;
	all_rows(&sides.candidate, 0, NB_ERROR, "timed out");
	sides_compare(&sides);
	assert_int_equal(sides.comparison.count, 2);
	assert_int_equal(sample_find(&sides.comparison, "exit.b00")->verdict, NB_INVALID);
	assert_string_equal(sample_find(&sides.comparison, "exit.b00")->note,
			    "candidate: error in 6: timed out");
	assert_int_equal(sides.comparison.verdict, NB_INVALID);
	assert_int_equal(sides.comparison.verdicts[NB_INVALID], 1);
	assert_int_equal(sides.comparison.verdicts[NB_SAME], 1);
	sides_free(&sides);
}

/* What was skipped there is what that side does not have; on both, it is nothing. */
static void a_skip_is_a_side_that_lacks_the_series(void **state)
{
	struct sides sides = sides_make(6, 2);

	(void)state;
	all_rows(&sides.candidate, 0, NB_SKIP, "no /dev/kvm");
	all_rows(&sides.base, 1, NB_SKIP, "no /dev/kvm");
	all_rows(&sides.candidate, 1, NB_SKIP, "no /dev/kvm");
	sides_compare(&sides);
	assert_int_equal(sides.comparison.count, 0);
	assert_int_equal(sides.comparison.only_base_count, 1);
	assert_string_equal(sides.comparison.only_base[0].note,
			    "candidate: skipped in 6: no /dev/kvm");
	assert_int_equal(sides.comparison.only_candidate_count, 0);
	assert_int_equal(sides.comparison.verdict, NB_INCONCLUSIVE);
	sides_free(&sides);
}

static void sessions_that_do_not_count_are_noted(void **state)
{
	struct sides sides = sides_make(8, 1);
	const struct nb_compare_row *row;

	(void)state;
	sides.base.sessions[0].rows[0].batch = 16;
	sides.base.sessions[1].rows[0].p50 = 0;
	sides.base.sessions[2].rows[0].p50 = -3;
	sides.candidate.sessions[3].rows[0].evidence = NB_UNVERIFIED;
	sides.candidate.sessions[4].rows[0].evidence = NB_EMULATED;
	sides.candidate.sessions[5].rows[0].level = 1;
	sides_compare(&sides);
	row = &sides.comparison.rows[0];
	assert_int_equal(row->base.sessions, 5);
	assert_int_equal(row->candidate.sessions, 7);
	assert_string_equal(row->note, "base: 1 measured in other batches; base: not to be told "
				       "from the empty operation in 2; candidate: 1 at other "
				       "levels; candidate: unverified; candidate: emulated");
	sides_free(&sides);
}

/* Where most sessions have one batch, the others do not count; of equals, the larger batch does. */
static void a_side_in_other_batches_is_invalid(void **state)
{
	struct sides sides = sides_make(6, 1);

	(void)state;
	for (size_t i = 0; i < 6; i++)
		sides.candidate.sessions[i].rows[0].batch = 16;
	sides_compare(&sides);
	assert_int_equal(sides.comparison.rows[0].verdict, NB_INVALID);
	assert_int_equal(sides.comparison.rows[0].base.sessions, 0);
	assert_int_equal(sides.comparison.rows[0].candidate.sessions, 6);
	assert_string_equal(sides.comparison.rows[0].note, "base: 6 measured in other batches");
	sides_free(&sides);
}

/* A VM in a VM against a VM is a fair question; the environment tells it apart. */
static void levels_may_differ_between_sides(void **state)
{
	struct sides sides = sides_make(6, 1);

	(void)state;
	sample_spread(&sides.candidate, 0, 9400, 0.01);
	for (size_t i = 0; i < 6; i++) {
		sides.candidate.sessions[i].rows[0].level = 3;
		sides.candidate.sessions[i].session.level = 2;
	}
	sides_compare(&sides);
	assert_int_equal(sides.comparison.count, 1);
	assert_int_equal(sides.comparison.rows[0].verdict, NB_REGRESSED);
	assert_near(sides.comparison.rows[0].ratio, 9.4, 0.01);
	assert_int_equal(sides.comparison.rows[0].base.level, 2);
	assert_int_equal(sides.comparison.rows[0].candidate.level, 3);
	assert_int_equal(sides.comparison.rows[0].level, NB_LEVEL_UNKNOWN);
	assert_string_equal(sides.comparison.warnings[0], "level: L1 | L2");
	sides_free(&sides);
}

static void units_that_differ_are_two_series(void **state)
{
	struct sides sides = sides_make(6, 1);

	(void)state;
	for (size_t i = 0; i < 6; i++)
		nb_base_copy(sides.candidate.sessions[i].rows[0].series.unit, 8, "us");
	sides_compare(&sides);
	assert_int_equal(sides.comparison.count, 0);
	assert_int_equal(sides.comparison.only_base_count, 1);
	assert_int_equal(sides.comparison.only_candidate_count, 1);
	sides_free(&sides);
}

static void invalid_sessions_are_left_out_and_named(void **state)
{
	struct sides sides = sides_make(8, 1);
	struct nb_compare_options options = nb_compare_defaults;

	(void)state;
	sides.base.sessions[2].valid = false;
	sides.candidate.sessions[7].valid = false;
	sides_compare(&sides);
	assert_int_equal(sides.comparison.rows[0].base.sessions, 7);
	assert_int_equal(sides.comparison.rows[0].candidate.sessions, 7);
	assert_int_equal(sides.comparison.left_out_count, 2);
	assert_string_equal(sides.comparison.left_out[0],
			    "base 01ARZ3NDEKTSV4RRFFQ69G0002: over 20 % of its rounds were "
			    "disturbed");
	assert_non_null(
		strstr(sides.comparison.left_out[1], "candidate 01ARZ3NDEKTSV4RRFFQ69G0007"));
	nb_comparison_free(&sides.comparison);
	options.include_invalid = true;
	sides.comparison = sample_compare(&sides.base, &sides.candidate, &options);
	assert_int_equal(sides.comparison.rows[0].base.sessions, 8);
	assert_int_equal(sides.comparison.left_out_count, 0);
	sides_free(&sides);
}

static void many_invalid_sessions_fit_into_the_list(void **state)
{
	struct sides sides = sides_make(50, 1);

	(void)state;
	for (size_t i = 0; i < 45; i++)
		sides.base.sessions[i].valid = false;
	sides_compare(&sides);
	assert_int_equal(sides.comparison.left_out_count, NB_COMPARE_WARNINGS);
	assert_string_equal(sides.comparison.left_out[NB_COMPARE_WARNINGS - 1], "and others");
	sides_free(&sides);
}

static void a_side_without_sessions_is_refused(void **state)
{
	struct sides sides = sides_make(2, 1);
	struct nb_compare_group base = sample_group(&sides.base), none = { 0 };
	struct nb_error error;

	(void)state;
	assert_int_equal(nb_compare(&base, &none, &nb_compare_defaults, &sides.comparison, &error),
			 -ENODATA);
	assert_string_equal(error.text, "the candidate side has no session");
	sides.base.sessions[0].valid = false;
	sides.base.sessions[1].valid = false;
	assert_int_equal(nb_compare(&base, &base, &nb_compare_defaults, &sides.comparison, &error),
			 -ENODATA);
	assert_string_equal(error.text, "the base side has no valid session: its 2 were disturbed");
	assert_null(sides.comparison.rows);
	sides_free(&sides);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_series_that_one_side_lacks_is_listed),
		cmocka_unit_test(an_error_is_invalid_with_its_reason),
		cmocka_unit_test(a_skip_is_a_side_that_lacks_the_series),
		cmocka_unit_test(sessions_that_do_not_count_are_noted),
		cmocka_unit_test(a_side_in_other_batches_is_invalid),
		cmocka_unit_test(levels_may_differ_between_sides),
		cmocka_unit_test(units_that_differ_are_two_series),
		cmocka_unit_test(invalid_sessions_are_left_out_and_named),
		cmocka_unit_test(many_invalid_sessions_fit_into_the_list),
		cmocka_unit_test(a_side_without_sessions_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
