/* SPDX-License-Identifier: Apache-2.0 */
#include "compare_sample.h"

enum { BASE = 12, CANDIDATE = 7, SERIES = 40 };

/* Series of every kind: equal, near the margin, far off; quiet and noisy; with and without tail. */
static void fill(const struct sample *sample, size_t series, double center, double spread,
		 struct nb_random *random)
{
	for (size_t i = 0; i < sample->count; i++) {
		struct nb_digest_row *row = &sample->sessions[i].rows[series];
		double noise = nb_random_next(random) / 4294967296.0 - 0.5;
		double tail = nb_random_next(random) / 4294967296.0;

		row->p50 = center * (1 + spread * noise);
		row->p99 = series % 3 ? row->p50 * (2 + tail) : NAN;
		row->series.lower_is_better = series % 5 != 0;
	}
}

static void make(struct sample *base, struct sample *candidate)
{
	struct nb_random random;

	nb_random_seed(&random, 6);
	*base = sample_make(BASE, SERIES);
	*candidate = sample_make(CANDIDATE, SERIES);
	for (size_t i = 0; i < SERIES; i++) {
		double spread = 0.005 * (double)(1 + i % 7);

		fill(base, i, 1000, spread, &random);
		fill(candidate, i, 1000 * (0.9 + 0.005 * (double)i), spread, &random);
	}
}

static enum nb_verdict inverse(enum nb_verdict verdict)
{
	if (verdict == NB_REGRESSED)
		return NB_IMPROVED;
	return verdict == NB_IMPROVED ? NB_REGRESSED : verdict;
}

static void swapping_the_sides_inverts_ratio_and_verdict(void **state)
{
	struct sample base, candidate;
	struct nb_comparison there, back;

	(void)state;
	make(&base, &candidate);
	there = sample_compare(&base, &candidate, NULL);
	back = sample_compare(&candidate, &base, NULL);
	assert_int_equal(there.count, back.count);
	/* All of them occur, or this would say little. */
	assert_true(there.verdicts[NB_REGRESSED] > 2 && there.verdicts[NB_IMPROVED] > 2 &&
		    there.verdicts[NB_SAME] > 2 && there.verdicts[NB_INCONCLUSIVE] > 2);
	for (size_t i = 0; i < there.count; i++) {
		const struct nb_compare_row *x = &there.rows[i];
		const struct nb_compare_row *y = sample_find(&back, x->series.benchmark);

		assert_int_equal(y->verdict, inverse(x->verdict));
		assert_near(y->ratio, 1 / x->ratio, 1e-12);
		assert_near(y->low, 1 / x->high, 1e-12);
		assert_near(y->high, 1 / x->low, 1e-12);
		assert_near(y->p_adjusted, x->p_adjusted, 1e-9);
		assert_near(y->mde, x->mde, 1e-9);
		assert_int_equal(y->more_sessions, x->more_sessions);
		if (!isnan(x->tail_ratio))
			assert_near(y->tail_ratio, 1 / x->tail_ratio, 1e-12);
	}
	nb_comparison_free(&there);
	nb_comparison_free(&back);
	sample_free(&base);
	sample_free(&candidate);
}

static void scale(const struct sample *sample, double by)
{
	for (size_t i = 0; i < sample->count; i++)
		for (size_t j = 0; j < SERIES; j++) {
			sample->sessions[i].rows[j].p50 *= by;
			sample->sessions[i].rows[j].p99 *= by;
		}
}

static void scaling_both_sides_changes_nothing(void **state)
{
	struct sample base, candidate;
	struct nb_comparison plain, scaled;

	(void)state;
	make(&base, &candidate);
	plain = sample_compare(&base, &candidate, NULL);
	scale(&base, 1024);
	scale(&candidate, 1024);
	scaled = sample_compare(&base, &candidate, NULL);
	for (size_t i = 0; i < plain.count; i++) {
		const struct nb_compare_row *x = &plain.rows[i];
		const struct nb_compare_row *y = sample_find(&scaled, x->series.benchmark);

		assert_int_equal(y->verdict, x->verdict);
		assert_int_equal(y->tail, x->tail);
		assert_near(y->ratio, x->ratio, 1e-9);
		assert_near(y->low, x->low, 1e-9);
		assert_near(y->p_adjusted, x->p_adjusted, 1e-9);
		assert_near(y->candidate.p50, 1024 * x->candidate.p50, 1e-9);
		assert_int_equal(y->more_sessions, x->more_sessions);
	}
	nb_comparison_free(&plain);
	nb_comparison_free(&scaled);
	sample_free(&base);
	sample_free(&candidate);
}

static void assert_same_bits(double a, double b)
{
	assert_memory_equal(&a, &b, sizeof(a));
}

