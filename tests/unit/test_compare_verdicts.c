/* SPDX-License-Identifier: Apache-2.0 */
#include "compare_sample.h"

enum { BASE = 20, CANDIDATE = 8 };

/* One series, the candidate's values around its own center; the caller frees nothing. */
static struct nb_compare_row verdict_of(double center, double spread, bool lower_is_better,
					const struct nb_compare_options *options)
{
	struct sample base = sample_make(BASE, 1), candidate = sample_make(CANDIDATE, 1);
	struct nb_comparison comparison;
	struct nb_compare_row row;

	sample_spread(&base, 0, 1000, spread);
	sample_spread(&candidate, 0, center, spread);
	for (size_t i = 0; i < BASE; i++)
		base.sessions[i].rows[0].series.lower_is_better = lower_is_better;
	comparison = sample_compare(&base, &candidate, options);
	assert_int_equal(comparison.count, 1);
	row = comparison.rows[0];
	nb_comparison_free(&comparison);
	sample_free(&base);
	sample_free(&candidate);
	return row;
}

static void slower_beyond_the_margin_is_regressed(void **state)
{
	struct nb_compare_row row = verdict_of(1100, 0.02, true, NULL);

	(void)state;
	assert_int_equal(row.verdict, NB_REGRESSED);
	assert_near(row.ratio, 1.1, 0.005);
	assert_true(row.low > 1 && row.low < row.ratio && row.ratio < row.high);
	assert_true(row.p_adjusted <= 0.05);
	assert_near(row.base.p50, 1000, 1e-9);
	assert_near(row.candidate.p50, 1100, 1e-9);
	assert_int_equal(row.base.sessions, BASE);
	assert_int_equal(row.candidate.sessions, CANDIDATE);
	assert_int_equal(row.more_sessions, -1);
	assert_false(row.indicative);
}

static void quicker_beyond_the_margin_is_improved(void **state)
{
	(void)state;
	assert_int_equal(verdict_of(900, 0.02, true, NULL).verdict, NB_IMPROVED);
}

static void more_is_improved_where_higher_is_better(void **state)
{
	(void)state;
	assert_int_equal(verdict_of(1100, 0.02, false, NULL).verdict, NB_IMPROVED);
	assert_int_equal(verdict_of(900, 0.02, false, NULL).verdict, NB_REGRESSED);
}

static void equal_within_the_margin_is_same(void **state)
{
	struct nb_compare_row row = verdict_of(1000, 0.02, true, NULL);

	(void)state;
	assert_int_equal(row.verdict, NB_SAME);
	assert_true(row.low > 1 / 1.03 && row.high < 1.03);
}

/* Certain, but too small to matter: 1 % with a spread of 0.1 %. */
static void certain_and_small_is_same(void **state)
{
	struct nb_compare_row row = verdict_of(1010, 0.001, true, NULL);

	(void)state;
	assert_true(row.p_adjusted < 0.001 && row.low > 1);
	assert_int_equal(row.verdict, NB_SAME);
}

/* A change of 4 % that is certain, and whose interval reaches into the margin, is a change. */
static void the_ratio_and_not_its_interval_must_pass_the_margin(void **state)
{
	struct nb_compare_row row = verdict_of(1036, 0.02, true, NULL);

	(void)state;
	assert_true(row.low < 1.03 && row.low > 1);
	assert_int_equal(row.verdict, NB_REGRESSED);
}

static void a_wide_spread_is_inconclusive_and_says_what_would_settle_it(void **state)
{
	struct nb_compare_row row = verdict_of(1005, 0.10, true, NULL);

	(void)state;
	assert_int_equal(row.verdict, NB_INCONCLUSIVE);
	assert_true(row.mde > 0.03 && row.mde < 0.2);
	assert_in_range(row.more_sessions, 5, 100);
}

/* At 3 % of difference and margin no number of sessions decides between same and regressed. */
static void what_lies_on_the_margin_is_never_settled(void **state)
{
	struct nb_compare_row row = verdict_of(1030, 0.05, true, NULL);

	(void)state;
	assert_int_equal(row.verdict, NB_INCONCLUSIVE);
	assert_int_equal(row.more_sessions, -1);
}

