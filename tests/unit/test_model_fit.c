/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "model_sample.h"

static void one_step_gives_b_and_the_next_level(void **state)
{
	struct nb_record record;
	struct nb_model model;

	(void)state;
	turtles(&record);
	model = model_of(&record, NULL);
	assert_int_equal(model.used_count, 1);
	assert_value(model.steps[0].ratio, 13);
	assert_value(model.b, 12);
	assert_true(isnan(model.steps[0].f.value));
	assert_int_equal(model.target, 3);
	assert_value(row_of(&model, "exit.cpuid")->predicted, 169000);
	assert_true(row_of(&model, "exit.cpuid")->own);
	assert_string_equal(model.reason, "");
	nb_model_free(&model);
	nb_record_free(&record);
}

static void levels_tell_what_was_measured_from_what_was_not(void **state)
{
	struct nb_record record;
	struct nb_model model;

	(void)state;
	turtles(&record);
	model = model_of(&record, NULL);
	assert_int_equal(model.level_count, 4);
	for (int i = 0; i < 4; i++) {
		assert_int_equal(model.levels[i].level, 1 + i);
		assert_value(model.levels[i].exits, pow(13, i));
		assert_value(model.levels[i].time, 1000 * pow(13, i));
		assert_near(model.levels[i].ideal, 1000 * (1 + i));
		assert_int_equal(model.levels[i].origin, i < 2 ? NB_MEASURED : NB_EXTRAPOLATED);
	}
	nb_model_free(&model);
	nb_record_free(&record);
}

static void deeper_sessions_multiply_by_the_same_factor(void **state)
{
	struct nb_record record;
	struct nb_model model;

	(void)state;
	session_at(&record, 2);
	add_guest(&record, "exit.cpuid", 50000);
	add_user(&record, "exit.cpuid", 5000);
	model = model_of(&record, NULL);
	assert_value(model.b, 9);
	assert_value(model.levels[0].exits, 10);
	assert_value(row_of(&model, "exit.cpuid")->predicted, 500000);
	/* Of an exit at L1, which took a tenth of that at L2. */
	assert_near(model.levels[0].ideal, 2 * 500);
	nb_model_free(&model);
	nb_record_free(&record);
}

static void intervals_are_the_corners_of_what_was_measured(void **state)
{
	struct nb_record record;
	struct nb_model model;
	const struct nb_model_row *row;

	(void)state;
	session_at(&record, 1);
	add_spread(&record, "exit.cpuid", NB_GUEST, 12000, 1200);
	add_spread(&record, "exit.cpuid", NB_USER, 1000, 200);
	model = model_of(&record, NULL);
	assert_near(model.steps[0].ratio.value, 12);
	assert_near(model.steps[0].ratio.low, 10800 / 1200.0);
	assert_near(model.steps[0].ratio.high, 13200 / 800.0);
	row = row_of(&model, "exit.cpuid");
	/* g^2 / u, and not g * R: the guest's time is the same one in both. */
	assert_near(row->predicted.low, 10800.0 * 10800 / 1200);
	assert_near(row->predicted.high, 13200.0 * 13200 / 800);
	nb_model_free(&model);
	nb_record_free(&record);
}

static void operations_share_b_by_their_median_and_range(void **state)
{
	struct nb_record record;
	struct nb_model model;

	(void)state;
	session_at(&record, 1);
	add_guest(&record, "exit.cpuid", 11000);
	add_guest(&record, "exit.pio_user", 42000);
	add_guest(&record, "exit.hypercall", 20000);
	add_user(&record, "exit.cpuid", 1000);
	add_user(&record, "exit.pio", 2000);
	model = model_of(&record, NULL);
	assert_int_equal(model.used_count, 2);
	assert_near(model.b.value, 15);
	assert_near(model.b.low, 10);
	assert_near(model.b.high, 20);
	assert_false(row_of(&model, "exit.hypercall")->own);
	assert_near(row_of(&model, "exit.hypercall")->predicted.value, 16 * 20000);
	assert_near(row_of(&model, "exit.hypercall")->predicted.high, 21 * 20000);
	nb_model_free(&model);
	nb_record_free(&record);
}

