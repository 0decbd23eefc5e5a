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

enum { LINES_MAX = 400 };

static char *text_of(struct formats_sample *sample)
{
	return formats_text(nb_formats_openmetrics, sample);
}

static void assert_line(const char *text, const char *line)
{
	char wanted[512];

	snprintf(wanted, sizeof(wanted), "\n%s\n", line);
	if (!strstr(text, wanted))
		fail_msg("no line %s in:\n%s", line, text);
}

/* Cuts the text into its lines; returns how many. */
static size_t split(char *text, char **lines)
{
	char *rest = NULL;
	size_t count = 0;

	for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		assert_true(count < LINES_MAX);
		lines[count++] = line;
	}
	return count;
}

static void times_are_seconds(void **state)
{
	char *text = text_of(formats_sample());

	(void)state;
	assert_line(text, "nestbench_latency_median_seconds{group=\"A\",benchmark=\"exit.cpuid\","
			  "vantage=\"guest\",params=\"\",level=\"2\"} 1.234e-06");
	assert_line(text,
		    "nestbench_latency_median_low_seconds{group=\"A\",benchmark=\"exit.cpuid\","
		    "vantage=\"guest\",params=\"\",level=\"2\"} 1.224e-06");
	assert_line(text, "nestbench_latency_p99_seconds{group=\"A\",benchmark=\"exit.cpuid\","
			  "vantage=\"guest\",params=\"ring=3\",level=\"2\"} 2.6e-06");
	assert_line(text, "# UNIT nestbench_latency_p99_seconds seconds");
	assert_line(text, "nestbench_last_success_timestamp_seconds{group=\"A\"} 1767323045.25");
	free(text);
}

static void what_is_not_known_has_no_line(void **state)
{
	char *text = text_of(formats_sample());

	(void)state;
	assert_null(strcasestr(text, "nan\n"));
	assert_null(strcasestr(text, "inf\n"));
	/* Two of the six have no median, one more no p99. */
	assert_int_equal(formats_count(text, "\nnestbench_latency_median_seconds{"), 4);
	assert_int_equal(formats_count(text, "\nnestbench_latency_p99_seconds{"), 3);
	/* No family is announced that has no line. */
	assert_null(strstr(text, "nestbench_ratio"));
	assert_null(strstr(text, "nestbench_verdict"));
	assert_null(strstr(text, "nestbench_base_info"));
	free(text);
}

static void a_series_that_is_no_time_has_no_seconds(void **state)
{
	struct formats_sample *sample = formats_sample();
	char *text;

	(void)state;
	nb_base_copy(sample->rows[0].series.unit, sizeof(sample->rows[0].series.unit), "bytes");
	nb_base_copy(sample->rows[0].series.metric, sizeof(sample->rows[0].series.metric), "size");
	text = text_of(sample);
	assert_int_equal(formats_count(text, "\nnestbench_latency_median_seconds{"), 3);
	assert_line(text, "nestbench_rounds{group=\"A\",benchmark=\"exit.cpuid\",vantage=\"guest\","
			  "params=\"\",level=\"2\",metric=\"size\"} 6");
	free(text);
}

static void a_verdict_is_one_state_of_five(void **state)
{
	char *text = text_of(formats_judged());

	(void)state;
	assert_int_equal(formats_count(text, "\nnestbench_verdict{"), 4 * 5);
	assert_line(text,
		    "nestbench_verdict{group=\"A\",benchmark=\"exit.cpuid\",vantage=\"guest\","
		    "params=\"\",level=\"2\",verdict=\"regressed\"} 1");
	assert_line(text,
		    "nestbench_verdict{group=\"A\",benchmark=\"exit.cpuid\",vantage=\"guest\","
		    "params=\"\",level=\"2\",verdict=\"same\"} 0");
	assert_line(text, "nestbench_ratio{group=\"A\",benchmark=\"exit.cpuid\",vantage=\"guest\","
			  "params=\"\",level=\"2\"} 1.25");
	/* An indicative one never alarms. */
	assert_line(text,
		    "nestbench_verdict{group=\"A\",benchmark=\"exit.cpuid\",vantage=\"guest\","
		    "params=\"ring=3\",level=\"2\",verdict=\"regressed\"} 0");
	assert_int_equal(formats_count(text, "\nnestbench_ratio{"), 3);
	free(text);
}