/* Bit for bit, but for the padding between. */
static void assert_same_rows(const struct nb_comparison *first, const struct nb_comparison *second)
{
	assert_int_equal(first->count, second->count);
	for (size_t i = 0; i < first->count; i++) {
		const struct nb_compare_row *x = &first->rows[i], *y = &second->rows[i];

		assert_string_equal(x->series.benchmark, y->series.benchmark);
		assert_string_equal(x->note, y->note);
		assert_same_bits(x->ratio, y->ratio);
		assert_same_bits(x->low, y->low);
		assert_same_bits(x->high, y->high);
		assert_same_bits(x->p, y->p);
		assert_same_bits(x->p_adjusted, y->p_adjusted);
		assert_same_bits(x->mde, y->mde);
		assert_same_bits(x->tail_ratio, y->tail_ratio);
		assert_same_bits(x->tail_low, y->tail_low);
		assert_same_bits(x->tail_high, y->tail_high);
		assert_same_bits(x->tail_p_adjusted, y->tail_p_adjusted);
		assert_same_bits(x->base.p50, y->base.p50);
		assert_same_bits(x->base.deviation, y->base.deviation);
		assert_same_bits(x->candidate.p99, y->candidate.p99);
		assert_int_equal(x->verdict, y->verdict);
		assert_int_equal(x->tail, y->tail);
		assert_int_equal(x->more_sessions, y->more_sessions);
	}
}

static void reverse(const struct sample *sample)
{
	for (size_t i = 0; i < sample->count / 2; i++) {
		struct nb_digest kept = sample->sessions[i];

		sample->sessions[i] = sample->sessions[sample->count - 1 - i];
		sample->sessions[sample->count - 1 - i] = kept;
	}
}

/* And of series within a session, for which the results are looked up by name. */
static void the_order_of_sessions_does_not_matter(void **state)
{
	struct sample base, candidate;
	struct nb_comparison first, second;

	(void)state;
	make(&base, &candidate);
	first = sample_compare(&base, &candidate, NULL);
	reverse(&base);
	reverse(&candidate);
	for (size_t i = 0; i < base.count; i += 2) {
		struct nb_digest_row kept = base.sessions[i].rows[3];

		base.sessions[i].rows[3] = base.sessions[i].rows[30];
		base.sessions[i].rows[30] = kept;
	}
	second = sample_compare(&base, &candidate, NULL);
	assert_same_rows(&first, &second);
	nb_comparison_free(&first);
	nb_comparison_free(&second);
	sample_free(&base);
	sample_free(&candidate);
}

static void the_same_seed_gives_the_same_bits(void **state)
{
	struct nb_compare_options options = nb_compare_defaults;
	struct sample base, candidate;
	struct nb_comparison first, second, other;
	bool differs = false;

	(void)state;
	make(&base, &candidate);
	first = sample_compare(&base, &candidate, &options);
	second = sample_compare(&base, &candidate, &options);
	options.seed = 7;
	other = sample_compare(&base, &candidate, &options);
	assert_same_rows(&first, &second);
	/* Another seed draws other tails, and medians draw nothing. */
	for (size_t i = 0; i < first.count; i++) {
		const struct nb_compare_row *row =
			sample_find(&other, first.rows[i].series.benchmark);

		differs = differs || row->tail_low < first.rows[i].tail_low ||
			  row->tail_low > first.rows[i].tail_low;
		assert_int_equal(row->verdict, first.rows[i].verdict);
	}
	assert_true(differs);
	nb_comparison_free(&first);
	nb_comparison_free(&second);
	nb_comparison_free(&other);
	sample_free(&base);
	sample_free(&candidate);
}

/* One group against itself: every ratio is 1, and nothing is called a change. */
static void a_group_is_the_same_as_itself(void **state)
{
	struct sample base, candidate;
	struct nb_comparison comparison;

	(void)state;
	make(&base, &candidate);
	comparison = sample_compare(&base, &base, NULL);
	assert_int_equal(comparison.verdicts[NB_REGRESSED] + comparison.verdicts[NB_IMPROVED], 0);
	for (size_t i = 0; i < comparison.count; i++) {
		assert_near(comparison.rows[i].ratio, 1, 1e-12);
		assert_near(comparison.rows[i].p, 1, 1e-9);
	}
	assert_int_equal(comparison.warning_count, 0);
	nb_comparison_free(&comparison);
	sample_free(&base);
	sample_free(&candidate);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(swapping_the_sides_inverts_ratio_and_verdict),
		cmocka_unit_test(scaling_both_sides_changes_nothing),
		cmocka_unit_test(the_order_of_sessions_does_not_matter),
		cmocka_unit_test(the_same_seed_gives_the_same_bits),
		cmocka_unit_test(a_group_is_the_same_as_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
