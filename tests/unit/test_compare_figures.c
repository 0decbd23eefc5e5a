/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "nestbench/figures.h"

#include "compare_sample.h"

/* Sessions of a VM: a benchmark in its user mode (L1) and in a guest of its own (L2), in ns. */
static struct sample vm_sessions(size_t count, const char *benchmark, double upper, double deeper)
{
	struct sample sample = sample_make(count, 2);

	for (size_t i = 0; i < count; i++) {
		struct nb_digest_row *rows = sample.sessions[i].rows;

		for (size_t j = 0; j < 2; j++)
			nb_base_copy(rows[j].series.benchmark, 48, benchmark);
		rows[0].p50 = deeper * (1 + 0.01 * (double)i);
		rows[1].series.vantage = NB_USER;
		rows[1].level = 1;
		rows[1].p50 = upper;
	}
	return sample;
}

static struct nb_level_table levels_of(const struct sample *sample)
{
	struct nb_compare_group group = sample_group(sample);
	struct nb_level_table table;
	struct nb_error error;
	int result = nb_figures_levels(&group, &nb_compare_defaults, &table, &error);

	if (result < 0)
		fail_msg("%s", error.text);
	return table;
}

static struct nb_comparison compared_with(const char *name, const struct sample *sample)
{
	struct nb_compare_group group = sample_group(sample);
	struct nb_comparison comparison = { 0 };
	struct nb_baseline baseline = { 0 };
	struct nb_error error;

	if (nb_baseline_find(name, &baseline, &error) < 0 ||
	    nb_figures_compare(&baseline, &group, &nb_compare_defaults, &comparison, &error) < 0)
		fail_msg("%s", error.text);
	nb_baseline_free(&baseline);
	return comparison;
}

/* "your L2/L1 cpuid ratio 9.4; published 5.5-31" */
static void a_level_ratio_lies_in_the_published_band(void **state)
{
	struct sample sample = vm_sessions(3, "exit.cpuid", 1000, 9306.93);
	struct nb_level_table table = levels_of(&sample);
	const struct nb_level_ratio *row = table.rows;

	(void)state;
	assert_int_equal(table.count, 1);
	assert_near(table.any_low, 9.20 / 1.66, 1e-9);
	assert_near(table.any_high, 36345 / 1188.0, 1e-9);
	assert_string_equal(row->benchmark, "exit.cpuid");
	assert_int_equal(row->level, 2);
	assert_near(row->ratio, 9.4, 1e-6);
	assert_near(row->low, 9.30693, 1e-6);
	assert_near(row->high, 9.30693 * 1.02, 1e-6);
	assert_near(row->upper_p50, 1000, 1e-9);
	assert_int_equal(row->sessions, 3);
	assert_false(row->across);
	assert_int_equal(row->band, NB_BAND_WITHIN);
	assert_near(row->band_low, 7.1 / 0.54, 1e-9);
	assert_near(row->band_high, 58000 / 2600.0, 1e-9);
	nb_level_table_free(&table);
	sample_free(&sample);
}

/* PVM needs no nesting by hardware: its ratio is shown and measures nobody. */
static void every_published_ratio_is_shown_with_its_source(void **state)
{
	struct sample sample = vm_sessions(1, "exit.cpuid", 1000, 40000);
	struct nb_level_table table = levels_of(&sample);
	const struct nb_level_ratio *row = table.rows;
	size_t outside = 0;
	char text[300];

	(void)state;
	assert_int_equal(row->published_count, 3);
	for (size_t i = 0; i < row->published_count; i++) {
		const struct nb_published_ratio *published = &row->published[i];

		assert_string_equal(published->deeper->metric, "exit.cpuid");
		assert_string_equal(published->deeper->level, "L2");
		assert_string_equal(published->upper->level, "L1");
		assert_true(published->deeper->source_title[0]);
		outside += published->in_band ? 0 : 1;
		if (!published->in_band)
			assert_non_null(strstr(published->deeper->hardware, "PVM in VM"));
	}
	assert_int_equal(outside, 1);
	nb_figure_provenance(row->published[0].deeper, text, sizeof(text));
	assert_memory_equal(text, "published: ", 11);
	assert_int_equal(row->band, NB_BAND_ABOVE);
	assert_true(isnan(row->low) && isnan(row->high));
	nb_level_table_free(&table);
	sample_free(&sample);
}

