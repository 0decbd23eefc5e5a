/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "formats_rounds_sample.h"

static void each_round_that_measured_is_a_line(void **state)
{
	char *text = rounds_text(nb_formats_benchfmt, 1);

	(void)state;
	assert_int_equal(rounds_count(text, "\nBenchmark"), 3 * SAMPLE_ROUNDS);
	assert_non_null(strstr(text, "\nBenchmarkExit/cpuid/vantage=user/level=1-1  401  1998 "
				     "ns/op  2194 p99-ns/op  1 exits/op\n"));
	free(text);
}

static void parameters_are_keys_and_what_is_unverified_has_another_name(void **state)
{
	char *text = rounds_text(nb_formats_benchfmt, 1);

	(void)state;
	assert_int_equal(rounds_count(text, "\nBenchmarkExit/msr_read/vantage=guest/level=2/"
					    "match=data/ring=3/evidence=unverified-1  "),
			 SAMPLE_ROUNDS);
	assert_int_equal(rounds_count(text, "evidence="), SAMPLE_ROUNDS);
	free(text);
}

/* They would be tables of their own, and nothing of one file would be compared with another. */
static void sessions_differ_in_no_configuration_line(void **state)
{
	char *text = rounds_text(nb_formats_benchfmt, 2);

	(void)state;
	assert_int_equal(rounds_count(text, "\n# session "), 2);
	assert_int_equal(rounds_count(text, "\ngoos: linux\n"), 2);
	assert_int_equal(rounds_count(text, "\nhypervisor: Microsoft Hv\n"), 2);
	assert_null(strstr(text, "\nsession:"));
	free(text);
}

static void a_hostile_name_stays_within_its_line(void **state)
{
	char *text = rounds_text(nb_formats_benchfmt, 1);

	(void)state;
	assert_true(rounds_plain(text));
	assert_non_null(strstr(text, "\ncpu: a,b \"c\"?<script>?[31m?\n"));
	free(text);
}

static void a_unit_that_is_no_time_is_told_which_way_is_better(void **state)
{
	struct rounds_sample *sample = rounds_make(1);
	struct sample_stream stream;
	char *text;

	(void)state;
	for (size_t i = 0; i < sample->view.row_count; i++) {
		nb_base_copy(sample->view.rows[i].series.unit, 8, "MB /s");
		sample->view.rows[i].series.lower_is_better = false;
	}
	sample_open(&stream);
	text = sample_text(&stream, nb_formats_benchfmt(stream.file, &sample->view, NULL));
	assert_non_null(strstr(text, "\nUnit MB_/s better=higher\n"));
	assert_non_null(strstr(text, "-1  401  1998 MB_/s  "));
	free(text);
	rounds_free(sample);
}

static void a_full_disk_is_an_error(void **state)
{
	struct nb_error error = { 0 };

	(void)state;
	assert_int_equal(rounds_into_full(nb_formats_benchfmt, &error), -EIO);
	assert_non_null(strstr(error.text, "No space left"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_round_that_measured_is_a_line),
		cmocka_unit_test(parameters_are_keys_and_what_is_unverified_has_another_name),
		cmocka_unit_test(sessions_differ_in_no_configuration_line),
		cmocka_unit_test(a_hostile_name_stays_within_its_line),
		cmocka_unit_test(a_unit_that_is_no_time_is_told_which_way_is_better),
		cmocka_unit_test(a_full_disk_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
