/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "nestbench/fit.h"

/* Everything that nb_doctor_readiness() is asked about; a VM of 16 GiB that can nest. */
struct question {
	struct nb_machine machine;
	struct nb_identity identity;
	struct nb_nesting nesting;
	struct nb_pace pace;
	struct nb_findings findings;
};

static int set_up(void **state)
{
	struct question *question = calloc(1, sizeof(*question));

	if (!question)
		return -1;
	question->machine.memory_bytes = (int64_t)16008 * 1024 * 1024;
	question->nesting.verdict = NB_NESTING_YES;
	question->pace = (struct nb_pace){ .vm_boot_ms = NAN, .exit_ns = NAN };
	*state = question;
	return 0;
}

static int tear_down(void **state)
{
	free(*state);
	return 0;
}

static const struct nb_finding *ask(struct question *question, const char *key)
{
	question->findings.count = 0;
	nb_doctor_readiness(&question->machine, &question->identity, &question->nesting,
			    &question->pace, &question->findings);
	return nb_finding_find(&question->findings, key);
}

static void quick_exits_are_likely_fine(void **state)
{
	struct question *question = *state;
	const struct nb_finding *finding;

	question->pace = (struct nb_pace){ .vm_boot_ms = 12.34, .exit_ns = 7100 };
	finding = ask(question, "readiness.kernel_boot");
	assert_int_equal(finding->state, NB_STATE_GOOD);
	assert_string_equal(finding->value, "likely fine: about 2.4 s to 12 s; WSL waits 30 s");
	assert_non_null(strstr(finding->how, "each 7.1 us here"));
	assert_string_equal(finding->advice, "");
	finding = ask(question, "readiness.distribution_start");
	assert_string_equal(finding->value, "likely fine: about 2.4 s to 12 s; WSL waits 60 s");
	finding = ask(question, "readiness.empty_vm");
	assert_int_equal(finding->state, NB_STATE_INFO);
	assert_string_equal(finding->value, "starts in 12.3 ms");
}

static void exits_that_may_take_too_long_are_a_risk(void **state)
{
	struct question *question = *state;
	const struct nb_finding *finding;

	question->pace.exit_ns = 40000;
	finding = ask(question, "readiness.kernel_boot");
	assert_int_equal(finding->state, NB_STATE_WARN);
	assert_string_equal(finding->value, "at risk: about 8.8 s to 53 s; WSL waits 30 s");
	assert_non_null(strstr(finding->advice, "kernelBootTimeout=90000"));
	assert_int_equal(ask(question, "readiness.distribution_start")->state, NB_STATE_GOOD);
}

static void exits_that_certainly_take_too_long_are_bad(void **state)
{
	struct question *question = *state;
	const struct nb_finding *finding;

	question->pace.exit_ns = 400000;
	finding = ask(question, "readiness.kernel_boot");
	assert_int_equal(finding->state, NB_STATE_BAD);
	assert_memory_equal(finding->value, "at risk: ", strlen("at risk: "));
	finding = ask(question, "readiness.distribution_start");
	assert_int_equal(finding->state, NB_STATE_BAD);
	assert_non_null(strstr(finding->advice, "distributionStartTimeout=180000"));
}

static void an_empty_vm_that_is_slow_is_a_risk_whatever_exits_cost(void **state)
{
	struct question *question = *state;
	const struct nb_finding *finding;

	question->pace = (struct nb_pace){ .vm_boot_ms = 4000, .exit_ns = 1000 };
	finding = ask(question, "readiness.kernel_boot");
	assert_int_equal(finding->state, NB_STATE_WARN);
	assert_string_equal(finding->value, "at risk: an empty VM alone takes 4.0 s of WSL's 30 s");
	assert_int_equal(ask(question, "readiness.distribution_start")->state, NB_STATE_GOOD);
}

static void without_a_measurement_nothing_is_promised(void **state)
{
	struct question *question = *state;
	static const double none[] = { NAN, 0, -1, INFINITY };
	const struct nb_finding *finding;

	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		question->pace = (struct nb_pace){ .vm_boot_ms = NAN, .exit_ns = none[i] };
		finding = ask(question, "readiness.kernel_boot");
		assert_int_equal(finding->state, NB_STATE_UNKNOWN);
		assert_memory_equal(finding->value, "unknown: ", strlen("unknown: "));
		assert_string_equal(finding->advice, "nestbench run exit.cpuid");
	}
	assert_int_equal(ask(question, "readiness.mount_device")->state, NB_STATE_UNKNOWN);
}

