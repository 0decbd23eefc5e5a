/* SPDX-License-Identifier: Apache-2.0 */
#include "nestbench/recurrence.h"

#include "model_sample.h"

static void exceptions_multiply_only_where_they_exit(void **state)
{
	struct nb_record record;
	struct nb_model model;

	(void)state;
	turtles(&record);
	add_guest(&record, "exc.ud", 14000);
	set_evidence(add_guest(&record, "exc.pf", 500), NB_VERIFIED, 0);
	set_evidence(add_guest(&record, "exc.gp", 600), NB_UNAVAILABLE, NAN);
	/* Nobody promised two exits, but they were counted. */
	set_evidence(add_guest(&record, "exc.de", 9000), NB_UNVERIFIED, 2);
	set_evidence(add_guest(&record, "exc.bp", 700), NB_EMULATED, 0);
	model = model_of(&record, NULL);
	assert_true(row_of(&model, "exc.ud")->forwarded);
	assert_value(row_of(&model, "exc.ud")->predicted, 13 * 14000);
	assert_false(row_of(&model, "exc.pf")->forwarded);
	assert_value(row_of(&model, "exc.pf")->predicted, 500);
	assert_int_equal(row_of(&model, "exc.pf")->kind, NB_MODEL_EXCEPTION);
	/* Nobody counted those of #GP, and #BP ran in software. */
	assert_true(row_of(&model, "exc.de")->forwarded);
	assert_int_equal(model.left_out_count, 2);
	assert_int_equal(model.left_out[0].why, NB_MODEL_UNCOUNTED);
	assert_int_equal(model.left_out[1].why, NB_MODEL_EMULATED);
	nb_model_free(&model);
	nb_record_free(&record);
}

static void the_slowest_interrupt_decides_how_deep(void **state)
{
	static const double rates[] = { 1, 10, 1e6 };
	const struct nb_model_options options = { .level = NB_LEVEL_UNKNOWN,
						  .rates = rates,
						  .rate_count = 3 };
	struct nb_error error = { 0 };
	struct nb_record record;
	struct nb_model model;

	(void)state;
	turtles(&record);
	add_guest(&record, "irq.self_ipi", 20000);
	add_guest(&record, "irq.timer_deadline", 26000);
	assert_int_equal(try_model(&record, NULL, &options, &model, &error), 0);
	assert_string_equal(model.interrupt.series.benchmark, "irq.timer_deadline");
	assert_int_equal(model.interrupt.level, 2);
	assert_int_equal(model.depth_count, 3);
	/* 2 us at L1, times 13 a level: 13^5 of them are less than a second, 13^6 more. */
	assert_int_equal(model.depths[0].depth, 6);
	assert_int_equal(model.depths[1].depth, 5);
	assert_int_equal(model.depths[2].depth, 0);
	assert_int_equal(model.depths[0].least, 6);
	nb_model_free(&model);
	nb_record_free(&record);
}

static void without_interrupts_two_exits_stand_for_one(void **state)
{
	struct nb_record record;
	struct nb_model model;

	(void)state;
	turtles(&record);
	/* Delivered without an exit, it would be sustained at any depth, and proves nothing. */
	set_evidence(add_guest(&record, "irq.self_ipi", 400), NB_VERIFIED, 0);
	model = model_of(&record, NULL);
	assert_string_equal(model.interrupt.series.benchmark, "");
	assert_value(model.interrupt.time, 26000);
	assert_int_equal(model.depths[0].depth, 6);
	assert_int_equal(model.depth_count, 4);
	assert_non_null(strstr(model.warnings[0], "irq.ipi_halted, irq.timer_deadline ("));
	nb_model_free(&model);
	nb_record_free(&record);
}

static void injections_are_no_exits(void **state)
{
	struct nb_record record;
	struct nb_model model;
	struct nb_series_rounds *ipi;

	(void)state;
	turtles(&record);
	ipi = add_guest(&record, "irq.self_ipi", 20000);
	/* One injection each, as expected, and two exits each, which nobody promised. */
	for (size_t i = 0; i < ipi->count; i++)
		ipi->rounds[i].kinds[0].count = 2 * ipi->rounds[i].ops;
	model = model_of(&record, NULL);
	assert_near(row_of(&model, "irq.self_ipi")->exits_per_op, 2);
	nb_model_free(&model);
	for (size_t i = 0; i < ipi->count; i++)
		ipi->rounds[i].kind_count = 0;
	model = model_of(&record, NULL);
	assert_int_equal(model.left_out_count, 1);
	assert_int_equal(model.left_out[0].why, NB_MODEL_UNCOUNTED);
	nb_model_free(&model);
	nb_record_free(&record);
}

static const struct nb_model_bound *bound_of(const struct nb_model *model, const char *benchmark)
{
	for (size_t i = 0; i < model->bound_count; i++)
		if (strcmp(model->bounds[i].series.benchmark, benchmark) == 0)
			return &model->bounds[i];
	fail_msg("no bound of %s", benchmark);
	return NULL;
}

static void what_is_slower_than_the_bound_breaks_it(void **state)
{
	struct nb_record record;
	struct nb_model model;

	(void)state;
	turtles(&record);
	add_guest(&record, "exit.hypercall", 30000);
	set_evidence(add_guest(&record, "exit.pio_string_user", 30000), NB_VERIFIED, 2);
	set_evidence(add_guest(&record, "exit.invlpg", 30000), NB_VERIFIED, 0);
	model = model_of(&record, NULL);
	/* The samples go 200 beyond their median; they are too few for a p99.9. */
	assert_true(bound_of(&model, "exit.cpuid")->is_max);
	assert_near(bound_of(&model, "exit.cpuid")->worst, 13200);
	assert_near(bound_of(&model, "exit.cpuid")->bound, 13 * 1200);
	assert_false(bound_of(&model, "exit.cpuid")->broken);
	assert_true(bound_of(&model, "exit.hypercall")->broken);
	/* Two exits may take twice as long; no exit is not bounded by exits. */
	assert_near(bound_of(&model, "exit.pio_string_user")->bound, 2 * 13 * 1200);
	assert_false(bound_of(&model, "exit.pio_string_user")->broken);
	assert_int_equal(model.bound_count, 3);
	assert_int_equal(model.broken_count, 1);
	nb_model_free(&model);
	nb_record_free(&record);
}

static void the_deep_session_is_held_against_the_bound_too(void **state)
{
	struct nb_record shallow, deep;
	struct nb_model model;

	(void)state;
	turtles(&shallow);
	session_at(&deep, 2);
	add_guest(&deep, "exit.hypercall", 169000 * 2);
	model = model_of(&shallow, &deep);
	assert_int_equal(bound_of(&model, "exit.hypercall")->level, 3);
	assert_near(bound_of(&model, "exit.hypercall")->bound, 169 * 1200);
	assert_true(bound_of(&model, "exit.hypercall")->broken);
	nb_model_free(&model);
	nb_record_free(&deep);
	nb_record_free(&shallow);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(exceptions_multiply_only_where_they_exit),
		cmocka_unit_test(the_slowest_interrupt_decides_how_deep),
		cmocka_unit_test(without_interrupts_two_exits_stand_for_one),
		cmocka_unit_test(injections_are_no_exits),
		cmocka_unit_test(what_is_slower_than_the_bound_breaks_it),
		cmocka_unit_test(the_deep_session_is_held_against_the_bound_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
