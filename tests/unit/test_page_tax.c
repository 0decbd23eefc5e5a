/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "page_check.h"
#include "tax_sample.h"

/* Three levels in the page's section on the nesting tax. */

static void three_levels_stand_above_the_pairs(void **state)
{
	struct view_sample sample;
	struct nb_record record;
	struct nb_tax *tax;
	char *text;

	(void)state;
	tax_cpuid(&record);
	tax_guest(&record, "exit.hypercall", "", 19000);
	tax_guest(&record, "nested.roundtrip_hypercall", "stage2=on", 290000);
	tax = tax_of(&record);
	view_sample_make(&sample, 1, 1);
	sample.view.groups[0].tax = tax;
	text = page_of(&sample.view);
	page_assert_has(text, "<h2 id=\"tax-h\">Nesting tax</h2>\n<div class=\"scroll\"");
	page_assert_has(text, "<caption>The same operation level by level</caption>");
	page_assert_has(text, "L3<span class=\"sub\">p50</span></th>");
	page_assert_has(text, "<th scope=\"col\" class=\"n\">L3 over L2</th>");
	page_assert_has(text, "<span class=\"name\">CPUID</span> <span class=\"sub\">exit.cpuid · "
			      "nested.roundtrip_cpuid stage2=on</span>");
	page_assert_has(text, "<b>15.0x</b><span class=\"sub\">15.0x to 15.0x</span>");
	page_assert_has(text, "<td class=\"n\">-</td><td class=\"n\" data-v=\"19000.5\">");
	page_assert_has(text, "<p>Of the features that explain it, seen: nested paging; not known: "
			      "VMCS shadowing");
	page_assert_lacks(text, "guest vantage) over what");
	free(text);
	view_sample_free(&sample);
	free(tax);
	nb_record_free(&record);
}

static void each_platform_has_a_table_of_its_own(void **state)
{
	struct view_sample sample;
	struct nb_record record;
	struct nb_tax *tax;
	char *text;

	(void)state;
	tax_cpuid(&record);
	tax_judge(&record.series[2], NB_UNVERIFIED);
	tax = tax_of(&record);
	tax->sessions = 3;
	tax->level = NB_LEVEL_UNKNOWN;
	view_sample_make(&sample, 2, 1);
	sample.view.groups[1].tax = tax;
	text = page_of(&sample.view);
	page_assert_has(text, "<caption>B: the same operation level by level</caption>");
	page_assert_lacks(text, "<caption>A: the same operation level by level</caption>");
	page_assert_has(text, "<th scope=\"col\" class=\"n\">nested over guest</th>");
	page_assert_has(text, "unverified</span></span></td>");
	page_assert_has(text, "Of several sessions the median is shown");
	free(text);
	view_sample_free(&sample);
	free(tax);
	nb_record_free(&record);
}

/* nested.* alone: features, and no empty table. */
static void a_tax_without_rows_is_no_table(void **state)
{
	struct view_sample sample;
	struct nb_record record;
	struct nb_tax *tax;
	char *text;

	(void)state;
	tax_record(&record);
	tax_guest(&record, "nested.eoi", "", 290000);
	tax = tax_of(&record);
	view_sample_make(&sample, 1, 1);
	sample.view.groups[0].tax = tax;
	text = page_of(&sample.view);
	page_assert_has(text, "Of the features that explain it, not known: nested paging");
	page_assert_lacks(text, "level by level");
	free(text);
	view_sample_free(&sample);
	free(tax);
	nb_record_free(&record);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(three_levels_stand_above_the_pairs),
		cmocka_unit_test(each_platform_has_a_table_of_its_own),
		cmocka_unit_test(a_tax_without_rows_is_no_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