static void a_wider_margin_makes_a_change_the_same(void **state)
{
	struct nb_compare_options options = nb_compare_defaults;
	struct nb_compare_margin margins[] = { { "exit.*", 0.5 }, { "irq.*", 0.01 } };

	(void)state;
	options.margin = 0.15;
	assert_int_equal(verdict_of(1100, 0.02, true, &options).verdict, NB_SAME);
	options.margin = 0.03;
	options.margins = margins;
	options.margin_count = 2;
	assert_int_equal(verdict_of(1100, 0.02, true, &options).verdict, NB_SAME);
	assert_near(verdict_of(1100, 0.02, true, &options).margin, 0.5, 1e-12);
	options.margins = margins + 1;
	options.margin_count = 1;
	assert_int_equal(verdict_of(1100, 0.02, true, &options).verdict, NB_REGRESSED);
}

static void one_session_a_side_is_indicative_and_has_no_p(void **state)
{
	struct sample base = sample_make(1, 1), candidate = sample_make(1, 1);
	struct nb_comparison comparison;

	(void)state;
	candidate.sessions[0].rows[0].p50 = 2000;
	candidate.sessions[0].rows[0].ci_low = 1900;
	candidate.sessions[0].rows[0].ci_high = 2100;
	comparison = sample_compare(&base, &candidate, NULL);
	assert_true(comparison.indicative && comparison.rows[0].indicative);
	assert_int_equal(comparison.rows[0].verdict, NB_INCONCLUSIVE);
	assert_near(comparison.rows[0].ratio, 2, 1e-12);
	assert_near(comparison.rows[0].low, 1900 / 1010.0, 1e-12);
	assert_near(comparison.rows[0].high, 2100 / 990.0, 1e-12);
	assert_true(isnan(comparison.rows[0].p) && isnan(comparison.rows[0].p_adjusted));
	assert_true(isnan(comparison.rows[0].mde) && isnan(comparison.rows[0].base.deviation));
	assert_int_equal(comparison.more_sessions, -1);
	nb_comparison_free(&comparison);
	/* Few rounds have no interval, and one that reaches zero makes none of a ratio. */
	candidate.sessions[0].rows[0].ci_low = -5;
	comparison = sample_compare(&base, &candidate, NULL);
	assert_true(isnan(comparison.rows[0].low) && isnan(comparison.rows[0].high));
	nb_comparison_free(&comparison);
	sample_free(&base);
	sample_free(&candidate);
}

/* Not even four times as slow: the least p of one against twenty is 2 / 21. */
static void one_session_against_many_is_never_significant(void **state)
{
	struct sample base = sample_make(BASE, 1), candidate = sample_make(1, 1);
	struct nb_comparison comparison;

	(void)state;
	sample_spread(&base, 0, 1000, 0.02);
	candidate.sessions[0].rows[0].p50 = 4000;
	comparison = sample_compare(&base, &candidate, NULL);
	assert_false(comparison.rows[0].indicative);
	assert_int_equal(comparison.rows[0].verdict, NB_INCONCLUSIVE);
	assert_near(comparison.rows[0].p, 2 / 21.0, 1e-9);
	assert_true(isnan(comparison.rows[0].low) && isinf(comparison.rows[0].mde));
	/* Two and 21: the least p is 2 / 253. */
	assert_int_equal(comparison.rows[0].more_sessions, 1);
	nb_comparison_free(&comparison);
	sample_free(&base);
	sample_free(&candidate);
}

/*
 * Five against five: the least p is 2 / 252 = 0.008. Alone it is significant; as one of 20 series
 * it is not, and the row says that one more session would do; where all 20 changed, it is again.
 */
