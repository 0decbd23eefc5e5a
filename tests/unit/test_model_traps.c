/* SPDX-License-Identifier: Apache-2.0 */
#include "model_sample.h"

/* What nested.* says of the fit: R = 13 of Turtles' CPUID, and what our own hypervisor took. */

/*
 * Entered once an operation, with so many exits below; and by the loop itself four times more, with
 * a report each, and an interrupt of the host.
 */
static struct nb_series_rounds *add_nested(struct nb_record *record, const char *benchmark,
					   const char *params, double center, int64_t exits)
{
	struct nb_series series = sample_series(benchmark, NB_GUEST, params);
	struct nb_series_rounds *made;

	for (int i = 0; i < SAMPLE_ROUNDS; i++)
		sample_append(record, &series, sample_round(i, center, 1000));
	made = &record->series[record->count - 1];
	for (size_t i = 0; i < made->count; i++) {
		made->rounds[i].kinds[0] =
			(struct nb_exit_kind){ "exits", exits * (made->rounds[i].ops + 4) + 4 + 1 };
		made->rounds[i].kinds[1] =
			(struct nb_exit_kind){ "nested_run", made->rounds[i].ops + 4 };
		made->rounds[i].kinds[2] = (struct nb_exit_kind){ "io_exits", 4 };
		made->rounds[i].kinds[3] = (struct nb_exit_kind){ "irq_exits", 1 };
		made->rounds[i].kind_count = 4;
	}
	return made;
}

static void the_guests_guest_stands_beside_the_fit(void **state)
{
	struct nb_record record;
	struct nb_model model;

	(void)state;
	turtles(&record);
	add_guest(&record, "exit.hypercall", 10000);
	add_nested(&record, "nested.roundtrip_cpuid", "stage2=off", 500000, 30);
	add_nested(&record, "nested.roundtrip_cpuid", "stage2=on", 78000, 7);
	add_nested(&record, "nested.roundtrip_hypercall", "stage2=on", 50000, 6);
	model = model_of(&record, NULL);
	assert_int_equal(model.trap_count, 2);
	assert_string_equal(model.traps[0].series.params, "stage2=on");
	assert_string_equal(model.traps[0].upper.benchmark, "exit.cpuid");
	assert_int_equal(model.traps[0].level, 3);
	assert_near(model.traps[0].exits, 7);
	assert_value(model.traps[0].ratio, 6);
	assert_value(model.traps[0].fitted, 13);
	assert_true(model.traps[0].own);
	/* No hypercall of user mode: what holds for all. */
	assert_near(model.traps[1].exits, 6);
	assert_value(model.traps[1].ratio, 5);
	assert_value(model.traps[1].fitted, 13);
	assert_false(model.traps[1].own);
	nb_model_free(&model);
	nb_record_free(&record);
}

static void nothing_else_of_the_model_changes(void **state)
{
	struct nb_record record;
	struct nb_model before, after;

	(void)state;
	turtles(&record);
	before = model_of(&record, NULL);
	assert_int_equal(before.trap_count, 0);
	add_nested(&record, "nested.roundtrip_cpuid", "stage2=on", 78000, 7);
	add_nested(&record, "nested.interrupt_forward", "", 90000, 9);
	after = model_of(&record, NULL);
	assert_int_equal(after.row_count, before.row_count);
	assert_int_equal(after.bound_count, before.bound_count);
	assert_int_equal(after.step_count, before.step_count);
	assert_int_equal(after.left_out_count, before.left_out_count);
	assert_int_equal(after.target, before.target);
	assert_value(after.b, 12);
	nb_model_free(&before);
	nb_model_free(&after);
	nb_record_free(&record);
}

static void what_is_missing_is_not_known(void **state)
{
	struct nb_series_rounds *series;
	struct nb_record record;
	struct nb_model model;

	(void)state;
	turtles(&record);
	add_nested(&record, "nested.roundtrip_hypercall", "stage2=on", 50000, 6);
	series = add_nested(&record, "nested.roundtrip_cpuid", "stage2=on", 78000, 7);
	for (size_t i = 0; i < series->count; i++)
		series->rounds[i].kind_count = 0;
	model = model_of(&record, NULL);
	assert_int_equal(model.trap_count, 2);
	assert_true(isnan(model.traps[0].exits));
	/* There is no hypercall of the guest. */
	assert_string_equal(model.traps[1].upper.benchmark, "");
	assert_true(isnan(model.traps[1].ratio.value));
	assert_near(model.traps[1].exits, 6);
	nb_model_free(&model);
	nb_record_free(&record);
}

static void what_is_not_what_its_name_says_is_no_trap(void **state)
{
	struct nb_series_rounds *series;
	struct nb_record record;
	struct nb_model model;

	(void)state;
	turtles(&record);
	series = add_nested(&record, "nested.roundtrip_cpuid", "stage2=on", 78000, 7);
	series->rounds[0].evidence = NB_UNVERIFIED;
	model = model_of(&record, NULL);
	assert_int_equal(model.trap_count, 0);
	nb_model_free(&model);
	nb_record_free(&record);
}

static void without_a_fit_there_is_nothing_to_hold_it_against(void **state)
{
	struct nb_record record;
	struct nb_model model;

	(void)state;
	session_at(&record, 1);
	add_guest(&record, "exit.cpuid", 13000);
	add_nested(&record, "nested.roundtrip_cpuid", "stage2=on", 78000, 7);
	model = model_of(&record, NULL);
	assert_int_equal(model.used_count, 0);
	assert_int_equal(model.trap_count, 0);
	nb_model_free(&model);
	nb_record_free(&record);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_guests_guest_stands_beside_the_fit),
		cmocka_unit_test(nothing_else_of_the_model_changes),
		cmocka_unit_test(what_is_missing_is_not_known),
		cmocka_unit_test(what_is_not_what_its_name_says_is_no_trap),
		cmocka_unit_test(without_a_fit_there_is_nothing_to_hold_it_against),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
