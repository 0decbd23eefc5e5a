/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "nestbench/scorecard.h"

#include "compare_sample.h"

/* Sessions of one machine: series 0 is quiet, 1 has a spread of 5 %, 2 two modes 20 % apart. */
static struct sample one_machine(size_t count)
{
	struct sample sample = sample_make(count, 3);

	sample_spread(&sample, 0, 1000, 0.001);
	sample_spread(&sample, 1, 1000, 0.05);
	for (size_t i = 0; i < count; i++)
		sample.sessions[i].rows[2].p50 = i % 2 ? 1200 + (double)i : 1000 + (double)i;
	return sample;
}

static struct nb_scorecard card_of(const struct sample *sample,
				   const struct nb_scorecard_options *options)
{
	struct nb_compare_group group = sample_group(sample);
	struct nb_scorecard card;
	struct nb_error error;
	int result = nb_scorecard_make(&group, options ? options : &nb_scorecard_defaults, &card,
				       &error);

	if (result < 0)
		fail_msg("%s", error.text);
	return card;
}

static void one_machine_alarms_rarely(void **state)
{
	struct sample sample = one_machine(20);
	struct nb_scorecard card = card_of(&sample, NULL);

	(void)state;
	assert_int_equal(card.count, 3);
	assert_int_equal(card.sessions, 20);
	assert_int_equal(card.splits, 200);
	assert_int_equal(card.compared, 600);
	assert_true(card.alarms <= 600 * 5 / 100);
	assert_true(card.alarmed_splits <= card.alarms);
	assert_int_equal(card.rows[0].compared, 200);
	assert_int_equal(card.rows[0].alarms, 0);
	assert_int_equal(card.rows[0].sessions, 20);
	assert_near(card.rows[1].p50, 1000, 0.001);
	/* Even over a range of 10 %: its standard deviation is that over the root of 12. */
	assert_near(card.rows[1].spread, 0.1 / sqrt(12), 0.1);
	nb_scorecard_free(&card);
	assert_null(card.rows);
	sample_free(&sample);
}

static void more_sessions_detect_smaller_changes(void **state)
{
	struct sample sample = one_machine(20);
	struct nb_scorecard card = card_of(&sample, NULL);

	(void)state;
	assert_int_equal(nb_scorecard_sizes[0], 1);
	assert_int_equal(nb_scorecard_sizes[3], 20);
	for (size_t i = 0; i < 3; i++) {
		const struct nb_scorecard_row *row = &card.rows[i];

		for (size_t j = 2; j < NB_SCORECARD_SIZES; j++)
			assert_true(row->detectable[j] < row->detectable[j - 1]);
		/* Never less than what matters. */
		assert_true(row->detectable[3] > 0.03);
	}
	/* A quiet series is limited by the margin, and one session shows little. */
	assert_true(card.rows[0].detectable[3] < 0.031);
	assert_true(card.rows[1].detectable[1] > card.rows[0].detectable[1]);
	assert_near(card.rows[1].detectable[0], expm1(2.8016 * sqrt(2) * card.rows[1].spread),
		    0.001);
	nb_scorecard_free(&card);
	sample_free(&sample);
}

/* The least p of five against five is 0.008: too large where 60 series are asked at once. */
static void a_long_suite_needs_more_than_five_sessions(void **state)
{
	struct sample sample = sample_make(8, 60);
	struct nb_scorecard_options options = nb_scorecard_defaults;
	struct nb_scorecard card;

	(void)state;
	options.splits = 2;
	for (size_t i = 0; i < 60; i++)
		sample_spread(&sample, i, 1000, 0.01);
	card = card_of(&sample, &options);
	assert_true(isinf(card.rows[0].detectable[1]));
	assert_true(isfinite(card.rows[0].detectable[2]));
	nb_scorecard_free(&card);
	sample_free(&sample);
}

static void the_same_seed_deals_the_same_halves(void **state)
{
	struct nb_scorecard_options options = nb_scorecard_defaults;
	struct sample sample = one_machine(9);
	struct nb_scorecard first, second;

	(void)state;
	/* So that there are alarms to be compared. */
	options.compare.rate = 0.3;
	first = card_of(&sample, &options);
	second = card_of(&sample, &options);
	assert_true(first.alarms > 0);
	assert_int_equal(first.alarms, second.alarms);
	for (size_t i = 0; i < first.count; i++)
		assert_int_equal(first.rows[i].alarms, second.rows[i].alarms);
	nb_scorecard_free(&first);
	nb_scorecard_free(&second);
	sample_free(&sample);
}

static void invalid_sessions_do_not_count(void **state)
{
	struct sample sample = one_machine(6);
	struct nb_compare_group group = sample_group(&sample);
	struct nb_scorecard card;
	struct nb_error error;

	(void)state;
	sample.sessions[0].valid = false;
	card = card_of(&sample, NULL);
	assert_int_equal(card.sessions, 5);
	assert_int_equal(card.left_out_count, 1);
	assert_string_equal(card.left_out[0], "01ARZ3NDEKTSV4RRFFQ69G0000: over 20 % of its "
					      "rounds were disturbed");
	nb_scorecard_free(&card);
	for (size_t i = 1; i < 3; i++)
		sample.sessions[i].valid = false;
	assert_int_equal(nb_scorecard_make(&group, &nb_scorecard_defaults, &card, &error),
			 -ENODATA);
	assert_string_equal(error.text, "3 sessions: at least 4 are needed");
	sample_free(&sample);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_machine_alarms_rarely),
		cmocka_unit_test(more_sessions_detect_smaller_changes),
		cmocka_unit_test(a_long_suite_needs_more_than_five_sessions),
		cmocka_unit_test(the_same_seed_deals_the_same_halves),
		cmocka_unit_test(invalid_sessions_do_not_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