static void what_nobody_published_has_no_band(void **state)
{
	struct sample sample = vm_sessions(2, "exit.rdtsc", 20, 21);
	struct nb_level_table table = levels_of(&sample);

	(void)state;
	assert_int_equal(table.count, 1);
	assert_near(table.rows[0].ratio, 1.055, 0.01);
	assert_int_equal(table.rows[0].published_count, 0);
	assert_null(table.rows[0].published);
	assert_true(isnan(table.rows[0].band_low) && isnan(table.rows[0].band_high));
	assert_int_equal(table.rows[0].band, NB_BAND_UNKNOWN);
	nb_level_table_free(&table);
	sample_free(&sample);
}

/* On hardware the guest is L1 and user mode L0: another ratio, with a band of its own. */
static void the_band_is_that_of_the_same_levels(void **state)
{
	struct sample sample = vm_sessions(2, "exit.cpuid", 30, 1000);
	struct nb_level_table table;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		sample.sessions[i].rows[0].level = 1;
		sample.sessions[i].rows[1].level = 0;
	}
	table = levels_of(&sample);
	assert_int_equal(table.rows[0].level, 1);
	assert_int_equal(table.rows[0].published_count, 1);
	assert_near(table.rows[0].band_low, 26, 1e-9);
	assert_int_equal(table.rows[0].band, NB_BAND_ABOVE);
	nb_level_table_free(&table);
	sample_free(&sample);
}

static void an_unknown_level_has_a_ratio_and_no_band(void **state)
{
	struct sample sample = vm_sessions(1, "exit.cpuid", 1000, 9400);
	struct nb_level_table table;

	(void)state;
	sample.sessions[0].rows[0].level = NB_LEVEL_UNKNOWN;
	sample.sessions[0].rows[1].level = NB_LEVEL_UNKNOWN;
	table = levels_of(&sample);
	assert_near(table.rows[0].ratio, 9.4, 1e-9);
	assert_int_equal(table.rows[0].level, NB_LEVEL_UNKNOWN);
	assert_int_equal(table.rows[0].band, NB_BAND_UNKNOWN);
	nb_level_table_free(&table);
	sample_free(&sample);
}

/* The time of an emulated instruction is no exit's; its ring 3 is real, and user mode is its twin.
 */
static void what_is_emulated_has_no_ratio(void **state)
{
	struct sample sample = vm_sessions(1, "exit.cpuid", 1000, 9400);
	struct nb_level_table table;

	(void)state;
	sample.sessions[0].rows[0].evidence = NB_EMULATED;
	table = levels_of(&sample);
	assert_int_equal(table.count, 1);
	assert_true(isnan(table.rows[0].ratio));
	assert_int_equal(table.rows[0].band, NB_BAND_UNKNOWN);
	assert_string_equal(table.rows[0].note,
			    "emulated: the time is no exit's, so no ratio is known");
	nb_level_table_free(&table);
	sample.sessions[0].rows[0].evidence = NB_VERIFIED;
	nb_base_copy(sample.sessions[0].rows[0].series.params, 96, "ring=3");
	table = levels_of(&sample);
	assert_near(table.rows[0].ratio, 9.4, 1e-9);
	assert_string_equal(table.rows[0].params, "ring=3");
	nb_level_table_free(&table);
	sample_free(&sample);
}

/* A hypercall has no twin in user mode: sessions on the host and in the VM are put together. */
static void sessions_of_two_levels_make_a_ratio_too(void **state)
{
	struct sample sample = sample_make(5, 1);
	struct nb_level_table table;

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		nb_base_copy(sample.sessions[i].rows[0].series.benchmark, 48, "exit.hypercall");
		sample.sessions[i].rows[0].level = i < 2 ? 1 : 2;
		sample.sessions[i].rows[0].p50 = i < 2 ? 500 : 4000;
	}
	table = levels_of(&sample);
	assert_int_equal(table.count, 1);
	assert_true(table.rows[0].across);
	assert_int_equal(table.rows[0].level, 2);
	assert_near(table.rows[0].ratio, 8, 1e-9);
	assert_int_equal(table.rows[0].band, NB_BAND_WITHIN);
	assert_true(table.rows[0].published_count > 3);
	for (size_t i = 0; i < table.rows[0].published_count; i++)
		assert_int_equal(
			table.rows[0].published[i].in_band,
			!strstr(table.rows[0].published[i].deeper->hardware, "ARM") &&
				!strstr(table.rows[0].published[i].deeper->hardware, "PVM in VM"));
	nb_level_table_free(&table);
	for (size_t i = 2; i < 5; i++)
		sample.sessions[i].rows[0].outcome = NB_SKIP;
	table = levels_of(&sample);
	assert_int_equal(table.count, 0);
	nb_level_table_free(&table);
	sample_free(&sample);
}

