/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../harness/report/report_text.h"
#include "tax_sample.h"

/* The nesting tax as show prints it; the numbers themselves are test_compare_tax.c's. */

enum { COLUMNS_MAX = 100 };

static void assert_has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("\"%s\" is not in\n%s", part, text);
}

static void the_tax_stands_between_the_tables_and_their_legend(void **state)
{
	struct nb_record record;
	char *text, *tax;

	(void)state;
	tax_cpuid(&record);
	text = sample_table(&record, false, COLUMNS_MAX);
	assert_has(text, "\nnested, guest, L3\n");
	tax = strstr(text, "\nNesting tax: the same operation level by level, p50\n");
	assert_non_null(tax);
	assert_has(tax, "\noperation       L1       L2      L3  L2/L1     interval  L3/L2         "
			"interval\n"
			"CPUID      1.00 µs  20.0 µs  300 µs  20.0x  19.9 – 20.0  15.0x  "
			"14.998 – 15.002\n"
			"\nfeatures  seen: nested paging; not known: VMCS shadowing, ");
	assert_has(tax, "\np50, p99    per operation");
	free(text);
	nb_record_free(&record);
}

static void without_nested_rows_nothing_is_printed(void **state)
{
	struct nb_record record;
	char *text;

	(void)state;
	tax_record(&record);
	sample_measured(&record, "exit.cpuid", NB_USER, "", 1000);
	tax_guest(&record, "exit.cpuid", "", 20000);
	text = sample_table(&record, false, 0);
	assert_null(strstr(text, "tax"));
	free(text);
	nb_record_free(&record);
}

static void marks_and_gaps_are_told_apart(void **state)
{
	struct nb_record record;
	char *text;

	(void)state;
	tax_record(&record);
	tax_guest(&record, "exit.cpuid", "", 20000);
	tax_judge(tax_guest(&record, "nested.roundtrip_cpuid", "stage2=on", 300000), NB_UNVERIFIED);
	tax_guest(&record, "nested.eoi", "", 290000);
	tax_guest(&record, "exit.apic_eoi", "apic=x2apic", -1);
	text = sample_table(&record, false, 0);
	/* No user mode: no column of it. */
	assert_has(text, "\noperation              L2       L3  L3/L2         interval\n"
			 "CPUID             20.0 µs  300 µs*  15.0x  14.998 – 15.002\n"
			 "end of interrupt    ~0 ns   290 µs    n/a              n/a\n");
	assert_has(text, "\n*         KVM counted other exits than expected, or software ran it");
	free(text);
	nb_record_free(&record);
}

static void a_level_without_that_operation_is_a_dash(void **state)
{
	struct nb_record record;
	char *text;

	(void)state;
	tax_cpuid(&record);
	tax_guest(&record, "exit.hypercall", "", 19000);
	tax_guest(&record, "nested.roundtrip_hypercall", "stage2=on", 290000);
	text = sample_table(&record, false, 0);
	assert_has(text, "\nhypercall        -  19.0 µs  290 µs      -            -  15.3x  ");
	free(text);
	nb_record_free(&record);
}

static void nothing_at_two_levels_says_what_would_tell(void **state)
{
	struct nb_record record;
	char *text;

	(void)state;
	tax_record(&record);
	tax_guest(&record, "nested.eoi", "", 290000);
	text = sample_table(&record, false, 0);
	assert_has(text, "p50\nno operation was measured at two levels: run 'exit.*' and "
			 "'nested.*' in one session\n\nfeatures  ");
	free(text);
	nb_record_free(&record);
}

/* All operations, with figures as long as they come. */
static void it_fits_a_terminal(void **state)
{
	static const char *const series[][2] = {
		{ "exit.cpuid", "" },
		{ "exit.pio_kernel", "" },
		{ "paging.stage2_fault", "page=4k,ring=3,state=warm" },
		{ "irq.self_ipi", "apic=x2apic,wait=enabled" },
		{ "irq.timer_deadline", "after=100us,wait=busy" },
		{ "exc.ud", "to=return" },
		{ "exc.pf", "cause=not_present,to=return" },
		{ "exit.hlt_wake", "" },
		{ "nested.roundtrip_cpuid", "stage2=on" },
		{ "nested.roundtrip_pio", "" },
		{ "nested.roundtrip_hlt", "" },
		{ "nested.page_violation", "" },
		{ "nested.page_violation_below", "page=4k,state=warm" },
		{ "nested.interrupt_forward", "" },
		{ "nested.timer", "after=100us" },
		{ "nested.roundtrip_exception", "exception=ud" },
		{ "nested.exception_passthrough", "stage2=on,to=return" },
	};
	struct nb_record record;
	char *text, *line, *rest = NULL;
	size_t lines = 0;

	(void)state;
	tax_record(&record);
	sample_measured(&record, "exit.cpuid", NB_USER, "", 1234);
	sample_measured(&record, "exit.pio", NB_USER, "", 1234);
	for (size_t i = 0; i < sizeof(series) / sizeof(series[0]); i++)
		tax_guest(&record, series[i][0], series[i][1],
			  strncmp(series[i][0], "nested", 6) == 0 ? 123456789 : 123456);
	text = sample_table(&record, false, COLUMNS_MAX);
	rest = strstr(text, "Nesting tax");
	*strstr(rest, "\np50, p99") = '\0';
	for (line = strtok_r(rest, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		if (nb_report_columns(line) > COLUMNS_MAX)
			fail_msg("too wide: %s", line);
		lines++;
	}
	assert_true(lines > 18);
	free(text);
	nb_record_free(&record);
}

static void json_has_one_row_an_operation(void **state)
{
	struct nb_record record;
	char *text;

	(void)state;
	tax_cpuid(&record);
	text = sample_json(&record, false);
	assert_has(text, "\n \"tax\": [\n  {\n   \"operation\": \"CPUID\",\n   \"note\": null,\n");
	assert_has(text, "\"nested\": {\n    \"benchmark\": \"nested.roundtrip_cpuid\",\n"
			 "    \"vantage\": \"guest\",\n    \"level\": 3,\n");
	free(text);
	text = sample_json(&record, true);
	assert_null(strstr(text, "\"tax\""));
	free(text);
	nb_record_free(&record);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_tax_stands_between_the_tables_and_their_legend),
		cmocka_unit_test(without_nested_rows_nothing_is_printed),
		cmocka_unit_test(marks_and_gaps_are_told_apart),
		cmocka_unit_test(a_level_without_that_operation_is_a_dash),
		cmocka_unit_test(nothing_at_two_levels_says_what_would_tell),
		cmocka_unit_test(it_fits_a_terminal),
		cmocka_unit_test(json_has_one_row_an_operation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
