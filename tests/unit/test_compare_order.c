/* SPDX-License-Identifier: Apache-2.0 */
#include "compare_sample.h"

/* What a comparison shows: its order, its sums, and in what the sides differ besides. */

static void rename_row(const struct sample *sample, size_t row, const char *benchmark)
{
	for (size_t i = 0; i < sample->count; i++)
		nb_base_copy(sample->sessions[i].rows[row].series.benchmark, 48, benchmark);
}

static void rows_are_sorted_by_family_and_size_of_change(void **state)
{
	static const char *const names[] = { "irq.a", "exit.a", "exit.b", "irq.b", "exit.c" };
	static const double centers[] = { 1000, 1100, 500, 1300, 1000 };
	static const char *const expected[] = { "exit.b", "exit.a", "exit.c", "irq.b", "irq.a" };
	struct sample base = sample_make(6, 5), candidate = sample_make(6, 5);
	struct nb_comparison comparison;

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		rename_row(&base, i, names[i]);
		rename_row(&candidate, i, names[i]);
		sample_spread(&base, i, 1000, 0.01);
		sample_spread(&candidate, i, centers[i], 0.01);
	}
	comparison = sample_compare(&base, &candidate, NULL);
	assert_int_equal(comparison.count, 5);
	for (size_t i = 0; i < 5; i++)
		assert_string_equal(comparison.rows[i].series.benchmark, expected[i]);
	assert_int_equal(comparison.verdicts[NB_REGRESSED], 2);
	assert_int_equal(comparison.verdicts[NB_IMPROVED], 1);
	assert_int_equal(comparison.verdicts[NB_SAME], 2);
	assert_int_equal(comparison.verdict, NB_REGRESSED);
	assert_int_equal(comparison.more_sessions, -1);
	nb_comparison_free(&comparison);
	sample_free(&base);
	sample_free(&candidate);
}

/* One inconclusive row that can be settled, one on the margin that cannot. */
static void the_sum_says_how_many_sessions_settle_how_many_rows(void **state)
{
	struct sample base = sample_make(8, 3), candidate = sample_make(8, 3);
	struct nb_comparison comparison;

	(void)state;
	for (size_t i = 0; i < 3; i++)
		sample_spread(&base, i, 1000, i == 0 ? 0.01 : 0.06);
	sample_spread(&candidate, 0, 1000, 0.01);
	sample_spread(&candidate, 1, 1001, 0.06);
	sample_spread(&candidate, 2, 1030, 0.06);
	comparison = sample_compare(&base, &candidate, NULL);
	assert_int_equal(comparison.verdicts[NB_INCONCLUSIVE], 2);
	assert_int_equal(comparison.verdict, NB_INCONCLUSIVE);
	assert_int_equal(comparison.settled, 1);
	assert_int_equal(comparison.more_sessions,
			 sample_find(&comparison, "exit.b01")->more_sessions);
	assert_in_range(comparison.more_sessions, 10, 100);
	nb_comparison_free(&comparison);
	sample_free(&base);
	sample_free(&candidate);
}

static void columns_that_differ_are_warned_of(void **state)
{
	static const char *const asked[] = { "kernel" };
	struct sample base = sample_make(3, 1), candidate = sample_make(3, 1);
	struct nb_compare_options options = nb_compare_defaults;
	struct nb_comparison comparison;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		nb_base_copy(candidate.sessions[i].session.machine.kernel, 160, "6.12.113");
		nb_base_copy(candidate.sessions[i].session.machine.microcode, 24, "0x1");
		candidate.sessions[i].session.machine.memory_bytes = INT64_C(12) << 30;
	}
	candidate.sessions[1].session.fifo = true;
	comparison = sample_compare(&base, &candidate, NULL);
	assert_int_equal(comparison.warning_count, 4);
	assert_string_equal(comparison.warnings[0], "kernel: 6.1.0 | 6.12.113");
	assert_string_equal(comparison.warnings[1], "microcode: none | 0x1");
	assert_string_equal(comparison.warnings[2], "memory: 16.0 GiB | 12.0 GiB");
	assert_string_equal(comparison.warnings[3],
			    "scheduling: no SCHED_FIFO | SCHED_FIFO and others");
	nb_comparison_free(&comparison);
	options.asked = asked;
	options.asked_count = 1;
	comparison = sample_compare(&base, &candidate, &options);
	assert_int_equal(comparison.warning_count, 3);
	assert_string_equal(comparison.warnings[0], "microcode: none | 0x1");
	nb_comparison_free(&comparison);
	sample_free(&base);
	sample_free(&candidate);
}

/* Kernels keep a little more or less of the same memory for themselves. */
static void memory_that_differs_by_little_is_equal(void **state)
{
	struct sample base = sample_make(2, 1), candidate = sample_make(2, 1);
	struct nb_comparison comparison;

	(void)state;
	base.sessions[0].session.machine.memory_bytes = INT64_C(16776200) << 10;
	base.sessions[1].session.machine.memory_bytes = INT64_C(16776100) << 10;
	candidate.sessions[0].session.machine.memory_bytes = INT64_C(16770000) << 10;
	candidate.sessions[1].session.machine.memory_bytes = INT64_C(16760000) << 10;
	comparison = sample_compare(&base, &candidate, NULL);
	assert_int_equal(comparison.warning_count, 0);
	nb_comparison_free(&comparison);
	base.sessions[0].session.machine.memory_bytes = -1;
	base.sessions[1].session.machine.memory_bytes = -1;
	comparison = sample_compare(&base, &candidate, NULL);
	assert_string_equal(comparison.warnings[0], "memory: unknown | 16.0 GiB");
	nb_comparison_free(&comparison);
	sample_free(&base);
	sample_free(&candidate);
}

static void long_texts_are_shown_from_where_they_differ(void **state)
{
	static const char start[] =
		"root=UUID=0123 console=ttyS0 net.ifnames=0 biosdevname=0 quiet ";
	struct sample base = sample_make(2, 1), candidate = sample_make(2, 1);
	struct nb_comparison comparison;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct nb_machine *left = &base.sessions[i].session.machine;
		struct nb_machine *right = &candidate.sessions[i].session.machine;

		snprintf(left->kernel_cmdline, sizeof(left->kernel_cmdline), "%smitigations=auto",
			 start);
		snprintf(right->kernel_cmdline, sizeof(right->kernel_cmdline), "%smitigations=off",
			 start);
		memset(left->mitigations, 'a', 1000);
		memset(right->mitigations, 'b', 1000);
	}
	comparison = sample_compare(&base, &candidate, NULL);
	assert_int_equal(comparison.warning_count, 2);
	assert_string_equal(comparison.warnings[0],
			    "kernel_cmdline: ...mitigations=auto | ...mitigations=off");
	assert_non_null(strstr(comparison.warnings[1], "aaa... | bbb"));
	assert_true(strlen(comparison.warnings[1]) < sizeof(comparison.warnings[1]) - 1);
	nb_comparison_free(&comparison);
	sample_free(&base);
	sample_free(&candidate);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_sorted_by_family_and_size_of_change),
		cmocka_unit_test(the_sum_says_how_many_sessions_settle_how_many_rows),
		cmocka_unit_test(columns_that_differ_are_warned_of),
		cmocka_unit_test(memory_that_differs_by_little_is_equal),
		cmocka_unit_test(long_texts_are_shown_from_where_they_differ),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
