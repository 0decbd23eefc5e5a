/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "compare_sample.h"

static void a_file_of_margins_is_read(void **state)
{
	static const char text[] = "# of our own\n"
				   "exit.* 5\n"
				   "\n"
				   "  exit.cpuid\t"
				   "ring=3   2.5  # user mode\r\n"
				   "io.* 20%";
	struct nb_compare_margin *margins;
	struct nb_error error;
	size_t count;

	(void)state;
	assert_int_equal(nb_compare_margins_parse(text, &margins, &count, &error), 0);
	assert_int_equal(count, 3);
	assert_string_equal(margins[0].pattern, "exit.*");
	assert_near(margins[0].margin, 0.05, 1e-12);
	assert_string_equal(margins[1].pattern, "exit.cpuid ring=3");
	assert_near(margins[1].margin, 0.025, 1e-12);
	assert_string_equal(margins[2].pattern, "io.*");
	assert_near(margins[2].margin, 0.2, 1e-12);
	free(margins);
}

static void an_empty_file_has_none(void **state)
{
	struct nb_compare_margin *margins;
	struct nb_error error;
	size_t count;

	(void)state;
	assert_int_equal(nb_compare_margins_parse("\n# nothing\n", &margins, &count, &error), 0);
	assert_int_equal(count, 0);
	assert_null(margins);
}

static void the_line_at_fault_is_named(void **state)
{
	static const char *const faults[] = {
		"exit.*",     "5",	    "exit.* five", "exit.* 5x",	 "exit.* 0",   "exit.* -3",
		"exit.* nan", "exit.* inf", "exit.* 1001", "exit.* 5 %", "exit.* 5%%",
	};
	struct nb_error error;
	char text[64], expected[96];

	(void)state;
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		struct nb_compare_margin *margins = NULL;
		size_t count = 0;

		snprintf(text, sizeof(text), "irq.* 3\n\n%s\nio.* 4\n", faults[i]);
		assert_int_equal(nb_compare_margins_parse(text, &margins, &count, &error),
				 -EBADMSG);
		snprintf(expected, sizeof(expected),
			 "line 3: not \"PATTERN PERCENT\", such as \"exit.* 5\"");
		assert_string_equal(error.text, expected);
		assert_null(margins);
	}
}

static void a_pattern_that_is_too_long_is_refused(void **state)
{
	struct nb_compare_margin *margins;
	struct nb_error error;
	char text[128];
	size_t count;

	(void)state;
	memset(text, 'x', sizeof(text));
	memcpy(text + 79, " 5", 3);
	assert_int_equal(nb_compare_margins_parse(text, &margins, &count, &error), 0);
	assert_int_equal(strlen(margins[0].pattern), 79);
	free(margins);
	memset(text, 'x', sizeof(text));
	memcpy(text + 80, " 5", 3);
	assert_int_equal(nb_compare_margins_parse(text, &margins, &count, &error), -EBADMSG);
}

/* The last that matches counts; parameters are part of the name, but may be left out. */
static void the_last_margin_that_matches_counts(void **state)
{
	struct sample base = sample_make(2, 3), candidate = sample_make(2, 3);
	struct nb_compare_options options = nb_compare_defaults;
	struct nb_compare_margin *margins;
	struct nb_comparison comparison;
	struct nb_error error;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		nb_base_copy(base.sessions[i].rows[0].series.params, 96, "leaf=7");
		nb_base_copy(candidate.sessions[i].rows[0].series.params, 96, "leaf=7");
		nb_base_copy(base.sessions[i].rows[2].series.params, 96, "ring=3");
		nb_base_copy(candidate.sessions[i].rows[2].series.params, 96, "ring=3");
	}
	assert_int_equal(nb_compare_margins_parse("exit.* 5\nexit.b0? 6\n*ring=3 7\nexit.b01 8\n",
						  &margins, &options.margin_count, &error),
			 0);
	options.margins = margins;
	comparison = sample_compare(&base, &candidate, &options);
	assert_near(sample_find(&comparison, "exit.b00")->margin, 0.06, 1e-12);
	assert_near(sample_find(&comparison, "exit.b01")->margin, 0.08, 1e-12);
	assert_near(sample_find(&comparison, "exit.b02")->margin, 0.07, 1e-12);
	nb_comparison_free(&comparison);
	free(margins);
	sample_free(&base);
	sample_free(&candidate);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_of_margins_is_read),
		cmocka_unit_test(an_empty_file_has_none),
		cmocka_unit_test(the_line_at_fault_is_named),
		cmocka_unit_test(a_pattern_that_is_too_long_is_refused),
		cmocka_unit_test(the_last_margin_that_matches_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
