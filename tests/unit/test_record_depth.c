/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "nestbench/digest.h"

#include "report_sample.h"

static void a_guests_own_guest_is_two_levels_below_the_system(void **state)
{
	static const struct {
		const char *benchmark;
		enum nb_vantage vantage;
		int depth;
	} cases[] = {
		{ "exit.cpuid", NB_USER, 0 },	      { "exit.cpuid", NB_GUEST, 1 },
		{ "irq.ipi_busy", NB_GUEST, 1 },      { "nested.roundtrip_cpuid", NB_GUEST, 2 },
		{ "nested2.something", NB_GUEST, 1 }, { "io.nested.read", NB_USER, 0 },
	};
	struct nb_session session = { .level = 1 };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct nb_series series = sample_series(cases[i].benchmark, cases[i].vantage, "");

		assert_int_equal(nb_record_depth(&series), cases[i].depth);
		session.level = 1;
		assert_int_equal(nb_record_level(&session, &series), 1 + cases[i].depth);
		session.level = NB_LEVEL_UNKNOWN;
		assert_int_equal(nb_record_level(&session, &series), NB_LEVEL_UNKNOWN);
	}
}

static void sums_and_digests_have_the_level_of_the_measured_code(void **state)
{
	struct nb_record record = { .session = { .level = 2 } };
	struct nb_digest digest;
	struct nb_result result;

	(void)state;
	sample_measured(&record, "nested.eoi", NB_GUEST, "", 5000);
	assert_int_equal(nb_record_summarise(&record.session, &record.series[0], &result, NULL), 0);
	assert_int_equal(result.level, 4);
	assert_int_equal(nb_digest_make(&record, &digest, NULL), 0);
	assert_int_equal(digest.rows[0].level, 4);
	nb_digest_free(&digest);
	nb_record_free(&record);
}

static void exits_are_those_of_the_guest_and_not_of_the_hosts_interrupts(void **state)
{
	struct nb_result result = {
		.exits_per_op = 1,
		.ops = 100,
		.kinds = { { "exits", 1305 }, { "nested_run", 100 }, { "irq_exits", 5 } },
		.kind_count = 3,
	};

	(void)state;
	assert_true(nb_record_exits(&result) == 13);
	result.kinds[0].count = 2;
	assert_true(nb_record_exits(&result) == 0);
	result.kind_count = 0;
	assert_true(isnan(nb_record_exits(&result)));
	result.kind_count = 3;
	result.ops = -1;
	assert_true(isnan(nb_record_exits(&result)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_guests_own_guest_is_two_levels_below_the_system),
		cmocka_unit_test(sums_and_digests_have_the_level_of_the_measured_code),
		cmocka_unit_test(exits_are_those_of_the_guest_and_not_of_the_hosts_interrupts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