static void the_suite_decides_how_small_a_p_must_be(void **state)
{
	struct sample base = sample_make(5, 20), candidate = sample_make(5, 20);
	struct nb_comparison comparison;
	const struct nb_compare_row *row;

	(void)state;
	for (size_t i = 0; i < 20; i++) {
		sample_spread(&base, i, 1000, 0.01);
		sample_spread(&candidate, i, i == 0 ? 1500 : 1000.5, 0.01);
	}
	comparison = sample_compare(&base, &candidate, NULL);
	row = sample_find(&comparison, "exit.b00");
	assert_near(row->p, 2 / 252.0, 1e-9);
	assert_near(row->p_adjusted, 40 / 252.0, 1e-9);
	assert_true(row->low > 1);
	assert_int_equal(row->verdict, NB_INCONCLUSIVE);
	assert_true(isinf(row->mde));
	assert_int_equal(row->more_sessions, 1); /* 2 / 924 is below 0.05 / 20 */
	nb_comparison_free(&comparison);
	for (size_t i = 1; i < 20; i++)
		sample_spread(&candidate, i, 1500, 0.01);
	comparison = sample_compare(&base, &candidate, NULL);
	assert_int_equal(comparison.verdicts[NB_REGRESSED], 20);
	assert_true(isfinite(comparison.rows[0].mde));
	nb_comparison_free(&comparison);
	sample_free(&base);
	sample_free(&candidate);
}

static void tails_have_a_verdict_of_their_own(void **state)
{
	struct sample base = sample_make(BASE, 2), candidate = sample_make(CANDIDATE, 2);
	struct nb_compare_options options = nb_compare_defaults;
	struct nb_comparison comparison;

	(void)state;
	for (size_t i = 0; i < BASE; i++)
		base.sessions[i].rows[0].p99 = 3000 + (double)i;
	for (size_t i = 0; i < CANDIDATE; i++)
		candidate.sessions[i].rows[0].p99 = 6000 + (double)i;
	for (size_t i = 0; i < 2; i++) {
		sample_spread(&base, i, 1000, 0.01);
		sample_spread(&candidate, i, 1000, 0.01);
	}
	comparison = sample_compare(&base, &candidate, NULL);
	assert_int_equal(sample_find(&comparison, "exit.b00")->verdict, NB_SAME);
	assert_int_equal(sample_find(&comparison, "exit.b00")->tail, NB_REGRESSED);
	assert_near(sample_find(&comparison, "exit.b00")->tail_ratio, 2, 0.01);
	assert_near(sample_find(&comparison, "exit.b00")->candidate.p99, 6003.5, 1e-6);
	assert_int_equal(sample_find(&comparison, "exit.b01")->tail, NB_INCONCLUSIVE);
	assert_true(isnan(sample_find(&comparison, "exit.b01")->tail_ratio));
	assert_int_equal(comparison.verdict, NB_SAME);
	nb_comparison_free(&comparison);
	options.permutations = 0;
	comparison = sample_compare(&base, &candidate, &options);
	assert_true(isnan(sample_find(&comparison, "exit.b00")->tail_p_adjusted));
	nb_comparison_free(&comparison);
	sample_free(&base);
	sample_free(&candidate);
}

static void names_of_verdicts_are_those_of_the_contract(void **state)
{
	(void)state;
	assert_string_equal(nb_verdict_name(NB_SAME), "same");
	assert_string_equal(nb_verdict_name(NB_IMPROVED), "improved");
	assert_string_equal(nb_verdict_name(NB_REGRESSED), "regressed");
	assert_string_equal(nb_verdict_name(NB_INCONCLUSIVE), "inconclusive");
	assert_string_equal(nb_verdict_name(NB_INVALID), "invalid");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slower_beyond_the_margin_is_regressed),
		cmocka_unit_test(quicker_beyond_the_margin_is_improved),
		cmocka_unit_test(more_is_improved_where_higher_is_better),
		cmocka_unit_test(equal_within_the_margin_is_same),
		cmocka_unit_test(certain_and_small_is_same),
		cmocka_unit_test(the_ratio_and_not_its_interval_must_pass_the_margin),
		cmocka_unit_test(a_wide_spread_is_inconclusive_and_says_what_would_settle_it),
		cmocka_unit_test(what_lies_on_the_margin_is_never_settled),
		cmocka_unit_test(a_wider_margin_makes_a_change_the_same),
		cmocka_unit_test(one_session_a_side_is_indicative_and_has_no_p),
		cmocka_unit_test(one_session_against_many_is_never_significant),
		cmocka_unit_test(the_suite_decides_how_small_a_p_must_be),
		cmocka_unit_test(tails_have_a_verdict_of_their_own),
		cmocka_unit_test(names_of_verdicts_are_those_of_the_contract),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
