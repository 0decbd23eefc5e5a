/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "nestbench/recurrence.h"

#include "model_sample.h"

/* An L2 whose CPUID takes what L1's guest took, and time in its own guest. */
static void deeper(struct nb_record *record, double time)
{
	session_at(record, 2);
	add_guest(record, "exit.cpuid", time);
	add_user(record, "exit.cpuid", 13000);
}

static void a_deep_session_checks_what_was_foretold(void **state)
{
	struct nb_record shallow, deep;
	struct nb_model model;
	const struct nb_model_row *row;

	(void)state;
	turtles(&shallow);
	deeper(&deep, 169000 * 1.1);
	/* The order in which they are given does not matter. */
	model = model_of(&deep, &shallow);
	assert_int_equal(model.shallow.level, 1);
	assert_int_equal(model.target, 3);
	row = row_of(&model, "exit.cpuid");
	assert_value(row->predicted, 169000);
	assert_value(row->found, 185900);
	assert_near(row->error, 0.1);
	assert_false(row->covered);
	assert_value(model.steps[0].again, 13000);
	nb_model_free(&model);
	nb_record_free(&deep);
	deeper(&deep, 169000);
	model = model_of(&shallow, &deep);
	assert_true(row_of(&model, "exit.cpuid")->covered);
	nb_model_free(&model);
	nb_record_free(&deep);
	nb_record_free(&shallow);
}

static void three_levels_tell_f_from_b(void **state)
{
	const struct nb_recurrence truth = { 12, 3 };
	struct nb_record shallow, deep;
	struct nb_model model;

	(void)state;
	turtles(&shallow);
	deeper(&deep, 1000 * nb_recurrence_exits(&truth, 3));
	model = model_of(&shallow, &deep);
	assert_value(model.b, 12);
	assert_value(model.steps[0].f, 3);
	assert_int_equal(model.levels[3].level, 4);
	assert_value(model.levels[3].time, 1000 * nb_recurrence_exits(&truth, 4));
	assert_int_equal(model.levels[2].origin, NB_MEASURED);
	/* What is checked is foretold without what it is checked against. */
	assert_value(row_of(&model, "exit.cpuid")->predicted, 169000);
	nb_model_free(&model);
	nb_record_free(&deep);
	nb_record_free(&shallow);
}

static void times_against_the_recurrence_are_said_to_be(void **state)
{
	struct nb_record shallow, deep;
	struct nb_model model;
	bool said = false;

	(void)state;
	turtles(&shallow);
	deeper(&deep, 20000);
	model = model_of(&shallow, &deep);
	assert_true(model.steps[0].f.value < 0);
	for (size_t i = 0; i < model.warning_count; i++)
		said |= strstr(model.warnings[i], "does not hold for exit.cpuid") != NULL;
	assert_true(said);
	assert_true(isnan(model.levels[3].time.value));
	nb_model_free(&model);
	nb_record_free(&deep);
	nb_record_free(&shallow);
}

static void what_only_the_deep_session_tells_is_fitted_from_it(void **state)
{
	struct nb_record hardware, vm;
	struct nb_model model;

	(void)state;
	session_at(&hardware, 0);
	add_guest(&hardware, "exit.cpuid", 1000);
	add_user(&hardware, "exit.cpuid", 50);
	turtles(&vm);
	model = model_of(&hardware, &vm);
	assert_true(model.from_deep);
	assert_int_equal(model.level, 1);
	assert_int_equal(model.target, 3);
	assert_value(model.b, 12);
	assert_string_equal(model.reason, "");
	assert_true(isnan(row_of(&model, "exit.cpuid")->error));
	nb_model_free(&model);
	nb_record_free(&vm);
	nb_record_free(&hardware);
}

static void two_sessions_of_one_level_are_refused(void **state)
{
	struct nb_error error = { 0 };
	struct nb_record one, two;
	struct nb_model model;

	(void)state;
	turtles(&one);
	turtles(&two);
	assert_int_equal(try_model(&one, &two, NULL, &model, &error), -EEXIST);
	assert_non_null(strstr(error.text, "both of L1"));
	two.session.level = NB_LEVEL_UNKNOWN;
	assert_int_equal(try_model(&one, &two, NULL, &model, &error), -EINVAL);
	nb_record_free(&two);
	nb_record_free(&one);
}

static void sessions_far_apart_are_checked_all_the_same(void **state)
{
	struct nb_record shallow, deep;
	struct nb_model model;

	(void)state;
	turtles(&shallow);
	deeper(&deep, 13000.0 * 13 * 13);
	deep.session.level = 3;
	model = model_of(&shallow, &deep);
	assert_int_equal(model.target, 4);
	assert_value(row_of(&model, "exit.cpuid")->predicted, 13000.0 * 13 * 13);
	assert_near(1 + row_of(&model, "exit.cpuid")->error, 1);
	assert_non_null(strstr(model.warnings[0], "2 levels apart"));
	nb_model_free(&model);
	nb_record_free(&deep);
	nb_record_free(&shallow);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_deep_session_checks_what_was_foretold),
		cmocka_unit_test(three_levels_tell_f_from_b),
		cmocka_unit_test(times_against_the_recurrence_are_said_to_be),
		cmocka_unit_test(what_only_the_deep_session_tells_is_fitted_from_it),
		cmocka_unit_test(two_sessions_of_one_level_are_refused),
		cmocka_unit_test(sessions_far_apart_are_checked_all_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