static void outcomes_and_tags_are_counted(void **state)
{
	char *text = text_of(formats_sample());

	(void)state;
	assert_line(text, "nestbench_series{group=\"A\",outcome=\"ok\"} 4");
	assert_line(text, "nestbench_series{group=\"A\",outcome=\"skip\"} 1");
	assert_line(text, "nestbench_series{group=\"A\",outcome=\"error\"} 1");
	assert_line(text, "nestbench_sessions{group=\"A\"} 1");
	assert_line(text, "nestbench_invalid_sessions{group=\"A\"} 0");
	assert_line(text, "nestbench_tagged_rounds{group=\"A\",benchmark=\"paging.walk\","
			  "vantage=\"user\",params=\"\",level=\"1\"} 2");
	free(text);
}

static void hostile_labels_are_escaped_and_cut(void **state)
{
	char *text = text_of(formats_judged());
	const char *base = strstr(text, "\nnestbench_base_info{");

	(void)state;
	assert_true(formats_clean(text));
	assert_non_null(strstr(text, "cpu=\"<script>alert(\\\"x\\\")</script> 'q' \\\\ `c`"));
	assert_non_null(base);
	assert_true(strcspn(base + 1, "\n") < 256);
	free(text);
}

static void a_session_that_measured_nothing_is_no_success(void **state)
{
	struct formats_sample *sample = formats_sample();
	char *text;

	(void)state;
	sample->digest_row.outcome = NB_SKIP;
	text = text_of(sample);
	assert_null(strstr(text, "last_success"));
	free(text);
	sample = formats_sample();
	sample->digest.session.partial = true;
	text = text_of(sample);
	assert_null(strstr(text, "last_success"));
	free(text);
}

/* The name of a sample and its labels: what has to be unique. */
static size_t key_length(const char *line)
{
	const char *end = strrchr(line, ' ');

	return end ? (size_t)(end - line) : strlen(line);
}

static void no_line_stands_twice_and_families_stay_together(void **state)
{
	struct formats_sample *sample = formats_judged();
	char *lines[LINES_MAX];
	const char *family = "";
	char *text;
	size_t count;

	(void)state;
	formats_double(sample);
	text = text_of(sample);
	count = split(text, lines);
	assert_string_equal(lines[count - 1], "# EOF");
	for (size_t i = 0; i < count - 1; i++) {
		size_t length = key_length(lines[i]);

		for (size_t j = 0; j < i; j++)
			assert_false(key_length(lines[j]) == length &&
				     strncmp(lines[i], lines[j], length) == 0);
		if (strncmp(lines[i], "# TYPE ", 7) == 0)
			family = lines[i] + 7;
		if (lines[i][0] != '#')
			assert_int_equal(strncmp(lines[i], family, strcspn(lines[i], "{ ")), 0);
	}
	free(text);
}

static void an_empty_session_is_a_file_still(void **state)
{
	struct formats_sample *sample = formats_sample();
	char *text;

	(void)state;
	sample->view.row_count = 0;
	sample->digest.count = 0;
	text = text_of(sample);
	assert_line(text, "nestbench_series{group=\"A\",outcome=\"ok\"} 0");
	assert_null(strstr(text, "nestbench_rounds"));
	free(text);
}

static void a_full_disk_is_an_error(void **state)
{
	(void)state;
	assert_int_equal(formats_full(nb_formats_openmetrics), -EIO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_are_seconds),
		cmocka_unit_test(what_is_not_known_has_no_line),
		cmocka_unit_test(a_series_that_is_no_time_has_no_seconds),
		cmocka_unit_test(a_verdict_is_one_state_of_five),
		cmocka_unit_test(outcomes_and_tags_are_counted),
		cmocka_unit_test(hostile_labels_are_escaped_and_cut),
		cmocka_unit_test(a_session_that_measured_nothing_is_no_success),
		cmocka_unit_test(no_line_stands_twice_and_families_stay_together),
		cmocka_unit_test(an_empty_session_is_a_file_still),
		cmocka_unit_test(a_full_disk_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
