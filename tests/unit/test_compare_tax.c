/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../harness/compare/tax_private.h"
#include "tax_sample.h"

static void assert_near(double value, double expected)
{
	if (!(fabs(value - expected) <= 1e-9 * fabs(expected)))
		fail_msg("%.12g is not %.12g", value, expected);
}

static void each_step_is_the_deeper_time_by_the_upper_one(void **state)
{
	struct nb_record record;
	struct nb_tax *tax;

	(void)state;
	tax_cpuid(&record);
	tax = tax_of(&record);
	assert_non_null(tax);
	assert_int_equal(tax->count, 1);
	assert_int_equal(tax->level, 1);
	assert_string_equal(tax->rows[0].operation, "CPUID");
	assert_near(tax->rows[0].cells[NB_TAX_USER].p50, 1000.5);
	assert_near(tax->rows[0].cells[NB_TAX_NESTED].p50, 300000.5);
	assert_near(tax->rows[0].steps[0].ratio, 20000.5 / 1000.5);
	assert_near(tax->rows[0].steps[0].low, 19998.0 / 1003);
	assert_near(tax->rows[0].steps[0].high, 20003.0 / 998);
	assert_near(tax->rows[0].steps[1].ratio, 300000.5 / 20000.5);
	assert_near(tax->rows[0].steps[1].low, 299998.0 / 20003);
	assert_near(tax->rows[0].steps[1].high, 300003.0 / 19998);
	assert_false(nb_tax_doubtful(&tax->rows[0].cells[NB_TAX_USER]));
	free(tax);
	nb_record_free(&record);
}

static void below_six_rounds_a_ratio_has_no_interval(void **state)
{
	struct nb_record record;
	struct nb_tax *tax;

	(void)state;
	tax_cpuid(&record);
	while (record.series[2].count > 5)
		nb_stats_histogram_free(
			&record.series[2].rounds[--record.series[2].count].histogram);
	tax = tax_of(&record);
	assert_true(isfinite(tax->rows[0].steps[0].low));
	assert_near(tax->rows[0].steps[1].ratio, 300000 / 20000.5);
	assert_true(isnan(tax->rows[0].steps[1].low) && isnan(tax->rows[0].steps[1].high));
	free(tax);
	nb_record_free(&record);
}

static void without_a_nested_time_there_is_no_tax(void **state)
{
	struct nb_record record;

	(void)state;
	tax_record(&record);
	sample_measured(&record, "exit.cpuid", NB_USER, "", 1000);
	tax_guest(&record, "exit.cpuid", "", 20000);
	assert_null(tax_of(&record));
	tax_skip(&record, "nested.roundtrip_cpuid", "stage2=on");
	assert_null(tax_of(&record));
	nb_record_free(&record);
}

static void what_was_measured_at_one_level_alone_has_no_row(void **state)
{
	struct nb_record record;
	struct nb_tax *tax;

	(void)state;
	tax_record(&record);
	tax_guest(&record, "exit.hypercall", "", 20000);
	tax_skip(&record, "nested.roundtrip_hypercall", "stage2=on");
	tax_guest(&record, "nested.eoi", "", 300000);
	tax = tax_of(&record);
	assert_non_null(tax);
	assert_int_equal(tax->count, 0);
	free(tax);
	nb_record_free(&record);
}

/* Two levels are a row, though the third is not known. */
static void a_level_that_failed_is_not_known(void **state)
{
	struct nb_record record;
	struct nb_tax *tax;

	(void)state;
	tax_record(&record);
	sample_measured(&record, "exit.cpuid", NB_USER, "", 1000);
	tax_guest(&record, "exit.cpuid", "", 20000);
	tax_skip(&record, "nested.roundtrip_cpuid", "stage2=on");
	tax_guest(&record, "nested.eoi", "", 300000);
	tax = tax_of(&record);
	assert_int_equal(tax->count, 1);
	assert_string_equal(tax->rows[0].cells[NB_TAX_NESTED].series.benchmark,
			    "nested.roundtrip_cpuid");
	assert_true(isnan(tax->rows[0].cells[NB_TAX_NESTED].p50));
	assert_true(isnan(tax->rows[0].steps[1].ratio));
	free(tax);
	nb_record_free(&record);
}