static void what_cannot_be_measured_is_not_asked_for(void **state)
{
	struct question *question = *state;
	const struct nb_finding *finding;

	question->pace = (struct nb_pace){ .vm_boot_ms = 20, .exit_ns = NAN };
	finding = ask(question, "readiness.kernel_boot");
	assert_int_equal(finding->state, NB_STATE_UNKNOWN);
	assert_non_null(strstr(finding->value, "cannot be measured"));
	assert_string_equal(finding->advice, "");
	question->pace.vm_boot_ms = NAN;
	strcpy(question->nesting.advice, "permission first");
	assert_string_equal(ask(question, "readiness.kernel_boot")->advice, "permission first");
}

static void where_nothing_nests_the_reason_and_the_advice_are_passed_on(void **state)
{
	struct question *question = *state;
	const struct nb_finding *finding;

	question->nesting = (struct nb_nesting){ .verdict = NB_NESTING_NO,
						 .reason = "no vmx",
						 .advice = "switch it on" };
	question->pace.exit_ns = 1000;
	finding = ask(question, "readiness.kernel_boot");
	assert_int_equal(finding->state, NB_STATE_BAD);
	assert_memory_equal(finding->value, "at risk: ", strlen("at risk: "));
	assert_string_equal(finding->how, "no vmx");
	assert_string_equal(finding->advice, "switch it on");
	assert_null(ask(question, "readiness.mount_device"));
}

static void wsl_2_has_proved_itself_and_cannot_tell_the_memory(void **state)
{
	struct question *question = *state;

	question->identity.wsl = 2;
	question->nesting.verdict = NB_NESTING_NO; /* of what is one level deeper */
	assert_int_equal(ask(question, "readiness.kernel_boot")->state, NB_STATE_GOOD);
	assert_int_equal(ask(question, "readiness.memory")->state, NB_STATE_UNKNOWN);
}

static void memory_is_held_against_what_docker_asks_for(void **state)
{
	struct question *question = *state;
	const struct nb_finding *finding = ask(question, "readiness.memory");

	assert_int_equal(finding->state, NB_STATE_GOOD);
	assert_string_equal(finding->value, "likely fine: 15.6 GiB; Docker asks for 4 GB, and WSL "
					    "2 takes up to 7.8 GiB");
	question->machine.memory_bytes = (int64_t)3900 * 1024 * 1024; /* of a VM of 4 GiB */
	assert_int_equal(ask(question, "readiness.memory")->state, NB_STATE_GOOD);
	question->machine.memory_bytes = (int64_t)3 * 1024 * 1024 * 1024;
	finding = ask(question, "readiness.memory");
	assert_int_equal(finding->state, NB_STATE_BAD);
	assert_memory_equal(finding->value, "at risk: ", strlen("at risk: "));
	question->machine.memory_bytes = -1;
	assert_string_equal(ask(question, "readiness.memory")->value, "unknown");
}

static void every_finding_is_whole_and_says_how_it_is_known(void **state)
{
	static const double exits[] = { NAN, 12, 999999, 1e12 };
	struct question *question = *state;

	for (size_t i = 0; i < sizeof(exits) / sizeof(exits[0]); i++) {
		question->pace = (struct nb_pace){ .vm_boot_ms = 1, .exit_ns = exits[i] };
		ask(question, "");
		assert_true(question->findings.count >= 5);
		for (size_t j = 0; j < question->findings.count; j++) {
			const struct nb_finding *finding = &question->findings.items[j];

			assert_int_equal(finding->section, NB_SECTION_READINESS);
			assert_string_not_equal(finding->how, "");
			assert_null(strstr(finding->value, "..."));
			assert_null(strstr(finding->how, "..."));
			assert_null(strstr(finding->advice, "..."));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(quick_exits_are_likely_fine, set_up, tear_down),
		cmocka_unit_test_setup_teardown(exits_that_may_take_too_long_are_a_risk, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(exits_that_certainly_take_too_long_are_bad, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(
			an_empty_vm_that_is_slow_is_a_risk_whatever_exits_cost, set_up, tear_down),
		cmocka_unit_test_setup_teardown(without_a_measurement_nothing_is_promised, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(what_cannot_be_measured_is_not_asked_for, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(
			where_nothing_nests_the_reason_and_the_advice_are_passed_on, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(wsl_2_has_proved_itself_and_cannot_tell_the_memory,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(memory_is_held_against_what_docker_asks_for, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(every_finding_is_whole_and_says_how_it_is_known,
						set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