static void a_figure_in_time_is_converted_and_never_a_gate(void **state)
{
	struct sample sample = vm_sessions(3, "exit.cpuid", 600, 14200);
	struct nb_comparison comparison = compared_with("pvm-2023", &sample);
	size_t nested = 0;

	(void)state;
	/* One figure of L1, and two of L2. */
	assert_int_equal(comparison.count, 3);
	assert_true(comparison.indicative && comparison.only_base_count > 20);
	assert_int_equal(comparison.verdict, NB_INCONCLUSIVE);
	assert_int_equal(comparison.verdicts[NB_INCONCLUSIVE], 3);
	for (size_t i = 0; i < comparison.count; i++) {
		const struct nb_compare_row *row = &comparison.rows[i];

		assert_true(row->indicative && isnan(row->p) && isnan(row->low));
		assert_memory_equal(row->provenance, "published: ", 11);
		if (row->level != 2 || !strstr(row->provenance, "KVM on KVM"))
			continue;
		nested++;
		assert_near(row->base.p50, 7100, 1e-9);
		assert_near(row->ratio, 14342 / 7100.0, 1e-9);
		assert_int_equal(row->candidate.sessions, 3);
	}
	assert_int_equal(nested, 1);
	nb_comparison_free(&comparison);
	sample_free(&sample);
}

static void cycles_of_another_processor_are_not_converted(void **state)
{
	struct sample sample = vm_sessions(1, "exit.cpuid", 600, 14200);
	struct nb_comparison comparison = compared_with("turtles-2010", &sample);

	(void)state;
	assert_int_equal(comparison.count, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_true(isnan(comparison.rows[i].ratio) && isnan(comparison.rows[i].base.p50));
		assert_non_null(
			strstr(comparison.rows[i].note, "cycles: not to be converted to ns"));
	}
	nb_comparison_free(&comparison);
	sample_free(&sample);
}

/* The size of a VM is not compared here, and nobody has published its times. */
static void a_size_has_no_figures_of_benchmarks(void **state)
{
	struct sample sample = vm_sessions(1, "exit.cpuid", 600, 14200);
	struct nb_comparison comparison = compared_with("azure-d4s-v5", &sample);

	(void)state;
	assert_int_equal(comparison.count + comparison.only_base_count, 0);
	nb_comparison_free(&comparison);
	sample_free(&sample);
}

static void invalid_sessions_are_named_here_too(void **state)
{
	struct sample sample = vm_sessions(2, "exit.cpuid", 600, 14200);
	struct nb_compare_group group = sample_group(&sample);
	struct nb_level_table table = { 0 };
	struct nb_comparison comparison;
	struct nb_error error;

	(void)state;
	sample.sessions[0].valid = false;
	comparison = compared_with("pvm-2023", &sample);
	assert_int_equal(comparison.left_out_count, 1);
	assert_int_equal(comparison.rows[0].candidate.sessions, 1);
	nb_comparison_free(&comparison);
	sample.sessions[1].valid = false;
	assert_int_equal(nb_figures_levels(&group, &nb_compare_defaults, &table, &error), -ENODATA);
	assert_null(table.rows);
	sample_free(&sample);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_level_ratio_lies_in_the_published_band),
		cmocka_unit_test(every_published_ratio_is_shown_with_its_source),
		cmocka_unit_test(what_nobody_published_has_no_band),
		cmocka_unit_test(the_band_is_that_of_the_same_levels),
		cmocka_unit_test(an_unknown_level_has_a_ratio_and_no_band),
		cmocka_unit_test(what_is_emulated_has_no_ratio),
		cmocka_unit_test(sessions_of_two_levels_make_a_ratio_too),
		cmocka_unit_test(a_figure_in_time_is_converted_and_never_a_gate),
		cmocka_unit_test(cycles_of_another_processor_are_not_converted),
		cmocka_unit_test(a_size_has_no_figures_of_benchmarks),
		cmocka_unit_test(invalid_sessions_are_named_here_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