static void no_other_series_is_taken_for_the_operation(void **state)
{
	struct nb_record record;
	struct nb_tax *tax;

	(void)state;
	tax_record(&record);
	tax_guest(&record, "exit.cpuid", "ring=3", 500);
	tax_guest(&record, "nested.roundtrip_cpuid", "stage2=off", 900000);
	tax_guest(&record, "exit.apic_eoi", "apic=xapic", 40000);
	tax_guest(&record, "nested.eoi", "", 300000);
	tax_guest(&record, "nested.timer", "after=1ms", 300000);
	tax_guest(&record, "irq.timer_deadline", "after=100us,wait=busy", 30000);
	tax = tax_of(&record);
	assert_int_equal(tax->count, 0);
	free(tax);
	nb_record_free(&record);
}

static void software_is_no_cost_of_a_level_and_doubts_are_marked(void **state)
{
	struct nb_record record;
	struct nb_tax *tax;

	(void)state;
	tax_cpuid(&record);
	tax_judge(&record.series[1], NB_EMULATED);
	tax_judge(&record.series[2], NB_UNVERIFIED);
	tax = tax_of(&record);
	assert_true(isnan(tax->rows[0].steps[0].ratio));
	assert_true(isnan(tax->rows[0].steps[1].ratio));
	assert_true(nb_tax_doubtful(&tax->rows[0].cells[NB_TAX_GUEST]));
	assert_true(nb_tax_doubtful(&tax->rows[0].cells[NB_TAX_NESTED]));
	free(tax);
	tax_judge(&record.series[1], NB_VERIFIED);
	tax = tax_of(&record);
	assert_true(isfinite(tax->rows[0].steps[1].ratio));
	assert_false(nb_tax_doubtful(&tax->rows[0].cells[NB_TAX_GUEST]));
	free(tax);
	nb_record_free(&record);
}

static void what_takes_no_time_is_not_divided_by(void **state)
{
	struct nb_record record;
	struct nb_tax *tax;

	(void)state;
	tax_record(&record);
	tax_guest(&record, "exit.apic_eoi", "apic=x2apic", 1);
	tax_guest(&record, "nested.eoi", "", 300000);
	tax = tax_of(&record);
	assert_int_equal(tax->count, 1);
	assert_near(tax->rows[0].cells[NB_TAX_GUEST].p50, 1.5);
	assert_true(isnan(tax->rows[0].steps[1].ratio));
	free(tax);
	nb_record_free(&record);
}

static void of_several_sessions_it_is_the_median_and_the_range(void **state)
{
	struct nb_record records[4];
	const struct nb_record *pointers[] = { &records[0], &records[1], &records[2], &records[3] };
	struct nb_tax *tax;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		tax_record(&records[i]);
		tax_guest(&records[i], "exit.cpuid", "", 10000);
		if (i > 0)
			tax_guest(&records[i], "nested.roundtrip_cpuid", "stage2=on",
				  100000.0 * (double)i);
		else
			tax_skip(&records[i], "nested.roundtrip_cpuid", "stage2=on");
	}
	for (size_t i = 0; i < records[3].series[0].count; i++)
		records[3].series[0].rounds[i].guards.tags = NB_TAG_STEAL;
	assert_int_equal(nb_tax_make(pointers, 4, true, &tax, NULL), 0);
	assert_int_equal(tax->sessions, 4);
	assert_int_equal(tax->rows[0].cells[NB_TAX_GUEST].sessions, 4);
	assert_int_equal(tax->rows[0].steps[1].sessions, 3);
	assert_near(tax->rows[0].steps[1].ratio, 200000.5 / 10000.5);
	assert_near(tax->rows[0].steps[1].low, 100000.5 / 10000.5);
	assert_near(tax->rows[0].steps[1].high, 300000.5 / 10000.5);
	free(tax);
	/* The last one is invalid. */
	assert_int_equal(nb_tax_make(pointers, 4, false, &tax, NULL), 0);
	assert_int_equal(tax->sessions, 3);
	assert_near(tax->rows[0].steps[1].high, 200000.5 / 10000.5);
	free(tax);
	assert_int_equal(nb_tax_make(&pointers[3], 1, false, &tax, NULL), 0);
	assert_null(tax);
	for (size_t i = 0; i < 4; i++)
		nb_record_free(&records[i]);
}

