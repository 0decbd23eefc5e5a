/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "nestbench/finding.h"

static void a_finding_is_found_by_its_key(void **state)
{
	struct nb_findings *findings = calloc(1, sizeof(*findings));
	struct nb_finding *made;

	(void)state;
	assert_non_null(findings);
	made = nb_finding_add(findings, NB_SECTION_NESTING, NB_STATE_GOOD, "kvm.nested", "nested",
			      "%d", 1);
	nb_finding_how(made, "read from %s", "sysfs");
	nb_finding_advice(made, "cat it");
	assert_ptr_equal(nb_finding_find(findings, "kvm.nested"), made);
	assert_null(nb_finding_find(findings, "kvm.neste"));
	assert_string_equal(made->value, "1");
	assert_string_equal(made->how, "read from sysfs");
	assert_string_equal(made->advice, "cat it");
	free(findings);
}

static void a_value_that_does_not_fit_ends_in_dots(void **state)
{
	struct nb_findings *findings = calloc(1, sizeof(*findings));
	struct nb_finding *made;
	char text[400];

	(void)state;
	assert_non_null(findings);
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	made = nb_finding_add(findings, NB_SECTION_MACHINE, NB_STATE_INFO, text, text, "%s", text);
	assert_int_equal(strlen(made->value), sizeof(made->value) - 1);
	assert_string_equal(made->value + sizeof(made->value) - 4, "...");
	assert_int_equal(strlen(made->key), sizeof(made->key) - 1);
	free(findings);
}

static void what_is_one_too_many_is_counted_and_harmless(void **state)
{
	struct nb_findings *findings = calloc(1, sizeof(*findings));

	(void)state;
	assert_non_null(findings);
	for (int i = 0; i < NB_FINDINGS_MAX + 9; i++)
		nb_finding_how(nb_finding_add(findings, NB_SECTION_MACHINE, NB_STATE_INFO, "key",
					      "label", "%d", i),
			       "somehow");
	assert_int_equal(findings->count, NB_FINDINGS_MAX - 1);
	assert_int_equal(findings->dropped, 10);
	assert_string_equal(findings->items[NB_FINDINGS_MAX - 2].value, "126");
	free(findings);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_finding_is_found_by_its_key),
		cmocka_unit_test(a_value_that_does_not_fit_ends_in_dots),
		cmocka_unit_test(what_is_one_too_many_is_counted_and_harmless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