static void what_does_not_exit_at_both_levels_is_left_out(void **state)
{
	static const struct {
		double user, guest, exits;
		enum nb_evidence evidence;
		const char *note;
	} cases[] = {
		{ 1000, 13000, 1, NB_EMULATED, "emulated" },
		{ 1000, 13000, 0, NB_UNVERIFIED, "unverified" },
		{ 1000, 13000, 0, NB_VERIFIED, "does not exit in the guest" },
		{ 100, 13000, 1, NB_VERIFIED, "does not exit in user mode" },
		{ 4000, 4000, 1, NB_VERIFIED, "no slower" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct nb_record record;
		struct nb_model model;

		session_at(&record, 1);
		set_evidence(add_guest(&record, "exit.cpuid", cases[i].guest), cases[i].evidence,
			     cases[i].exits);
		add_user(&record, "exit.cpuid", cases[i].user);
		model = model_of(&record, NULL);
		assert_int_equal(model.used_count, 0);
		assert_non_null(strstr(model.steps[0].note, cases[i].note));
		assert_string_not_equal(model.reason, "");
		assert_string_not_equal(model.advice, "");
		assert_int_equal(model.row_count, 0);
		nb_model_free(&model);
		nb_record_free(&record);
	}
}

static void without_kvms_counts_cpuid_is_taken_by_its_name(void **state)
{
	struct nb_record record;
	struct nb_model model;

	(void)state;
	turtles(&record);
	set_evidence(&record.series[0], NB_UNAVAILABLE, NAN);
	model = model_of(&record, NULL);
	assert_int_equal(model.used_count, 1);
	assert_string_not_equal(model.steps[0].note, "");
	nb_model_free(&model);
	nb_record_free(&record);
}

static void hardware_alone_is_no_ratio(void **state)
{
	struct nb_record record;
	struct nb_model model;

	(void)state;
	turtles(&record);
	record.session.level = 0;
	model = model_of(&record, NULL);
	assert_int_equal(model.used_count, 0);
	assert_non_null(strstr(model.reason, "L0"));
	assert_non_null(strstr(model.advice, "nestbench run"));
	nb_model_free(&model);
	nb_record_free(&record);
}

static void no_guest_and_no_pair_are_different_reasons(void **state)
{
	struct nb_record record;
	struct nb_model model;

	(void)state;
	session_at(&record, 1);
	add_user(&record, "exit.cpuid", 1000);
	model = model_of(&record, NULL);
	assert_non_null(strstr(model.reason, "no guest"));
	nb_model_free(&model);
	add_guest(&record, "exit.hypercall", 13000);
	model = model_of(&record, NULL);
	assert_non_null(strstr(model.reason, "both in user mode and in the guest"));
	nb_model_free(&model);
	nb_record_free(&record);
}

static void a_session_that_cannot_count_is_refused(void **state)
{
	struct nb_error error = { 0 };
	struct nb_record record;
	struct nb_model model;
	struct nb_model_options told = { .level = 1 };

	(void)state;
	turtles(&record);
	record.session.level = NB_LEVEL_UNKNOWN;
	assert_int_equal(try_model(&record, NULL, NULL, &model, &error), -EINVAL);
	assert_int_equal(try_model(&record, NULL, &told, &model, &error), 0);
	assert_int_equal(model.shallow.level, 1);
	nb_model_free(&model);
	record.series[0].rounds[0].guards.tags = NB_TAG_STEAL;
	record.series[0].rounds[1].guards.tags = NB_TAG_STEAL;
	record.series[0].rounds[2].guards.tags = NB_TAG_STEAL;
	assert_int_equal(try_model(&record, NULL, &told, &model, &error), -ENODATA);
	told.include_invalid = true;
	assert_int_equal(try_model(&record, NULL, &told, &model, &error), 0);
	assert_non_null(strstr(model.warnings[0], "invalid"));
	nb_model_free(&model);
	nb_record_free(&record);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_step_gives_b_and_the_next_level),
		cmocka_unit_test(levels_tell_what_was_measured_from_what_was_not),
		cmocka_unit_test(deeper_sessions_multiply_by_the_same_factor),
		cmocka_unit_test(intervals_are_the_corners_of_what_was_measured),
		cmocka_unit_test(operations_share_b_by_their_median_and_range),
		cmocka_unit_test(what_does_not_exit_at_both_levels_is_left_out),
		cmocka_unit_test(without_kvms_counts_cpuid_is_taken_by_its_name),
		cmocka_unit_test(hardware_alone_is_no_ratio),
		cmocka_unit_test(no_guest_and_no_pair_are_different_reasons),
		cmocka_unit_test(a_session_that_cannot_count_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
