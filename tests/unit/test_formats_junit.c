/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "formats_sample.h"

static char *text_of(struct formats_sample *sample)
{
	return formats_text(nb_formats_junit, sample);
}

static void assert_has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("no %s in:\n%s", part, text);
}

static void every_series_is_one_case_and_counts_agree(void **state)
{
	char *text = text_of(formats_sample());

	(void)state;
	assert_has(text, "<testsuites name=\"nestbench\" tests=\"6\" failures=\"0\" errors=\"1\">");
	assert_has(text, " tests=\"6\" failures=\"0\" errors=\"1\" skipped=\"1\" "
			 "timestamp=\"2026-01-02T03:04:05\">");
	assert_int_equal(formats_count(text, "<testcase "), 6);
	assert_int_equal(formats_count(text, "<skipped "), 1);
	assert_int_equal(formats_count(text, "<error "), 1);
	assert_int_equal(formats_count(text, "<failure "), 0);
	assert_has(text, "<testcase classname=\"exit.guest\" name=\"exit.cpuid ring=3\">");
	assert_has(text, "p50 1.23 µs, 95 % CI 1.22 – 1.24 µs, p99 2.47 µs, 1 exits/op "
			 "(verified)");
	free(text);
}

static void only_what_regressed_for_certain_fails(void **state)
{
	char *text = text_of(formats_judged());

	(void)state;
	assert_has(text, "tests=\"6\" failures=\"1\" errors=\"1\" skipped=\"2\"");
	assert_int_equal(formats_count(text, "<failure "), 1);
	assert_has(text, "<failure type=\"regressed\" message=\"regressed: +25.0 %, ratio 1.25, "
			 "95 % CI 1.24 – 1.26; base 987 ns, now 1.23 µs\"/>");
	assert_has(text, "indicative: +50.0 %");
	/* What could not be judged must not look as if it had passed. */
	assert_has(text, "<skipped type=\"invalid\" message=\"invalid\"/>");
	free(text);
}

static void time_is_what_the_rounds_took(void **state)
{
	struct formats_sample *sample = formats_sample();
	struct nb_round rounds[] = { { .guards.wall_ms = 250 },
				     { .guards.wall_ms = NAN },
				     { .guards.wall_ms = 1500 } };
	struct nb_series_rounds series = { sample->rows[1].series, rounds, 3 };
	char *text;

	(void)state;
	sample->record.series = &series;
	sample->record.count = 1;
	text = text_of(sample);
	assert_has(text, "name=\"exit.cpuid ring=3\" time=\"1.750\">");
	assert_int_equal(formats_count(text, " time=\"1.750\""), 3);
	assert_has(text, "name=\"exit.cpuid\">");
	free(text);
}

static void hostile_texts_stay_texts(void **state)
{
	struct formats_sample *sample = formats_judged();
	char *text;

	(void)state;
	nb_base_copy(sample->rows[3].cells[0].reason, sizeof(sample->rows[3].cells[0].reason),
		     "]]> \xef\xbf\xbe\xef\xbf\xbf \xef\xbf\xbd");
	text = text_of(sample);
	assert_true(formats_clean(text));
	assert_null(strstr(text, "<script>"));
	assert_null(strstr(text, "]]>"));
	assert_has(text, "message=\"]]&#62; ?? \xef\xbf\xbd\"");
	assert_has(text, "message=\"&#60;script&#62;alert(&#34;x&#34;)&#60;/script&#62; "
			 "&#39;q&#39; \\ `c` |p| @user #1 GH-2 ?????&#38;amp;\"");
	assert_true(strlen(text) / 3 < FORMATS_LONG);
	free(text);
}

static void groups_are_suites_with_classes_of_their_own(void **state)
{
	struct formats_sample *sample = formats_sample();
	char *text;

	(void)state;
	formats_double(sample);
	sample->rows[0].cells[1].sessions = 0;
	text = text_of(sample);
	assert_has(text,
		   "<testsuites name=\"nestbench\" tests=\"11\" failures=\"0\" errors=\"2\">");
	assert_int_equal(formats_count(text, "<testsuite "), 2);
	assert_has(text, "<testcase classname=\"A.exit.guest\" name=\"exit.cpuid\">");
	assert_null(strstr(text, "<testcase classname=\"B.exit.guest\" name=\"exit.cpuid\">"));
	assert_has(text, "<testcase classname=\"B.exit.guest\" name=\"exit.cpuid ring=3\">");
	free(text);
}

static void a_full_disk_is_an_error(void **state)
{
	(void)state;
	assert_int_equal(formats_full(nb_formats_junit), -EIO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_series_is_one_case_and_counts_agree),
		cmocka_unit_test(only_what_regressed_for_certain_fails),
		cmocka_unit_test(time_is_what_the_rounds_took),
		cmocka_unit_test(hostile_texts_stay_texts),
		cmocka_unit_test(groups_are_suites_with_classes_of_their_own),
		cmocka_unit_test(a_full_disk_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