static void parameters_are_looked_up_whole(void **state)
{
	(void)state;
	assert_true(nb_tax_params_hold("after=100us,wait=busy", "after=100us"));
	assert_true(nb_tax_params_hold("after=100us,wait=busy", "wait=busy"));
	assert_true(nb_tax_params_hold("a=1,b=2,c=3", "a=1,c=3"));
	assert_true(nb_tax_params_hold("a=1", ""));
	assert_true(nb_tax_params_hold("", ""));
	assert_false(nb_tax_params_hold("", "a=1"));
	assert_false(nb_tax_params_hold("after=100us", "after=10"));
	assert_false(nb_tax_params_hold("after=10", "after=100us"));
	assert_false(nb_tax_params_hold("before=1", "fore=1"));
	assert_false(nb_tax_params_hold("a=1", "a=1,b=2"));
}

static void levels_are_named_by_number_or_by_place(void **state)
{
	struct nb_tax tax = { .level = 1 };
	char text[16];

	(void)state;
	nb_tax_place_name(&tax, NB_TAX_NESTED, text, sizeof(text));
	assert_string_equal(text, "L3");
	tax.level = NB_LEVEL_UNKNOWN;
	nb_tax_place_name(&tax, NB_TAX_NESTED, text, sizeof(text));
	assert_string_equal(text, "nested");
}

/* "exit.cpuid" of exit_cpuid. */
static bool is_benchmark(const char *name, const char *id)
{
	size_t dot = strcspn(id, "_");

	return strncmp(name, id, dot) == 0 && name[dot] == '.' &&
	       strcmp(name + dot + 1, id + dot + 1) == 0;
}

static bool exists(const char *name, enum nb_vantage vantage)
{
	enum { OF_user = NB_USER, OF_guest = NB_GUEST, OF_io = -1 };
	static const struct {
		const char *id;
		int vantage;
	} all[] = {
#define NB_BENCH(id, vantage, needs, unit, summary) { #id, OF_##vantage },
#include "../../bench/bench.def"
#undef NB_BENCH
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (all[i].vantage == (int)vantage && is_benchmark(name, all[i].id))
			return true;
	return false;
}

static void check_place(size_t operation, enum nb_tax_place place)
{
	const char *name = nb_tax_benchmark(operation, place);

	if (name && !exists(name, place == NB_TAX_USER ? NB_USER : NB_GUEST))
		fail_msg("no benchmark %s", name);
}

static void all_operations_are_of_benchmarks_that_there_are(void **state)
{
	(void)state;
	for (size_t i = 0; i < nb_tax_operations(); i++) {
		for (int place = 0; place < NB_TAX_PLACES; place++)
			check_place(i, (enum nb_tax_place)place);
		assert_non_null(nb_tax_benchmark(i, NB_TAX_NESTED));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_step_is_the_deeper_time_by_the_upper_one),
		cmocka_unit_test(below_six_rounds_a_ratio_has_no_interval),
		cmocka_unit_test(without_a_nested_time_there_is_no_tax),
		cmocka_unit_test(what_was_measured_at_one_level_alone_has_no_row),
		cmocka_unit_test(a_level_that_failed_is_not_known),
		cmocka_unit_test(no_other_series_is_taken_for_the_operation),
		cmocka_unit_test(software_is_no_cost_of_a_level_and_doubts_are_marked),
		cmocka_unit_test(what_takes_no_time_is_not_divided_by),
		cmocka_unit_test(of_several_sessions_it_is_the_median_and_the_range),
		cmocka_unit_test(parameters_are_looked_up_whole),
		cmocka_unit_test(levels_are_named_by_number_or_by_place),
		cmocka_unit_test(all_operations_are_of_benchmarks_that_there_are),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
