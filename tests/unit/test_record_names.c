/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "nestbench/base.h"
#include "nestbench/digest.h"

static void enums_have_the_words_that_files_and_tables_show(void **state)
{
	(void)state;
	assert_string_equal(nb_record_outcome_name(NB_OK), "ok");
	assert_string_equal(nb_record_outcome_name(NB_SKIP), "skip");
	assert_string_equal(nb_record_outcome_name(NB_ERROR), "error");
	assert_string_equal(nb_record_vantage_name(NB_USER), "user");
	assert_string_equal(nb_record_vantage_name(NB_GUEST), "guest");
	assert_string_equal(nb_record_clock_name(NB_CLOCK_HOST), "host");
	assert_string_equal(nb_record_clock_name(NB_CLOCK_GUEST_TSC), "guest-tsc");
	assert_string_equal(nb_record_evidence_name(NB_VERIFIED), "verified");
	assert_string_equal(nb_record_evidence_name(NB_EMULATED), "emulated");
	assert_string_equal(nb_record_evidence_name(NB_UNVERIFIED), "unverified");
	assert_string_equal(nb_record_evidence_name(NB_UNAVAILABLE), "unavailable");
}

static void each_guard_tag_has_a_word_and_nothing_else_has(void **state)
{
	static const char *const names[] = { "steal", "switches", "migration", "clocksource", "tsc",
					     "stall", "swap",	  "psi",       "canary" };

	(void)state;
	for (int bit = 0; bit < 32; bit++) {
		const char *name = nb_record_tag_name((uint32_t)1 << bit);

		if (bit < 9)
			assert_string_equal(name, names[bit]);
		else
			assert_null(name);
	}
	assert_null(nb_record_tag_name(0));
	assert_null(nb_record_tag_name(NB_TAG_STEAL | NB_TAG_PSI));
}

static void a_series_is_called_by_its_benchmark_and_its_parameters(void **state)
{
	struct nb_series series = { .vantage = NB_GUEST };
	char name[64], small[8];

	(void)state;
	nb_base_copy(series.benchmark, sizeof(series.benchmark), "exit.cpuid");
	nb_record_series_name(name, sizeof(name), &series);
	assert_string_equal(name, "exit.cpuid");
	nb_base_copy(series.params, sizeof(series.params), "ring=3");
	nb_record_series_name(name, sizeof(name), &series);
	assert_string_equal(name, "exit.cpuid ring=3");
	nb_record_series_name(small, sizeof(small), &series);
	assert_string_equal(small, "exit.cp");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(enums_have_the_words_that_files_and_tables_show),
		cmocka_unit_test(each_guard_tag_has_a_word_and_nothing_else_has),
		cmocka_unit_test(a_series_is_called_by_its_benchmark_and_its_parameters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
